/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an fstab; no field is missing, and every mount point is normal. */
#include "formats/fstab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const struct fstab *t, const struct fstab_line *l)
{
	size_t end = strlen(l->target);
	char *value = mount_option(l->options, "subvol");

	if (!l->source[0] || !l->target[0] || !l->type[0] || l->line == 0)
		abort();
	if (l->target[0] == '/' &&
		(strstr(l->target, "//") || (end > 1 && l->target[end - 1] == '/')))
		abort();
	if (!fstab_find(t, l->target))
		abort();
	if (value && strlen(value) > strlen(l->options))
		abort();
	free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fstab t;

	if (fstab_parse(&t, (struct bytes){data, size}, NULL) < 0)
		return 0;
	for (size_t i = 0; i < t.count; i++)
		check_line(&t, &t.items[i]);
	fstab_done(&t);
	return 0;
}
