/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which real packages make a whole kernel, and what is said of those that do not. */
#include "package.h"
#include "rpms.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define EL8 "4.18.0-553.el8_10.x86_64"
#define EL9 "5.14.0-503.el9_5.x86_64"
enum { MOST = 6 };

static const struct {
	const char *folder, *names[MOST]; /* none: the whole folder */
	const char *release, *missing;	  /* missing: joined by blanks */
} cases[] = {
	{"el7", {NULL}, "3.10.0-1160.el7.x86_64", ""},
	{"el8", {NULL}, EL8, ""},
	{"el9", {NULL}, EL9, ""},
	{"fedora", {NULL}, "6.12.5-200.fc41.x86_64", ""},
	{"other-arch", {NULL}, "5.14.0-503.el9_5.aarch64", ""},
	{"el8", {"kernel-core", "kernel-modules"}, EL8, ""},
	{"el8", {"kernel-core"}, EL8, "kernel-modules-" EL8},
	{"el8", {"kernel-core", "kernel"}, EL8, "kernel-modules-" EL8},
	{"el8", {"kernel-modules"}, EL8, "kernel-core-" EL8},
	{"el8", {"kernel"}, EL8, "kernel-core-" EL8 " kernel-modules-" EL8},
	{"el9", {"kernel-core", "kernel-modules-core", "kernel-modules"}, EL9, ""},
	{"el9", {"kernel-core", "kernel-modules"}, EL9, "kernel-modules-core-" EL9},
	{"el9", {"kernel-core", "kernel-modules-core"}, EL9, "kernel-modules-" EL9},
	{"el9", {"kernel-core"}, EL9, "kernel-modules-" EL9 " kernel-modules-core-" EL9},
	{"el9", {"kernel-modules-extra", "kernel-core", "kernel-modules-core"}, EL9,
	 "kernel-modules-" EL9},
	{"el9", {"kernel-core", "kernel-core", "kernel-modules-core", "kernel-modules"}, EL9, ""},
};

static void add_operands(struct strings *operands, const char *folder,
			 const char *const *names)
{
	if (!names[0])
		strings_take(operands, rpms_folder(folder));
	for (size_t i = 0; i < MOST && names[i]; i++)
		strings_take(operands, rpms_find(folder, names[i]));
}

static char *join(const struct strings *s)
{
	struct buffer out = {0};

	for (size_t i = 0; i < s->count; i++)
		buffer_printf(&out, "%s%s", i ? " " : "", s->items[i]);
	return buffer_steal(&out);
}

static void judges_real_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(strings_done) struct strings operands = {0};
		_cleanup_(package_sets_done) struct package_sets s = {0};
		_cleanup_free_ char *missing = NULL;
		struct fault f = {0};

		add_operands(&operands, cases[i].folder, cases[i].names);
		if (package_sets_read(&s, &operands, NULL, NULL, &f) < 0)
			fail_msg("%s: %s", cases[i].folder, f.reason);
		assert_int_equal(s.set_count, 1);
		assert_string_equal(s.sets[0].release, cases[i].release);
		missing = join(&s.sets[0].missing);
		if (strcmp(missing, cases[i].missing) ||
		    s.sets[0].complete != !cases[i].missing[0])
			fail_msg("case %zu (%s): missing \"%s\"", i, cases[i].folder, missing);
	}
}

/* A directory's kernel-modules-extra stays out; named itself, it joins. */
static void extra_modules_only_by_name(void **state)
{
	for (size_t named = 0; named < 2; named++) {
		_cleanup_(strings_done) struct strings operands = {0};
		_cleanup_(package_sets_done) struct package_sets s = {0};
		size_t extra = 0;

		(void)state;
		strings_take(&operands, rpms_folder("el9"));
		if (named)
			strings_take(&operands, rpms_find("el9", "kernel-modules-extra"));
		assert_int_equal(package_sets_read(&s, &operands, NULL, NULL, NULL), 0);
		for (size_t i = 0; i < s.sets[0].count; i++)
			extra += s.packages[s.sets[0].packages[i]].part == PACKAGE_MODULES_EXTRA;
		assert_int_equal(extra, named);
	}
}

