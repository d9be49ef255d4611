/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a loader does with signatures: none, damaged ones, unknown keys, changed contents. */
#include "../../../rescue/verify/judge_room.h"
#include "signed_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void add_the_key(struct kernel_keys *keys)
{
	const struct kernel_key key = {
		.issuer = {signed_issuer, sizeof(signed_issuer)},
		.serial = {signed_serial, sizeof(signed_serial)},
		.modulus = {signed_modulus, sizeof(signed_modulus)},
		.exponent = {(const uint8_t *)"\1\0\1", 3},
	};

	assert_int_equal(kernel_keys_add(keys, &key), 0);
}

static struct loader knows_the_key(void)
{
	struct loader l = {.checks_signatures = true};

	add_the_key(&l.keys);
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
	l.keyrings.platform = true;
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_UNKNOWN);
	loader_done(&l);
}

/* Signed with a key that the machine holds in one place or another, or nowhere. */
static void keys_of_the_machine(void **state)
{
	struct vouchers v = {.chain = CHAIN_SHIM};
	struct kernel_keys *const lists[] = {&v.db, &v.mok, &v.shim, &v.session};
	struct loader l = knows_the_key();
	uint8_t changed[sizeof(signed_module)];

	(void)state;
	memcpy(changed, signed_module, sizeof(changed));
	changed[3] ^= 1;
	l.keys.items[0].serial.size--; /* the kernel's own is another one */
	l.needs_signature = l.keyrings.platform = true;
	l.vouchers = &v;
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_REFUSED);
	v.chain = CHAIN_UNKNOWN; /* maybe of a shim that is not seen */
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_UNKNOWN);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		add_the_key(lists[i]);
		l.takes_db = l.takes_mok = false;
		assert_judged(&l, signed_module, sizeof(signed_module), MODULE_UNKNOWN);
		l.takes_db = lists[i] == &v.db;
		l.takes_mok = !l.takes_db;
		assert_judged(&l, signed_module, sizeof(signed_module),
			lists[i] == &v.session ? MODULE_UNKNOWN : MODULE_LOADS);
		l.needs_signature = false;
		assert_judged(&l, changed, sizeof(changed),
			lists[i] == &v.session ? MODULE_LOADS : MODULE_REFUSED);
		l.needs_signature = true;
		kernel_keys_done(lists[i]);
	}
	loader_done(&l);
}

static void the_systems_own_key(void **state)
{
	struct vouchers v = {.chain = CHAIN_SHIM};
	struct loader l = knows_the_key();
	struct module_judgement j = {0};

	(void)state;
	l.keys.items[0].serial.size--;
	l.needs_signature = l.keyrings.machine = true;
	l.vouchers = &v;
	add_the_key(&l.own);
	l.own_paths[0] = "/var/lib/dkms/mok.pub";
	assert_int_equal(judge_signature(&j, &l, (struct bytes){signed_module,
		sizeof(signed_module)}, SIGNATURE_ALWAYS), 0);
	assert_int_equal(j.verdict, MODULE_REFUSED);
	assert_string_equal(j.certificate, "/var/lib/dkms/mok.pub");
	assert_non_null(strstr(j.detail, "has not enrolled: /var/lib/dkms/mok.pub"));
	free(j.detail);
	loader_done(&l);
}

/* Where no key of the kernel could be read, its own modules are not all doubted. */
static void modules_of_an_unread_kernel(void **state)
{
	struct loader l = {.checks_signatures = true, .needs_signature = true};
	struct module_judgement j = {0};

	(void)state;
	assert_int_equal(judge_signature(&j, &l, (struct bytes){signed_module,
		sizeof(signed_module)}, SIGNATURE_IF_ENFORCED), 0);
	assert_int_equal(j.verdict, MODULE_LOADS);
	assert_judged(&l, signed_module, sizeof(signed_module), MODULE_UNKNOWN);
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
		cmocka_unit_test(keys_of_the_machine),
		cmocka_unit_test(the_systems_own_key),
		cmocka_unit_test(modules_of_an_unread_kernel),
		cmocka_unit_test(damage_is_refused_or_unsigned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
