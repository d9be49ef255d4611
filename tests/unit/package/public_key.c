/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signatures that openssl made of the SHA-256 of "sample", one a kind of key; and that any
 * change of them, of the key or of what was signed is noticed.
 */
#include "public_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char modulus_hex[] =
	"c24fee8f4f0f7fc010cc45e87018c30dd4091f614c07725d46b84fa9a9b8d92e"
	"66336f85566a4adf0f3b23405a72e1ad857ee72c90f735f52eceb6c58cf48ca5"
	"9dee1c2d650368217977c893589ac5d94f1ade7402593de0c8e3a4ecd737c2ac"
	"8a4f38ca38c8842c672213f8c5a806385f580061f41198d13e818e7497b3b6d5"
	"a7fdfcffca6cc00fa7f275e7974a53d97e6af275d0c0937753dee09177ad8ae5"
	"879599b05a046e01e0f2321941560dc597cbfeb6db045db253b49406106b3ec3"
	"2d5dab86e66f519a3f6891c7420607d8439218c54a7de2daee7b76dcc9fe08f0"
	"6d979ccfc26b9b7a4821e7054c2796294488e56670f0857268f28dd6f6f2c515";
static const char rsa_hex[] =
	"bc7e213295def886f1e3f441fb7615dd0a5982cbdcf33f97ae2c24c2e6c798be"
	"080fee0a0c5d09f62a737ea5f9081a34305a7e6a2fda698fe9853ef07d631c6d"
	"b195f1dbac5bc0b4a8c8b91764912bcc8368a6dff10d3fd0de98382dd18266b9"
	"550a14c49b39434533af96b3f47c1c5a10423e56743882696f54cfb2870b2262"
	"ec5df87ee9ade2eb9047e7581277b7709b9bb51ed6b63dd18931d9aaa2677f42"
	"e7f7e4cf3608680fd4c4474827e916bc89d926b15a4d7ccdf09f5c6596c91575"
	"b3e655322a64c6bf39e0b6ace612753e271a72af4873ef8f340736c5959d8b6d"
	"1a9371edbd5263f5740554bf4322dfb9bf661dd70a05282097a968c94bad383a";

static const struct {
	const char *point, *r, *s;
} curves[] = {
	{ /* P-256 */
		"044fef606d9cdd076d4d0505480f846febbab1ba2dae61e4c37dcb495d206029"
		"87a1820ff4e27386b019b872a584e57fb896bee00a5f565591ba009a7f023c54"
		"d4",
		"ae4228d221bbec7630a6cbc077a733759cdd489a9bf4e980900ff85be98f4ded",
		"a09668a9c8b70dffde11bf2c6a8b50d387615d1243bde3f3fc20afd79a4dca64"},
	{ /* P-384 */
		"04da35948c8a7021aec9ffaa59df0298922cdb0366e10c0124e09a04eeccbd43"
		"bf346defdd023077a078e81034c1b2858e7be6c15577b15ca1863b06b26a1cfa"
		"1db7529eca20afee7127a9d2fbc2c5f1968d48c24cbb6a76b717d3ca30b22d44"
		"6f",
		"46539f2c9cdf94df01bae700394451604a94a3b9cb78e3bbe570d69ea0f7baea"
		"7fd9fd4a41ce75b43d7a373eabfbcfcc",
		"8fe257e466c937678dc8e997d65e713d1bbc1dd56f132a372a11b5a5396e386e"
		"9d8859cd07999666e65b3a7435d64fc1"},
	{ /* P-521 */
		"0401a79566804fb44893d57540e0814793df1bf99168f16b406b4b293ef1e3cb"
		"b9aa25b49656005f3daf784d2135fe1dfdb00a4b5a01f886e8bbf9f3ad4e77cf"
		"efc1d1011adec0a56cf02a2740fb1e356f5ff386f4285cea3479a9e288997dbe"
		"c298fa6ada52dfad37de4b120c5f1b0fd905966af406ee441e66a575a79bf52e"
		"014fdc2db6",
		"01d07926b0f0ad882f01363942b2aaee7a48619e23a7f1dae8b2f2f5dbc8cc73"
		"472cbcc43ab86448e7a9ee76a86a7b7ecd93db5fce4d39711692e1e77bfba21b"
		"6edb",
		"01321b9f6772a95d67525c6a33931196492217617fcbe0a14d3fe41e867ee7de"
		"90fbe98550d0aabed90c116b3cd0247a58ab759fa949663f4308150069ee940c"
		"573d"},
};

/* Of lower-case hex digits, an even number. */
struct number {
	uint8_t data[2 * 2048];
	size_t size;
};

static struct bytes number(struct number *n, const char *hex)
{
	static const char digits[] = "0123456789abcdef";

	n->size = strlen(hex) / 2;
	for (size_t i = 0; i < n->size; i++)
		n->data[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 |
				       (strchr(digits, hex[2 * i + 1]) - digits));
	return (struct bytes){n->data, n->size};
}

