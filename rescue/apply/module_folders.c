/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directories of the staged module directory: made when something goes into them,
 * finished when all is in, for what is put into them changes their times.
 */
#include "module_folders.h"

#include <errno.h>
#include <fcntl.h>

int modules_fault(
	const struct work *w, int error, const char *relative, struct fault *f)
{
	_cleanup_free_ char *path = text_printf("%s/%s", w->modules.path, relative);

	return path ? fault_errno(f, -error, path, "stage %s", path) : fault_no_memory(f);
}

static struct staged_directory *find(struct staged_modules *m, const char *relative)
{
	for (size_t i = 0; i < m->directory_count; i++)
		if (strcmp(m->directories[i].relative, relative) == 0)
			return &m->directories[i];
	return NULL;
}

int folders_note(struct work *w, const char *relative,
	const struct stage_attributes *a, struct fault *f)
{
	struct staged_modules *m = &w->modules;
	struct staged_directory *d = find(m, relative);

	if (!d) {
		char *copy = strdup(relative);

		if (!copy || vector_grow(&m->directories, &m->directory_capacity,
				     m->directory_count, sizeof(*d)) < 0) {
			free(copy);
			return fault_no_memory(f);
		}
		d = &m->directories[m->directory_count++];
		d->relative = copy;
	}
	d->attributes = *a;
	return 0;
}

int folders_note_default(struct work *w, const char *relative, struct fault *f)
{
	_cleanup_free_ char *path =
		text_printf("%s%s%s", w->modules.path, *relative ? "/" : "", relative);
	struct stage_attributes a;

	if (!path)
		return fault_no_memory(f);
	attributes_default(w, path, S_IFDIR | 0755, &a);
	return folders_note(w, relative, &a, f);
}

int folders_parent(
	const struct work *w, const char *relative, char **ret_name, struct fault *f)
{
	int fd = target_parent(&w->modules.target, relative, ret_name, NULL);

	return fd < 0 ? modules_fault(w, fd, relative, f) : fd;
}

int folders_make(struct work *w, const char *relative, struct fault *f)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = folders_parent(w, relative, &name, f), fd = -1;

	if (dirfd < 0)
		return dirfd;
	fd = stage_directory(dirfd, name);
	if (fd == -EEXIST)
		return 0;
	return fd < 0 ? modules_fault(w, fd, relative, f) : 1;
}

int folders_make_parents(struct work *w, const char *relative, struct fault *f)
{
	_cleanup_free_ char *path = strdup(relative);
	int r = path ? 0 : fault_no_memory(f);

	for (char *slash = path; r >= 0 && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (!find(&w->modules, path)) {
			r = folders_make(w, path, f);
			if (r >= 0)
				r = folders_note_default(w, path, f);
		}
		*slash = '/';
	}
	return MIN_OF(r, 0);
}

int folders_enter(
	struct work *w, const char *relative, const char **ret_name, struct fault *f)
{
	struct staged_modules *m = &w->modules;
	const char *slash = strrchr(relative, '/');
	_cleanup_free_ char *name = NULL;
	size_t size;
	int r;

	*ret_name = slash ? slash + 1 : relative;
	size = (size_t)(*ret_name - relative);
	if (m->folder && strncmp(m->folder, relative, size) == 0 && !m->folder[size])
		return 0;
	r = folders_make_parents(w, relative, f);
	if (r < 0)
		return r;
	free(m->folder);
	safe_close(m->folder_fd);
	m->folder_fd = folders_parent(w, relative, &name, f);
	m->folder = m->folder_fd >= 0 ? strndup(relative, size) : NULL;
	if (m->folder_fd < 0)
		return m->folder_fd;
	return m->folder ? 0 : fault_no_memory(f);
}

int folders_finish(struct work *w, struct fault *f)
{
	for (size_t i = 0; i < w->modules.directory_count; i++) {
		const struct staged_directory *d = &w->modules.directories[i];
		_cleanup_close_ int fd = target_open(&w->modules.target,
			*d->relative ? d->relative : "/", O_RDONLY | O_DIRECTORY, NULL);
		int r = fd < 0 ? fd : stage_finish(fd, &d->attributes, &w->shortfall);

		if (r < 0)
			return modules_fault(w, r, d->relative, f);
	}
	return 0;
}
