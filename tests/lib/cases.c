/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data-driven tests: see cases.h. */
#include "cases.h"

#include <setjmp.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>

#define CASE_MAX_SIZE (4u * 1024 * 1024)

static void read_case_file(struct buffer *ret, const char *folder, const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/%s", folder, name);
	_cleanup_close_ int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0 || fd_read_all(fd, CASE_MAX_SIZE, ret) < 0)
		fail_msg("cannot read %s/%s", folder, name);
}

static void run_case(const char *folder, dump_case *dump)
{
	_cleanup_(buffer_done) struct buffer input = {0}, expect = {0}, got = {0};
	uint8_t *exact;

	read_case_file(&input, folder, "input");
	read_case_file(&expect, folder, "expect");
	exact = malloc(input.size + !input.size); /* so that ASan sees the end */
	assert_non_null(exact);
	if (input.size > 0)
		memcpy(exact, input.data, input.size);
	dump(&got, (struct bytes){exact, input.size});
	free(exact);
	if (got.size != expect.size ||
		(got.size > 0 && memcmp(got.data, expect.data, got.size) != 0))
		fail_msg("%s: expected\n%s----- got\n%s-----", folder,
			expect.data ? expect.data : "", got.data ? got.data : "");
}

void run_cases(const char *name, dump_case *dump)
{
	_cleanup_free_ char *folder = text_printf("tests/data/%s", name);
	_cleanup_(strings_done) struct strings names = {0};
	DIR *d = folder ? opendir(folder) : NULL;
	struct dirent *e;

	if (!d)
		fail_msg("no test cases in tests/data/%s", name);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			assert_return_code(strings_add(&names, e->d_name), 0);
	closedir(d);
	strings_sort(&names);
	assert_true(names.count > 0);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = text_printf("%s/%s", folder, names.items[i]);

		assert_non_null(path);
		run_case(path, dump);
	}
}
