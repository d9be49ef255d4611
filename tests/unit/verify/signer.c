/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel images signed by openssl with keys of several owners; shims, and firmware with its
 * variables, that trust or refuse them.
 */
#include "signed_facts.h"

static const struct finding *judge(struct facts *x)
{
	findings_done(&x->v.findings);
	x->v.findings = (struct findings){0};
	vouchers_done(&x->rules.vouchers);
	x->rules.vouchers = (struct vouchers){0};
	assert_int_equal(vouchers_read(&x->rules.vouchers, &x->system, &x->machine), 0);
	assert_int_equal(rules_secure_boot(&x->rules, &x->kernel), 0);
	assert_true(x->v.findings.count <= 1);
	return x->v.findings.count ? &x->v.findings.items[0] : NULL;
}

static void known_to_shim(void **state)
{
	static const char *const good[] = {"direct.p7", "bare.p7", "owner.p7", "chain.p7"};
	struct facts *x = *state;

	trust_one(x, "owner.der");
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		sign_image(x, good[i]);
		if (judge(x))
			fail_msg("%s: %s", good[i], judge(x)->message);
	}
	trust_one(x, "direct.der"); /* the signer itself */
	sign_image(x, "bare.p7");
	assert_null(judge(x));
}

static void strangers(void **state)
{
	struct facts *x = *state;

	trust_one(x, "owner.der");
	sign_image(x, "stranger.p7");
	assert_non_null(strstr(judge(x)->message, "is signed by The stranger, and shim trusts "
						  "The owner:"));
	assert_string_equal(judge(x)->code, "secureboot-unsigned");
	assert_int_equal(judge(x)->severity, SEVERITY_WARNING);
	sign_image(x, "gap.p7"); /* who certified the signer is not in the message */
	assert_non_null(strstr(judge(x)->message, "signed by The leaf"));
	trust_one(x, "stranger.der");
	sign_image(x, "bare.p7"); /* its own name is not in there */
	assert_non_null(strstr(judge(x)->message, "signed by The owner"));
}

static void lists_of_certificates(void **state)
{
	_cleanup_(buffer_done) struct buffer lists = {0};
	struct facts *x = *state;

	append_list(&lists, "stranger.der");
	append_list(&lists, "owner.der");
	add_shim(x, SHIM, buffer_bytes(&lists), (struct bytes){0});
	sign_image(x, "direct.p7");
	assert_null(judge(x));
	sign_image(x, "stranger.p7");
	assert_null(judge(x));
}

/* Whom to compare with is not known, or there is no need. */
static void nothing_to_say(void **state)
{
	struct facts *x = *state;

	sign_image(x, "stranger.p7");
	assert_null(judge(x)); /* no shim */
	tree_add(&x->tree, "f 0644 " SHIM " =MZ\n");
	assert_null(judge(x));
	trust_one(x, "owner.der");
	assert_non_null(judge(x));
	x->machine.secure_boot = SECURE_BOOT_OFF;
	assert_null(judge(x));
	x->machine.secure_boot = SECURE_BOOT_ON;
	x->kernel.image.state = PART_DAMAGED;
	assert_null(judge(x));
	x->kernel.image.state = PART_OK;
	tree_add(&x->tree, "f 0644 " IMAGE " =MZ\n");
	assert_int_equal(judge(x)->severity, SEVERITY_ERROR);
	assert_non_null(strstr(judge(x)->message, "is not signed"));
}

static void assert_told(struct facts *x, enum severity severity, const char *words)
{
	const struct finding *f = judge(x);

	if (!f)
		fail_msg("nothing is said, instead of \"%s\"", words);
	if (!strstr(f->message, words))
		fail_msg("\"%s\" instead of \"%s\"", f->message, words);
	assert_int_equal(f->severity, severity);
}

