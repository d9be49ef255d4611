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
	pthread_mutex_init(&m->adding, NULL);
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

static struct mounted mounted_new(int tree, char *take_path, const struct mount_request *q)
{
	return (struct mounted){
		.tree = tree,
		.path = take_path,
		.backing = strdup(q->device->backing),
		.offset = q->device->offset,
		.access = q->access,
	};
}

/* ---- trees, made side by side ---- */
struct making {
	const struct mounts *mounts; /* they change when all are made */
	struct new_tree *trees;
	struct mounted *mounted; /* the root of each */
};

/* A directory to mount on. */
static int tree_begin(struct mounts *m, const struct new_tree *t, struct mounted *ret,
	struct fault *f)
{
	struct mounted d = mounted_new(
		m->next_tree, text_printf("%s/%d", m->base, m->next_tree), &t->request);
	int r = 0;

	if (!d.path || !d.backing)
		r = fault_no_memory(f);
	else if (mkdir(d.path, 0700) < 0)
		r = fault_errno(f, errno, d.path, "make a directory to mount on");
	if (r < 0) {
		mounted_done(&d);
		return r;
	}
	*ret = d;
	return m->next_tree++;
}

static void tree_mount(void *data, size_t i)
{
	const struct making *made = data;
	struct new_tree *t = &made->trees[i];
	struct mounted *d = &made->mounted[i];
	int r;

	if (t->tree < 0)
		return;
	r = mount_device(d, made->mounts, &t->request, &t->why);
	if (r < 0) {
		rmdir(d->path);
		t->tree = r;
		return;
	}
	t->target.fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->target.fd < 0) {
		t->tree = fault_errno(&t->why, errno, d->path, "open the tree of %s",
			t->request.device->path);
		unmount(d);
	}
}

void mount_trees_new(struct mounts *m, struct new_tree *trees, size_t count)
{
	_cleanup_free_ struct mounted *mounted = calloc(count, sizeof(*mounted));
	struct making made = {m, trees, mounted};
	bool room = mounted && vector_grow(&m->items, &m->capacity, m->count + count - 1,
				       sizeof(*m->items)) == 0;

	for (size_t i = 0; i < count; i++) {
		struct new_tree *t = &trees[i];

		t->target = TARGET_NONE;
		t->tree = room ? tree_begin(m, t, &mounted[i], &t->why)
			       : fault_no_memory(&t->why);
	}
	threads_each_waiting(room ? count : 0, tree_mount, &made);
	for (size_t i = 0; room && i < count; i++) {
		if (trees[i].tree >= 0)
			m->items[m->count++] = mounted[i];
		else
			mounted_done(&mounted[i]);
	}
}

int mount_tree_new(struct mounts *m, const struct mount_request *q, struct target *ret,
	struct fault *f)
{
	struct new_tree t = {.request = *q};

	mount_trees_new(m, &t, 1);
	if (t.tree >= 0)
		*ret = t.target;
	else if (f)
		*f = t.why;
	return t.tree;
}

/* ---- what is mounted into one ---- */
/* Mounts on path, which is consumed, and remembers it. */
static int mount_add(struct mounts *m, int tree, char *take_path,
	const struct mount_request *q, struct fault *f)
{
	struct mounted d = mounted_new(tree, take_path, q);
	int r = d.path && d.backing ? VECTOR_GROW(m) : -ENOMEM;

	r = r < 0 ? fault_no_memory(f) : mount_device(&d, m, q, f);
	if (r < 0) {
		mounted_done(&d);
		return r;
	}
	m->items[m->count++] = d;
	return 0;
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
	/* Of two systems with the same /boot the second one shares what the first mounted. */
	pthread_mutex_lock(&m->adding);
	r = mount_add(m, tree, text_printf("%s/%d%s", m->base, tree, inside), q, f);
	pthread_mutex_unlock(&m->adding);
	return r;
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

/* ---- taking down ---- */
static int fault_unmount(struct fault *f, int error, const struct mounted *d)
{
	int r = fault_errno(f, error, NULL, "write everything to disk");

	fault_device(f, d->backing);
	return r;
}

/* A tree, newest first, if that mount is its root. */
static void tree_unmount(void *data, size_t root)
{
	struct mounts *m = data;
	const int tree = m->items[root].tree;

	for (size_t i = 0; i < root; i++)
		if (m->items[i].tree == tree)
			return;
	for (size_t i = m->count; i-- > root;)
		if (m->items[i].tree == tree)
			m->items[i].error = unmount(&m->items[i]);
}

/* One that was taken down. 0 or the first of its errors. */
static int tree_forget(struct mounts *m, int tree, struct fault *f)
{
	int first = 0;

	for (size_t i = m->count; i-- > 0;) {
		struct mounted *d = &m->items[i];

		if (d->tree != tree)
			continue;
		if (d->error < 0 && first == 0)
			first = fault_unmount(f, -d->error, d);
		mounted_done(d);
		memmove(d, d + 1, (m->count - i - 1) * sizeof(*d));
		m->count--;
	}
	return first;
}

int mount_tree_drop(struct mounts *m, int tree, struct fault *f)
{
	size_t root = 0;

	while (root < m->count && m->items[root].tree != tree)
		root++;
	if (root < m->count)
		tree_unmount(m, root);
	return tree_forget(m, tree, f);
}

int mounts_close(struct mounts *m, struct fault *f)
{
	int first = 0;

	if (m->count > 0)
		log_line("unmounting %zu file systems", m->count);
	threads_each_waiting(m->count, tree_unmount, m);
	while (m->count > 0) {
		int r = tree_forget(
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
	log_line("unmounted");
	present_free(m->present);
	pthread_mutex_destroy(&m->adding);
	free(m->base);
	free(m->items);
	free(m);
}
