/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shell.h"

#include "base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FILE (16u * 1024 * 1024)

static void copy_file(struct tree *t, const char *path)
{
	_cleanup_(buffer_done) struct buffer content = {0};
	_cleanup_free_ char *mode = text_printf("%s%s", t->path, path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, MAX_FILE, &content), 0);
	close(fd);
	tree_file(t, path, content.data, content.size);
	assert_int_equal(chmod(mode, 0755), 0);
}

/* "	libc.so.6 => /lib/…/libc.so.6 (0x…)": the first absolute path of a line. */
static void copy_libraries(struct tree *t)
{
	FILE *lines = popen("ldd /bin/sh /bin/cat /bin/ln | sort -u", "r");
	char line[512];

	assert_non_null(lines);
	while (fgets(line, sizeof(line), lines)) {
		char *path = strchr(line, '/');

		if (!path)
			continue;
		path[strcspn(path, " :\n")] = '\0';
		copy_file(t, path);
	}
	assert_int_equal(pclose(lines), 0);
}

void tree_add_shell(struct tree *t)
{
	tree_add(t, "d 0755 /dev\nd 0755 /proc\nd 0755 /sys\nd 0755 /run\nd 1777 /tmp\n"
		    "d 1777 /var/tmp\nd 0755 /scratch\nd 0755 /bin\n");
	copy_file(t, "/bin/sh");
	copy_file(t, "/bin/cat");
	copy_file(t, "/bin/ln");
	copy_libraries(t);
}

bool can_confine(void)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWNS | CLONE_NEWPID) < 0);
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
		return true;
	print_message("skipped: no namespaces may be made here\n");
	return false;
}
