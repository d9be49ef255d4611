/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_contexts: which rule wins, substitutions, bad rules, and the time that it takes.
 */
#include "formats/file_contexts.h"

#include <errno.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "cases.h"

static const char rules[] =
	"# comment\n"
	"/.*			system_u:object_r:default_t:s0\n"
	"/boot(/.*)?		system_u:object_r:boot_t:s0\n"
	"/boot/efi/.*  -d	system_u:object_r:efi_dir_t:s0\n"
	"/dev/sd[a-z]+ -b system_u:object_r:disk_t:s0\n"
	"/dev/.*\\.log --	system_u:object_r:log_t:s0\n"
	"/usr/lib/modules(/.*)?	system_u:object_r:modules_t:s0\n"
	"/usr/lib/modules/[^/]+/modules\\..+ -- system_u:object_r:dep_t:s0\n"
	"/etc/shadow.*	--	system_u:object_r:shadow_t:s0\n"
	"/etc/shadow	--	system_u:object_r:exact_t:s0\n"
	"/etc/shadow-extra.* --	system_u:object_r:later_t:s0\n"
	"/tmp/.*		<<none>>\n"
	"/a\\.b\\+c		system_u:object_r:escaped_t:s0\n"
	"/x/colou?r		system_u:object_r:colour_t:s0\n"
	"/x/(one|two)/end	system_u:object_r:group_t:s0\n"
	"/y/left|/y/right	system_u:object_r:either_t:s0\n"
	"/bad/[z-a]		system_u:object_r:bad_t:s0\n"
	"/bad/(open		system_u:object_r:bad_t:s0\n"
	"/bad/\\1		system_u:object_r:bad_t:s0\n"
	"/bad/type	-x	system_u:object_r:bad_t:s0\n"
	"/lonely\n"
	"/z/ab{2}c		system_u:object_r:brace_t:s0";

static const struct {
	const char *path;
	mode_t mode;
	const char *type; /* NULL: no context */
} cases[] = {
	{"/boot", S_IFDIR, "boot_t"},
	{"/boot/", S_IFDIR, "boot_t"},
	{"/boot/vmlinuz", S_IFREG | 0644, "boot_t"},
	{"/bootx", S_IFREG, "default_t"},
	{"/boot/efi/EFI", S_IFDIR, "efi_dir_t"},
	{"/boot/efi/EFI", S_IFREG, "boot_t"},
	{"/dev/sda", S_IFBLK, "disk_t"},
	{"/dev/sda", S_IFCHR, "default_t"},
	{"/dev/sda", 0, "disk_t"}, /* no type: any */
	{"/dev/sda1", S_IFBLK, "default_t"},
	{"/dev/a.log", S_IFREG, "log_t"},
	{"/dev/a-log", S_IFREG, "default_t"},
	{"/usr/lib/modules", S_IFDIR, "modules_t"},
	{"/usr/lib/modules/5/kernel/a.ko.xz", S_IFREG, "modules_t"},
	{"/usr/lib/modules/5/modules.dep", S_IFREG, "dep_t"},
	{"/usr/lib/modules/5/x/modules.dep", S_IFREG, "modules_t"},
	{"/etc/shadow", S_IFREG, "exact_t"}, /* literals come before patterns */
	{"/etc/shadow-", S_IFREG, "shadow_t"},
	{"/etc/shadow", S_IFDIR, "default_t"},
	{"/etc/shadow-extra1", S_IFREG, "later_t"}, /* the last that matches */
	{"/tmp/x", S_IFREG, NULL},
	{"/a.b+c", S_IFREG, "escaped_t"},
	{"/aXb+c", S_IFREG, "default_t"},
	{"/x/color", S_IFREG, "colour_t"},
	{"/x/colour", S_IFREG, "colour_t"},
	{"/x/colouur", S_IFREG, "default_t"},
	{"/x/two/end", S_IFREG, "group_t"},
	{"/x/three/end", S_IFREG, "default_t"},
	{"/y/right", S_IFREG, "either_t"},
	{"/bad/type", S_IFREG, "default_t"},
	{"/bad/(open", S_IFREG, "default_t"},
	{"/lonely", S_IFREG, "default_t"},
	{"/z/abbc", S_IFREG, "brace_t"},
	{"/z/abc", S_IFREG, "default_t"},
	{"", S_IFREG, NULL},
};

static void check_type(
	const struct file_contexts *c, const char *path, mode_t mode, const char *type)
{
	_cleanup_free_ char *wanted =
		type ? text_printf("system_u:object_r:%s:s0", type) : NULL;
	const char *found = file_contexts_find(c, path, mode);

	if (!text_equal(found, wanted))
		fail_msg("%s has %s, not %s", path, found ? found : "none", type);
}

