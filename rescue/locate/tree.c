/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees: a root file system and what is mounted into it, kept in the order of mounting.
 */
#include "mounted.h"

#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int mounts_new(struct mounts **ret, struct fault *f)
{
	struct mounts *m;
	int r = namespace_enter(f);

	if (r < 0)
		return r;
	m = calloc(1, sizeof(*m));
	if (!m)
		return fault_no_memory(f);
	r = present_read(&m->present, f);
	if (r == 0)
		r = base_mount(&m->base, f);
	if (r == 0)
		r = loop_check(m->base, f);
	if (r < 0) {
		mounts_free(m);
		return r;
	}
	*ret = m;
	return 0;
}

static void mounted_done(struct mounted *d)
{
	free(d->path);
	free(d->backing);
	free(d->loop);
	*d = (struct mounted){0};
}

/* Mounts on path, which is consumed, and remembers it. */
static int mount_add(struct mounts *m, int tree, char *take_path,
	const struct mount_request *q, struct fault *f)
{
	struct mounted d = {
		.tree = tree,
		.path = take_path,
		.backing = strdup(q->device->backing),
		.offset = q->device->offset,
		.access = q->access,
	};
	int r = d.path && d.backing ? VECTOR_GROW(m) : -ENOMEM;

	r = r < 0 ? fault_no_memory(f) : mount_device(&d, m, q, f);
	if (r < 0) {
		mounted_done(&d);
		return r;
	}
	m->items[m->count++] = d;
	return 0;
}

int mount_tree_new(struct mounts *m, const struct mount_request *q, struct target *ret,
	struct fault *f)
{
	_cleanup_free_ char *path = text_printf("%s/%d", m->base, m->next_tree);
	int tree = m->next_tree, fd, r;

	if (!path)
		return fault_no_memory(f);
	if (mkdir(path, 0700) < 0)
		return fault_errno(f, errno, path, "make a directory to mount on");
	m->next_tree++;
	r = mount_add(m, tree, strdup(path), q, f);
	if (r < 0) {
		rmdir(path);
		return r;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		r = fault_errno(f, errno, path, "open the tree of %s", q->device->path);
		mount_tree_drop(m, tree, NULL);
		return r;
	}
	ret->fd = fd;
	return tree;
}

int mount_tree_add(struct mounts *m, int tree, const struct target *t, const char *path,
	const struct mount_request *q, struct fault *f)
{
	_cleanup_free_ char *inside = NULL;
	int r = target_canonical(t, path, &inside);
	struct stat st;

	if (r == 0)
		r = target_stat(t, inside, &st);
	if (r == 0 && !S_ISDIR(st.st_mode))
		r = -ENOTDIR;
	if (r < 0)
		return fault_errno(f, -r, path, "mount on %s", path);
	return mount_add(m, tree, text_printf("%s/%d%s", m->base, tree, inside), q, f);
}

char *mount_tree_subvolume(const struct mounts *m, int tree)
{
	_cleanup_free_ char *path = text_printf("%s/%d", m->base, tree);

	return path ? present_root(path) : NULL;
}

const char *mounts_nodes(const struct mounts *m)
{
	return m->base;
}

const struct present *mounts_table(const struct mounts *m)
{
	return m->present;
}

const char *mounts_present(const struct mounts *m, const struct device *d)
{
	return present_any(m->present, d);
}

static int fault_unmount(struct fault *f, int error, const struct mounted *d)
{
	int r = fault_errno(f, error, NULL, "write everything to disk");

	fault_device(f, d->backing);
	return r;
}

int mount_tree_drop(struct mounts *m, int tree, struct fault *f)
{
	int first = 0;

	for (size_t i = m->count; i-- > 0;) {
		struct mounted *d = &m->items[i];
		int r;

		if (d->tree != tree)
			continue;
		r = unmount(d);
		if (r < 0 && first == 0)
			first = fault_unmount(f, -r, d);
		mounted_done(d);
		memmove(d, d + 1, (m->count - i - 1) * sizeof(*d));
		m->count--;
	}
	return first;
}

int mounts_close(struct mounts *m, struct fault *f)
{
	int first = 0;

	while (m->count > 0) {
		int r = mount_tree_drop(
			m, m->items[m->count - 1].tree, first < 0 ? NULL : f);

		if (first == 0)
			first = r;
	}
	return first;
}

void mounts_free(struct mounts *m)
{
	if (!m)
		return;
	mounts_close(m, NULL);
	if (m->base)
		base_unmount(m->base);
	present_free(m->present);
	free(m->base);
	free(m->items);
	free(m);
}