static struct bytes sum_of(struct number *n, enum digest_algorithm a, const char *text)
{
	char hex[DIGEST_HEX_SIZE];

	digest_of(a, (struct bytes){(const uint8_t *)text, strlen(text)}, hex);
	return number(n, hex);
}

static const struct bytes f4 = {(const uint8_t *)"\x01\x00\x01", 3};

static void rsa(void **state)
{
	static struct number m, s, d, other;
	struct bytes modulus = number(&m, modulus_hex), signature = number(&s, rsa_hex);
	struct bytes digest = sum_of(&d, DIGEST_SHA256, "sample");

	(void)state;
	assert_true(rsa_signed(modulus, f4, DIGEST_SHA256, digest, signature));
	assert_false(rsa_signed(modulus, f4, DIGEST_SHA256,
		sum_of(&other, DIGEST_SHA256, "Sample"), signature));
	/* The algorithm is part of what is signed. */
	assert_false(rsa_signed(modulus, f4, DIGEST_SHA3_256, digest, signature));
	assert_false(rsa_signed(modulus, f4, DIGEST_MD5, digest, signature));
	assert_false(rsa_signed(modulus, (struct bytes){(const uint8_t *)"\x03", 1},
		DIGEST_SHA256, digest, signature));
	for (size_t i = 0; i < s.size; i += 37) {
		s.data[i] ^= 1;
		assert_false(rsa_signed(modulus, f4, DIGEST_SHA256, digest, signature));
		s.data[i] ^= 1;
		m.data[i] ^= 2;
		assert_false(rsa_signed(modulus, f4, DIGEST_SHA256, digest, signature));
		m.data[i] ^= 2;
	}
}

/* Sizes at which arithmetic would go wrong, or take for ever. */
static void rsa_of_bad_sizes(void **state)
{
	static struct number m, s, d;
	struct bytes modulus = number(&m, modulus_hex), signature = number(&s, rsa_hex);
	struct bytes digest = sum_of(&d, DIGEST_SHA256, "sample");
	const struct bytes none = {m.data, 0};

	(void)state;
	assert_false(rsa_signed(none, f4, DIGEST_SHA256, digest, signature));
	assert_false(rsa_signed((struct bytes){m.data + m.size - 64, 64}, f4, DIGEST_SHA256,
		digest, (struct bytes){s.data, 64}));
	memset(m.data + m.size, 0xff, sizeof(m.data) - m.size);
	assert_false(rsa_signed((struct bytes){m.data, 2049}, f4, DIGEST_SHA256, digest,
		signature));
	m.data[m.size - 1] &= 0xfe; /* an even modulus */
	assert_false(rsa_signed(modulus, f4, DIGEST_SHA256, digest, signature));
	m.data[m.size - 1] |= 1;
	assert_false(rsa_signed(modulus, none, DIGEST_SHA256, digest, signature));
	assert_false(rsa_signed(modulus, (struct bytes){m.data, 9}, DIGEST_SHA256, digest,
		signature));
	assert_false(rsa_signed(modulus, f4, DIGEST_SHA256, digest, none));
	assert_false(rsa_signed(modulus, f4, DIGEST_SHA256, digest,
		(struct bytes){s.data, s.size + 1}));
	assert_false(rsa_signed(modulus, f4, DIGEST_SHA256, none, signature));
	assert_true(rsa_signed(modulus, f4, DIGEST_SHA256, digest, signature));
}

static void ecdsa(void **state)
{
	static struct number p, r, s, d, other;
	struct bytes digest = sum_of(&d, DIGEST_SHA256, "sample");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		struct bytes point = number(&p, curves[i].point);
		struct bytes one = number(&r, curves[i].r), two = number(&s, curves[i].s);

		assert_true(ecdsa_signed(point, digest, one, two));
		assert_false(ecdsa_signed(point, digest, two, one));
		assert_false(ecdsa_signed(point, sum_of(&other, DIGEST_SHA256, "s"), one, two));
		r.data[r.size / 2] ^= 4;
		assert_false(ecdsa_signed(point, digest, one, two));
		r.data[r.size / 2] ^= 4;
		p.data[p.size - 1] ^= 1; /* not on the curve any more */
		assert_false(ecdsa_signed(point, digest, one, two));
		p.data[p.size - 1] ^= 1;
		p.data[0] = 2; /* compressed */
		assert_false(ecdsa_signed(point, digest, one, two));
		p.data[0] = 4;
		assert_false(ecdsa_signed((struct bytes){p.data, p.size - 1}, digest, one, two));
		assert_false(ecdsa_signed((struct bytes){p.data, 0}, digest, one, two));
		assert_false(ecdsa_signed(point, digest, (struct bytes){r.data, 0}, two));
		assert_false(ecdsa_signed(point, digest, (struct bytes){p.data, p.size}, two));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsa),
		cmocka_unit_test(rsa_of_bad_sizes),
		cmocka_unit_test(ecdsa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
