/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between confine.c (the processes) and confine_tree.c, confine_names.c (what they see). */
#ifndef RESCUE_LOCATE_CONFINED_H
#define RESCUE_LOCATE_CONFINED_H

#include "confine.h"
#include "mount.h"

struct view {
	const struct confine_request *q;
	char *root; /* path of the tree in this namespace; "/" with --root / */
	struct target target;
	struct fault *f;
};

/*
 * In the first process of the new namespaces: puts the tree together and makes it the
 * root. Nothing is taken down again: the namespace's end does that.
 */
int confine_enter(const struct confine_request *q, struct fault *f);

/* The binds of the request; the tree is sealed, the machine's own not yet shown. */
int view_show_binds(struct view *v);

/* confine_view.c */
int view_fault(struct view *v, int error, const char *path);
/* The path, on this machine, of what the patient calls path. NULL: errno says why. */
char *view_place(const struct view *v, const char *path);
char *view_join(const char *directory, const char *name); /* NULL: no memory */
int view_make_file(const char *path);
/* Shows what fd is, or what it holds under that name; "": itself. 0 or -errno. */
int view_bind_fd(int fd, const char *name, const char *to);

#endif
