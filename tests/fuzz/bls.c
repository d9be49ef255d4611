/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a BLS entry; an entry of clean values comes back as it was written, and
 * the orders of ids are orders: reversed when asked the other way round.
 */
#include "formats/bls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *variable(void *data, const char *name)
{
	return bls_get(data, name);
}

static void check_written(const struct bls_entry *e)
{
	const struct bls_template t = {.title = bls_get(e, "title"),
		.linux_path = bls_get(e, "linux"),
		.options = bls_get(e, "options")};
	struct buffer text = {0};
	struct bls_entry again;

	if (bls_write(&text, &t) < 0)
		return;
	if (bls_parse(&again, buffer_bytes(&text), BLS_EL9, NULL) < 0 || again.stopped_line > 0 ||
		!text_equal(bls_get(&again, "title"), t.title) ||
		!text_equal(bls_get(&again, "linux"), t.linux_path) ||
		!text_equal(bls_get(&again, "options"), t.options))
		abort();
	bls_done(&again);
	buffer_done(&text);
}

static void check_order(const char *a, const char *b)
{
	const struct bls_sort x = {a, b, NULL, a, -1, -1}, y = {b, b, NULL, b, -1, -1};

	for (enum bls_dialect d = BLS_EL8; d <= BLS_UKI; d++)
		if (bls_compare_ids(d, a, a) != 0)
			abort();
	if (bls_compare_versions(a, a) != 0 || bls_compare_systemd(&x, &x) != 0)
		abort();
	if ((bls_compare_ids(BLS_UKI, a, b) > 0) != (bls_compare_ids(BLS_UKI, b, a) < 0) ||
		(bls_compare_systemd(&x, &y) > 0) != (bls_compare_systemd(&y, &x) < 0))
		abort();
	/*
	 * As in GRUB, the EL rules are no order where letters meet digits: only no crash.
	 */
	bls_compare_ids(BLS_EL8, a, b);
	bls_compare_ids(BLS_EL9, a, b);
	bls_compare_versions(b, a);
}

static void check_tries(const char *name)
{
	int left = -1, done = -1;

	if (bls_tries(name, &left, &done) ? left < 0 || done < 0 : left != -1 || done != -1)
		abort();
}

static void check_dialect(enum bls_dialect dialect, struct bytes in)
{
	struct strings initrd = {0};
	struct bls_entry e;

	if (bls_parse(&e, in, dialect, NULL) < 0)
		return;
	for (size_t i = 0; i < e.count && i < 16; i++) {
		char *text = NULL;

		bls_expand(&text, e.items[i].value, variable, &e);
		free(text);
		check_order(e.items[i].value, e.items[e.count - 1 - i].value);
		check_tries(e.items[i].value);
	}
	bls_get_all(&e, "initrd", &initrd);
	check_written(&e);
	strings_done(&initrd);
	bls_done(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (enum bls_dialect d = BLS_EL8; d <= BLS_SYSTEMD; d++)
		check_dialect(d, (struct bytes){data, size});
	return 0;
}