static void names_a_package_once(void **state)
{
	const char *const twice[] = {"kernel-core", "kernel-core", "kernel-modules-core",
				     NULL};
	_cleanup_(strings_done) struct strings operands = {0};
	_cleanup_(package_sets_done) struct package_sets s = {0};

	(void)state;
	add_operands(&operands, "el9", twice);
	assert_int_equal(package_sets_read(&s, &operands, NULL, NULL, NULL), 0);
	assert_int_equal(s.count, 3);
	assert_int_equal(s.sets[0].count, 2);
}

static void sorts_the_newest_first(void **state)
{
	static const char *const folders[] = {"el8", "el7", "fedora", "no-kernel", "el9",
					      "source", "compressors"};
	_cleanup_(strings_done) struct strings operands = {0};
	_cleanup_(package_sets_done) struct package_sets s = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		strings_take(&operands, rpms_folder(folders[i]));
	assert_int_equal(package_sets_read(&s, &operands, NULL, NULL, NULL), 0);
	assert_int_equal(s.set_count, 4 + 7); /* each compressor is a release of its own */
	assert_string_equal(s.sets[0].release, "6.12.5-200.fc41.x86_64");
	assert_string_equal(s.sets[1].release, EL9);
	assert_string_equal(s.sets[s.set_count - 2].release, EL8);
	assert_string_equal(s.sets[s.set_count - 1].release, "3.10.0-1160.el7.x86_64");
	assert_false(s.sets[2].complete); /* an image and no module */
}

static void reads_what_is_no_kernel(void **state)
{
	_cleanup_(strings_done) struct strings operands = {0};
	_cleanup_(package_sets_done) struct package_sets s = {0};

	(void)state;
	strings_take(&operands, rpms_folder("no-kernel"));
	assert_int_equal(package_sets_read(&s, &operands, NULL, NULL, NULL), 0);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.set_count, 0);
}

static void refuse(const char *operand, enum fault_code code)
{
	_cleanup_(strings_done) struct strings operands = {0};
	struct package_sets s;
	struct fault f = {0};

	strings_take(&operands, rpms_folder("el8"));
	strings_add(&operands, operand);
	assert_true(package_sets_read(&s, &operands, NULL, NULL, &f) < 0);
	assert_int_equal(f.code, code);
	assert_true(text_starts(f.path, operand));
}

static void refuses_bad_operands(void **state)
{
	_cleanup_free_ char *empty = rpms_folder("empty");
	_cleanup_free_ char *text = rpms_folder("not-an-rpm");
	_cleanup_free_ char *absent = rpms_folder("no-such");

	(void)state;
	refuse(empty, FAULT_NOT_A_PACKAGE);
	refuse(text, FAULT_NOT_A_PACKAGE);
	refuse(absent, FAULT_ERRNO);
}

/* Whoever reads a directory is told which one is damaged, and nobody may stream it. */
static void keeps_what_is_damaged_apart(void **state)
{
	static const char *const folders[] = {"truncated", "header-bit"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		static const struct package_sink none = {0};
		_cleanup_(strings_done) struct strings operands = {0};
		_cleanup_(package_sets_done) struct package_sets s = {0};
		struct fault f = {0};

		strings_take(&operands, rpms_folder(folders[i]));
		assert_int_equal(package_sets_read(&s, &operands, NULL, NULL, NULL), 0);
		assert_int_equal(s.count, 1);
		assert_int_equal(s.packages[0].header_digests, DIGESTS_BAD);
		assert_non_null(s.packages[0].damage);
		assert_true(package_stream(&s.packages[0], &none, NULL, &f) < 0);
		assert_int_equal(f.code, FAULT_BAD_DIGEST);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_real_sets),
		cmocka_unit_test(extra_modules_only_by_name),
		cmocka_unit_test(names_a_package_once),
		cmocka_unit_test(sorts_the_newest_first),
		cmocka_unit_test(reads_what_is_no_kernel),
		cmocka_unit_test(refuses_bad_operands),
		cmocka_unit_test(keeps_what_is_damaged_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
