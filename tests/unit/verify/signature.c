/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a loader does with signatures: none, damaged ones, unknown keys, changed contents. */
#include "../../../rescue/verify/judge.h"
#include "signed_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct loader knows_the_key(void)
{
	struct loader l = {.checks_signatures = true};
	const struct kernel_key key = {
		.issuer = {signed_issuer, sizeof(signed_issuer)},
		.serial = {signed_serial, sizeof(signed_serial)},
		.modulus = {signed_modulus, sizeof(signed_modulus)},
		.exponent = {(const uint8_t *)"\1\0\1", 3},
	};

	assert_int_equal(kernel_keys_add(&l.keys, &key), 0);
	return l;
}

static void assert_judged(const struct loader *l, const uint8_t *file, size_t size,
			  enum module_verdict verdict)
{
	struct module_judgement j = {0};

	assert_int_equal(judge_signature(&j, l, (struct bytes){file, size}, SIGNATURE_ALWAYS), 0);
	assert_int_equal(j.verdict, verdict);
	assert_true(verdict == MODULE_LOADS ? !j.reason : text_equal(j.reason, "signature"));
	free(j.detail);
}

static void a_known_key_must_fit(void **state)
{
	struct loader l = knows_the_key();
	uint8_t changed[sizeof(signed_module)];

	(void)state;
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_LOADS);
	memcpy(changed, signed_module, sizeof(changed));
	changed[3] ^= 1;
	assert_judged(&l, changed, sizeof(changed), MODULE_REFUSED);
	l.checks_signatures = false;
	assert_judged(&l, changed, sizeof(changed), MODULE_LOADS);
	loader_done(&l);
}

static void unknown_keys_only_count_where_enforced(void **state)
{
	struct loader l = {.checks_signatures = true};

	(void)state;
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_LOADS);
	assert_judged(&l, signed_module, 64, MODULE_LOADS);
	l.needs_signature = true;
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_UNKNOWN);
	assert_judged(&l, signed_module, 64, MODULE_REFUSED);
	loader_done(&l);
	l = knows_the_key();
	l.needs_signature = true;
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_LOADS);
	l.keys.items[0].serial.size--;
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_REFUSED);
	l.trusts_firmware_keys = true;
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_UNKNOWN);
	loader_done(&l);
}

/* Whatever byte of the message is bent: never a crash, and never both good and other. */
static void damage_is_refused_or_unsigned(void **state)
{
	struct loader l = knows_the_key();
	uint8_t bent[sizeof(signed_module)];
	size_t refused = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bent); i++) {
		struct module_judgement j = {0};

		memcpy(bent, signed_module, sizeof(bent));
		bent[i] ^= 0x20;
		assert_int_equal(judge_signature(&j, &l, (struct bytes){bent, sizeof(bent)},
						 SIGNATURE_ALWAYS), 0);
		refused += j.verdict == MODULE_REFUSED;
		free(j.detail);
	}
	assert_in_range(refused, sizeof(bent) / 2, sizeof(bent));
	loader_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_key_must_fit),
		cmocka_unit_test(unknown_keys_only_count_where_enforced),
		cmocka_unit_test(damage_is_refused_or_unsigned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
