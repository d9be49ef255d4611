/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many packages become kernels: what the operands name is read and grouped by release. */
#include "package_room.h"

#include "formats/rpm_version.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

/* ---- reading ------------------------------------------------------------------------ */

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

static int add_directory(struct package_sets *s, struct source from, const char *directory,
			 struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0};
	const char *slash = text_ends(directory, "/") ? "" : "/";
	size_t before = s->count;
	int r = from.patient ? target_list(from.patient, directory, &names, f)
			     : list_here(&names, directory, f);

	for (size_t i = 0; r == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = NULL;

		if (names.items[i][0] == '.' || !text_ends(names.items[i], ".rpm"))
			continue;
		path = text_printf("%s%s%s", directory, slash, names.items[i]);
		r = path ? add_package(s, from, path, f) : fault_no_memory(f);
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

/* ---- grouping ----------------------------------------------------------------------- */

/* A meta package holds no paths: what it requires tells its kernel. NULL: no memory. */
static char *meta_release(const struct package_sets *s, const struct package *p)
{
	const struct package_requirement *plain = NULL;

	for (size_t i = 0; i < p->require_count; i++) {
		const struct package_requirement *r = &p->requires[i];

		if (!package_requires_kernel(r))
			continue;
		if (text_ends(r->name, "-uname-r"))
			return strdup(r->version);
		plain = r;
	}
	for (size_t i = 0; plain && i < s->count; i++) {
		if (s->packages[i].part == PACKAGE_CORE &&
		    package_provides(&s->packages[i], plain))
			return strdup(s->packages[i].release);
	}
	return text_printf("%s.%s", p->version_release, p->arch);
}

static int find_set(struct package_sets *s, const char *release)
{
	for (size_t i = 0; i < s->set_count; i++) {
		if (!strcmp(s->sets[i].release, release))
			return (int)i;
	}
	if (vector_grow(&s->sets, &s->set_capacity, s->set_count, sizeof(*s->sets)) < 0)
		return -ENOMEM;
	s->sets[s->set_count] = (struct package_set){.release = strdup(release)};
	if (!s->sets[s->set_count].release)
		return -ENOMEM;
	return (int)s->set_count++;
}

static int group_package(struct package_sets *s, size_t index)
{
	const struct package *p = &s->packages[index];
	_cleanup_free_ char *release = NULL;
	int r;

	/* Nobody needs kernel-modules-extra to boot, and it brings blacklists along. */
	if (p->part == PACKAGE_OTHER || p->part > PACKAGE_MODULES_EXTRA ||
	    (p->part == PACKAGE_MODULES_EXTRA && !p->named))
		return 0;
	release = p->part == PACKAGE_META ? meta_release(s, p) : strdup(p->release);
	if (!release)
		return -ENOMEM;
	r = find_set(s, release);
	return r < 0 ? r : package_set_add(s, &s->sets[r], index);
}

static int compare_sets(const void *a, const void *b)
{
	const struct package_set *x = a, *y = b;
	int order = rpm_version_compare(y->release, x->release);

	return order ? order : strcmp(y->release, x->release);
}

/* ---- the whole ----------------------------------------------------------------------- */

static int group(struct package_sets *s)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < s->count; i++)
		r = group_package(s, i);
	for (size_t i = 0; r >= 0 && i < s->set_count; i++)
		r = package_set_judge(s, &s->sets[i]);
	if (s->set_count)
		qsort(s->sets, s->set_count, sizeof(*s->sets), compare_sets);
	return r;
}

int package_sets_read(struct package_sets *ret, const struct strings *operands,
		      const struct target *patient, const struct strings *key_files,
		      struct fault *f)
{
	_cleanup_(package_sets_done) struct package_sets s = {0};
	_cleanup_(package_keys_done) struct package_keys keys = {0};
	int r = package_keys_read(&keys, patient, key_files, f);

	for (size_t i = 0; r >= 0 && i < operands->count; i++)
		r = add_operand(&s, (struct source){patient, &keys}, operands->items[i], f);
	if (r < 0)
		return r;
	if (group(&s) < 0)
		return fault_no_memory(f);
	*ret = TAKE_STRUCT(s);
	return 0;
}

void package_sets_done(struct package_sets *s)
{
	for (size_t i = 0; i < s->count; i++)
		package_done(&s->packages[i]);
	for (size_t i = 0; i < s->set_count; i++) {
		free(s->sets[i].release);
		free(s->sets[i].packages);
		strings_done(&s->sets[i].missing);
	}
	free(s->packages);
	free(s->sets);
	memset(s, 0, sizeof(*s));
}
