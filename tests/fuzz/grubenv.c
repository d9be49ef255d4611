/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an environment block; written and read again it says the same. */
#include "formats/grubenv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct grubenv *a, const struct grubenv *b)
{
	if (a->count != b->count || a->comments.count != b->comments.count)
		abort();
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].name, b->items[i].name) != 0 ||
			strcmp(a->items[i].value, b->items[i].value) != 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer text = {0};
	struct grubenv e, again;

	if (grubenv_parse(&e, (struct bytes){data, size}, NULL) < 0)
		return 0;
	if (grubenv_write(&text, &e, NULL) == 0) {
		if (text.size != GRUBENV_SIZE ||
			grubenv_parse(&again, buffer_bytes(&text), NULL) < 0)
			abort();
		check_same(&e, &again);
		grubenv_done(&again);
	}
	grubenv_set(&e, "saved_entry", "x");
	if (strcmp(grubenv_get(&e, "saved_entry"), "x") != 0)
		abort();
	while (grubenv_unset(&e, "saved_entry"))
		;
	if (grubenv_get(&e, "saved_entry"))
		abort();
	buffer_done(&text);
	grubenv_done(&e);
	return 0;
}
