/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stubs as distributions write them, and what is none. */
#include "formats/grub_stub.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

static const struct {
	const char *text, *uuid, *path;
} cases[] = {
	{"search --no-floppy --root-dev-only --fs-uuid --set=dev aaaa-bbbb\n"
	 "set prefix=($dev)/grub2\nexport $prefix\nconfigfile $prefix/grub.cfg\n",
		"aaaa-bbbb", "/grub2/grub.cfg"},
	{"search --no-floppy --fs-uuid --set=dev cccc\nset prefix=($dev)/boot/grub2\n\n"
	 "export $prefix\nconfigfile $prefix/grub.cfg", "cccc", "/boot/grub2/grub.cfg"},
	{"search.fs_uuid dddd root \nset prefix=($root)'/boot/grub'\n"
	 "configfile $prefix/grub.cfg\n", "dddd", "/boot/grub/grub.cfg"},
	{"if [ -e (md/md-boot) ]; then\n  set prefix=md/md-boot\nelse\n"
	 "  search --label boot --set prefix\nfi\nconfigfile ($prefix)/grub.cfg\n",
		NULL, "/grub.cfg"},
	{"search -u --set=x eeee; configfile (x)/grub.cfg", "eeee", "/grub.cfg"},
	{"configfile $prefix/other.cfg\n", NULL, NULL},
	{"set prefix=(x)/a\nblscfg\nconfigfile $prefix/b\n", NULL, NULL},
	{"menuentry x {\n configfile /y\n}\n", NULL, NULL},
	{"}\nsearch --fs-uuid ffff\nconfigfile /z\n", "ffff", "/z"},
	{"search --fs-uuid\nconfigfile\n", NULL, NULL},
	{"", NULL, NULL},
};

static void stubs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(grub_stub_done) struct grub_stub s = {0};
		struct bytes in = {(const uint8_t *)cases[i].text, strlen(cases[i].text)};

		assert_int_equal(grub_stub_parse(&s, in), 0);
		if (!text_equal(s.uuid, cases[i].uuid) || !text_equal(s.path, cases[i].path))
			fail_msg("case %zu: uuid %s, path %s", i, s.uuid, s.path);
	}
}

static void a_large_file_is_no_stub(void **state)
{
	_cleanup_(grub_stub_done) struct grub_stub s = {0};
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	assert_int_equal(buffer_puts(&b, "configfile /x\n"), 0);
	while (b.size <= 4096)
		assert_int_equal(buffer_puts(&b, "# filled up\n"), 0);
	assert_int_equal(grub_stub_parse(&s, buffer_bytes(&b)), 0);
	assert_null(s.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stubs),
		cmocka_unit_test(a_large_file_is_no_stub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
