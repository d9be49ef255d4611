/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories below the staged module directory; relative is a path in it, "" itself. */
#ifndef RESCUE_APPLY_MODULE_FOLDERS_H
#define RESCUE_APPLY_MODULE_FOLDERS_H

#include "work.h"

/* "stage PATH" failed with that -errno. */
int modules_fault(const struct work *w, int error, const char *relative, struct fault *f);

/* What a directory shall be in the end; the last word counts. */
int folders_note(struct work *w, const char *relative, const struct stage_attributes *a,
	struct fault *f);
int folders_note_default(struct work *w, const char *relative, struct fault *f);
/* 1: made now; 0: it was there. */
int folders_make(struct work *w, const char *relative, struct fault *f);
/* Those above relative; what nobody has noted is a plain one. */
int folders_make_parents(struct work *w, const char *relative, struct fault *f);
/* The directory of relative, open; the caller frees the name in it. */
int folders_parent(
	const struct work *w, const char *relative, char **ret_name, struct fault *f);
/*
 * The same, made where need be, as w->modules.folder_fd. Files come folder by folder: each
 * is made, found and opened once.
 */
int folders_enter(
	struct work *w, const char *relative, const char **ret_name, struct fault *f);
/* All become what was noted. */
int folders_finish(struct work *w, struct fault *f);

#endif
