/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DER elements: lengths of every form, what is cut, and what is no DER. */
#include "../../../rescue/formats/der.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define IN(text) ((struct bytes){(const uint8_t *)text, sizeof(text) - 1})

static void one_after_another(void **state)
{
	struct bytes in = IN("\x02\x01\x07\x30\x03\x04\x01x\x05\x00"), first = in;
	struct bytes content, inner;
	struct der element;

	(void)state;
	assert_false(der_take(&content, &in, DER_SEQUENCE));
	assert_ptr_equal(in.data, first.data); /* not moved */
	assert_true(der_take(&content, &in, DER_INTEGER));
	assert_int_equal(content.size, 1);
	assert_int_equal(content.data[0], 7);
	assert_true(der_next(&element, &in));
	assert_int_equal(element.tag, DER_SEQUENCE);
	assert_int_equal(element.whole.size, 5);
	assert_ptr_equal(element.whole.data, first.data + 3);
	inner = element.content;
	assert_true(der_take(&content, &inner, DER_OCTET_STRING));
	assert_int_equal(content.data[0], 'x');
	assert_int_equal(inner.size, 0);
	assert_true(der_next(&element, &in)); /* NULL: no content */
	assert_int_equal(element.content.size, 0);
	assert_false(der_next(&element, &in));
}

/* The same 200 bytes with a length of one to four bytes. */
static void long_lengths(void **state)
{
	static const struct {
		const char *head;
		size_t size;
	} heads[] = {{"\x04\x81\xc8", 3}, {"\x04\x82\x00\xc8", 4}, {"\x04\x83\x00\x00\xc8", 5},
		{"\x04\x84\x00\x00\x00\xc8", 6}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		uint8_t data[256] = {0};
		struct bytes in = {data, heads[i].size + 200};
		struct der element;

		memcpy(data, heads[i].head, heads[i].size);
		assert_true(der_next(&element, &in));
		assert_int_equal(element.content.size, 200);
		assert_ptr_equal(element.content.data, data + heads[i].size);
		assert_int_equal(in.size, 0);
		/* Cut anywhere it is none, and nothing is moved. */
		for (size_t size = 0; size < heads[i].size + 200; size++) {
			in = (struct bytes){data, size};
			assert_false(der_next(&element, &in));
			assert_int_equal(in.size, size);
		}
	}
}

static void no_elements(void **state)
{
	static const struct bytes cases[] = {
		IN(""), IN("\x30"),
		IN("\x30\x80\x00\x00"),			/* of indefinite length */
		IN("\x04\x85\x00\x00\x00\x00\x01x"),	/* five bytes of length */
		IN("\x04\x84\xff\xff\xff\xffx"),	/* four gigabytes */
		IN("\x04\x84\xff\xff"),			/* a length that is cut */
		IN("\x04\xff\x01\x01x"),
		IN("\x1f\x81\x01\x01x"),		/* a tag of several bytes */
		IN("\x04\x02x"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes in = cases[i], content = {(const uint8_t *)"kept", 4};
		struct der element;

		if (der_next(&element, &in) || der_take(&content, &in, DER_OCTET_STRING))
			fail_msg("case %zu is taken", i);
		assert_int_equal(in.size, cases[i].size);
		assert_int_equal(content.size, 4);
	}
}

static void numbers(void **state)
{
	(void)state;
	assert_int_equal(der_number(IN("\x00\x80")).size, 1);
	assert_int_equal(der_number(IN("\x00\x00\x01\x02")).size, 2);
	assert_int_equal(der_number(IN("\x7f\x00")).size, 2);
	assert_int_equal(der_number(IN("\x00")).size, 1); /* zero itself */
	assert_int_equal(der_number(IN("")).size, 0);
}

static void object_ids(void **state)
{
	static const char sha256[] = "\x60\x86\x48\x01\x65\x03\x04\x02\x01";
	struct bytes oid = IN("\x60\x86\x48\x01\x65\x03\x04\x02\x01");

	(void)state;
	assert_true(der_is_oid(oid, sha256, sizeof(sha256) - 1));
	assert_false(der_is_oid(oid, sha256, sizeof(sha256) - 2));
	assert_false(der_is_oid(IN("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), sha256,
		sizeof(sha256) - 1));
	assert_false(der_is_oid(IN(""), sha256, sizeof(sha256) - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_another),
		cmocka_unit_test(long_lengths),
		cmocka_unit_test(no_elements),
		cmocka_unit_test(numbers),
		cmocka_unit_test(object_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