static void picks_the_rule(void **state)
{
	_cleanup_(file_contexts_free_p) struct file_contexts *c = file_contexts_new();

	(void)state;
	assert_int_equal(file_contexts_add(c, BYTES(rules), NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_type(c, cases[i].path, cases[i].mode, cases[i].type);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) /* compiled by now: the same */
		check_type(c, cases[i].path, cases[i].mode, cases[i].type);
	/* Files added later win, also over literals of the same path. */
	assert_int_equal(
		file_contexts_add(
			c, BYTES("/etc/shadow system_u:object_r:local_t:s0\n"), NULL),
		0);
	check_type(c, "/etc/shadow", S_IFREG, "local_t");
}

static void substitutes(void **state)
{
	_cleanup_(file_contexts_free_p) struct file_contexts *c = file_contexts_new();
	static const char subs[] =
		"# local\n/srv/boot /boot\n/over /first\n/over /boot\n/root2 /\n";
	static const char dist[] =
		"/lib /usr/lib\n/lib64 /usr/lib\n /run/x  /boot \n/half\n";
	static const char *const boots[] = {
		"/srv/boot/x", "/over/x", "/run/x/y", "/root2/boot"};

	(void)state;
	assert_int_equal(file_contexts_add(c, BYTES(rules), NULL), 0);
	assert_int_equal(file_contexts_add_substitutions(c, BYTES(subs), NULL), 0);
	assert_int_equal(file_contexts_add_substitutions(c, BYTES(dist), NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(boots); i++)
		check_type(c, boots[i], S_IFREG, "boot_t");
	check_type(c, "/lib/modules/5/a.ko", S_IFREG, "modules_t");
	check_type(c, "/lib", S_IFDIR, "default_t");
	check_type(c, "/library/modules", S_IFREG, "default_t");
}

static void bounds_paths(void **state)
{
	_cleanup_(file_contexts_free_p) struct file_contexts *c = file_contexts_new();
	char path[5000];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(file_contexts_add(c, BYTES(rules), NULL), 0);
	assert_null(file_contexts_find(c, path, S_IFREG));
	path[4000] = '\0';
	assert_non_null(file_contexts_find(c, path, S_IFREG));
	path[4] = '\0';
	assert_int_equal(
		file_contexts_add_substitutions(c, BYTES("/aaa /bbb\n"), NULL), 0);
	assert_non_null(file_contexts_find(c, path, S_IFREG));
}

static void has_limits(void **state)
{
	_cleanup_(file_contexts_free_p) struct file_contexts *c = file_contexts_new();
	_cleanup_(buffer_done) struct buffer text = {0};

	(void)state;
	for (int i = 0; i <= FILE_CONTEXTS_MAX_RULES; i++)
		assert_return_code(buffer_puts(&text, "/a b\n"), 0);
	assert_int_equal(file_contexts_add(c, buffer_bytes(&text), NULL), -E2BIG);
	assert_int_equal(
		file_contexts_add_substitutions(c, buffer_bytes(&text), NULL), -E2BIG);
	assert_return_code(buffer_reserve(&text, FILE_CONTEXTS_MAX_SIZE), 0);
	memset(text.data, '#', FILE_CONTEXTS_MAX_SIZE + 1);
	text.size = FILE_CONTEXTS_MAX_SIZE + 1;
	assert_int_equal(file_contexts_add(c, buffer_bytes(&text), NULL), -EFBIG);
	file_contexts_free(NULL);
}

/* # stands for the number. */
static void append_rule(struct buffer *ret, const char *shape, int number)
{
	for (; *shape; shape++)
		assert_return_code(*shape == '#' ? buffer_printf(ret, "%d", number)
						 : buffer_append(ret, shape, 1),
			0);
}

/*
 * A made policy of the size and shape of EL9's (6,286 rules): two thirds of them literal
 * or with a literal beginning, the others with groups and classes early on.
 */
static void make_policy(struct buffer *ret)
{
	static const char *const shapes[] = {
		"/usr/bin/program#		--	system_u:object_r:p#_exec_t:s0\n",
		"/etc/service#(/.*)?		system_u:object_r:s#_etc_t:s0\n",
		"/var/lib/service#(/.*)?	system_u:object_r:s#_lib_t:s0\n",
		"/usr/lib/systemd/system/unit#.*	--	"
		"system_u:object_r:u#_t:s0\n",
		"/usr/lib/(.*/)?libthing#\\.so(\\.[^/]*)*	--	"
		"system_u:object_r:l#_t:s0\n",
		"/usr/lib(64)?/[^/]+/plugin#/.*\\.so	--	"
		"system_u:object_r:g#_t:s0\n",
		"/opt/(.*/)?vendor#/bin(/.*)?	system_u:object_r:v#_t:s0\n",
		"/dev/[^/]*tty#[0-9]*	-c	system_u:object_r:t#_t:s0\n",
	};

	assert_return_code(
		buffer_puts(ret,
			"/.*	system_u:object_r:default_t:s0\n"
			"/usr/.*	system_u:object_r:usr_t:s0\n"
			"/usr/lib/modules(/.*)?	system_u:object_r:modules_t:s0\n"),
		0);
	for (int i = 0; i < 6283; i++)
		append_rule(ret, shapes[(size_t)i % ARRAY_SIZE(shapes)], i);
}

static void is_quick(void **state)
{
	_cleanup_(file_contexts_free_p) struct file_contexts *c = file_contexts_new();
	_cleanup_(buffer_done) struct buffer policy = {0};
	struct timespec from, to;

	(void)state;
	make_policy(&policy);
	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(file_contexts_add(c, buffer_bytes(&policy), NULL), 0);
	assert_int_equal(
		file_contexts_add_substitutions(c, BYTES("/lib /usr/lib\n"), NULL), 0);
	for (int i = 0; i < 4000; i++) {
		char path[128];

		snprintf(path, sizeof(path),
			"/lib/modules/5.14.0/kernel/drivers/d%d/m%d.ko.xz", i % 97, i);
		check_type(c, path, S_IFREG, "modules_t");
	}
	clock_gettime(CLOCK_MONOTONIC, &to);

	long ms =
		(to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;

	print_message("4,000 paths against 6,286 rules: %ld ms\n", ms);
	assert_in_range(ms, 0, 5000); /* with sanitizers on a busy machine */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_the_rule),
		cmocka_unit_test(substitutes),
		cmocka_unit_test(bounds_paths),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(is_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
