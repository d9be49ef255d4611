/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates: those that a kernel has built in, their names, whose signature it is. */
#include "formats/module_signature.h"
#include "made_module.h"
#include "signed_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { CONTENT = 96 };

static void assert_span(struct bytes is, const uint8_t *expected, size_t size)
{
	assert_int_equal(is.size, size);
	assert_memory_equal(is.data, expected, size);
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

/* One after another, as a message brings them along; cut off they are none. */
static void certificates_in_a_row(void **state)
{
	uint8_t two[2 * sizeof(signed_certificate)];
	struct bytes in = {two, sizeof(two)};
	struct kernel_key key;

	(void)state;
	memcpy(two, signed_certificate, sizeof(signed_certificate));
	memcpy(two + sizeof(signed_certificate), signed_certificate, sizeof(signed_certificate));
	for (size_t i = 1; i <= 2; i++) {
		assert_true(certificate_parse(&key, &in));
		assert_span(key.serial, signed_serial, sizeof(signed_serial));
		assert_ptr_equal(in.data, two + i * sizeof(signed_certificate));
	}
	assert_false(certificate_parse(&key, &in));
	for (size_t size = 0; size < sizeof(signed_certificate); size++) {
		in = (struct bytes){two, size};
		assert_false(certificate_parse(&key, &in));
	}
}

static void assert_named(const char *name, size_t size, const char *expected)
{
	_cleanup_free_ char *text =
		certificate_name((struct bytes){(const uint8_t *)name, size});

	assert_string_equal(text, expected);
}
#define ASSERT_NAMED(name, expected) assert_named(name, sizeof(name) - 1, expected)

/* The common name, else the organization; other parts name nobody. */
static void names(void **state)
{
	(void)state;
	ASSERT_NAMED("\x30\x1a\x31\x0b\x30\x09\x06\x03\x55\x04\x0a\x0c\x02Me"
		     "\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02Us", "Us");
	ASSERT_NAMED("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x0a\x0c\x02Me", "Me");
	ASSERT_NAMED("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x0c\x02" "DE", "somebody");
	ASSERT_NAMED("\x30\x7f", "somebody");
	assert_named(NULL, 0, "somebody");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_certificates),
		cmocka_unit_test(numbers_of_curves),
		cmocka_unit_test(certificates_in_a_row),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
