/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Module.symvers of each generation, System.map, and lines that are neither. */
#include "formats/kernel_symbol.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int see(void *data, const struct kernel_symbol *s)
{
	char *text = data;
	size_t used = strlen(text);

	snprintf(text + used, 512 - used, "%s:%s:%s:%x:%d:%d ", s->name, s->name_space,
		 s->module ? s->module : "-", s->crc, s->has_crc, s->gpl_only);
	return 0;
}

static int symvers(const char *text, char ret[512])
{
	ret[0] = '\0';
	return symvers_exports((struct bytes){(const uint8_t *)text, strlen(text)}, see, ret,
			       NULL);
}

static void reads_each_generation(void **state)
{
	char seen[512];

	(void)state;
	assert_int_equal(symvers("0x0f3a1c2b\tprintk\tvmlinux\tEXPORT_SYMBOL\n"
				 "0xDEADBEEF\tbio\tdrivers/md/md\tEXPORT_SYMBOL_GPL\n", seen), 0);
	assert_string_equal(seen, "printk::vmlinux:f3a1c2b:1:0 bio::drivers/md/md:deadbeef:1:1 ");
	assert_int_equal(symvers("0x00000001\ta\tvmlinux\tEXPORT_SYMBOL_GPL\tCRYPTO_INTERNAL\n"
				 "0x00000000\tb\tvmlinux\tEXPORT_SYMBOL\t\n\n", seen), 0);
	assert_string_equal(seen, "a:CRYPTO_INTERNAL:vmlinux:1:1:1 b::vmlinux:0:0:0 ");
	assert_int_equal(symvers("0x1\ta\tUSB\tdrivers/usb/x\tEXPORT_SYMBOL_GPL\n", seen), 0);
	assert_string_equal(seen, "a:USB:drivers/usb/x:1:1:1 ");
}

static void refuses_other_text(void **state)
{
	char seen[512];
	struct fault f = {0};
	static const char text[] = "0x1 a vmlinux EXPORT_SYMBOL\nhello\n";

	(void)state;
	assert_int_equal(symvers("0x1ffffffff a vmlinux EXPORT_SYMBOL\n", seen), -EBADMSG);
	assert_int_equal(symvers("0x a vmlinux EXPORT_SYMBOL\n", seen), -EBADMSG);
	assert_int_equal(symvers("0x1 a\n", seen), -EBADMSG);
	assert_int_equal(symvers("\n", seen), -ENODATA);
	seen[0] = '\0';
	assert_int_equal(symvers_exports((struct bytes){(const uint8_t *)text,
		sizeof(text) - 1}, see, seen, &f), -EBADMSG);
	assert_non_null(strstr(f.reason, "line 2"));
}

static void reads_system_map(void **state)
{
	static const char text[] = "ffffffff81000000 T _text\n"
				   "00000000f3a1c2b0 A __crc_printk\n"
				   "ffffffff82000000 r __crc_relative\n"
				   "1f3a1c2b0 A __crc_wide\n00000001 A __crc_\n";
	char seen[512] = "";

	(void)state;
	assert_int_equal(system_map_exports((struct bytes){(const uint8_t *)text,
		sizeof(text) - 1}, see, seen, NULL), 0);
	assert_string_equal(seen, "printk::-:f3a1c2b0:1:0 ");
	assert_int_equal(system_map_exports((struct bytes){(const uint8_t *)text, 25}, see,
		seen, NULL), -ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_generation),
		cmocka_unit_test(refuses_other_text),
		cmocka_unit_test(reads_system_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
