/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signatures behind modules and certificates in kernels, whole and cut at every byte. */
#include "formats/module_signature.h"
#include "made_module.h"
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

/* An ELF file whose section .init.data holds these bytes among others. */
static struct bytes with_certificate(struct made_module *m, size_t size)
{
	struct bytes file = made_module(m);

	memset(m->data + MADE_STRINGS + 2048, 0xa5, 1024);
	memcpy(m->data + MADE_STRINGS + 2048 + 37, signed_certificate, size);
	made_section(m, 2, ".init.data", SHT_PROGBITS, MADE_STRINGS + 2048, 1024);
	return file;
}

static void finds_certificates(void **state)
{
	static struct made_module made = {.is_64 = true};
	struct kernel_keys keys = {0}, copies = {0};
	struct module_signature s;

	(void)state;
	assert_int_equal(kernel_keys_find(&keys, with_certificate(&made,
						sizeof(signed_certificate))), 0);
	for (size_t size = 0; size < 60; size++) /* up to its subject */
		assert_int_equal(kernel_keys_find(&keys, with_certificate(&made, size)), 0);
	assert_int_equal(kernel_keys_find(&keys, (struct bytes){signed_module, CONTENT}), 0);
	assert_int_equal(keys.count, 1);
	assert_int_equal(kernel_keys_copy(&copies, &keys), 0);
	kernel_keys_done(&keys);
	assert_span(copies.items[0].issuer, signed_issuer, sizeof(signed_issuer));
	assert_span(copies.items[0].modulus, signed_modulus, sizeof(signed_modulus));
	assert_span(copies.items[0].exponent, (const uint8_t *)"\1\0\1", 3);
	assert_int_equal(copies.items[0].key_id.size, 20);
	assert_int_equal(copies.items[0].point.size, 0);
	module_signature_parse(&s, (struct bytes){signed_module, sizeof(signed_module)});
	assert_true(kernel_key_made(&copies.items[0], &s));
	copies.items[0].serial.size--;
	assert_false(kernel_key_made(&copies.items[0], &s));
	kernel_keys_done(&copies);
}

static void numbers_of_curves(void **state)
{
	static const uint8_t pair[] = {0x30, 0x07, 0x02, 0x02, 0x00, 0x81, 0x02, 0x01, 0x05};
	struct bytes r, s;

	(void)state;
	assert_true(ecdsa_numbers((struct bytes){pair, sizeof(pair)}, &r, &s));
	assert_span(r, pair + 5, 1);
	assert_span(s, pair + 8, 1);
	for (size_t size = 0; size < sizeof(pair); size++)
		assert_false(ecdsa_numbers((struct bytes){pair, size}, &r, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_signer),
		cmocka_unit_test(tells_states_apart),
		cmocka_unit_test(finds_certificates),
		cmocka_unit_test(numbers_of_curves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
