/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of this run: a file (--log), standard error (--verbose), both or none. */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static int log_fd = -1;
static bool verbose;

int log_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return -errno;
	safe_close(log_fd);
	log_fd = fd;
	return 0;
}

void log_verbose(void)
{
	verbose = true;
}

/* "2024-05-01T12:00:00.000Z text\n" */
static int compose(struct buffer *line, const char *text)
{
	char stamp[32] = "";
	struct timespec now;
	struct tm utc;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &utc))
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
	r = buffer_printf(line, "%s.%03ldZ ", stamp, now.tv_nsec / 1000000);
	if (r == 0)
		r = buffer_puts_escaped(line, text);
	if (r == 0)
		r = buffer_puts(line, "\n");
	return r;
}

/* A log that cannot be written ends no repair: failures are passed over. */
void log_line(const char *format, ...)
{
	_cleanup_(buffer_done) struct buffer line = {0};
	_cleanup_free_ char *text = NULL;
	int kept = errno;
	va_list args;

	if (log_fd < 0 && !verbose)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (text && compose(&line, text) == 0) {
		if (log_fd >= 0)
			(void)fd_write_all(log_fd, line.data, line.size);
		if (verbose)
			(void)fd_write_all(STDERR_FILENO, line.data, line.size);
	}
	errno = kept;
}
