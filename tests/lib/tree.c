/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test trees: see tree.h. Paths never pass through a symlink, so none can leave the tree.
 */
#include "tree.h"

#include "digest.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FDS 64 /* that nftw(3) may hold open */

/* The line that is being done: every failure names it. */
static char present_line[256];

static void check(bool good, const char *what)
{
	if (!good)
		fail_msg("tree: %s: %s: %s", present_line, what, strerror(errno));
}

static void remember_line(const char *line, size_t size)
{
	snprintf(present_line, sizeof(present_line), "%.*s",
		(int)MIN_OF(size, sizeof(present_line) - 1), line);
}

/* Opens the parent of path below the tree, making what lacks; name: the last component.
 */
static int open_parent(const struct tree *t, const char *path, const char **name)
{
	int fd = fcntl(t->fd, F_DUPFD_CLOEXEC, 0);

	for (;;) {
		char component[NAME_MAX + 1];
		size_t size;
		int next;

		path += strspn(path, "/");
		size = strcspn(path, "/");
		if (path[size + strspn(path + size, "/")] == '\0')
			break;
		check(size <= NAME_MAX, "name too long");
		memcpy(component, path, size);
		component[size] = '\0';
		check(mkdirat(fd, component, 0755) == 0 || errno == EEXIST, "mkdir");
		next = openat(
			fd, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		check(next >= 0, "a parent is no directory");
		close(fd);
		fd = next;
		path += size;
	}
	*name = path;
	return fd;
}

static void make_directory(int dirfd, const char *name, mode_t mode)
{
	check(mkdirat(dirfd, name, mode) == 0 || errno == EEXIST, "mkdir");
	check(fchmodat(dirfd, name, mode, 0) == 0, "chmod");
}

static int make_file(
	int dirfd, const char *name, mode_t mode, const void *data, size_t size)
{
	int fd;

	check(unlinkat(dirfd, name, 0) == 0 || errno == ENOENT, "replace");
	fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	check(fd >= 0 && fd_write_all(fd, data, size) == 0 && fchmod(fd, mode) == 0,
		"write");
	return fd;
}

static void copy_file(struct buffer *ret, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	check(fd >= 0 && fd_read_all(fd, (size_t)1 << 30, ret) == 0, path);
}

/* The lines from *next up to the line `word`; *next then stands behind that line. */
static void here_text(struct buffer *ret, const char **next, const char *word)
{
	const char *line = *next;
	size_t word_size = strlen(word);

	for (;;) {
		size_t size = strcspn(line, "\n");

		if (size == word_size && strncmp(line, word, size) == 0) {
			*next = line + size + (line[size] == '\n');
			return;
		}
		check(line[size] == '\n', "its text has no end");
		assert_int_equal(buffer_append(ret, line, size + 1), 0);
		line += size + 1;
	}
}

static void file_line(
	int dirfd, const char *name, mode_t mode, const char *content, const char **next)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	if (text_starts(content, "<<"))
		here_text(&text, next, content + 2);
	else if (*content == '=')
		assert_int_equal(buffer_printf(&text, "%s\n", content + 1), 0);
	else if (*content == '@')
		copy_file(&text, content + 1);
	else
		check(!*content, "a file's content begins with <<, = or @");
	close(make_file(dirfd, name, mode, text.data, text.size));
}

static void sparse_line(int dirfd, const char *name, mode_t mode, const char *size)
{
	int fd = make_file(dirfd, name, mode, NULL, 0);

	check(ftruncate(fd, atoll(size)) == 0, "truncate");
	close(fd);
}

static void link_line(int dirfd, const char *name, const char *text)
{
	check(unlinkat(dirfd, name, 0) == 0 || errno == ENOENT, "replace");
	check(symlinkat(text, dirfd, name) == 0, "symlink");
}

static void hard_link_line(
	const struct tree *t, int dirfd, const char *name, const char *existing)
{
	const char *old_name;
	int old_dirfd = open_parent(t, existing, &old_name);

	check(linkat(old_dirfd, old_name, dirfd, name, 0) == 0, "link");
	close(old_dirfd);
}

static void time_line(int dirfd, const char *name, const char *seconds)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = atoll(seconds)}};

	check(utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW) == 0, "set time");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_below(const char *path)
{
	check(nftw(path, remove_one, MAX_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0,
		"remove");
}

static void remove_line(const struct tree *t, const char *path)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s/%s", t->path, path);
	remove_below(whole);
}

