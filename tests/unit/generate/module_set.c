/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The choice of modules, closed over what they need. */
#include "../../../rescue/generate/module_set.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static const char manifest[] =
	"f 0644 /modules.dep <<END\n"
	"kernel/drivers/scsi/a.ko.xz: kernel/drivers/net/n.ko.xz kernel/lib/l.ko.xz\n"
	"kernel/drivers/net/n.ko.xz: kernel/lib/l.ko.xz\n"
	"kernel/drivers/net/scsi-like.ko.xz:\n"
	"kernel/lib/l.ko.xz:\n"
	"kernel/lib/s-one.ko.xz:\n"
	"kernel/lib/s_two.ko.xz: kernel/lib/deep.ko.xz\n"
	"kernel/lib/deep.ko.xz:\n"
	"kernel/fs/f.ko.xz: kernel/not/in/the/list.ko\n"
	"updates/drivers/scsi/u.ko:\n"
	"END\n"
	"f 0644 /modules.alias <<END\n"
	"alias provider s_one\n"
	"alias provider s_two\n"
	"alias fs-f f\n"
	"alias dead gone\n"
	"END\n"
	"f 0644 /modules.softdep <<END\n"
	"softdep l pre: provider\n"
	"softdep s_one post: l unknown\n"
	"END\n"
	"f 0644 /modules.builtin <<END\n"
	"kernel/fs/b-fs.ko\n"
	"END\n";

struct fixture {
	struct tree tree;
	struct staged staged;
	struct module_set set;
};

static int read_set(struct fixture *x, const char *text, struct fault *f)
{
	int r;

	tree_make(&x->tree, text);
	assert_int_equal(staged_init(&x->staged, x->tree.fd, "1", NULL, NULL), 0);
	r = module_set_read(&x->set, &x->staged, f);
	if (r < 0)
		tree_remove(&x->tree);
	return r;
}

static void tear_down(struct fixture *x)
{
	module_set_done(&x->set);
	tree_remove(&x->tree);
}

static void directories_with_all_they_need(void **state)
{
	static const char *const needed[] = {
		"a", "n", "l", "s_one", "s_two", "deep", "u"};
	struct fixture x;

	(void)state;
	assert_int_equal(read_set(&x, manifest, NULL), 0);
	assert_int_equal(module_set_choose_directory(&x.set, "drivers/scsi/"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!module_set_has(&x.set, needed[i]))
			fail_msg("%s is missing", needed[i]);
	assert_int_equal(x.set.chosen_count, ARRAY_SIZE(needed));
	assert_true(module_set_serves(&x.set, "a"));
	assert_true(module_set_serves(&x.set, "s_two"));
	assert_false(module_set_serves(&x.set, "n"));
	assert_false(module_set_serves(&x.set, "scsi_like"));
	tear_down(&x);
}

static void words(void **state)
{
	struct fixture x;

	(void)state;
	assert_int_equal(read_set(&x, manifest, NULL), 0);
	assert_int_equal(module_set_choose(&x.set, "nothing"), 0);
	assert_int_equal(module_set_choose(&x.set, "dead"), 0);
	assert_int_equal(module_set_choose(&x.set, "scsi_like"), 1);
	assert_int_equal(module_set_choose(&x.set, "scsi-like"), 1);
	assert_int_equal(x.set.chosen_count, 1);
	assert_int_equal(module_set_choose(&x.set, "provider"), 1);
	assert_true(module_set_has(&x.set, "deep"));
	tear_down(&x);
}

static void file_systems(void **state)
{
	struct fixture x;

	(void)state;
	assert_int_equal(read_set(&x, manifest, NULL), 0);
	assert_int_equal(module_set_choose_filesystem(&x.set, "f", NULL), 1);
	assert_true(module_set_has(&x.set, "f"));
	assert_int_equal(module_set_choose_filesystem(&x.set, "b_fs", NULL), 1);
	assert_int_equal(module_set_choose_filesystem(&x.set, "ext3", NULL), 0);
	assert_int_equal(
		module_set_choose_filesystem(&x.set, "ext3", "\nCONFIG_EXT4_FS=y\n"), 1);
	assert_int_equal(
		module_set_choose_filesystem(&x.set, "jfs", "\nCONFIG_JFS_FS=m\n"), 0);
	tear_down(&x);
}

static void an_index_is_required(void **state)
{
	struct fixture x;
	struct fault f;

	(void)state;
	assert_int_equal(read_set(&x, "d 0755 /kernel\n", &f), -ENOENT);
	assert_string_equal(f.path, "/lib/modules/1/modules.dep");
	assert_int_equal(read_set(&x, "f 0644 /modules.dep =nonsense\n", &f), -EBADMSG);
	assert_int_equal(
		read_set(&x, "f 0644 /modules.dep\nf 0644 /modules.alias\n", &f), 0);
	assert_int_equal(module_set_choose(&x.set, "a"), 0);
	tear_down(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directories_with_all_they_need),
		cmocka_unit_test(words),
		cmocka_unit_test(file_systems),
		cmocka_unit_test(an_index_is_required),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
