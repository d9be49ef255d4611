/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a confined program shall see under another name than it has. What a directory
 * lacks cannot be mounted on: the directory is shown as a tmpfs in which all that it holds
 * is bound anew, and beside that what is to be there.
 */
#include "confined.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define STAGED ".rescue-" /* names that only this program means */

/* One bind on its way. */
struct laid {
	const struct confine_bind *bind;
	int source;	 /* what is shown, open before the directory that holds it is covered */
	char *directory; /* the nearest one above its path that is there */
};

struct laid_list {
	struct laid *items;
	size_t count;
};

static void laid_list_done(struct laid_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		safe_close(l->items[i].source);
		free(l->items[i].directory);
	}
	free(l->items);
}

/* The rest of the path below that directory. */
static const char *rest_of(const struct laid *one)
{
	const char *rest = one->bind->path +
			   (strcmp(one->directory, "/") == 0 ? 0 : strlen(one->directory));

	return rest + strspn(rest, "/");
}

/* NULL: no memory. */
static char *find_directory_above(const struct view *v, const char *path)
{
	_cleanup_free_ char *directory = strdup(path);
	struct stat st;

	while (directory && *directory) {
		*strrchr(directory, '/') = '\0';
		if (*directory && target_stat(&v->target, directory, &st) == 0 &&
			S_ISDIR(st.st_mode))
			return TAKE_PTR(directory);
	}
	return directory ? strdup("/") : NULL;
}

static int open_laid(struct view *v, struct laid *ret, const struct confine_bind *b)
{
	*ret = (struct laid){.bind = b};
	ret->source = target_open(&v->target, b->from, O_PATH | O_NOFOLLOW, NULL);
	if (ret->source < 0)
		return view_fault(v, ret->source, b->from);
	ret->directory = find_directory_above(v, b->path);
	return ret->directory ? 0 : fault_no_memory(v->f);
}

static bool is_replaced(const struct laid_list *l, const char *directory,
	const char *name)
{
	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(l->items[i].directory, directory) == 0 &&
			strcmp(rest_of(&l->items[i]), name) == 0)
			return true;
	}
	return false;
}

/* name of the directory from, made and bound as it was. */
static int repeat(int from, const char *name, const char *path)
{
	char text[PATH_MAX];
	struct stat st;
	ssize_t size;
	int r;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode)) {
		size = readlinkat(from, name, text, sizeof(text) - 1);
		if (size < 0)
			return -errno;
		text[size] = '\0';
		return symlink(text, path) < 0 ? -errno : 0;
	}
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return 0;
	if (S_ISDIR(st.st_mode))
		r = mkdir(path, 0755) < 0 ? -errno : 0;
	else
		r = view_make_file(path);
	return r < 0 ? r : view_bind_fd(from, name, path);
}

static int repeat_all(const struct laid_list *l, int from, const char *directory,
	const char *place)
{
	const struct target old = {from};
	_cleanup_(strings_done) struct strings names = {0};
	int r = target_list(&old, "/", &names, NULL);

	for (size_t i = 0; r == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = view_join(place, names.items[i]);

		if (!path)
			return -ENOMEM;
		if (!text_starts(names.items[i], STAGED) &&
			!is_replaced(l, directory, names.items[i]))
			r = repeat(from, names.items[i], path);
	}
	return r;
}

/* The directories of path behind its first `there` bytes. */
static int make_directories(char *path, size_t there)
{
	for (char *slash = path + there; (slash = strchr(slash + 1, '/'));) {
		int r;

		*slash = '\0';
		r = mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
		*slash = '/';
		if (r < 0)
			return r;
	}
	return 0;
}

static int add(const struct laid *one, const char *place)
{
	_cleanup_free_ char *path = view_join(place, rest_of(one));
	struct stat st;
	int r;

	if (!path)
		return -ENOMEM;
	if (fstat(one->source, &st) < 0)
		return -errno;
	r = make_directories(path, strlen(place));
	if (r == 0 && S_ISDIR(st.st_mode))
		r = mkdir(path, 0755) < 0 ? -errno : 0;
	else if (r == 0)
		r = view_make_file(path);
	return r < 0 ? r : view_bind_fd(one->source, "", path);
}

static int lay_over(const struct laid_list *l, int from, const char *directory,
	const char *place)
{
	int r = mount_tmpfs(place);

	if (r == 0)
		r = repeat_all(l, from, directory, place);
	for (size_t i = 0; r == 0 && i < l->count; i++) {
		if (strcmp(l->items[i].directory, directory) == 0)
			r = add(&l->items[i], place);
	}
	return r < 0 ? r : mount_restrict(place, BIND_READ_ONLY);
}

static int lay_directory(struct view *v, const struct laid_list *l, const char *directory)
{
	_cleanup_free_ char *place = view_place(v, directory);
	_cleanup_close_ int from = -1;
	int r;

	if (!place)
		return view_fault(v, -errno, directory);
	from = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = from < 0 ? -errno : lay_over(l, from, directory, place);
	return r < 0 ? view_fault(v, r, directory) : 0;
}

static bool is_first_of_directory(const struct laid_list *l, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(l->items[i].directory, l->items[index].directory) == 0)
			return false;
	}
	return true;
}

int view_show_binds(struct view *v)
{
	_cleanup_(laid_list_done) struct laid_list l = {0};
	int r = 0;

	l.items = calloc(v->q->bind_count + 1, sizeof(*l.items));
	if (!l.items)
		return fault_no_memory(v->f);
	for (size_t i = 0; r == 0 && i < v->q->bind_count; i++) {
		r = open_laid(v, &l.items[i], &v->q->binds[i]);
		l.count++;
	}
	for (size_t i = 0; r == 0 && i < l.count; i++) {
		if (is_first_of_directory(&l, i))
			r = lay_directory(v, &l, l.items[i].directory);
	}
	return r;
}
