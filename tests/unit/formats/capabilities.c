/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to what setcap(8) writes for it (read back with getfattr). */
#include "formats/capabilities.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void gives_what_setcap_writes(void **state)
{
	static const struct {
		const char *text, *value;
	} cases[] = {
		{"cap_net_raw=ep", "0100000200200000000000000000000000000000"},
		{"= cap_net_raw+ep", "0100000200200000000000000000000000000000"},
		{"CAP_NET_ADMIN,cap_net_raw=p", "0000000200300000000000000000000000000000"},
		{"cap_chown=i", "0000000200000000010000000000000000000000"},
		{"cap_bpf,cap_chown=eip", "0100000201000000010000008000000080000000"},
		{"all=ep", "01000002ffffffff00000000ff01000000000000"},
		{"=ep cap_kill-ep", "01000002dfffffff00000000ff01000000000000"},
		{"cap_kill=ep-e+i", "0000000220000000200000000000000000000000"},
		{"", "0000000200000000000000000000000000000000"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t value[CAPABILITIES_SIZE];
		char hex[2 * CAPABILITIES_SIZE + 1];

		assert_int_equal(capabilities_parse(value, cases[i].text), 0);
		for (size_t k = 0; k < CAPABILITIES_SIZE; k++)
			snprintf(hex + 2 * k, 3, "%02x", value[k]);
		assert_string_equal(hex, cases[i].value);
	}
}

static void refuses_all_else(void **state)
{
	static const char *const texts[] = {"cap_net_raw", "cap_nothing=ep", "net_raw=ep",
		"cap_net_raw=ex", "cap_net_raw,=ep,", "cap_=ep", "all", "cap_kill=ep,cap_chown"};
	uint8_t value[CAPABILITIES_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(capabilities_parse(value, texts[i]), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_what_setcap_writes),
		cmocka_unit_test(refuses_all_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
