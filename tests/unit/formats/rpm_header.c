/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RPM headers made entry by entry: what is accepted, and every way to be refused. */
#include "formats/rpm_header.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct entry {
	uint32_t tag, type, offset, count;
};

static void put32(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A header of these entries and that store, exactly as long as it says. */
struct made {
	uint8_t *data;
	size_t size;
};

static struct made make(const struct entry *entries, size_t count, const void *store,
			size_t store_size)
{
	struct made m = {.size = 16 + 16 * count + store_size};
	static const uint8_t magic[] = {0x8e, 0xad, 0xe8, 1};

	m.data = calloc(1, m.size);
	assert_non_null(m.data);
	memcpy(m.data, magic, sizeof(magic));
	put32(m.data + 8, (uint32_t)count);
	put32(m.data + 12, (uint32_t)store_size);
	for (size_t i = 0; i < count; i++) {
		put32(m.data + 16 + 16 * i, entries[i].tag);
		put32(m.data + 20 + 16 * i, entries[i].type);
		put32(m.data + 24 + 16 * i, entries[i].offset);
		put32(m.data + 28 + 16 * i, entries[i].count);
	}
	if (store_size)
		memcpy(m.data + 16 + 16 * count, store, store_size);
	return m;
}

static const char store[] = "kernel\0"	       /* 0: text */
			    "\x12"	       /* 7: INT8 */
			    "\x01\x02\x03\x04" /* 8: INT32, 2 x INT16 */
			    "a\0bc\0"	       /* 12: texts */
			    "\0\0\0\0\0\0\0"   /* 17 */
			    "\0\0\0\1\0\0\0\2" /* 24: INT64 */
			    "bin";	       /* 32; 36 with the literal's NUL */

static void reads_every_type(void **state)
{
	const struct entry entries[] = {
		{1000, 6, 0, 1}, {1001, 2, 7, 1}, {1002, 3, 8, 2},
		{1003, 8, 12, 2}, {1004, 5, 24, 1}, {1005, 7, 32, 3},
	};
	struct made m = make(entries, ARRAY_SIZE(entries), store, sizeof(store));
	_cleanup_(strings_done) struct strings texts = {0};
	_cleanup_free_ uint64_t *numbers = NULL;
	struct rpm_header h;
	struct bytes binary;
	const char *text;
	uint64_t number;
	size_t count;

	(void)state;
	assert_int_equal(rpm_header_parse(&h, (struct bytes){m.data, m.size},
					  RPM_MAIN_HEADER, NULL), 0);
	assert_int_equal(h.whole.size, m.size);
	assert_int_equal(rpm_header_text(&h, 1000, &text), 0);
	assert_string_equal(text, "kernel");
	assert_int_equal(rpm_header_number(&h, 1001, &number), 0);
	assert_int_equal(number, 0x12);
	assert_int_equal(rpm_header_numbers(&h, 1002, &numbers, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(numbers[1], 0x0304);
	assert_int_equal(rpm_header_texts(&h, 1003, &texts), 0);
	assert_int_equal(texts.count, 2);
	assert_string_equal(texts.items[1], "bc");
	assert_int_equal(rpm_header_number(&h, 1004, &number), 0);
	assert_int_equal(number, 0x100000002);
	assert_int_equal(rpm_header_binary(&h, 1005, &binary), 0);
	assert_memory_equal(binary.data, "bin", 3);
	assert_true(rpm_header_has(&h, 1005));
	assert_false(rpm_header_has(&h, 1006));

	assert_int_equal(rpm_header_text(&h, 999, &text), -ENOENT);
	assert_int_equal(rpm_header_text(&h, 1001, &text), -EBADMSG);
	assert_int_equal(rpm_header_number(&h, 1000, &number), -EBADMSG);
	assert_int_equal(rpm_header_binary(&h, 1000, &binary), -EBADMSG);
	free(m.data);
}

static const struct {
	const char *what;
	struct entry e;
} refused[] = {
	{"type 0", {1000, 0, 0, 1}},
	{"type 10", {1000, 10, 0, 1}},
	{"a region's tag, not first", {63, 7, 20, 16}},
	{"a tag below all", {99, 6, 0, 1}},
	{"no value", {1000, 4, 8, 0}},
	{"no strings", {1000, 8, 12, 0}},
	{"two strings of type text", {1000, 6, 0, 2}},
	{"INT16 at an odd place", {1000, 3, 9, 1}},
	{"INT64 at a place of INT32", {1000, 5, 12, 1}},
	{"beyond the store", {1000, 2, 36, 1}},
	{"far beyond the store", {1000, 2, 0xfffffff0, 1}},
	{"runs over the store's end", {1000, 4, 32, 2}},
	{"binary over the end", {1000, 7, 32, 5}},
	{"count that wraps in 32 bits", {1000, 4, 8, 0x40000001}},
	{"count above the limit", {1000, 2, 0, 0x100000}},
	{"strings without end", {1000, 8, 12, 0xfffff}},
};

static void refuses_bad_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct entry entries[] = {{500, 2, 0, 1}, refused[i].e};
		struct made m = make(entries + (refused[i].e.offset == 0),
				     ARRAY_SIZE(entries) - (refused[i].e.offset == 0),
				     store, sizeof(store));
		struct fault f = {0};
		struct rpm_header h;

		if (rpm_header_parse(&h, (struct bytes){m.data, m.size}, RPM_MAIN_HEADER,
				     &f) != -EBADMSG)
			fail_msg("accepted: %s", refused[i].what);
		assert_int_equal(f.code, FAULT_NOT_A_PACKAGE);
		assert_true(f.reason[0]);
		free(m.data);
	}
}

static void refuses_overlap_and_disorder(void **state)
{
	const struct entry overlap[] = {{1000, 7, 0, 8}, {1001, 2, 7, 1}};
	const struct entry disorder[] = {{1000, 2, 8, 1}, {1001, 2, 0, 1}};
	struct made a = make(overlap, 2, store, sizeof(store));
	struct made b = make(disorder, 2, store, sizeof(store));
	struct rpm_header h;

	(void)state;
	assert_int_equal(rpm_header_parse(&h, (struct bytes){a.data, a.size},
					  RPM_MAIN_HEADER, NULL), -EBADMSG);
	assert_int_equal(rpm_header_parse(&h, (struct bytes){b.data, b.size},
					  RPM_MAIN_HEADER, NULL), -EBADMSG);
	free(a.data);
	free(b.data);
}

static void refuses_text_without_end(void **state)
{
	const struct entry e = {1000, 6, 0, 1};
	struct made m = make(&e, 1, "abc", 3);
	struct rpm_header h;

	(void)state;
	assert_int_equal(rpm_header_parse(&h, (struct bytes){m.data, m.size},
					  RPM_MAIN_HEADER, NULL), -EBADMSG);
	free(m.data);
}

/* A region of two entries whose trailer can be bent. */
static int parse_region(uint32_t tag, struct entry trailer, uint32_t region_offset)
{
	const struct entry entries[] = {{tag, 7, region_offset, 16}, {1000, 6, 0, 1}};
	uint8_t data[32] = "name";
	struct rpm_header h;
	struct made m;
	int r;

	put32(data + 16, trailer.tag);
	put32(data + 20, trailer.type);
	put32(data + 24, trailer.offset);
	put32(data + 28, trailer.count);
	m = make(entries, 2, data, sizeof(data));
	r = rpm_header_parse(&h, (struct bytes){m.data, m.size}, RPM_SIGNATURE_HEADER, NULL);
	free(m.data);
	return r;
}

static void checks_regions(void **state)
{
	const uint32_t three_entries = (uint32_t)-48, two_entries = (uint32_t)-32,
		       one_entry = (uint32_t)-16, odd = (uint32_t)-20;

	(void)state;
	assert_int_equal(parse_region(63, (struct entry){63, 7, two_entries, 16}, 16), 0);
	assert_int_equal(parse_region(62, (struct entry){62, 7, two_entries, 16}, 16), 0);
	assert_int_equal(parse_region(62, (struct entry){61, 7, two_entries, 16}, 16), 0);
	assert_int_equal(parse_region(63, (struct entry){61, 7, two_entries, 16}, 16), -EBADMSG);
	assert_int_equal(parse_region(63, (struct entry){63, 6, two_entries, 16}, 16), -EBADMSG);
	assert_int_equal(parse_region(63, (struct entry){63, 7, one_entry, 16}, 16), -EBADMSG);
	assert_int_equal(parse_region(63, (struct entry){63, 7, two_entries, 15}, 16), -EBADMSG);
	assert_int_equal(parse_region(63, (struct entry){63, 7, two_entries, 16}, 15), -EBADMSG);
	assert_int_equal(parse_region(63, (struct entry){63, 7, two_entries, 16}, 32), -EBADMSG);
	assert_int_equal(parse_region(63, (struct entry){63, 7, two_entries, 16}, 0xfffffff0),
			 -EBADMSG);
	/* rpmsign puts signatures of files behind the region of signatures. */
	assert_int_equal(parse_region(62, (struct entry){62, 7, one_entry, 16}, 16), 0);
	assert_int_equal(parse_region(62, (struct entry){62, 7, three_entries, 16}, 16),
			 -EBADMSG);
	assert_int_equal(parse_region(62, (struct entry){62, 7, odd, 16}, 16), -EBADMSG);
	assert_int_equal(parse_region(62, (struct entry){62, 7, 0, 16}, 16), -EBADMSG);
}

static int length_of(uint32_t tags, uint32_t size, enum rpm_header_kind kind)
{
	uint8_t intro[16] = {0x8e, 0xad, 0xe8, 1};
	size_t length = 0;
	int r;

	put32(intro + 8, tags);
	put32(intro + 12, size);
	r = rpm_header_length((struct bytes){intro, sizeof(intro)}, kind, &length, NULL);
	return r < 0 ? r : (int)length;
}

static void keeps_to_limits(void **state)
{
	uint8_t wrong[16] = {0x8e, 0xad, 0xe8, 2, [11] = 1};
	size_t length;

	(void)state;
	assert_int_equal(length_of(2, 10, RPM_MAIN_HEADER), 42);
	assert_int_equal(length_of(0, 10, RPM_MAIN_HEADER), -EBADMSG);
	assert_true(length_of(65535, 10, RPM_MAIN_HEADER) > 0);
	assert_int_equal(length_of(65536, 10, RPM_MAIN_HEADER), -EBADMSG);
	assert_int_equal(length_of(33, 10, RPM_SIGNATURE_HEADER), -EBADMSG);
	assert_true(length_of(1, 256 << 20, RPM_MAIN_HEADER) > 0);
	assert_int_equal(length_of(1, (256 << 20) + 1, RPM_MAIN_HEADER), -EBADMSG);
	assert_int_equal(length_of(1, (64 << 20) + 1, RPM_SIGNATURE_HEADER), -EBADMSG);
	assert_int_equal(length_of(0x10000001, 0, RPM_MAIN_HEADER), -EBADMSG);
	assert_int_equal(rpm_header_length((struct bytes){wrong, 16}, RPM_MAIN_HEADER,
					   &length, NULL), -EBADMSG);
}

static void refuses_every_truncation(void **state)
{
	const struct entry entries[] = {{1000, 6, 0, 1}, {1003, 8, 12, 2}};
	struct made m = make(entries, 2, store, sizeof(store));
	struct rpm_header h;

	(void)state;
	for (size_t size = 0; size < m.size; size++) {
		uint8_t *copy = malloc(size + !size); /* exact: ASan sees the end */

		memcpy(copy, m.data, size);
		assert_int_equal(rpm_header_parse(&h, (struct bytes){copy, size},
						  RPM_MAIN_HEADER, NULL), -EBADMSG);
		free(copy);
	}
	free(m.data);
}

static void knows_leads(void **state)
{
	uint8_t lead[96] = {0xed, 0xab, 0xee, 0xdb, 3, [79] = 5};

	(void)state;
	assert_int_equal(rpm_lead_parse((struct bytes){lead, 96}, NULL), 0);
	assert_int_equal(rpm_lead_parse((struct bytes){lead, 95}, NULL), -EBADMSG);
	lead[4] = 4;
	assert_int_equal(rpm_lead_parse((struct bytes){lead, 96}, NULL), 0);
	lead[4] = 2;
	assert_int_equal(rpm_lead_parse((struct bytes){lead, 96}, NULL), -EBADMSG);
	lead[4] = 3;
	lead[79] = 1;
	assert_int_equal(rpm_lead_parse((struct bytes){lead, 96}, NULL), -EBADMSG);
	assert_int_equal(rpm_lead_parse((struct bytes){(const uint8_t *)"#!/bin/sh", 9}, NULL),
			 -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_type),
		cmocka_unit_test(refuses_bad_entries),
		cmocka_unit_test(refuses_overlap_and_disorder),
		cmocka_unit_test(refuses_text_without_end),
		cmocka_unit_test(checks_regions),
		cmocka_unit_test(keeps_to_limits),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(knows_leads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
