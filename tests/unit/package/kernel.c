/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Release and part of packages of all generations, from short lists of their paths. */
#include "../../../rescue/package/package_room.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { MOST = 6 };

/* A path ends in "/" for a directory and begins with "%" for a ghost. */
static const struct {
	const char *what, *name, *paths[MOST], *provides, *requires;
	const char *release;
	enum package_part part;
	bool has_modules;
} cases[] = {
	{"EL6", "kernel", {"/boot/vmlinuz-2.6.32-754.el6.x86_64",
			   "/lib/modules/2.6.32-754.el6.x86_64/kernel/fs/ext4/ext4.ko"},
	 "2.6.32-754.el6.x86_64", NULL, "2.6.32-754.el6.x86_64", PACKAGE_CORE, true},
	{"ghost images do not count", "kernel-modules",
	 {"%/boot/vmlinuz-V", "%/lib/modules/W/vmlinuz", "/lib/modules/V/kernel/a.ko.xz"},
	 NULL, NULL, "V", PACKAGE_MODULES, true},
	{"EL9 core", "kernel-core", {"/lib/modules/V/vmlinuz", "%/boot/vmlinuz-V"},
	 "V", NULL, "V", PACKAGE_CORE, false},
	{"merged /usr", "kernel-rt-modules-core", {"/usr/lib/modules/V+rt/kernel/a.ko.zst"},
	 "V+rt", NULL, "V+rt", PACKAGE_MODULES_CORE, true},
	{"SUSE", "kernel-default", {"/usr/lib/modules/6.4.0-1-default/vmlinuz",
				    "/usr/lib/modules/6.4.0-1-default/kernel/a.ko.gz"},
	 NULL, NULL, "6.4.0-1-default", PACKAGE_CORE, true},
	{"arm64", "kernel-core", {"/lib/modules/V/Image.gz"}, NULL, NULL, "V", PACKAGE_CORE,
	 false},
	{"extra", "kernel-modules-extra", {"/lib/modules/V/", "/lib/modules/V/extra/a.ko"},
	 NULL, NULL, "V", PACKAGE_MODULES_EXTRA, true},
	{"a UKI is no image", "kernel-uki-virt", {"/lib/modules/V/vmlinuz-virt.efi"}, NULL, NULL,
	 "V", PACKAGE_UKI, false},
	{"third-party module", "kmod-vmxnet", {"/lib/modules/V/extra/vmxnet.ko"}, NULL, NULL,
	 "V", PACKAGE_KMOD, true},
	{"SUSE's third-party module", "vmxnet-kmp-default",
	 {"/lib/modules/6.4.0-1-default/updates/vmxnet.ko"}, NULL, NULL, "6.4.0-1-default",
	 PACKAGE_KMOD, true},
	{"modules of two kernels", "kmod-two",
	 {"/lib/modules/V/extra/a.ko", "/lib/modules/W/extra/a.ko"}, NULL, NULL, NULL,
	 PACKAGE_OTHER, false},
	{"meta", "kernel", {NULL}, NULL, "kernel-core-uname-r", NULL, PACKAGE_META, false},
	{"meta of old", "kernel-uek", {NULL}, NULL, "kernel-uek-core", NULL, PACKAGE_META,
	 false},
	{"empty and no kernel", "hello", {NULL}, NULL, "kernel-core-uname-r", NULL,
	 PACKAGE_OTHER, false},
	{"headers", "kernel-headers", {"/usr/include/linux/elf.h"}, NULL, NULL, NULL,
	 PACKAGE_OTHER, false},
	{"devel", "kernel-devel", {"/usr/src/kernels/V/Makefile"}, NULL, "kernel-core-uname-r",
	 NULL, PACKAGE_DEVEL, false},
	{"debuginfo", "kernel-debuginfo",
	 {"/usr/lib/debug/lib/modules/V/vmlinux", "/usr/lib/debug/lib/modules/V/a.ko.debug"},
	 NULL, NULL, NULL, PACKAGE_DEBUG, false},
	{"firmware", "linux-firmware", {"/usr/lib/firmware/bnx2/a.fw"}, NULL, NULL, NULL,
	 PACKAGE_FIRMWARE, false},
	{"image alone", "kernel", {"/boot/vmlinuz-6.1-mono"}, NULL, NULL, "6.1-mono",
	 PACKAGE_CORE, false},
	{"a file beside the releases", "kernel-modules",
	 {"/lib/modules/README", "/lib/modules/V/a.ko"}, NULL, NULL, "V", PACKAGE_MODULES, true},
	{"a directory alone", "kernel-modules", {"/lib/modules/V/"}, NULL, NULL, "V",
	 PACKAGE_MODULES, false},
	{"image of another release", "kernel-modules",
	 {"/boot/vmlinuz-W", "/lib/modules/V/a.ko"}, NULL, NULL, "V", PACKAGE_MODULES, true},
};

