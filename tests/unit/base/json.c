/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON writer: form, escaping, sticking errors. */
#include "json.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

static void writes_a_document(void **state)
{
	_cleanup_(json_done) struct json j = {0};
	_cleanup_(strings_done) struct strings list = {0};

	(void)state;
	strings_add(&list, "a");
	strings_add(&list, "b");
	json_object(&j, NULL);
	json_text(&j, "text", "t");
	json_text(&j, "none", NULL);
	json_number(&j, "number", UINT64_MAX);
	json_bool(&j, "yes", true);
	json_bool(&j, "no", false);
	json_null(&j, "null");
	json_texts(&j, "list", &list);
	json_array(&j, "empty");
	json_close_array(&j);
	json_array(&j, "nested");
	json_object(&j, NULL);
	json_close_object(&j);
	json_object(&j, NULL);
	json_number(&j, "n", 0);
	json_close_object(&j);
	json_close_array(&j);
	json_close_object(&j);
	assert_int_equal(json_finish(&j), 0);
	assert_string_equal(j.out.data, "{\n"
					"  \"text\": \"t\",\n"
					"  \"none\": null,\n"
					"  \"number\": 18446744073709551615,\n"
					"  \"yes\": true,\n"
					"  \"no\": false,\n"
					"  \"null\": null,\n"
					"  \"list\": [\n"
					"    \"a\",\n"
					"    \"b\"\n"
					"  ],\n"
					"  \"empty\": [],\n"
					"  \"nested\": [\n"
					"    {},\n"
					"    {\n"
					"      \"n\": 0\n"
					"    }\n"
					"  ]\n"
					"}\n");
}

static void text_is_always_valid(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"", ""},
		{"a\"b\\c/", "a\\\"b\\\\c/"},
		{"\n\t\r\x01\x1f\x7f", "\\n\\t\\u000d\\u0001\\u001f\\u007f"},
		{"\xc2\x9b", "\\u009b"},
		{"\xe2\x80\xae", "\\u202e"},
		{"Grüße \xf0\x9f\x90\xa7", "Grüße \xf0\x9f\x90\xa7"},
		{"\xff"
		 "a\xc3",
			"\xef\xbf\xbd"
			"a\xef\xbf\xbd"},
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(json_done) struct json j = {0};
		_cleanup_free_ char *out = text_printf("\"%s\"\n", cases[i].out);

		json_text(&j, NULL, cases[i].in);
		assert_int_equal(json_finish(&j), 0);
		assert_string_equal(j.out.data, out);
	}
}

static void keys_are_escaped_too(void **state)
{
	_cleanup_(json_done) struct json j = {0};

	(void)state;
	json_object(&j, NULL);
	json_null(&j, "a\"");
	json_close_object(&j);
	assert_int_equal(json_finish(&j), 0);
	assert_string_equal(j.out.data, "{\n  \"a\\\"\": null\n}\n");
}

static void unbalanced_nests_are_errors(void **state)
{
	_cleanup_(json_done) struct json open = {0}, closed = {0};

	(void)state;
	json_object(&open, NULL);
	assert_int_equal(json_finish(&open), -EINVAL);
	json_close_array(&closed);
	json_object(&closed, NULL);
	json_close_object(&closed);
	assert_int_equal(json_finish(&closed), -EINVAL);
}

static void the_first_error_stays(void **state)
{
	_cleanup_(json_done) struct json j = {.error = -ENOMEM};

	(void)state;
	json_object(&j, NULL);
	json_text(&j, "a", "b");
	json_close_object(&j);
	json_close_object(&j);
	assert_int_equal(json_finish(&j), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_a_document),
		cmocka_unit_test(text_is_always_valid),
		cmocka_unit_test(keys_are_escaped_too),
		cmocka_unit_test(unbalanced_nests_are_errors),
		cmocka_unit_test(the_first_error_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
