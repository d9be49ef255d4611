/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who opens a LUKS device, by its header. */
#include "formats/luks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SIZE 16384

static uint8_t header[SIZE];

/* Of that version, with a text at that place. */
static struct bytes make(uint8_t version, size_t at, const char *text)
{
	memset(header, 0, sizeof(header));
	memcpy(header, "LUKS\xba\xbe\0", 7);
	header[7] = version;
	if (version == 2)
		header[14] = SIZE >> 8; /* 64 bits at 8 */
	else
		header[107] = SIZE / 512; /* 32 bits at 104 */
	memcpy(header + at, text, strlen(text));
	return (struct bytes){header, sizeof(header)};
}

static void sizes(void **state)
{
	struct bytes in = make(2, 4096, "{}");

	(void)state;
	assert_int_equal(luks_header_size(in), SIZE);
	assert_int_equal(luks_header_size(make(1, 4096, "")), SIZE);
	assert_int_equal(luks_header_size(make(3, 4096, "")), 0);
	in = make(2, 4096, "{}");
	header[8] = 0xff; /* a size beyond reason */
	assert_int_equal(luks_header_size(in), LUKS_MAX_HEADER);
	in.size = 64;
	assert_int_equal(luks_header_size(in), 0);
	header[0] = 'l';
	in.size = SIZE;
	assert_int_equal(luks_header_size(in), 0);
}

static void tokens(void **state)
{
	static const struct {
		const char *json;
		bool bound;
	} cases[] = {
		{"{\"tokens\":{\"0\":{\"type\":\"clevis\",\"keyslots\":[\"1\"]}}}", true},
		{"{\"tokens\":{\"0\":{\"type\" : \n\"clevis\"}}}", true},
		{"{\"keyslots\":{\"0\":{\"type\":\"luks2\"}},\"tokens\":{}}", false},
		{"{\"tokens\":{\"0\":{\"type\":\"systemd-tpm2\"}}}", false},
		{"{\"tokens\":{\"0\":{\"name\":\"clevis\"}}}", false},
		{"\"type\"", false},
		{"\"type\":", false},
		{"\"type\":\"clevi", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(luks_is_bound_to_clevis(make(2, 4096, cases[i].json)),
			cases[i].bound);
	/* At the very end, and cut there. */
	assert_true(luks_is_bound_to_clevis(make(2, SIZE - 15, "\"type\":\"clevis\"")));
	assert_false(luks_is_bound_to_clevis(make(2, SIZE - 14, "\"type\":\"clevis")));
	assert_false(luks_is_bound_to_clevis(make(2, 512, "\"type\":\"clevis\"")));
}

static void version_1(void **state)
{
	(void)state;
	assert_true(luks_is_bound_to_clevis(make(1, 8192, "LUKSMETA")));
	assert_false(luks_is_bound_to_clevis(make(1, 8192, "LUKSMET")));
	assert_false(luks_is_bound_to_clevis((struct bytes){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(tokens),
		cmocka_unit_test(version_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
