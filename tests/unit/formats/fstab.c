/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstab: tests/data/fstab, its limits, and mount options. */
#include "formats/fstab.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static void dump(struct buffer *ret, struct bytes input)
{
	struct fstab t;
	int r = fstab_parse(&t, input, NULL);

	if (r < 0) {
		buffer_printf(ret, "%s\n", errno_name(-r));
		return;
	}
	for (size_t i = 0; i < t.count; i++)
		buffer_printf(ret, "%u: [%s] [%s] [%s] [%s]\n", t.items[i].line,
			t.items[i].source, t.items[i].target, t.items[i].type,
			t.items[i].options);
	if (t.bad_lines > 0)
		buffer_printf(ret, "bad lines: %zu\n", t.bad_lines);
	fstab_done(&t);
}

static void reads_cases(void **state)
{
	(void)state;
	run_cases("fstab", dump);
}

static void finds_the_topmost(void **state)
{
	struct fstab t;

	(void)state;
	assert_int_equal(
		fstab_parse(&t, BYTES("A /boot ext4\nB /boot/ xfs\nC / ext4\n"), NULL),
		0);
	assert_string_equal(fstab_find(&t, "/boot")->source, "B");
	assert_string_equal(fstab_find(&t, "/")->source, "C");
	assert_null(fstab_find(&t, "/usr"));
	fstab_done(&t);
	fstab_done(&t); /* twice is as good as once */
}

static void has_limits(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_free_ struct fault *f = calloc(1, sizeof(*f));
	struct fstab t = {.count = 77};

	(void)state;
	for (int i = 0; i <= FSTAB_MAX_LINES; i++)
		assert_return_code(buffer_puts(&text, "a b c\n"), 0);
	assert_int_equal(fstab_parse(&t, buffer_bytes(&text), f), -E2BIG);
	assert_non_null(strstr(f->doing, "4097"));
	text.size = 0;
	while (text.size <= FSTAB_MAX_SIZE)
		assert_return_code(
			buffer_puts(&text, "# 3456789 123456789 123456789\n"), 0);
	assert_int_equal(fstab_parse(&t, buffer_bytes(&text), f), -EFBIG);
	assert_int_equal(t.count, 77); /* not written on failure */
}

static void check_option(const char *options, const char *name, const char *expected)
{
	_cleanup_free_ char *value = mount_option(options, name);

	if (expected)
		assert_string_equal(value, expected);
	else
		assert_null(value);
}

static void finds_mount_options(void **state)
{
	(void)state;
	check_option("subvol=root,noatime", "subvol", "root");
	check_option("noatime,subvol=/@", "subvol", "/@");
	check_option("subvolid=5", "subvol", NULL);
	check_option("subvol", "subvolid", NULL);
	check_option("ro,subvol=a,subvol=b", "subvol", "b");
	check_option("ro", "ro", "");
	check_option("x=,y", "x", "");
	check_option("context=\"a:b:c:s0,c1\",ro", "context", "a:b:c:s0,c1");
	check_option("context=\"a:b:c:s0,c1\",ro", "ro", "");
	check_option("context=\"a:b:c:s0,c1\",ro", "c1\"", NULL);
	check_option("", "ro", NULL);
	check_option(",,", "ro", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(finds_the_topmost),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(finds_mount_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
