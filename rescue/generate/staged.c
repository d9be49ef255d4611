/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths of a module directory that is not yet in its place. weak-updates holds absolute
 * links, so that what they mean depends on where the directory will be.
 */
#include "staged.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_LINKS 40

int staged_init(struct staged *ret, int fd, const char *release,
	const struct target *patient, struct fault *f)
{
	size_t length = strlen(release);

	if (length > 200 || strchr(release, '/') || !path_is_clean(release, length))
		return fault_errno(f, EINVAL, NULL, "use kernel release \"%s\"", release);
	*ret = (struct staged){.fd = fd, .patient = patient};
	snprintf(ret->directory, sizeof(ret->directory), "/lib/modules/%s", release);
	return 0;
}

/* The part of path below the directory ("" for itself), or NULL. */
static const char *below(const struct staged *s, const char *path)
{
	size_t length = strlen(s->directory);

	if (text_starts(path, "/usr/lib/"))
		path += strlen("/usr");
	if (!text_starts(path, s->directory))
		return NULL;
	path += length;
	if (*path != '\0' && *path != '/')
		return NULL;
	return path + strspn(path, "/");
}

/* Takes `.`, `..` and doubled slashes out of an absolute path, by its text alone. */
static void clean(char *path)
{
	char *out = path, *rest = path, *name;

	while ((name = strsep(&rest, "/"))) {
		size_t length = strlen(name);

		if (length == 0 || strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			while (out > path && *--out != '/')
				;
			continue;
		}
		*out++ = '/';
		memmove(out, name, length);
		out += length;
	}
	*out = '\0';
}

/* path, whose symlink ends at rest (in path) and says text: what it leads to. */
static int follow(char path[PATH_MAX], const char *rest, const char *text)
{
	size_t directory = (size_t)(rest - path);
	char led[PATH_MAX];
	int n;

	while (directory > 0 && path[directory - 1] == '/')
		directory--;
	while (directory > 0 && path[directory - 1] != '/')
		directory--;
	if (*text == '/')
		directory = 0;
	n = snprintf(led, sizeof(led), "%.*s/%s/%s", (int)directory, path, text, rest);
	if (n < 0 || (size_t)n >= sizeof(led))
		return -ENAMETOOLONG;
	clean(led);
	memcpy(path, led, strlen(led) + 1);
	return 0;
}

/* Fd; -EAGAIN: a symlink was met, path now says where it leads; or another -errno. */
static int open_inside(const struct staged *s, char path[PATH_MAX])
{
	_cleanup_close_ int at = -1;
	char *rest = path + (below(s, path) - path);

	at = openat(s->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (at >= 0 && *rest) {
		size_t length = strcspn(rest, "/");
		char name[NAME_MAX + 1], text[PATH_MAX];
		ssize_t n;
		int fd;

		if (length > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, rest, length);
		name[length] = '\0';
		rest += length + strspn(rest + length, "/");
		fd = openat(at, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 && errno == ELOOP) {
			n = readlinkat(at, name, text, sizeof(text) - 1);
			if (n < 0)
				return -errno;
			text[n] = '\0';
			return follow(path, rest, text) < 0 ? -ENAMETOOLONG : -EAGAIN;
		}
		safe_close(at);
		at = fd;
	}
	return at < 0 ? -errno : TAKE_FD(at);
}

int staged_open(const struct staged *s, const char *path)
{
	char current[PATH_MAX];
	int r;

	if (strlen(path) >= sizeof(current))
		return -ENAMETOOLONG;
	memcpy(current, path, strlen(path) + 1);
	for (unsigned links = 0; links <= MAX_LINKS; links++) {
		if (!below(s, current))
			return s->patient ? target_open(s->patient, current,
						    O_RDONLY | O_NONBLOCK, NULL)
					  : -ENOENT;
		r = open_inside(s, current);
		if (r != -EAGAIN)
			return r;
	}
	return -ELOOP;
}
