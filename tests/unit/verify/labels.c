/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SELinux labels: a whole system without, a kernel without in one that has them. */
#include "facts.h"

#include <sys/xattr.h>

#define MODULES "/lib/modules/" V
#define ETC "system_u:object_r:etc_t:s0"

static int setup(void **state)
{
	static const char *const modules[] = {"kernel/a.ko", "kernel/b.ko", "kernel/c.ko"};
	struct facts *x = facts_new("f 0644 /etc/passwd =root:x:0:0\nf 0644 /etc/fstab =#\n"
				    "f 0644 /boot/vmlinuz-" V " =MZ\n"
				    "f 0644 " MODULES "/modules.dep =#\n"
				    "f 0644 " MODULES "/kernel/a.ko =ELF\n"
				    "f 0644 " MODULES "/kernel/b.ko =ELF\n"
				    "f 0644 " MODULES "/kernel/c.ko =ELF\n");

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		assert_int_equal(strings_add(&x->kernel.modules.files, modules[i]), 0);
	x->kernel.image.path = (char *)"/boot/vmlinuz-" V;
	x->kernel.modules.path = (char *)MODULES;
	x->inv.selinux = true;
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct facts *x = *state;

	strings_done(&x->kernel.modules.files);
	return facts_teardown(state);
}

static void judge(struct facts *x)
{
	facts_judge(x, rules_labels);
}

/* false: this file system or user cannot set one. */
static bool label(struct facts *x, const char *path, const char *text)
{
	_cleanup_free_ char *whole = text_printf("%s%s", x->tree.path, path);

	return setxattr(whole, "security.selinux", text, strlen(text) + 1, 0) == 0;
}

static void nothing_is_labeled(void **state)
{
	struct facts *x = *state;
	const struct finding *f;

	judge(x);
	if (x->v.findings.count == 0) {
		print_message("no labels on this file system\n");
		skip();
	}
	f = &x->v.findings.items[0];
	assert_int_equal(x->v.findings.count, 1);
	assert_string_equal(f->code, "labels-missing");
	assert_int_equal(f->severity, SEVERITY_WARNING);
	assert_string_equal(f->subject, "/etc/passwd");
	assert_null(f->kernel);
	/* It will be labeled at the next boot; or it has no policy at all. */
	tree_add(&x->tree, "f 0644 /.autorelabel\n");
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
	tree_add(&x->tree, "r /.autorelabel\n");
	x->inv.selinux = false;
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
}

static void a_kernel_unpacked_by_hand(void **state)
{
	static const char *const files[] = {"/boot/vmlinuz-" V, MODULES, MODULES "/modules.dep",
		MODULES "/kernel/a.ko", MODULES "/kernel/b.ko", MODULES "/kernel/c.ko"};
	struct facts *x = *state;

	if (!label(x, "/etc/passwd", ETC)) {
		print_message("labels cannot be set here\n");
		skip();
	}
	judge(x);
	assert_int_equal(x->v.findings.count, 1);
	assert_string_equal(x->v.findings.items[0].kernel, V);
	assert_string_equal(x->v.findings.items[0].subject, "/boot/vmlinuz-" V);
	assert_non_null(strstr(x->v.findings.items[0].message, "6 of 6 files"));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		assert_true(label(x, files[i], "system_u:object_r:modules_object_t:s0"));
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
	/* What a kernel with SELinux says of a file without one. */
	assert_true(label(x, files[4], "system_u:object_r:unlabeled_t:s0"));
	judge(x);
	assert_string_equal(x->v.findings.items[0].subject, files[4]);
	assert_non_null(strstr(x->v.findings.items[0].message, "1 of 6 files"));
	/* Nobody starts it, or asks for it. */
	x->state = KERNEL_ABSENT;
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
	x->state = KERNEL_BOOTABLE;
	assert_int_equal(strings_add(&x->options.kernels, "other"), 0);
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
	strings_done(&x->options.kernels);
}

static void files_that_are_not_there(void **state)
{
	struct facts *x = *state;

	if (!label(x, "/etc/passwd", ETC)) {
		print_message("labels cannot be set here\n");
		skip();
	}
	strings_done(&x->kernel.modules.files);
	tree_add(&x->tree, "r /boot\nr " MODULES "\n");
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_labeled),
		TEST(a_kernel_unpacked_by_hand),
		TEST(files_that_are_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
