/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose signatures a kernel takes on a machine with Secure Boot, by system and release. */
#include "../../../rescue/verify/judge_room.h"
#include "facts.h"
#include "signed_module.h"

static int setup(void **state)
{
	struct facts *x = facts_new("d 0755 /boot\n");

	x->machine.secure_boot = SECURE_BOOT_ON;
	x->machine.trust.is_known = true;
	x->options.platform = &x->machine;
	*state = x;
	return 0;
}

/* A kernel of that system with that configuration. */
static struct loader loader_of(struct facts *x, const char *release, const char *config)
{
	_cleanup_free_ char *file = text_printf("f 0644 /boot/config-%s <<END\n"
		"CONFIG_MODULE_SIG=y\n%s\nEND\n", release, config);
	struct loader l = {0};

	tree_add(&x->tree, file);
	x->kernel.release = (char *)release;
	x->kernel.modules.path = (char *)"/lib/modules/none";
	assert_int_equal(loader_of_kernel(&l, &x->rules.present, &x->kernel, NULL), 0);
	assert_int_equal(loader_trust_machine(&l, &x->rules), 0);
	return l;
}

static void assert_takes(struct facts *x, const char *release, const char *config, bool db,
			 bool mok)
{
	struct loader l = loader_of(x, release, config);

	if (l.takes_db != db || l.takes_mok != mok)
		fail_msg("%s: db %d, MOK %d", release, l.takes_db, l.takes_mok);
	loader_done(&l);
}

#define PLATFORM "CONFIG_INTEGRITY_PLATFORM_KEYRING=y"
#define MACHINE PLATFORM "\nCONFIG_INTEGRITY_MACHINE_KEYRING=y"
#define CA_ONLY MACHINE "\nCONFIG_INTEGRITY_CA_MACHINE_KEYRING=y"

static void by_system(void **state)
{
	struct facts *x = *state;

	x->system.os_id = (char *)"rocky";
	x->system.os_version_id = (char *)"8.10";
	assert_takes(x, "4.18.0-553.el8_10.x86_64", PLATFORM, true, true);
	assert_takes(x, "4.18.0-553.el8_10.x86_64", "", false, false);
	assert_takes(x, "6.1.2-1.el8.elrepo.x86_64", PLATFORM, false, false);
	x->system.os_version_id = (char *)"7.9";
	assert_takes(x, "3.10.0-1160.el7.x86_64", "CONFIG_MODULE_SIG_UEFI=y", true, true);
	assert_takes(x, "3.10.0-1160.el7.x86_64", PLATFORM, false, false);
	x->system.os_id = (char *)"fedora";
	assert_takes(x, "6.8.5-301.fc40.x86_64", PLATFORM, true, true);
	x->system.os_id = (char *)"debian";
	assert_takes(x, "6.1.0-55-amd64", MACHINE, true, true);
	assert_takes(x, "5.10.0-30-amd64", PLATFORM, false, false);
	x->system.os_id = (char *)"opensuse-leap";
	assert_takes(x, "6.4.0-150600.21-default", PLATFORM, true, true);
	assert_takes(x, "6.4.0-own", PLATFORM, false, false);
}

/* Upstream takes the owner's keys where he told shim that they are good for that. */
static void machine_keyring(void **state)
{
	struct facts *x = *state;

	x->system.os_id = (char *)"arch";
	assert_takes(x, "6.9.1-arch1-1", MACHINE, false, false);
	x->machine.trust.trusts_mok = true;
	assert_takes(x, "6.9.1-arch1-1", MACHINE, false, true);
	assert_takes(x, "6.9.1-arch1-1", CA_ONLY, false, false);
	assert_takes(x, "6.9.1-arch1-1", PLATFORM, false, false);
}

static void assert_locked(struct facts *x, const char *config, bool locked)
{
	struct loader l = loader_of(x, V, config);

	assert_int_equal(l.needs_signature, locked);
	loader_done(&l);
}

static void lockdown(void **state)
{
	struct facts *x = *state;

	assert_locked(x, "CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT=y", true);
	assert_locked(x, "CONFIG_EFI_SECURE_BOOT_LOCK_DOWN=y", true);
	assert_locked(x, "CONFIG_EFI_SECURE_BOOT_SIG_ENFORCE=y", true);
	assert_locked(x, "# CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT is not set", false);
	x->machine.trust.checks_nothing = true; /* for the kernel, too */
	assert_locked(x, "CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT=y", false);
	x->machine.trust.checks_nothing = false;
	x->machine.secure_boot = SECURE_BOOT_OFF;
	assert_locked(x, "CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT=y", false);
	x->options.platform = NULL;
	assert_locked(x, "CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT=y", false);
}

static void own_certificates(void **state)
{
	struct facts *x = *state;
	struct module_signature s;
	struct loader l;

	tree_add(&x->tree, "f 0644 /var/lib/dkms/mok.pub =no certificate\n");
	tree_file(&x->tree, "/etc/pki/akmods/certs/public_key.der", signed_certificate,
		sizeof(signed_certificate));
	l = loader_of(x, V, "");
	assert_int_equal(l.own.count, 1);
	assert_string_equal(l.own_paths[0], "/etc/pki/akmods/certs/public_key.der");
	module_signature_parse(&s, (struct bytes){signed_module, sizeof(signed_module)});
	assert_true(kernel_key_made(&l.own.items[0], &s));
	loader_done(&l);
	/* On another machine it is not known what is enrolled. */
	x->machine.trust.is_known = false;
	l = loader_of(x, V, "");
	assert_null(l.vouchers);
	assert_int_equal(l.own.count, 0);
	loader_done(&l);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, facts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(by_system),
		TEST(machine_keyring),
		TEST(lockdown),
		TEST(own_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