/* With the machine's own firmware: db, then shim and its list of owners' keys. */
static void known_to_the_firmware(void **state)
{
	struct facts *x = *state;
	struct firmware_trust *t = &x->machine.trust;

	t->is_known = true;
	append_list(&t->db, "owner.der");
	sign_image(x, "chain.p7");
	assert_null(judge(x)); /* no shim: db alone */
	sign_image(x, "stranger.p7");
	assert_told(x, SEVERITY_ERROR, "whom neither the firmware trusts nor a shim");
	trust_one(x, "direct.der");
	assert_told(x, SEVERITY_ERROR, "whom neither the firmware nor shim nor the machine");
	append_list(&t->mok, "stranger.der");
	assert_told(x, SEVERITY_WARNING, "only the shim trusts that started this session");
	append_list(&t->mok, "stranger.der");
	assert_null(judge(x));
	x->system.efi_program = (char *)"/EFI/redhat/grubx64.efi"; /* no shim is asked */
	assert_told(x, SEVERITY_ERROR, "whom neither the firmware trusts nor a shim");
	x->system.efi_program = (char *)"/EFI/redhat/shimx64.efi";
	assert_null(judge(x));
	sign_image(x, "chain.p7");
	assert_null(judge(x));
	t->ignores_db = true;
	assert_told(x, SEVERITY_ERROR, "The leaf, whom neither");
	t->checks_nothing = true; /* mokutil --disable-validation */
	assert_null(judge(x));
	firmware_trust_done(t);
}

static void known_by_digest(void **state)
{
	struct facts *x = *state;
	struct firmware_trust *t = &x->machine.trust;

	t->is_known = true;
	put_image(x, program, program_size);
	assert_told(x, SEVERITY_ERROR, "is not signed");
	append_digest(&t->mok);
	assert_told(x, SEVERITY_ERROR, "is not signed"); /* without a shim nobody reads it */
	trust_one(x, "owner.der");
	assert_null(judge(x));
	append_digest(&t->mokx);
	assert_told(x, SEVERITY_ERROR, "is on a list of what must not start");
	x->system.efi_program = (char *)"/EFI/redhat/none.efi";
	append_digest(&t->db);
	assert_null(judge(x));
	firmware_trust_done(t);
}

static void refused(void **state)
{
	_cleanup_(buffer_done) struct buffer own = {0}, vendor = {0};
	struct facts *x = *state;
	struct firmware_trust *t = &x->machine.trust;

	t->is_known = true;
	append_list(&t->db, "owner.der");
	append_list(&t->dbx, "direct.der");
	sign_image(x, "owner.p7");
	assert_null(judge(x));
	sign_image(x, "bare.p7");
	assert_told(x, SEVERITY_ERROR, "is on a list of what must not start");
	buffer_done(&t->dbx);
	assert_null(judge(x));
	append_list(&t->dbx, "middle.der"); /* who certified the signer */
	sign_image(x, "chain.p7");
	assert_told(x, SEVERITY_ERROR, "is on a list of what must not start");
	buffer_done(&t->dbx);
	load(&own, "owner.der");
	append_digest(&vendor);
	add_shim(x, SHIM, buffer_bytes(&own), buffer_bytes(&vendor));
	sign_image(x, "owner.p7");
	assert_told(x, SEVERITY_ERROR, "is on a list of what must not start");
	firmware_trust_done(t);
}

static void changed(void **state)
{
	struct facts *x = *state;

	trust_one(x, "owner.der");
	program[MADE_CONTENT]++;
	sign_image(x, "owner.p7");
	program[MADE_CONTENT]--;
	assert_told(x, SEVERITY_ERROR, "was changed after it was signed");
	sign_image(x, "owner.p7");
	assert_null(judge(x));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_to_shim),
		TEST(strangers),
		TEST(lists_of_certificates),
		TEST(nothing_to_say),
		TEST(known_to_the_firmware),
		TEST(known_by_digest),
		TEST(refused),
		TEST(changed),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
