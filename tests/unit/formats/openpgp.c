/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A certificate as gpg wrote it, taken apart; its framing cut, bent and overlong. */
#include "formats/openpgp.h"
#include "rpms.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct bytes load(struct buffer *b, const char *name)
{
	_cleanup_free_ char *path = text_printf("tests/fuzz/openpgp.corpus/%s", name);

	file_load(path, b);
	return buffer_bytes(b);
}

static void assert_fingerprint(const struct openpgp_key *k, const char *expected)
{
	char hex[2 * OPENPGP_MAX_FINGERPRINT_SIZE + 1] = "";

	for (size_t i = 0; i < k->fingerprint_size; i++)
		snprintf(hex + 2 * i, 3, "%02x", k->fingerprint[i]);
	assert_string_equal(hex, expected);
	assert_memory_equal(k->id, k->fingerprint + k->fingerprint_size - 8, 8);
}

static void reads_a_certificate(void **state)
{
	static const unsigned tags[] = {OPENPGP_KEY, OPENPGP_USER_ID, OPENPGP_SIGNATURE,
					OPENPGP_SUBKEY, OPENPGP_SIGNATURE};
	_cleanup_(buffer_done) struct buffer b = {0};
	struct openpgp_packet packets[5], none;
	struct bytes in = load(&b, "certificate");
	struct openpgp_key k;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		assert_int_equal(openpgp_next(&in, &packets[i]), 1);
		assert_int_equal(packets[i].tag, tags[i]);
	}
	assert_int_equal(openpgp_next(&in, &none), 0);
	assert_int_equal(openpgp_key_parse(&k, packets[0].body), 0);
	assert_int_equal(k.algorithm, OPENPGP_ECDSA);
	assert_int_equal(k.curve, OPENPGP_P256);
	assert_int_equal(k.numbers[0].size, 65);
	assert_int_equal(k.created, 1704067200);
	assert_fingerprint(&k, "856dceba90b33869c1d9c5bf5a5acd5f6e807531");
	assert_int_equal(openpgp_key_parse(&k, packets[3].body), 0);
	assert_int_equal(k.algorithm, OPENPGP_EDDSA);
	assert_int_equal(k.numbers[0].size, 32);
	assert_fingerprint(&k, "b073903cd456865181c65c2ee75f6e9e3b5ba674");
}

static void refuses_every_truncation(void **state)
{
	static const char *const names[] = {"certificate", "rsa", "dsa", "key-v6"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_(buffer_done) struct buffer b = {0};
		struct bytes in = load(&b, names[i]);
		struct openpgp_packet packet;
		struct openpgp_key k;

		assert_int_equal(openpgp_next(&in, &packet), 1);
		for (size_t size = 0; size < packet.body.size; size++) {
			struct bytes body = {packet.body.data, size};
			int r = openpgp_key_parse(&k, body);

			/* Version 4 has no length of its own: what is cut is a number. */
			assert_int_equal(r, -EBADMSG);
		}
		assert_int_equal(openpgp_key_parse(&k, packet.body), 0);
	}
}

static void framing(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		int answer;
		unsigned tag;
		size_t body;
	} cases[] = {
		{"\xc2\x01" "a", 3, 1, 2, 1},
		{"\x88\x01" "a", 3, 1, 2, 1},
		{"\x89\x00\x01" "a", 4, 1, 2, 1},
		{"\x8a\x00\x00\x00\x01" "a", 6, 1, 2, 1},
		{"\xc2\xff\x00\x00\x00\x01" "a", 7, 1, 2, 1},
		{"\xcd\x00", 2, 1, 13, 0},
		{"\x8b" "a", 2, -EBADMSG, 0, 0},	 /* until the end */
		{"\xc2\xe1" "ab", 4, -EBADMSG, 0, 0},	 /* partial */
		{"\xc2\x02" "a", 3, -EBADMSG, 0, 0},	 /* cut */
		{"\xc2\xff\xff\xff\xff\xff", 6, -EBADMSG, 0, 0},
		{"\x02\x01" "a", 3, -EBADMSG, 0, 0},	 /* no packet */
		{"\xc2", 1, -EBADMSG, 0, 0},
		{"", 0, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes in = {(const uint8_t *)cases[i].bytes, cases[i].size};
		struct openpgp_packet p = {0};

		assert_int_equal(openpgp_next(&in, &p), cases[i].answer);
		assert_int_equal(p.tag, cases[i].tag);
		assert_int_equal(p.body.size, cases[i].body);
	}
}

static void knows_what_it_does_not_know(void **state)
{
	static const uint8_t v3[] = {3, 0, 0, 0, 0, 0, 0, 1};
	static const uint8_t elgamal[] = {4, 0, 0, 0, 0, 16, 0, 1, 1};
	static const uint8_t brainpool[] = {4, 0, 0, 0, 0, 19, 2, 1, 1, 0, 1, 1};
	/* RSA with a modulus of 16,392 bits. */
	static uint8_t large[8 + 2049 + 3] = {4, 0, 0, 0, 0, 1, 0x40, 0x08, 1};
	struct openpgp_key k;

	(void)state;
	assert_int_equal(openpgp_key_parse(&k, (struct bytes){v3, sizeof(v3)}), -ENOTSUP);
	assert_int_equal(openpgp_key_parse(&k, (struct bytes){elgamal, sizeof(elgamal)}),
			 -ENOTSUP);
	assert_int_equal(openpgp_key_parse(&k, (struct bytes){brainpool, sizeof(brainpool)}),
			 -ENOTSUP);
	assert_int_equal(openpgp_key_parse(&k, (struct bytes){large, sizeof(large)}), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_certificate),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(framing),
		cmocka_unit_test(knows_what_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
