/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of errno values. */
#include "base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

static void common_names(void **state)
{
	(void)state;
	assert_string_equal(errno_name(2), "ENOENT");
	assert_string_equal(errno_name(EPERM), "EPERM");
	assert_string_equal(errno_name(EOPNOTSUPP), "EOPNOTSUPP");
	assert_string_equal(errno_name(EAGAIN), "EAGAIN");
	assert_string_equal(errno_name(EUCLEAN), "EUCLEAN");
	assert_string_equal(errno_name(EKEYREJECTED), "EKEYREJECTED");
	assert_string_equal(errno_name(EHWPOISON), "EHWPOISON");
}

/* The C library knows what Linux has: nothing but holes and synonyms may differ. */
static void every_errno_of_the_library_is_named(void **state)
{
	(void)state;
	for (int e = 1; e <= 133; e++) {
		const char *name = strerrorname_np(e);

		if (name && e != ECHRNG && e != EL2NSYNC && e != EL3HLT && e != EL3RST &&
			e != ELNRNG && e != EUNATCH && e != ENOCSI && e != EL2HLT &&
			e != EBADE && e != EBADR && e != EXFULL && e != ENOANO &&
			e != EBADRQC && e != EBADSLT && e != EBFONT && e != EADV &&
			e != ESRMNT && e != EDOTDOT && e != ETOOMANYREFS)
			assert_string_equal(errno_name(e), name);
	}
}

static void what_has_no_name_is_numbered(void **state)
{
	(void)state;
	assert_string_equal(errno_name(0), "E0");
	assert_string_equal(errno_name(4095), "E4095");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(common_names),
		cmocka_unit_test(every_errno_of_the_library_is_named),
		cmocka_unit_test(what_has_no_name_is_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
