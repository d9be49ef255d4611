/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Menu order of BLS entries, tests/data/bls_order: a line an entry, `id` or
 * `id|sort-key|machine-id|version`. What is expected is derived from the loaders' sources
 * (rhboot/grub2: blscfg.c of rhel-8-main and rhel-9-main; GRUB's blsuki.c with gnulib's
 * filevercmp.c; systemd: src/boot/boot.c); no loader was run for it.
 */
#include "formats/bls.h"

#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

#define MAX_ENTRIES 64

static struct bls_sort entries[MAX_ENTRIES];
static char file_names[MAX_ENTRIES][64]; /* what systemd-boot has for an id */
static size_t count;

static const char *field(char **line)
{
	const char *text = strsep(line, "|");

	return text && *text ? text : NULL;
}

static void read_entries(char *text)
{
	char *line;

	count = 0;
	while ((line = strsep(&text, "\n"))) {
		struct bls_sort *s = &entries[count];

		if (!*line)
			continue;
		assert_true(++count <= MAX_ENTRIES);
		*s = (struct bls_sort){.tries_left = -1, .tries_done = -1};
		s->id = field(&line);
		s->sort_key = field(&line);
		s->machine_id = field(&line);
		s->version = field(&line);

		snprintf(file_names[count - 1], 64, "%s.conf", s->id);
		bls_tries(file_names[count - 1], &s->tries_left, &s->tries_done);
	}
}

static int compare(enum bls_dialect d, const struct bls_sort *a, const struct bls_sort *b)
{
	int r = 0;

	if (d == BLS_SYSTEMD) {
		struct bls_sort x = *a, y = *b;

		x.id = file_names[a - entries];
		y.id = file_names[b - entries];
		return bls_compare_systemd(&x, &y);
	}
	if (d == BLS_EL8 && a->version && b->version)
		r = bls_compare_versions(a->version, b->version);
	return r != 0 ? r : bls_compare_ids(d, a->id, b->id);
}

/* As GRUB does it: each before the first that it is newer than. */
static void dump_order(struct buffer *ret, enum bls_dialect d)
{
	const struct bls_sort *sorted[MAX_ENTRIES];

	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		for (; at > 0 && compare(d, &entries[i], sorted[at - 1]) < 0; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = &entries[i];
	}
	for (size_t i = 0; i < count; i++)
		buffer_printf(ret, "%s%s\n",
			i > 0 && compare(d, sorted[i - 1], sorted[i]) == 0 ? "= " : "",
			sorted[i]->id);
}

static void dump(struct buffer *ret, struct bytes input)
{
	static const char *const names[] = {"EL8", "EL9", "blsuki", "systemd-boot"};
	_cleanup_free_ char *text = strndup((const char *)input.data, input.size);

	assert_non_null(text);
	read_entries(text);
	for (enum bls_dialect d = BLS_EL8; d <= BLS_SYSTEMD; d++) {
		buffer_printf(ret, "-- %s\n", names[d]);
		dump_order(ret, d);
	}
}

static void orders_cases(void **state)
{
	(void)state;
	run_cases("bls_order", dump);
}

static void takes_equal_versions_for_equal(void **state)
{
	(void)state;
	for (enum bls_dialect d = BLS_EL8; d <= BLS_EL9; d++) {
		assert_int_equal(bls_compare_ids(d, "m-5.01-1", "m-5.1-1"), 0);
		assert_int_equal(bls_compare_ids(d, "m-5.1-1", "m-5_1-1"), 0);
		assert_int_equal(bls_compare_ids(d, "", ""), 0);
		assert_true(bls_compare_ids(d, "custom", "m-1-1") != 0);
		assert_true(bls_compare_ids(d, "a", "b") > 0);
	}
	assert_int_equal(bls_compare_ids(BLS_UKI, "m-5.01-1", "m-5.1-1"), 0);
	assert_true(bls_compare_ids(BLS_UKI, "m-5.1-1", "m-5_1-1") != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_cases),
		cmocka_unit_test(takes_equal_versions_for_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
