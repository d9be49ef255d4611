/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real RPMs for unit tests. */
#include "rpms.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what, const char *object)
{
	fprintf(stderr, "cannot %s %s: %m\n", what, object);
	abort();
}

char *program_output(const char *const *argv)
{
	struct buffer out = {0};
	posix_spawn_file_actions_t actions;
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		die("make", "a pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, (char **)(uintptr_t)argv, environ))
		die("run", argv[0]);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (fd_read_all(ends[0], 64 << 20, &out) < 0)
		die("read from", argv[0]);
	close(ends[0]);
	if (waitpid(pid, &status, 0) < 0 || status)
		die("succeed with", argv[0]);
	return buffer_steal(&out);
}

char *rpms_folder(const char *name)
{
	static const char directory[] = "build/rpms";
	static bool made;

	if (!made)
		free(program_output((const char *[]){"tests/lib/make-rpms", "--cached",
						     directory, NULL}));
	made = true;
	return text_printf("%s/%s", directory, name);
}

void rpms_list(struct strings *ret, const char *name)
{
	_cleanup_free_ char *folder = rpms_folder(name);
	DIR *stream = opendir(folder);
	struct dirent *entry;

	if (!stream)
		die("open", folder);
	while ((entry = readdir(stream))) {
		if (text_ends(entry->d_name, ".rpm"))
			strings_take(ret, text_printf("%s/%s", folder, entry->d_name));
	}
	closedir(stream);
	strings_sort(ret);
}

char *rpms_find(const char *name, const char *prefix)
{
	_cleanup_(strings_done) struct strings paths = {0};

	rpms_list(&paths, name);
	for (size_t i = 0; i < paths.count; i++) {
		const char *file = strrchr(paths.items[i], '/') + 1;
		const char *rest = file + strlen(prefix);

		if (text_starts(file, prefix) && rest[0] == '-' && rest[1] >= '0' &&
		    rest[1] <= '9')
			return strdup(paths.items[i]);
	}
	die("find", prefix);
	return NULL;
}

void file_load(const char *path, struct buffer *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fd_read_all(fd, 64 << 20, ret) < 0)
		die("read", path);
	close(fd);
}

char *file_make(const void *data, size_t size)
{
	char *path = strdup("build/test-file-XXXXXX");
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, data, size) < 0)
		die("write", path);
	close(fd);
	return path;
}
