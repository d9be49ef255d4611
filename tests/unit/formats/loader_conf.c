/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd-boot's loader.conf: the default changes, and nothing but that. */
#include "formats/loader_conf.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void patterns(void **state)
{
	(void)state;
	assert_true(loader_conf_matches("abc-*", "abc-6.1.conf"));
	assert_true(loader_conf_matches("abc-6.1.conf", "abc-6.1.conf"));
	assert_true(loader_conf_matches("*-6.[0-2].conf", "abc-6.1.conf"));
	assert_false(loader_conf_matches("abc-6.1", "abc-6.1.conf"));
	assert_false(loader_conf_matches("abc-6.10.conf", "abc-6.1.conf"));
}

static void assert_set(const char *text, const char *wanted)
{
	struct buffer out = {0};

	assert_int_equal(loader_conf_set_default(&out, bytes_of(text), "tok-6.1.conf"), 0);
	assert_string_equal(out.data, wanted);
	buffer_done(&out);
}

static void setting_it(void **state)
{
	struct buffer out = {0};

	(void)state;
	assert_set("", "default tok-6.1.conf\n");
	assert_set("timeout 3", "timeout 3\ndefault tok-6.1.conf\n");
	assert_set("default\ndefaults a\n#default b", "default\ndefaults a\n#default b\n"
		"default tok-6.1.conf\n");
	assert_set("default a\n# why\neditor no\n",
		"default tok-6.1.conf\n# why\neditor no\n");
	assert_set("default a\r\n\ndefault b\n", "default tok-6.1.conf\n\n");
	assert_int_equal(loader_conf_set_default(&out, bytes_of(""), ""), -EINVAL);
	assert_int_equal(loader_conf_set_default(&out, bytes_of(""), "a*"), -EINVAL);
	assert_int_equal(loader_conf_set_default(&out, bytes_of(""), "a\nb"), -EINVAL);
	assert_null(out.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns),
		cmocka_unit_test(setting_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
