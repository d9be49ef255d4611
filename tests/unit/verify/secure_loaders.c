/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot loaders that firmware or shim start under Secure Boot, or do not. */
#include "signed_facts.h"

#define VENDOR ESP "/EFI/redhat/"

static int loader_setup(void **state)
{
	struct facts *x;

	setup(state);
	x = *state;
	x->machine.trust.is_known = true;
	x->system.efi_program = (char *)"/EFI/redhat/shimx64.efi";
	return 0;
}

static int loader_teardown(void **state)
{
	struct facts *x = *state;

	firmware_trust_done(&x->machine.trust);
	return teardown(state);
}

static const char *judge(struct facts *x)
{
	findings_done(&x->v.findings);
	x->v.findings = (struct findings){0};
	vouchers_done(&x->rules.vouchers);
	x->rules.vouchers = (struct vouchers){0};
	assert_int_equal(vouchers_read(&x->rules.vouchers, &x->system, &x->machine), 0);
	assert_int_equal(rules_secure_loaders(&x->rules), 0);
	assert_true(x->v.findings.count <= 1);
	return x->v.findings.count ? x->v.findings.items[0].message : "";
}

static void assert_told(struct facts *x, const char *words)
{
	if (!strstr(judge(x), words))
		fail_msg("\"%s\" instead of \"%s\"", judge(x), words);
	assert_string_equal(x->v.findings.items[0].code, "secureboot-unsigned");
	assert_int_equal(x->v.findings.items[0].severity, SEVERITY_ERROR);
}
#define ASSERT_SILENT(x) assert_string_equal(judge(x), "")

/* That the firmware takes, by its digest; it trusts the owner. */
static void add_good_shim(struct facts *x, const char *path)
{
	_cleanup_(buffer_done) struct buffer owner = {0};
	uint8_t pe[8192];
	size_t size;

	load(&owner, "owner.der");
	size = made_shim(pe, buffer_bytes(&owner), (struct bytes){0});
	tree_file(&x->tree, path, pe, size);
	append_digest_of(&x->machine.trust.db, (struct bytes){pe, size});
}

static void by_the_firmware(void **state)
{
	struct facts *x = *state;

	ASSERT_SILENT(x); /* it is not there: told elsewhere */
	trust_one(x, "owner.der");
	assert_told(x, "the firmware will not start the boot loader " SHIM ": it is not signed");
	x->system.efi_program = (char *)"/EFI/redhat/grubx64.efi";
	sign_file(x, VENDOR "grubx64.efi", "direct.p7");
	assert_told(x, "it is signed by The direct, whom nobody trusts there");
	append_list(&x->machine.trust.mok, "owner.der");
	append_list(&x->machine.trust.mok, "owner.der");
	assert_told(x, "whom nobody trusts there"); /* the firmware knows no such list */
	append_list(&x->machine.trust.db, "owner.der");
	ASSERT_SILENT(x);
	append_list(&x->machine.trust.dbx, "direct.der");
	assert_told(x, "it is on a list of what must not start");
}

static void by_shim(void **state)
{
	struct facts *x = *state;

	add_good_shim(x, SHIM);
	ASSERT_SILENT(x); /* no grub beside it: told elsewhere */
	sign_file(x, VENDOR "grubx64.efi", "chain.p7");
	ASSERT_SILENT(x);
	sign_file(x, VENDOR "grubx64.efi", "stranger.p7");
	assert_told(x, "shim will not start the boot loader " VENDOR "grubx64.efi: it is signed by "
		"The stranger");
	tree_file(&x->tree, VENDOR "grubx64.efi", program, program_size);
	assert_told(x, "grubx64.efi: it is not signed");
	program[MADE_CONTENT]++;
	sign_file(x, VENDOR "grubx64.efi", "owner.p7");
	program[MADE_CONTENT]--;
	assert_told(x, "grubx64.efi: it was changed after it was signed");
	x->machine.trust.checks_nothing = true;
	ASSERT_SILENT(x);
	x->machine.trust.checks_nothing = false;
	x->machine.secure_boot = SECURE_BOOT_OFF;
	ASSERT_SILENT(x);
	x->machine.secure_boot = SECURE_BOOT_ON;
	x->machine.trust.is_known = false; /* another machine's keys */
	ASSERT_SILENT(x);
}

/* Where no variable names anything: EFI/BOOT, with its fallback, which goes elsewhere. */
static void on_the_removable_path(void **state)
{
	struct facts *x = *state;

	x->system.efi_program = NULL;
	add_good_shim(x, ESP "/EFI/BOOT/BOOTX64.EFI");
	ASSERT_SILENT(x);
	tree_file(&x->tree, ESP "/EFI/BOOT/grubx64.efi", program, program_size);
	assert_told(x, "EFI/BOOT/grubx64.efi: it is not signed");
	tree_add(&x->tree, "f 0755 " ESP "/EFI/BOOT/fbx64.efi =x\n");
	ASSERT_SILENT(x);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, loader_setup, loader_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(by_the_firmware),
		TEST(by_shim),
		TEST(on_the_removable_path),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
