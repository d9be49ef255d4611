/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What files told, kept for the next reading and found again by their digests. */
#include "inventory.h"

#include <errno.h>

void readings_done(struct readings *r)
{
	for (size_t i = 0; i < r->images.count; i++)
		image_payload_done(&r->images.items[i]);
	for (size_t i = 0; i < r->initramfs.count; i++) {
		free(r->initramfs.items[i].release);
		initramfs_file_done(&r->initramfs.items[i].file);
	}
	free(r->images.items);
	free(r->initramfs.items);
	*r = (struct readings){0};
}

const struct image_payload *readings_find_image(const struct readings *r, const char *digest)
{
	for (size_t i = 0; i < r->images.count; i++)
		if (strcmp(r->images.items[i].digest, digest) == 0)
			return &r->images.items[i];
	return NULL;
}

int readings_add_image(struct readings *r, struct image_payload *take)
{
	bool is_new = take->digest[0] && !readings_find_image(r, take->digest);
	int error = is_new ? VECTOR_GROW(&r->images) : 0;

	if (is_new && error == 0)
		r->images.items[r->images.count++] = TAKE_STRUCT(*take);
	image_payload_done(take);
	return error;
}

const struct initramfs_file *readings_find_initramfs(const struct readings *r,
						     const char *release,
						     const char *digest)
{
	for (size_t i = 0; i < r->initramfs.count; i++)
		if (strcmp(r->initramfs.items[i].file.digest, digest) == 0 &&
		    strcmp(r->initramfs.items[i].release, release) == 0)
			return &r->initramfs.items[i].file;
	return NULL;
}

int readings_add_initramfs(struct readings *r, const char *release,
			   struct initramfs_file *take)
{
	bool is_new = take->digest[0] && take->listed &&
		      !readings_find_initramfs(r, release, take->digest);
	char *copy = is_new ? strdup(release) : NULL;
	int error = is_new && !copy ? -ENOMEM : is_new ? VECTOR_GROW(&r->initramfs) : 0;

	if (is_new && error == 0)
		r->initramfs.items[r->initramfs.count++] = (struct initramfs_reading){
			.release = TAKE_PTR(copy), .file = TAKE_STRUCT(*take)};
	free(copy);
	initramfs_file_done(take);
	return error;
}

int inventory_give_readings(struct inventory *inv, struct readings *to)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < inv->kernel_count; i++) {
		struct kernel *k = &inv->kernels[i];

		r = readings_add_image(to, &k->image.payload);
		if (r >= 0)
			r = readings_add_initramfs(to, k->release, &k->initramfs);
	}
	return r;
}
