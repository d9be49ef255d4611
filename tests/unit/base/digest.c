/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digests: known answers. */
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* Of "abc": RFC 1321, FIPS 180-4, FIPS 202. */
static const struct {
	enum digest_algorithm algorithm;
	size_t size;
	const char *hex;
} known[] = {
	{DIGEST_MD5, 16, "900150983cd24fb0d6963f7d28e17f72"},
	{DIGEST_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"},
	{DIGEST_SHA224, 28, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
	{DIGEST_SHA256, 32,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{DIGEST_SHA384, 48,
		"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
		"1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
	{DIGEST_SHA512, 64,
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
	{DIGEST_SHA3_256, 32,
		"3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
	{DIGEST_SHA3_512, 64,
		"b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
		"10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"},
};

static void known_answers(void **state)
{
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		assert_true(digest_is_known((int)known[i].algorithm));
		assert_int_equal(digest_size(known[i].algorithm), known[i].size);
		digest_of(known[i].algorithm, text_bytes("abc"), hex);
		assert_string_equal(hex, known[i].hex);
	}
}

static void pieces_equal_the_whole_and_it_starts_anew(void **state)
{
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		_cleanup_(digest_free_p) struct digest *d =
			digest_new(known[i].algorithm);

		for (int turn = 0; turn < 2; turn++) {
			digest_update(d, "a", 1);
			digest_update(d, NULL, 0);
			digest_update(d, "bc", 2);
			digest_hex(d, hex);
			assert_string_equal(hex, known[i].hex);
		}
	}
}

static void unknown_algorithms_equal_nothing(void **state)
{
	static const int unknown[] = {-1, 0, 3, 4, 7, 13, 15, 1000};
	char hex[DIGEST_HEX_SIZE] = "x";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		assert_false(digest_is_known(unknown[i]));
		assert_null(digest_new((enum digest_algorithm)unknown[i]));
		assert_int_equal(digest_size((enum digest_algorithm)unknown[i]), 0);
	}
	digest_of((enum digest_algorithm)3, text_bytes("abc"), hex);
	assert_string_equal(hex, "");
}

static void empty_input(void **state)
{
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	digest_of(DIGEST_MD5, (struct bytes){0}, hex);
	assert_string_equal(hex, "d41d8cd98f00b204e9800998ecf8427e");
	digest_free(NULL);
}

static void crc_goes_on_from_before(void **state)
{
	(void)state;
	assert_int_equal(crc32_of(text_bytes("123456789"), 0), 0xcbf43926);
	assert_int_equal(crc32_of(text_bytes("6789"), crc32_of(text_bytes("12345"), 0)),
		0xcbf43926);
	assert_int_equal(crc32_of((struct bytes){0}, 0), 0);
	assert_int_equal(crc32_of((struct bytes){0}, 0xcbf43926), 0xcbf43926);
}

/* RFC 4231, case 2. */
static void hmacs(void **state)
{
	struct bytes key = text_bytes("Jefe");
	struct bytes text = text_bytes("what do ya want for nothing?");
	uint8_t much[129] = {0};
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	hmac_of(DIGEST_SHA256, key, text, hex);
	assert_string_equal(hex,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	hmac_of(DIGEST_SHA512, key, text, hex);
	assert_string_equal(hex,
		"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
		"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
	hmac_of(DIGEST_SHA512, (struct bytes){much, sizeof(much)}, text, hex);
	assert_string_equal(hex, "");
	hmac_of((enum digest_algorithm)3, key, text, hex);
	assert_string_equal(hex, "");
}

static void a_whole_file_whatever_its_offset(void **state)
{
	char hex[DIGEST_HEX_SIZE], much[DIGEST_HEX_SIZE];
	uint8_t block[100000] = {1};
	int fd = memfd_create("digest", 0);

	(void)state;
	assert_int_equal(fd_write_all(fd, "abc", 3), 0);
	assert_int_equal(digest_of_file(DIGEST_MD5, fd, hex), 0);
	assert_string_equal(hex, known[0].hex);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_write_all(fd, block, sizeof(block)), 0);
	digest_of(DIGEST_SHA256, (struct bytes){block, sizeof(block)}, much);
	assert_int_equal(digest_of_file(DIGEST_SHA256, fd, hex), 0);
	assert_string_equal(hex, much);
	assert_int_equal(digest_of_file((enum digest_algorithm)3, fd, hex), -EINVAL);
	close(fd);
	fd = open("/", O_RDONLY);
	assert_int_equal(digest_of_file(DIGEST_SHA256, fd, hex), -EISDIR);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(pieces_equal_the_whole_and_it_starts_anew),
		cmocka_unit_test(unknown_algorithms_equal_nothing),
		cmocka_unit_test(empty_input),
		cmocka_unit_test(crc_goes_on_from_before),
		cmocka_unit_test(hmacs),
		cmocka_unit_test(a_whole_file_whatever_its_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
