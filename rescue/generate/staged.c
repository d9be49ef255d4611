/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths of a module directory that is not yet in its place. weak-updates holds absolute
 * links, so that what they mean depends on where the directory will be.
 */
#include "staged.h"
#include "decompress.h"
#include "formats/elf_module.h"

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

int staged_read(const struct staged *s, const char *name, size_t limit,
	struct buffer *ret, struct fault *f)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *path = text_printf("%s/%s", s->directory, name);
	struct stat st;
	int r;

	if (!path)
		return fault_no_memory(f);
	fd = staged_open(s, path);
	if (fd < 0)
		r = fd;
	else if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	else
		r = fd_read_all(fd, limit, ret);
	return r < 0 ? fault_errno(f, -r, path, "read %s", path) : 0;
}

int staged_read_module(
	const struct staged *s, const char *name, struct buffer *ret, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer packed = {0};
	enum compression c;
	int r;

	r = staged_read(s, name, ELF_MODULE_MAX_SIZE, &packed, f);
	if (r < 0)
		return r;
	c = compression_detect(buffer_bytes(&packed));
	if (c == COMPRESSION_NONE) {
		*ret = TAKE_STRUCT(packed);
		return 0;
	}
	r = decompress(c, buffer_bytes(&packed), ELF_MODULE_MAX_SIZE, ret);
	return r < 0 ? fault_errno(f, -r, name, "decompress %s/%s", s->directory, name)
		     : 0;
}
