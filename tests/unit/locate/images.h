/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disk images for the tests of this room, made by tests/lib/images.sh in a directory. */
#ifndef RESCUE_TESTS_LOCATE_IMAGES_H
#define RESCUE_TESTS_LOCATE_IMAGES_H

#include "digest.h"
#include "locate.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define IMAGE_LIMIT (64 * 1024 * 1024)

struct images {
	char directory[64];
	char path[128]; /* of the image that image_path named last */
};

__attribute__((unused)) static int run(const char *const *argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* images.sh with words of one line; $d is the directory. */
__attribute__((unused)) static void make_image(struct images *i, const char *format, ...)
	_printf_(2, 3);
static void make_image(struct images *i, const char *format, ...)
{
	char line[1024], command[2048];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	snprintf(command, sizeof(command), "d=%s; tests/lib/images.sh %s", i->directory,
		line);
	assert_int_equal(run((const char *const[]){"bash", "-c", command, NULL}), 0);
}

__attribute__((unused)) static const char *image_path(struct images *i, const char *name)
{
	snprintf(i->path, sizeof(i->path), "%s/%s", i->directory, name);
	return i->path;
}

__attribute__((unused)) static void image_digest(
	const char *path, char ret[DIGEST_HEX_SIZE])
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, IMAGE_LIMIT, &b), 0);
	digest_of(DIGEST_SHA256, buffer_bytes(&b), ret);
}

/* 0: mounting works. In a process of its own, since it takes a mount namespace. */
__attribute__((unused)) static int try_mount(void)
{
	char none[] = "/dev/null", *names[] = {none};
	struct scope where = {.images = {names, 1, 1}};
	struct landscape l = {0};
	struct fault f = {0};

	/* Fails in any case, but first on what is missing to mount. */
	locate_scan(&l, &where, &f);
	if (f.error != EINVAL)
		fprintf(stderr, "# mounting images needs root and loop devices (%s)\n",
			fault_code_name(&f));
	return f.error == EINVAL ? 0 : 1;
}

__attribute__((unused)) static bool can_mount(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(try_mount());
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* Skips the running test. */
#define NEED_MOUNT()                                                                     \
	do {                                                                             \
		if (!can_mount())                                                        \
			skip();                                                          \
	} while (0)

static int setup_images(void **state)
{
	struct images *i = calloc(1, sizeof(*i));

	if (!i)
		return -1;
	snprintf(i->directory, sizeof(i->directory), "/tmp/locate-test-XXXXXX");
	*state = i;
	return mkdtemp(i->directory) ? 0 : -1;
}

static int remove_images(void **state)
{
	struct images *i = *state;
	int r = run((const char *const[]){"rm", "-rf", i->directory, NULL});

	free(i);
	return r;
}

#endif
