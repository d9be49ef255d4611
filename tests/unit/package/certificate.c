/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A primary key (P-256) and a signing subkey (Ed25519): bound, and then tampered with. */
#include "../../../rescue/package/trust.h"
#include "rpms.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char content[] = "signed text\n";

static void load(struct buffer *b, const char *name)
{
	_cleanup_free_ char *path = text_printf("tests/fuzz/openpgp.corpus/%s", name);

	file_load(path, b);
}

static bool is_signed(const char *name, const struct openpgp_key *k, const char *text)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	struct openpgp_signature s;
	struct openpgp_packet p;
	struct digest *d;
	struct bytes in;
	bool good;

	load(&b, name);
	in = buffer_bytes(&b);
	assert_int_equal(openpgp_next(&in, &p), 1);
	assert_int_equal(openpgp_signature_parse(&s, p.body), 0);
	assert_true(signature_is_supported(&s));
	d = signature_begin(&s);
	digest_update(d, text, strlen(text));
	good = signature_end(&s, k, d);
	digest_free(d);
	return good;
}

static void verifies_signatures(void **state)
{
	static const struct {
		const char *keys, *signature;
		size_t key;
	} cases[] = {
		{"certificate", "signature-ecdsa", 0},
		{"certificate", "signature-ed25519", 1},
		{"armored", "signature-ed25519", 1},
		{"dsa", "signature-dsa", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(package_keys_done) struct package_keys keys = {0};
		_cleanup_(buffer_done) struct buffer b = {0};

		load(&b, cases[i].keys);
		assert_true(package_keys_add(&keys, buffer_bytes(&b)) > (int)cases[i].key);
		assert_true(is_signed(cases[i].signature, &keys.items[cases[i].key].key,
				      content));
		assert_false(is_signed(cases[i].signature, &keys.items[cases[i].key].key,
				       "signed test\n"));
		assert_int_equal(known_key_judge(&keys.items[cases[i].key], 1717200000),
				 PROBLEM_NONE);
	}
}

/* No bit of a certificate may change without the keys that it is about being lost. */
static void no_changed_bit_passes(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_(package_keys_done) struct package_keys right = {0};
	size_t lost = 0, same = 0;

	(void)state;
	load(&b, "certificate");
	assert_int_equal(package_keys_add(&right, buffer_bytes(&b)), 2);
	for (size_t bit = 0; bit < b.size * 8; bit++) {
		_cleanup_(package_keys_done) struct package_keys keys = {0};
		bool is_same = false;

		b.data[bit / 8] ^= (char)(1 << bit % 8);
		assert_true(package_keys_add(&keys, buffer_bytes(&b)) >= 0);
		b.data[bit / 8] ^= (char)(1 << bit % 8);
		for (size_t i = 0; i < keys.count; i++) {
			struct known_key *k = &keys.items[i];

			if (known_key_judge(k, 1717200000) != PROBLEM_NONE || !k->is_subkey)
				continue;
			/* Only unhashed hints may differ. */
			is_same = true;
			assert_memory_equal(k->key.fingerprint, right.items[1].key.fingerprint,
					    20);
		}
		same += is_same;
		lost += !is_same;
	}
	assert_true(lost > same * 5);
}

static void other_certificates_do_not_help(void **state)
{
	_cleanup_(package_keys_done) struct package_keys keys = {0};
	_cleanup_(buffer_done) struct buffer b = {0}, other = {0};
	struct openpgp_packet p;
	struct bytes in;

	(void)state;
	/* The RSA key followed by the other one's subkey and binding. */
	load(&other, "certificate");
	load(&b, "rsa");
	in = buffer_bytes(&other);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(openpgp_next(&in, &p), 1);
	assert_int_equal(buffer_append(&b, in.data, in.size), 0);
	assert_int_equal(package_keys_add(&keys, buffer_bytes(&b)), 2);
	assert_int_equal(known_key_judge(&keys.items[0], 1717200000), PROBLEM_NONE);
	assert_int_equal(known_key_judge(&keys.items[1], 1717200000), PROBLEM_UNBOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_signatures),
		cmocka_unit_test(no_changed_bit_passes),
		cmocka_unit_test(other_certificates_do_not_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
