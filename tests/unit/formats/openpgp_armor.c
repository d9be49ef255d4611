/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Armor: headers or none, text around it, several blocks, none, an end that lacks. */
#include "formats/openpgp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
#define END "-----END PGP PUBLIC KEY BLOCK-----\n"

static struct bytes text(const char *t)
{
	return (struct bytes){(const uint8_t *)t, strlen(t)};
}

static void base64(void **state)
{
	static const struct {
		const char *in, *out;
		int r;
	} cases[] = {
		{"", "", 0}, {"YQ==", "a", 0}, {"YWI=", "ab", 0}, {"YWJj", "abc", 0},
		{"YW\r\nJj", "abc", 0}, {"YWJj=abcd", "abc", 0}, {"Y_", NULL, -EBADMSG},
		{"\x80", NULL, -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(buffer_done) struct buffer b = {0};

		assert_int_equal(base64_decode(&b, text(cases[i].in)), cases[i].r);
		if (cases[i].out && *cases[i].out)
			assert_string_equal(b.data, cases[i].out);
		else
			assert_int_equal(b.size, 0);
	}
}

static void armor(void **state)
{
	static const struct {
		const char *in, *out;
		int r;
	} cases[] = {
		{"pub 4096R\n" BEGIN "Version: GnuPG\n\nYWJj\n=abcd\n" END, "abc", 1},
		{BEGIN "\nYWJj\n" END, "abc", 1},
		{BEGIN "YWJj\n" END, "abc", 1},
		{BEGIN "\r\nYW\r\nJj\r\n" END, "abc", 1},
		{"no key at all\n", NULL, 0},
		{"", NULL, 0},
		{BEGIN "\nYWJj\n", NULL, -EBADMSG},
		{BEGIN, NULL, -EBADMSG},
		{BEGIN "\n!!!!\n" END, NULL, -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(buffer_done) struct buffer b = {0};
		struct bytes rest;

		assert_int_equal(openpgp_dearmor(&b, text(cases[i].in), &rest), cases[i].r);
		if (cases[i].out)
			assert_string_equal(b.data, cases[i].out);
	}
}

static void several_blocks(void **state)
{
	struct bytes in = text(BEGIN "\nYQ==\n" END "between\n" BEGIN "\nYg==\n" END);
	_cleanup_(buffer_done) struct buffer first = {0}, second = {0}, third = {0};

	(void)state;
	assert_int_equal(openpgp_dearmor(&first, in, &in), 1);
	assert_int_equal(openpgp_dearmor(&second, in, &in), 1);
	assert_int_equal(openpgp_dearmor(&third, in, &in), 0);
	assert_string_equal(first.data, "a");
	assert_string_equal(second.data, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64),
		cmocka_unit_test(armor),
		cmocka_unit_test(several_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
