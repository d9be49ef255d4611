/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is built into shims: one certificate, lists of several, lists of what is refused. */
#include "formats/shim.h"
#include "made_signatures.h"
#include "signed_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct bytes certificate = {signed_certificate, sizeof(signed_certificate)};

static size_t trusted(const struct shim *s)
{
	struct kernel_keys keys = {0};
	size_t n;

	assert_int_equal(shim_certificates(&keys, s), 0);
	n = keys.count;
	kernel_keys_done(&keys);
	return n;
}

static void one_certificate(void **state)
{
	uint8_t pe[8192], refused[512];
	struct bytes list = {refused, made_list(refused, LIST_SHA256,
		(struct bytes){signed_module, 32})};
	size_t size = made_shim(pe, certificate, list);
	struct shim s;

	(void)state;
	assert_true(shim_parse(&s, (struct bytes){pe, size}));
	assert_int_equal(s.trusted.size, certificate.size);
	assert_int_equal(s.forbidden.size, list.size);
	assert_memory_equal(s.forbidden.data, refused, list.size);
	assert_int_equal(trusted(&s), 1);
}

static void lists(void **state)
{
	uint8_t pe[8192], at[4096];
	size_t one = made_list(at, LIST_X509, certificate);
	size_t size = made_shim(pe, (struct bytes){at, one + made_list(at + one, LIST_X509,
		certificate)}, (struct bytes){0});
	struct shim s;

	(void)state;
	assert_true(shim_parse(&s, (struct bytes){pe, size}));
	assert_int_equal(trusted(&s), 2);
	assert_int_equal(s.forbidden.size, 0);
}

static void damaged(void **state)
{
	uint8_t pe[8192];
	size_t size = made_shim(pe, certificate, (struct bytes){0});
	struct shim s = {0};

	(void)state;
	for (size_t cut = 0; cut < size; cut++)
		assert_false(shim_parse(&s, (struct bytes){pe, cut}));
	made_number(pe + MADE_CONTENT + 8, UINT32_MAX, 4); /* where it is trusted from */
	assert_true(shim_parse(&s, (struct bytes){pe, size}));
	assert_int_equal(trusted(&s), 0);
	made_number(pe + MADE_CONTENT + 8, 16, 4);
	made_number(pe + MADE_CONTENT, certificate.size + 1, 4);
	assert_true(shim_parse(&s, (struct bytes){pe, size}));
	assert_int_equal(trusted(&s), 0);
	made_number(pe + MADE_ENTRIES + 8, 15, 4); /* a section without room for the head */
	assert_false(shim_parse(&s, (struct bytes){pe, size}));
	size = made_program(pe, ".text", certificate);
	assert_false(shim_parse(&s, (struct bytes){pe, size}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_certificate),
		cmocka_unit_test(lists),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
