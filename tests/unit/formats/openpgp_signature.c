/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signature packets of versions 3, 4 and 6: what they say, and every way to be cut. */
#include "formats/openpgp.h"
#include "rpms.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct bytes load(struct buffer *b, const char *name)
{
	_cleanup_free_ char *path = text_printf("tests/fuzz/openpgp.corpus/%s", name);
	struct openpgp_packet p;
	struct bytes in;

	file_load(path, b);
	in = buffer_bytes(b);
	assert_int_equal(openpgp_next(&in, &p), 1);
	assert_int_equal(p.tag, OPENPGP_SIGNATURE);
	return p.body;
}

static const struct {
	const char *name;
	unsigned version;
	enum openpgp_algorithm algorithm;
	int hash;
	size_t trailer, salt, first;
	const char *issuer;
} cases[] = {
	{"signature-ecdsa", 4, OPENPGP_ECDSA, 10, 6, 0, 32, "\x5a\x5a\xcd\x5f\x6e\x80\x75\x31"},
	{"signature-ed25519", 4, OPENPGP_EDDSA, 8, 6, 0, 32, "\xe7\x5f\x6e\x9e\x3b\x5b\xa6\x74"},
	{"signature-dsa", 4, OPENPGP_DSA, 2, 6, 0, 20, NULL},
	{"signature-v3", 3, OPENPGP_RSA, 2, 0, 0, 128, "12345678"},
	{"signature-v6", 6, OPENPGP_ED25519, 10, 6, 16, 64, "\0\0\0\0\0\0\0\0"},
};

static void reads_every_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(buffer_done) struct buffer b = {0};
		struct bytes body = load(&b, cases[i].name);
		struct openpgp_signature s;

		assert_int_equal(openpgp_signature_parse(&s, body), 0);
		assert_int_equal(s.version, cases[i].version);
		assert_int_equal(s.algorithm, cases[i].algorithm);
		assert_int_equal(s.hash, cases[i].hash);
		assert_int_equal(s.type, OPENPGP_OF_BINARY);
		assert_int_equal(s.trailer_size, cases[i].trailer);
		assert_int_equal(s.salt.size, cases[i].salt);
		assert_int_equal(s.numbers[0].size, cases[i].first);
		assert_true(s.created > 1000000000);
		assert_true(s.has_issuer);
		if (cases[i].issuer)
			assert_memory_equal(s.issuer, cases[i].issuer, 8);
		for (size_t size = 0; size < body.size; size++)
			assert_int_equal(openpgp_signature_parse(
						 &s, (struct bytes){body.data, size}),
					 -EBADMSG);
	}
}

/* Version 4, Ed25519, with these hashed subpackets. */
static int parse_with(const char *hashed, size_t size, struct openpgp_signature *s)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	const char head[] = {4, 0x18, 27, 8, 0, (char)size};
	static const char tail[2 + 2 + 64];

	assert_int_equal(buffer_append(&b, head, sizeof(head)), 0);
	assert_int_equal(buffer_append(&b, hashed, size), 0);
	assert_int_equal(buffer_append(&b, tail, sizeof(tail)), 0);
	return openpgp_signature_parse(s, buffer_bytes(&b));
}

static void subpackets(void **state)
{
	struct openpgp_signature s;

	(void)state;
	assert_int_equal(parse_with("\x05\x09\x00\x00\x01\x00", 6, &s), 0);
	assert_int_equal(s.key_lifetime, 256);
	assert_int_equal(s.key_flags, -1);
	assert_int_equal(parse_with("\x02\x1b\x02", 3, &s), 0);
	assert_int_equal(s.key_flags, OPENPGP_MAY_SIGN);
	assert_int_equal(parse_with("\x01\x1b", 2, &s), 0);
	assert_int_equal(s.key_flags, 0);
	assert_false(s.has_unknown_critical);
	assert_int_equal(parse_with("\x02\xe3\x01", 3, &s), 0); /* 99, critical */
	assert_true(s.has_unknown_critical);
	assert_int_equal(parse_with("\x02\x63\x01", 3, &s), 0);
	assert_false(s.has_unknown_critical);
	assert_int_equal(parse_with("\x09\x09\x00", 3, &s), -EBADMSG);
	assert_int_equal(parse_with("\x03\x09\x00\x00", 4, &s), -EBADMSG);
	assert_int_equal(parse_with("\x02\x10\x00", 3, &s), -EBADMSG);
	assert_int_equal(parse_with("\x00", 1, &s), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_version),
		cmocka_unit_test(subpackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
