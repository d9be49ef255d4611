/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine as text: what is told and what may be left out, there and back, CPU levels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "formats/platform.h"

#include <errno.h>

#define BYTES(text) ((struct bytes){(const uint8_t *)(text), strlen(text)})
#define V2 "lm cmov cx8 fpu fxsr mmx syscall sse sse2 cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"

static const char whole[] =
	"# arch x86_64\n"
	"# cpu Some CPU @ 2.4 GHz\n"
	"# features a b md_clear\n"
	"# firmware uefi\n"
	"# secure-boot on\n"
	"pci:v000015ADd000007B0bc02sc00i00 0000:0b:00.0 network vmxnet3\n"
	"acpi:PNP0A08: - other -\n";

static void there_and_back(void **state)
{
	_cleanup_(platform_done) struct platform p = {0};
	_cleanup_(buffer_done) struct buffer text = {0};

	(void)state;
	assert_int_equal(platform_parse(&p, BYTES(whole), NULL), 0);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.items[0].name, "0000:0b:00.0");
	assert_string_equal(p.items[0].driver, "vmxnet3");
	assert_null(p.items[1].name);
	assert_int_equal(p.secure_boot, SECURE_BOOT_ON);
	assert_string_equal(p.cpu, "Some CPU @ 2.4 GHz");
	assert_true(strings_has(&p.features, "md_clear"));
	assert_int_equal(platform_write(&p, &text), 0);
	assert_string_equal(text.data, whole);
}

/* The modalias files of /sys put together are such a text. */
static void bare_lines(void **state)
{
	static const char bare[] = "\n# a remark\nvirtio:d00000001v00001AF4\r\n  xen:vbd  \n"
				   "x:y name nonsense";
	_cleanup_(platform_done) struct platform p = {0};

	(void)state;
	assert_int_equal(platform_parse(&p, BYTES(bare), NULL), 0);
	assert_int_equal(p.count, 3);
	assert_string_equal(p.items[0].modalias, "virtio:d00000001v00001AF4");
	assert_int_equal(p.items[0].class, CLASS_NETWORK);
	assert_int_equal(p.items[1].class, CLASS_STORAGE);
	assert_int_equal(p.items[2].class, CLASS_OTHER);
	assert_null(p.arch);
	assert_int_equal(p.secure_boot, SECURE_BOOT_UNKNOWN);
}

static void limits(void **state)
{
	_cleanup_(buffer_done) struct buffer many = {0};
	struct platform p;
	struct fault f = {0};

	(void)state;
	assert_int_equal(platform_parse(&p, (struct bytes){(const uint8_t *)"a\0b", 3}, &f),
		-EBADMSG);
	for (size_t i = 0; i <= PLATFORM_MAX_DEVICES; i++)
		assert_int_equal(buffer_puts(&many, "x\n"), 0);
	assert_int_equal(platform_parse(&p, buffer_bytes(&many), &f), -EFBIG);
	assert_int_equal(platform_parse(&p, (struct bytes){(const uint8_t *)"", 0}, &f), 0);
	assert_int_equal(p.count, 0);
}

static unsigned level_of(const char *flags)
{
	_cleanup_(platform_done) struct platform p = {0};
	_cleanup_free_ char *text = text_printf(
		"processor\t: 0\nmodel name\t: X Y\nflags\t\t: %s\n\nflags: avx\n", flags);

	assert_int_equal(platform_take_cpuinfo(&p, BYTES(text)), 0);
	assert_string_equal(p.cpu, "X Y");
	return platform_cpu_level(&p);
}

static void levels(void **state)
{
	static const char v3[] = V2 " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave";
	_cleanup_(platform_done) struct platform p = {0};

	(void)state;
	assert_int_equal(level_of("fpu"), 0);
	assert_int_equal(level_of("lm cmov cx8 fpu fxsr mmx syscall sse sse2"), 1);
	assert_int_equal(level_of(V2), 2);
	assert_int_equal(level_of(v3), 3);
	assert_int_equal(level_of(V2 " avx2 avx"), 2);
	assert_int_equal(platform_take_cpuinfo(&p, BYTES("flags: " V2 " avx\n")), 0);
	assert_string_equal(platform_lacks(&p, 3), "avx2");
	assert_null(platform_lacks(&p, 2));
	assert_int_equal(platform_cpu_level(&(struct platform){0}), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(bare_lines),
		cmocka_unit_test(limits),
		cmocka_unit_test(levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
