/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signatures behind modules, whole and with every part bent. */
#include "formats/module_signature.h"
#include "signed_module.h"

#include "digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { CONTENT = 96, MARKER = 28, TRAILER = 12 };

static void assert_span(struct bytes is, const uint8_t *expected, size_t size)
{
	assert_int_equal(is.size, size);
	assert_memory_equal(is.data, expected, size);
}

static void reads_the_signer(void **state)
{
	struct module_signature s;

	(void)state;
	module_signature_parse(&s, (struct bytes){signed_module, sizeof(signed_module)});
	assert_int_equal(s.state, MODULE_SIGNED);
	assert_int_equal(s.content.size, CONTENT);
	assert_int_equal(s.digest, DIGEST_SHA256);
	assert_span(s.issuer, signed_issuer, sizeof(signed_issuer));
	assert_span(s.serial, signed_serial, sizeof(signed_serial));
	assert_int_equal(s.value.size, sizeof(signed_modulus));
	assert_int_equal(s.attributes.size, 0);
}

static enum module_signature_state state_with(size_t at, uint8_t value)
{
	uint8_t bent[sizeof(signed_module)];
	struct module_signature s;

	memcpy(bent, signed_module, sizeof(bent));
	bent[at] = value;
	module_signature_parse(&s, (struct bytes){bent, sizeof(bent)});
	return s.state;
}

static void tells_states_apart(void **state)
{
	const size_t trailer = sizeof(signed_module) - MARKER - TRAILER;
	struct module_signature s;

	(void)state;
	module_signature_parse(&s, (struct bytes){signed_module, CONTENT});
	assert_int_equal(s.state, MODULE_UNSIGNED);
	assert_int_equal(state_with(trailer, 1), MODULE_SIGNATURE_DAMAGED);
	assert_int_equal(state_with(trailer + 2, 1), MODULE_SIGNED_OTHERWISE);
	assert_int_equal(state_with(trailer + 7, 1), MODULE_SIGNATURE_DAMAGED);
	assert_int_equal(state_with(trailer + 8, 1), MODULE_SIGNATURE_DAMAGED);
	assert_int_equal(state_with(trailer + 11, 0), MODULE_SIGNATURE_DAMAGED);
	assert_int_equal(state_with(CONTENT, 0x31), MODULE_SIGNATURE_DAMAGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_signer),
		cmocka_unit_test(tells_states_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
