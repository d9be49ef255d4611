/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities and IMA signatures find their files. */
#include "../../../rescue/package/package_room.h"
#include "made_header.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FILES 3

static int take(struct package_file files[FILES], const char *capabilities, size_t c_size,
		const char *signatures, size_t s_size, struct fault *f)
{
	struct package p = {.path = (char *)(uintptr_t)"p.rpm", .files = files,
			    .file_count = FILES};
	_cleanup_(made_header_done) struct made_header made_main = {0}, made_signature = {0};
	struct rpm_header main, signature;
	int r;

	made_header_texts(&made_main, TAG_FILE_CAPABILITIES, capabilities, c_size, FILES);
	made_header_parse(&main, &made_main, RPM_MAIN_HEADER);
	made_header_texts(&made_signature, SIGTAG_FILE_SIGNATURES, signatures, s_size, FILES);
	made_header_parse(&signature, &made_signature, RPM_SIGNATURE_HEADER);
	r = package_take_xattrs(&p, &signature, &main, f);
	return r;
}
#define TAKE(files, c, s, f) take(files, c, sizeof(c), s, sizeof(s), f)

static void free_xattrs(struct package_file files[FILES])
{
	for (size_t i = 0; i < FILES; i++) {
		if (!files[i].xattrs)
			continue;
		buffer_done(&files[i].xattrs->capability);
		buffer_done(&files[i].xattrs->ima);
		free(files[i].xattrs);
	}
}

static void each_file_gets_its_own(void **state)
{
	struct package_file files[FILES] = {0};

	(void)state;
	assert_int_equal(TAKE(files, "\0cap_net_raw=ep\0", "030204\0\0a0FF", NULL), 0);
	assert_int_equal(files[0].xattrs->ima.size, 3);
	assert_memory_equal(files[0].xattrs->ima.data, "\3\2\4", 3);
	assert_int_equal(files[0].xattrs->capability.size, 0);
	assert_int_equal(files[1].xattrs->capability.size, 20);
	assert_int_equal(files[1].xattrs->capability.data[4], 0);
	assert_int_equal(files[1].xattrs->capability.data[5], 0x20);
	assert_int_equal(files[1].xattrs->ima.size, 0);
	assert_memory_equal(files[2].xattrs->ima.data, "\xa0\xff", 2);
	free_xattrs(files);
}

/* What a later kernel may know is no damage; what is no hexadecimal is. */
static void tells_the_unknown_from_the_damaged(void **state)
{
	struct package_file files[FILES] = {
		{.path = (char *)(uintptr_t)"/a"}, {0}, {0}};
	struct fault f = {0};

	(void)state;
	assert_int_equal(TAKE(files, "cap_of_tomorrow=ep\0\0", "\0\0", NULL), 0);
	assert_null(files[0].xattrs);
	assert_true(TAKE(files, "\0\0", "030\0\0", &f) < 0);
	assert_int_equal(f.code, FAULT_NOT_A_PACKAGE);
	assert_true(TAKE(files, "\0\0", "03xx\0\0", NULL) < 0);
	free_xattrs(files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_file_gets_its_own),
		cmocka_unit_test(tells_the_unknown_from_the_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
