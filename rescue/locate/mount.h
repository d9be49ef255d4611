/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounts in a namespace of our own, seen by nobody else and gone when this process is.
 * A tree is a root file system with others mounted into it.
 */
#ifndef RESCUE_LOCATE_MOUNT_H
#define RESCUE_LOCATE_MOUNT_H

#include "locate.h"

enum access {
	ACCESS_LOOK,  /* nothing is written: read-only loop device, no journal replay */
	ACCESS_REPAIR /* as the next boot mounts it, writable */
};

struct present;

struct mount_request {
	const struct device *device;
	const char *options; /* subvol= or subvolid=; NULL: none */
	enum access access;
};

/* NEEDS-PRIVILEGE, or what is missing to mount anything at all. */
int mounts_new(struct mounts **ret, struct fault *f);
/* Unmounts all trees, each newest first. 0 or the first -errno of flushing what was writable. */
int mounts_close(struct mounts *m, struct fault *f);
void mounts_free(struct mounts *m);

/*
 * New trees, mounted side by side: no two of them on the same file system. Each is answered
 * for itself.
 */
struct new_tree {
	struct mount_request request;
	int tree;	      /* its number, or -errno */
	struct target target; /* its root directory */
	struct fault why;     /* with -errno */
};
void mount_trees_new(struct mounts *m, struct new_tree *trees, size_t count);
/* A new tree and its root directory. The tree's number, or -errno. */
int mount_tree_new(struct mounts *m, const struct mount_request *r, struct target *ret,
	struct fault *f);
/*
 * By several threads at once, too. Onto the directory path (as the running system would say)
 * of that tree.
 */
int mount_tree_add(struct mounts *m, int tree, const struct target *t, const char *path,
	const struct mount_request *r, struct fault *f);
int mount_tree_drop(struct mounts *m, int tree, struct fault *f);
/* The btrfs subvolume that is the tree's root, without leading slash; NULL: no memory. */
char *mount_tree_subvolume(const struct mounts *m, int tree);

bool filesystem_is_known(const char *fstype); /* one that we mount */
const char *mounts_nodes(const struct mounts *m); /* a directory for device nodes of ours */
const struct present *mounts_table(const struct mounts *m); /* the machine's own mounts */
/* Where the running machine had it mounted before we came, or NULL. */
const char *mounts_present(const struct mounts *m, const struct device *d);

/* ---- a namespace that ends with its process (confine_tree.c); each 0 or -errno ---- */
int mount_private(void); /* nothing that is mounted from now on is seen outside */
enum bind_depth { BIND_ALONE, BIND_WITH_SUBMOUNTS };
int mount_bind(const char *from, const char *to, enum bind_depth depth);
enum bind_access { BIND_READ_ONLY, BIND_WRITABLE, BIND_DEVICE };
int mount_restrict(const char *path, enum bind_access access); /* of one mount */
int mount_tmpfs(const char *path);
int mount_proc(const char *path);
int mount_as_root(const char *path); /* of this process, at its mount point */

#endif
