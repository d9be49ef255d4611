/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What operands name: RPM files, directories of them, a whole installation medium. */
#include "package_room.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

enum { DIRECTORIES_MAX = 4096 }; /* looked into for one operand */

/* A directory may be a whole installation medium: only kernels keep their lists. */
static void forget_lists(struct package *p)
{
	if (p->release || p->part == PACKAGE_META)
		return;
	package_files_done(p);
	package_relations_done(p);
}

/* Where operands are looked up, and what signatures are judged by. */
struct source {
	const struct target *patient; /* NULL: on this machine */
	struct package_keys *keys;
};

static int add_package(struct package_sets *s, struct source from, const char *path,
		       struct fault *f)
{
	struct package p;
	int r;

	if (s->count >= PACKAGES_MAX)
		return fault_errno(f, E2BIG, path, "read %s", path);
	if (vector_grow(&s->packages, &s->capacity, s->count, sizeof(*s->packages)) < 0)
		return fault_no_memory(f);
	r = package_read_with(&p, from.patient, path, from.keys, f);
	if (r < 0)
		return r;
	forget_lists(&p);
	s->packages[s->count++] = p;
	return 0;
}

static int list_here(struct strings *ret, const char *directory, struct fault *f)
{
	DIR *stream = opendir(directory);
	struct dirent *entry;
	int r = 0;

	if (!stream)
		return fault_errno(f, errno, directory, "read directory %s", directory);
	for (errno = 0; r == 0 && (entry = readdir(stream)); errno = 0)
		r = strings_add(ret, entry->d_name);
	if (r == 0 && errno)
		r = fault_errno(f, errno, directory, "read directory %s", directory);
	else if (r < 0)
		r = fault_no_memory(f);
	closedir(stream);
	strings_sort(ret);
	return r;
}

static int list(struct strings *ret, struct source from, const char *directory, struct fault *f)
{
	return from.patient ? target_list(from.patient, directory, ret, f)
			    : list_here(ret, directory, f);
}

static bool is_directory(struct source from, const char *path)
{
	struct stat st;
	int r = from.patient ? target_lstat(from.patient, path, &st) : lstat(path, &st);

	return r == 0 && S_ISDIR(st.st_mode);
}

/* Its packages; its directories join those that may be looked into, no link followed. */
static int add_names(struct package_sets *s, struct source from, const char *directory,
		     struct strings *directories, struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0};
	const char *slash = text_ends(directory, "/") ? "" : "/";
	int r = list(&names, from, directory, f);

	for (size_t i = 0; r >= 0 && i < names.count; i++) {
		_cleanup_free_ char *path = NULL;

		if (names.items[i][0] == '.')
			continue;
		path = text_printf("%s%s%s", directory, slash, names.items[i]);
		if (!path)
			return fault_no_memory(f);
		if (text_ends(path, ".rpm"))
			r = add_package(s, from, path, f);
		else if (directories->count < DIRECTORIES_MAX && is_directory(from, path) &&
			 strings_add(directories, path) < 0)
			return fault_no_memory(f);
	}
	return r;
}

/*
 * The packages in a directory; where it holds none, those below it: an installation medium
 * has them in BaseOS/Packages/k/. Breadth first, so that the limit cuts off the depths.
 */
static int add_directory(struct package_sets *s, struct source from, const char *directory,
			 struct fault *f)
{
	_cleanup_(strings_done) struct strings directories = {0};
	size_t before = s->count;
	int r = strings_add(&directories, directory) < 0 ? fault_no_memory(f) : 0;

	for (size_t i = 0; r >= 0 && i < directories.count; i++) {
		if (i == 1 && s->count > before)
			return 0;
		r = add_names(s, from, directories.items[i], &directories, f);
	}
	if (r < 0 || s->count > before)
		return r;
	fault_named(f, FAULT_NOT_A_PACKAGE, directory, "use directory",
		    "there are no RPM files in %s", directory);
	return -EINVAL;
}

static int add_named(struct package_sets *s, struct source from, const char *path,
		     struct fault *f)
{
	int r = add_package(s, from, path, f);

	if (r == 0)
		s->packages[s->count - 1].named = true;
	return r;
}

static int add_operand(struct package_sets *s, struct source from, const char *path,
		       struct fault *f)
{
	struct stat st;

	if (stat(path, &st) == 0)
		from.patient = NULL;
	else if (errno != ENOENT || !from.patient || target_stat(from.patient, path, &st) < 0)
		return fault_errno(f, from.patient ? ENOENT : errno, path, "read %s", path);
	return S_ISDIR(st.st_mode) ? add_directory(s, from, path, f)
				   : add_named(s, from, path, f);
}

int package_operands_read(struct package_sets *s, const struct strings *operands,
			  const struct target *patient, struct package_keys *keys,
			  struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < operands->count; i++)
		r = add_operand(s, (struct source){patient, keys}, operands->items[i], f);
	return r;
}
