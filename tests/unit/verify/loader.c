/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel's release, configuration, command line and built-in modules make of it. */
#include "../../../rescue/verify/judge_room.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define V "6.1.0-1"

struct world {
	struct tree tree;
	struct target target;
	struct files files;
	struct kernel kernel;
	struct loader loader;
};

static struct world *learn(const char *manifest, const char *release, const char *cmdline)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	tree_make(&w->tree, manifest);
	w->target.fd = w->tree.fd;
	w->files.target = &w->target;
	w->kernel.release = (char *)release;
	w->kernel.modules.path = (char *)"/lib/modules/" V;
	assert_int_equal(loader_of_kernel(&w->loader, &w->files, &w->kernel, cmdline), 0);
	return w;
}

static void done(struct world *w)
{
	loader_done(&w->loader);
	tree_remove(&w->tree);
	free(w);
}

static void versions_are_of_the_release(void **state)
{
	static const struct {
		const char *release;
		unsigned version;
	} cases[] = {
		{"6.1.0-1", KERNEL_VERSION_OF(6u, 1u, 0u)},
		{"5.14.0-427.el9.x86_64", KERNEL_VERSION_OF(5u, 14u, 0u)},
		{"2.6.18-8.el5", KERNEL_VERSION_OF(2u, 6u, 18u)},
		{"6.12-rc1", KERNEL_VERSION_OF(6u, 12u, 0u)},
		{"4.9.337", KERNEL_VERSION_OF(4u, 9u, 255u)}, /* as LINUX_VERSION_CODE */
		{"my-kernel", 0},
		{"6", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world *w = learn("", cases[i].release, NULL);

		assert_int_equal(w->loader.version, cases[i].version);
		assert_false(w->loader.force_load || w->loader.checks_signatures ||
			     w->loader.needs_signature || w->loader.lacks_livepatch);
		done(w);
	}
}

/* Whole lines count; what is not set is commented out. */
static void the_configuration_is_read(void **state)
{
	struct world *w = learn("f 0644 /boot/config-" V " <<END\n"
				"# CONFIG_MODULE_FORCE_LOAD is not set\n"
				"CONFIG_MODULE_SIG=y\n"
				"MY_CONFIG_MODULE_SIG_FORCE=y\n"
				"CONFIG_DEBUG_INFO_BTF_MODULES=y\n"
				"CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS=y\n"
				"END\n"
				"f 0644 /lib/modules/" V "/config =CONFIG_MODULE_FORCE_LOAD=y\n",
				V, NULL);

	(void)state;
	assert_true(w->loader.checks_signatures && w->loader.checks_btf);
	assert_true(w->loader.forgives_namespaces);
	assert_true(w->loader.lacks_livepatch);
	assert_false(w->loader.needs_signature || w->loader.force_load);
	done(w);
}

/* In the module directory where /boot has none; an unreadable one says nothing. */
static void the_configuration_has_a_second_place(void **state)
{
	struct world *w = learn("d 0755 /boot/config-" V "\n"
				"f 0644 /lib/modules/" V "/config <<END\n"
				"CONFIG_MODULE_SIG_FORCE=y\n"
				"CONFIG_LIVEPATCH=y\n"
				"CONFIG_MODULE_FORCE_LOAD=y\n"
				"END\n", V, NULL);

	(void)state;
	assert_true(w->loader.needs_signature && w->loader.force_load);
	assert_false(w->loader.lacks_livepatch);
	done(w);
}

static void the_command_line_decides(void **state)
{
	static const struct {
		const char *cmdline;
		bool needs_signature;
	} cases[] = {
		{"ro quiet", false}, {"module.sig_enforce", true}, {"module.sig_enforce=1", true},
		{"module.sig_enforce=0", false}, {"module.sig_enforce=on", true},
		{"lockdown=integrity", true}, {"lockdown=confidentiality", true},
		{"lockdown=none", false}, {"xmodule.sig_enforce", false}, {"", false},
	};
	struct world *w;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		w = learn("", V, cases[i].cmdline);
		assert_int_equal(w->loader.needs_signature, cases[i].needs_signature);
		assert_int_equal(w->loader.blacklist.count, 0);
		done(w);
	}
	w = learn("", V, "ro module_blacklist=a-b,nouveau,,vmw_pvscsi");
	assert_true(strings_has(&w->loader.blacklist, "a_b"));
	assert_true(strings_has(&w->loader.blacklist, "nouveau"));
	assert_true(strings_has(&w->loader.blacklist, "vmw_pvscsi"));
	assert_false(strings_has(&w->loader.blacklist, "a-b"));
	done(w);
}

/* Those with a parameter or a version stand in /sys/module; the others do not. */
static void built_in_modules_have_names(void **state)
{
	static const char info[] = "ext4.license=GPL\0" "virtio-net.parm=a:b\0"
		"virtio-net.parm=c:d\0" "e1000.version=7\0" "nodot\0" "cut.parm=x";
	struct world *w = learn("", V, NULL);

	(void)state;
	assert_int_equal(w->loader.built_in.count, 0);
	tree_file(&w->tree, "/lib/modules/" V "/modules.builtin.modinfo", info, sizeof(info) - 1);
	assert_int_equal(loader_of_kernel(&w->loader, &w->files, &w->kernel, NULL), 0);
	assert_int_equal(w->loader.built_in.count, 3);
	assert_string_equal(w->loader.built_in.items[0], "virtio_net");
	assert_string_equal(w->loader.built_in.items[1], "e1000");
	assert_string_equal(w->loader.built_in.items[2], "cut");
	done(w);
}

static void generations_forgive_a_missing_version(void **state)
{
	static const struct {
		unsigned version;
		bool all, extended, forgives;
	} cases[] = {
		{KERNEL_VERSION_OF(2u, 6u, 18u), false, false, true},
		{KERNEL_VERSION_OF(2u, 6u, 32u), false, false, false},
		{KERNEL_VERSION_OF(4u, 8u, 17u), false, false, false},
		{KERNEL_VERSION_OF(4u, 9u, 0u), false, false, true},
		{KERNEL_VERSION_OF(6u, 1u, 0u), true, false, false},
		{KERNEL_VERSION_OF(6u, 1u, 0u), true, true, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct loader l = {.version = cases[i].version,
			.wants_all_versions = cases[i].all};

		assert_int_equal(loader_forgives_missing_version(&l, cases[i].extended),
				 cases[i].forgives);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_of_the_release),
		cmocka_unit_test(the_configuration_is_read),
		cmocka_unit_test(the_configuration_has_a_second_place),
		cmocka_unit_test(the_command_line_decides),
		cmocka_unit_test(built_in_modules_have_names),
		cmocka_unit_test(generations_forgive_a_missing_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