static void fill_files(struct package *p, const char *const *paths)
{
	p->files = calloc(MOST, sizeof(*p->files));
	for (; p->file_count < MOST && paths[p->file_count]; p->file_count++) {
		struct package_file *file = &p->files[p->file_count];
		const char *path = paths[p->file_count];

		file->mode = S_IFREG | 0644;
		if (path[0] == '%') {
			file->flags = PACKAGE_FILE_GHOST;
			path++;
		}
		file->path = strdup(path);
		if (text_ends(path, "/")) {
			file->mode = S_IFDIR | 0755;
			file->path[strlen(path) - 1] = '\0';
		}
	}
}

static void fill_relation(struct package_requirement **list, size_t *count,
			  const char *name, const char *version)
{
	*list = calloc(1, sizeof(**list));
	(*list)->name = strdup(name);
	(*list)->version = version ? strdup(version) : NULL;
	(*list)->flags = version ? SENSE_EQUAL : 0;
	*count = 1;
}

static void knows_every_generation(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(package_done) struct package p = {.name = strdup(cases[i].name)};

		fill_files(&p, cases[i].paths);
		if (cases[i].provides)
			fill_relation(&p.provides, &p.provide_count, "kernel-uname-r",
				      cases[i].provides);
		if (cases[i].requires)
			fill_relation(&p.requires, &p.require_count, cases[i].requires, "V");
		assert_int_equal(package_take_meaning(&p, NULL), 0);
		if (!text_equal(p.release, cases[i].release) || p.part != cases[i].part ||
		    package_has_modules(&p) != cases[i].has_modules)
			fail_msg("%s: release %s, part %s", cases[i].what, p.release,
				 package_part_name(p.part));
	}
}

static void refuses_another_uname(void **state)
{
	static const char *const paths[] = {"/lib/modules/V/vmlinuz", NULL};
	_cleanup_(package_done) struct package p = {.name = strdup("kernel-core"),
						    .path = strdup("k.rpm")};
	struct fault f = {0};

	(void)state;
	fill_files(&p, paths);
	fill_relation(&p.provides, &p.provide_count, "kernel-uname-r", "W");
	assert_true(package_take_meaning(&p, &f) < 0);
	assert_int_equal(f.code, FAULT_NOT_A_PACKAGE);
	assert_non_null(strstr(f.reason, "V"));
	assert_non_null(strstr(f.reason, "W"));
}

static void knows_flavours(void **state)
{
	static const struct {
		const char *release, *flavour;
	} releases[] = {
		{"5.14.0-503.el9_5.x86_64", NULL},
		{"5.14.0-503.el9_5.x86_64+debug", "debug"},
		{"3.10.0-1160.el7.x86_64.debug", "debug"},
		{"5.14.0-503.el9_5.x86_64+rt", "rt"},
		{"5.14.0-503.el9_5.x86_64+rt-debug", "rt"},
		{"5.14.0-503.el9_5.aarch64+64k", "64k"},
		{"2.6.18-398.el5PAE", "PAE"},
		{"2.6.18-398.el5xen", "xen"},
		{"5.15.0-200.131.27.el9uek.x86_64", "uek"},
		{"3.10.0-1160.el7.centos.plus.x86_64", "plus"},
		{"6.4.0-150600.21-default", "default"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++)
		assert_true(text_equal(package_flavour(releases[i].release),
				       releases[i].flavour));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_flavours),
		cmocka_unit_test(knows_every_generation),
		cmocka_unit_test(refuses_another_uname),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