/* Cuts the next field off *rest; the last field of a line may hold blanks. */
static char *field(char **rest)
{
	char *start = *rest + strspn(*rest, " \t");
	char *end = start + strcspn(start, " \t");

	*rest = *end ? end + 1 : end;
	*end = '\0';
	return start;
}

static void do_line(const struct tree *t, char *line, const char **next)
{
	char kind = *field(&line);
	bool has_mode = kind && strchr("dfzp", kind);
	mode_t mode = has_mode ? (mode_t)strtoul(field(&line), NULL, 8) : 0;
	const char *path = field(&line), *name;
	int dirfd = open_parent(t, path, &name);

	line += strspn(line, " \t");
	if (kind == 'd')
		make_directory(dirfd, *name ? name : ".", mode);
	else if (kind == 'f')
		file_line(dirfd, name, mode, line, next);
	else if (kind == 'z')
		sparse_line(dirfd, name, mode, line);
	else if (kind == 'l')
		link_line(dirfd, name, line);
	else if (kind == 'h')
		hard_link_line(t, dirfd, name, line);
	else if (kind == 'p')
		check(mkfifoat(dirfd, name, mode) == 0, "mkfifo");
	else if (kind == 't')
		time_line(dirfd, name, line);
	else if (kind == 'r')
		remove_line(t, path);
	else
		check(false, "no such kind of line");
	close(dirfd);
}

void tree_add(struct tree *t, const char *manifest)
{
	while (*manifest) {
		size_t size = strcspn(manifest, "\n");
		_cleanup_free_ char *line = strndup(manifest, size);
		char *text;

		assert_non_null(line);
		remember_line(manifest, size);
		manifest += size + (manifest[size] == '\n');
		text = line + strspn(line, " \t");
		if (*text && *text != '#')
			do_line(t, text, &manifest);
	}
}

void tree_make(struct tree *ret, const char *manifest)
{
	const char *where = getenv("TMPDIR");

	remember_line("(make)", 6);
	snprintf(ret->path, sizeof(ret->path), "%s/rescue-tree-XXXXXX",
		where && strlen(where) < 32 ? where : "/tmp");
	check(mkdtemp(ret->path), ret->path);
	ret->fd = open(ret->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check(ret->fd >= 0 && fchmod(ret->fd, 0755) == 0, ret->path);
	tree_add(ret, manifest);
}

void tree_file(struct tree *t, const char *path, const void *data, size_t size)
{
	const char *name;
	int dirfd;

	remember_line(path, strlen(path));
	dirfd = open_parent(t, path, &name);
	close(make_file(dirfd, name, 0644, data, size));
	close(dirfd);
}

void tree_remove(struct tree *t)
{
	remember_line("(remove)", 8);
	close(t->fd);
	t->fd = -1;
	remove_below(t->path);
}

/* nftw(3) hands no pointer on. */
static struct strings *lines;
static size_t root_size;

static char *describe_file(const char *path, const struct stat *st)
{
	_cleanup_(buffer_done) struct buffer content = {0};

	copy_file(&content, path);
	return text_printf("f %04o %lld %08x %s", (unsigned)st->st_mode & 07777,
		(long long)st->st_size, crc32_of(buffer_bytes(&content), 0),
		path + root_size);
}

static int describe_one(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char text[PATH_MAX] = "", kind = S_ISDIR(st->st_mode) ? 'd' : 'p';

	(void)type;
	if (ftw->level == 0)
		return 0;
	remember_line(path, strlen(path));
	if (S_ISREG(st->st_mode))
		return strings_take(lines, describe_file(path, st));
	if (S_ISLNK(st->st_mode)) {
		check(readlink(path, text, sizeof(text) - 1) >= 0, "readlink");
		return strings_take(
			lines, text_printf("l %s %s", path + root_size, text));
	}
	return strings_take(
		lines, text_printf("%c %04o %s", kind, (unsigned)st->st_mode & 07777,
			       path + root_size));
}

char *tree_describe(const struct tree *t)
{
	_cleanup_(strings_done) struct strings found = {0};
	_cleanup_(buffer_done) struct buffer text = {0};

	lines = &found;
	root_size = strlen(t->path);
	check(nftw(t->path, describe_one, MAX_FDS, FTW_PHYS) == 0, "describe");
	strings_sort(&found);
	for (size_t i = 0; i < found.count; i++)
		assert_int_equal(buffer_printf(&text, "%s\n", found.items[i]), 0);
	return buffer_steal(&text);
}
