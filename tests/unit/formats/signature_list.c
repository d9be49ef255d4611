/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signature lists as firmware and shim keep them, whole, damaged and cut at every byte. */
#include "formats/signature_list.h"
#include "made_signatures.h"
#include "signed_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct bytes certificate = {signed_certificate, sizeof(signed_certificate)};
static const struct bytes digest = {signed_module, 32}, other = {signed_module + 1, 32};

/* A certificate, a digest, the certificate again. */
static struct bytes three_lists(uint8_t *at)
{
	size_t size = made_list(at, LIST_X509, certificate);

	size += made_list(at + size, LIST_SHA256, digest);
	return (struct bytes){at, size + made_list(at + size, LIST_X509, certificate)};
}

static size_t count(struct bytes lists, size_t without)
{
	struct kernel_keys keys = {0};
	size_t n;

	assert_int_equal(signature_list_certificates(&keys, lists, without, SIZE_MAX), 0);
	n = keys.count;
	kernel_keys_done(&keys);
	return n;
}

static void walks_all_lists(void **state)
{
	static const enum efi_signature_kind kinds[] = {EFI_SIGNATURE_X509, EFI_SIGNATURE_SHA256,
		EFI_SIGNATURE_X509};
	uint8_t lists[8192];
	struct signature_walk w = {.rest = three_lists(lists)};
	struct efi_signature s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_true(signature_walk_next(&s, &w));
		assert_int_equal(s.kind, kinds[i]);
		assert_int_equal(s.list, i);
		assert_int_equal(s.data.size, i == 1 ? 32 : certificate.size);
	}
	assert_false(signature_walk_next(&s, &w));
	assert_false(signature_walk_next(&s, &w));
}

static void finds_what_is_asked_for(void **state)
{
	uint8_t at[8192];
	struct bytes lists = three_lists(at);

	(void)state;
	assert_int_equal(count(lists, 0), 2);
	assert_int_equal(count(lists, 1), 1);
	assert_int_equal(count(lists, 3), 0);
	assert_true(signature_list_has_digest(lists, digest));
	assert_false(signature_list_has_digest(lists, other));
	assert_false(signature_list_has_digest(lists, (struct bytes){digest.data, 20}));
	assert_false(signature_list_has_digest((struct bytes){0}, digest));
}

/* Several in one list, behind a header of its own; what does not fill a place is none. */
static void several_in_a_list(void **state)
{
	uint8_t at[512] = {0};
	struct bytes lists = {at, 28 + 5 + 48 + 48 + 7};

	(void)state;
	memcpy(at, LIST_SHA256, 16);
	made_number(at + 16, lists.size, 4);
	made_number(at + 20, 5, 4);
	made_number(at + 24, 48, 4);
	memcpy(at + 28 + 5 + 16, digest.data, 32);
	memcpy(at + 28 + 5 + 48 + 16, other.data, 32);
	assert_true(signature_list_has_digest(lists, digest));
	assert_true(signature_list_has_digest(lists, other));
	made_number(at + 24, 49, 4); /* no SHA-256 has that size */
	assert_false(signature_list_has_digest(lists, digest));
	made_number(at + 24, 48, 4);
	made_number(at + 20, lists.size, 4); /* a header longer than its list */
	assert_false(signature_list_has_digest(lists, digest));
	made_number(at + 20, 5, 4);
	made_number(at + 24, 16, 4); /* an owner and nothing else */
	assert_false(signature_list_has_digest(lists, digest));
	made_number(at + 24, 0, 4);
	assert_false(signature_list_has_digest(lists, digest));
}

static void what_is_cut_off_counts_no_more(void **state)
{
	uint8_t at[8192];
	struct bytes lists = three_lists(at);
	const size_t one = 28 + 16 + certificate.size, two = one + 28 + 16 + 32;

	(void)state;
	for (size_t size = 0; size < lists.size; size++) {
		assert_int_equal(count((struct bytes){at, size}, 0), size >= one);
		assert_int_equal(signature_list_has_digest((struct bytes){at, size}, digest),
			size >= two);
	}
	made_number(at + 16, 27, 4); /* shorter than its own head */
	assert_int_equal(count(lists, 0), 0);
	made_number(at + 16, UINT32_MAX, 4);
	assert_int_equal(count(lists, 0), 0);
	three_lists(at);
	at[44] ^= 0xff; /* no certificate */
	assert_int_equal(count(lists, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_all_lists),
		cmocka_unit_test(finds_what_is_asked_for),
		cmocka_unit_test(several_in_a_list),
		cmocka_unit_test(what_is_cut_off_counts_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
