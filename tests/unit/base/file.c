/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole reads and writes, closing. */
#include "base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void reads_to_the_end(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	char out[100000];
	FILE *file = tmpfile();

	(void)state;
	memset(out, 'x', sizeof(out));
	assert_int_equal(fd_write_all(fileno(file), out, sizeof(out)), 0);
	assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fileno(file), sizeof(out), &b), 0);
	assert_int_equal(b.size, sizeof(out));
	assert_memory_equal(b.data, out, sizeof(out));
	fclose(file);
}

static void a_limit_is_exact(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	FILE *file = tmpfile();

	(void)state;
	assert_int_equal(fd_write_all(fileno(file), "12345", 5), 0);
	assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fileno(file), 4, &b), -EFBIG);
	assert_null(b.data);
	assert_int_equal(lseek(fileno(file), 1, SEEK_SET), 1);
	assert_int_equal(fd_read_all(fileno(file), 4, &b), 0);
	assert_string_equal(b.data, "2345");
	fclose(file);
}

static void an_endless_file_ends_at_the_limit(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_close_ int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(fd_read_all(fd, 1 << 20, &b), -EFBIG);
}

static void an_empty_file_is_empty_text(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_close_ int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(fd_read_all(fd, 0, &b), 0);
	assert_int_equal(b.size, 0);
	assert_string_equal(b.data, "");
}

static void errors_are_answered(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_close_ int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	_cleanup_close_ int directory = open("/", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(fd_write_all(full, "x", 1), -ENOSPC);
	assert_int_equal(fd_write_all(full, "x", 0), 0);
	assert_int_equal(fd_read_all(directory, 10, &b), -EISDIR);
	assert_int_equal(fd_read_all(-1, 10, &b), -EBADF);
}

static void short_counts_and_interruptions_are_retried(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_free_ char *big = calloc(1, 1 << 20);
	int pipe_fds[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(pipe_fds), 0);
	child = fork();
	if (child == 0) {
		close(pipe_fds[0]);
		_exit(fd_write_all(pipe_fds[1], big, 1 << 20) == 0 ? 0 : 1);
	}
	close(pipe_fds[1]);
	assert_int_equal(fd_read_all(pipe_fds[0], 1 << 20, &b), 0);
	assert_int_equal(b.size, 1 << 20);
	close(pipe_fds[0]);
}

static void closing_keeps_errno(void **state)
{
	int fd = 12345;

	(void)state;
	errno = EXDEV;
	assert_int_equal(safe_close(fd), -1);
	assert_int_equal(safe_close(-1), -1);
	close_p(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, EXDEV);
}

static void count(void *data, const char *what, uint64_t done, uint64_t total)
{
	assert_string_equal(what, "w");
	*(uint64_t *)data = done * 10 + total;
}

static void progress_may_be_absent(void **state)
{
	uint64_t seen = 0;
	struct progress p = {.report = count, .data = &seen}, silent = {0};

	(void)state;
	progress_report(NULL, "w", 1, 2);
	progress_report(&silent, "w", 1, 2);
	progress_report(&p, "w", 1, 2);
	assert_int_equal(seen, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_to_the_end),
		cmocka_unit_test(a_limit_is_exact),
		cmocka_unit_test(an_endless_file_ends_at_the_limit),
		cmocka_unit_test(an_empty_file_is_empty_text),
		cmocka_unit_test(errors_are_answered),
		cmocka_unit_test(short_counts_and_interruptions_are_retried),
		cmocka_unit_test(closing_keeps_errno),
		cmocka_unit_test(progress_may_be_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
