/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of packages laid over a patient's, to be read as one. */
#include "files.h"

#include <errno.h>

void files_done(struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->items[i].path);
		buffer_done(&files->items[i].content);
	}
	free(files->items);
	*files = (struct files){.target = files->target};
}

int files_bring(struct files *files, const char *path, struct buffer *take)
{
	struct brought_file *file;

	if (VECTOR_GROW(files) < 0)
		return -ENOMEM;
	file = &files->items[files->count];
	*file = (struct brought_file){.path = strdup(path)};
	if (!file->path)
		return -ENOMEM;
	file->content = TAKE_STRUCT(*take);
	files->count++;
	return 0;
}

const struct buffer *files_brought(const struct files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->items[i].path, path) == 0)
			return &files->items[i].content;
	return NULL;
}

int files_read(const struct files *files, const char *path, size_t limit, struct buffer *ret)
{
	const struct buffer *content = files_brought(files, path);
	struct buffer copy = {0};

	if (!content)
		return target_read(files->target, path, limit, ret, NULL);
	if (content->size > limit)
		return -EFBIG;
	if (buffer_append(&copy, content->data ? content->data : "", content->size) < 0)
		return -ENOMEM;
	*ret = copy;
	return 0;
}
