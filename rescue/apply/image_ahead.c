/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's image unpacked by another thread, while its modules are indexed. */
#include "work.h"

#include "formats/linux_image.h"

#include <errno.h>

/* Where the image of the plan's release will be. */
static const struct operation *find_operation(const struct work *w, const char *path)
{
	for (size_t i = 0; i < w->plan->count; i++)
		if (strcmp(w->plan->operations[i].path, path) == 0)
			return &w->plan->operations[i];
	return NULL;
}

/* The bytes that it will have. 0 also where the plan brings none; -ENOMEM. */
static int read_image(struct buffer *ret, const struct work *w)
{
	_cleanup_free_ char *path = inventory_image_path(w->inv, w->plan->release);
	const struct operation *op = path ? find_operation(w, path) : NULL;
	_cleanup_close_ int fd = -1;
	int r;

	if (!path)
		return -ENOMEM;
	if (!op || (op->op != OP_COPY && op->op != OP_FILE))
		return 0;
	fd = stage_open_source(w, op->op == OP_COPY ? op->from : path, NULL);
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	r = fd_read_all(fd, LINUX_IMAGE_MAX_SIZE, ret);
	return r == -ENOMEM ? r : 0;
}

static void *unpack(void *data)
{
	struct image_ahead *a = data;
	struct linux_image image;

	if (linux_image_parse(&image, buffer_bytes(&a->file), NULL) == 0)
		(void)image_payload_read(&a->payload, &image, NULL);
	return NULL;
}

int image_ahead_start(struct work *w, struct fault *f)
{
	struct image_ahead *a = &w->image;
	int r = w->plan->release ? read_image(&a->file, w) : 0;

	if (r < 0)
		return fault_no_memory(f);
	a->runs = a->file.size > 0 && thread_start(&a->thread, unpack, a) == 0;
	return 0;
}

void image_ahead_wait(struct image_ahead *a)
{
	if (a->runs)
		pthread_join(a->thread, NULL);
	a->runs = false;
	buffer_done(&a->file);
}

void image_ahead_done(struct image_ahead *a)
{
	image_ahead_wait(a);
	image_payload_done(&a->payload);
}
