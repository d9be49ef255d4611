/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The new image is unpacked, and the new initramfs read back, beside other work. */
#include "work.h"

#include "formats/linux_image.h"

#include <errno.h>

static const struct readings nothing_known;

/* ---- image ------------------------------------------------------------------------------ */

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
	struct ahead *a = data;
	struct linux_image image;

	if (linux_image_parse(&image, buffer_bytes(&a->image), NULL) == 0)
		(void)image_payload_read(&a->payload, &image, &nothing_known);
	return NULL;
}

int ahead_image(struct work *w, struct fault *f)
{
	struct ahead *a = &w->ahead;

	if (w->plan->release && read_image(&a->image, w) < 0)
		return fault_no_memory(f);
	a->has_image =
		a->image.size > 0 && thread_start(&a->image_thread, unpack, a) == 0;
	return 0;
}

/* ---- initramfs ---------------------------------------------------------------------------- */

static void *list(void *data)
{
	struct ahead *a = data;

	if (initramfs_examine(&a->initramfs, TAKE_FD(a->fd), a->release,
		    &nothing_known) < 0)
		a->initramfs.listed = false;
	return NULL;
}

int ahead_initramfs(struct work *w, struct fault *f)
{
	struct ahead *a = &w->ahead;

	for (size_t i = 0; i < w->plan->count && a->fd < 0; i++) {
		const struct operation *op = &w->plan->operations[i];

		if (op->op != OP_INITRAMFS || w->steps[i] == NO_STEP)
			continue;
		a->initramfs.path = strdup(op->path);
		if (!a->initramfs.path)
			return fault_no_memory(f);
		a->fd = stage_open_source(w, op->path, NULL);
	}
	a->release = w->plan->release;
	a->has_initramfs =
		a->fd >= 0 && thread_start(&a->initramfs_thread, list, a) == 0;
	return 0;
}

/* ---- both ----------------------------------------------------------------------------------- */

void ahead_wait(struct ahead *a)
{
	if (a->has_image)
		pthread_join(a->image_thread, NULL);
	if (a->has_initramfs)
		pthread_join(a->initramfs_thread, NULL);
	a->has_image = a->has_initramfs = false;
	buffer_done(&a->image);
}

void ahead_done(struct ahead *a)
{
	ahead_wait(a);
	a->fd = safe_close(a->fd);
	image_payload_done(&a->payload);
	initramfs_file_done(&a->initramfs);
}
