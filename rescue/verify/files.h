/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a system as they will be: its own, and over them what packages bring. */
#ifndef RESCUE_VERIFY_FILES_H
#define RESCUE_VERIFY_FILES_H

#include "target.h"

struct brought_file {
	char *path; /* as the running system sees it; never below /usr/lib/modules */
	struct buffer content;
};

struct files {
	const struct target *target; /* borrowed */
	struct brought_file *items;
	size_t count, capacity;
};

void files_done(struct files *files);
/* Takes the content over. 0 or -ENOMEM. */
int files_bring(struct files *files, const char *path, struct buffer *take);
/* What packages bring there; NULL: nothing. */
const struct buffer *files_brought(const struct files *files, const char *path);
/* As target_read, without a fault. */
int files_read(const struct files *files, const char *path, size_t limit, struct buffer *ret);

#endif
