/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the firmware of the machine at hand starts, read where efivarfs shows it. */
#include "local.h"

#include "formats/efi_option.h"

#include <errno.h>
#include <inttypes.h>

#define EFIVARS "/firmware/efi/efivars"
#define GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c" /* EFI_GLOBAL_VARIABLE */

void firmware_entries_done(struct firmware_entries *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->items[i].partuuid);
		free(e->items[i].path);
	}
	free(e->items);
	*e = (struct firmware_entries){0};
}

/* What is damaged, or no file on a partition, the firmware passes over as well. */
static int add_entry(
	struct firmware_entries *e, const struct target *sys, uint16_t number)
{
	_cleanup_(buffer_done) struct buffer variable = {0};
	_cleanup_(efi_option_done) struct efi_option o = {0};
	char path[128];
	int r;

	snprintf(path, sizeof(path), EFIVARS "/Boot%04" PRIX16 "-" GLOBAL, number);
	r = target_read(sys, path, EFI_VARIABLE_MAX_SIZE, &variable, NULL);
	if (r == 0)
		r = efi_option_parse(&o, buffer_bytes(&variable), NULL);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (!o.active || !o.partuuid || !o.path)
		return 0;
	if (VECTOR_GROW(e) < 0)
		return -ENOMEM;
	e->items[e->count++] =
		(struct firmware_entry){TAKE_PTR(o.partuuid), TAKE_PTR(o.path)};
	return 0;
}

int firmware_entries_read(struct firmware_entries *ret, const struct target *sys)
{
	_cleanup_(firmware_entries_done) struct firmware_entries e = {0};
	_cleanup_(buffer_done) struct buffer order = {0};
	uint16_t numbers[EFI_ORDER_MAX];
	size_t count;
	int r = target_read(
		sys, EFIVARS "/BootOrder-" GLOBAL, EFI_VARIABLE_MAX_SIZE, &order, NULL);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	count = efi_order_parse(numbers, buffer_bytes(&order));
	for (size_t i = 0; i < count; i++)
		if (add_entry(&e, sys, numbers[i]) < 0)
			return -ENOMEM;
	*ret = TAKE_STRUCT(e);
	return 0;
}
