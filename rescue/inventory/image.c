/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images: there, whole, and of the release that their name says? */
#include "reader.h"

#include "formats/linux_image.h"

#include <errno.h>

static bool is_there(const struct reader *r, const char *path)
{
	struct stat st;

	return target_stat(r->t, path, &st) == 0;
}

/* Where an entry of this kernel has its image: /boot/TOKEN/V/linux, say. */
static const char *path_of_entries(const struct reader *r, const char *release)
{
	const char *named = NULL;

	for (size_t i = 0; i < r->draft_count; i++) {
		const struct draft *d = &r->drafts[i];

		if (!text_equal(d->release, release) || !d->entry.linux_path)
			continue;
		if (is_there(r, d->entry.linux_path))
			return d->entry.linux_path;
		if (!named && text_ends(d->entry.linux_path, "/linux"))
			named = d->entry.linux_path;
	}
	return named;
}

/* What lies in a /boot of another file system it never starts. */
static int find_systemd_image(struct reader *r, const char *release, char **ret)
{
	const char *named = path_of_entries(r, release);
	_cleanup_free_ char *usual = inventory_image_path(&r->inv, release);

	if (!usual)
		return -ENOMEM;
	*ret = named && (is_there(r, named) || !is_there(r, usual)) ? strdup(named)
								    : TAKE_PTR(usual);
	return *ret ? 0 : -ENOMEM;
}

static int find_path(struct reader *r, const char *release, char **ret)
{
	_cleanup_free_ char *usual = text_printf("/boot/vmlinuz-%s", release);
	_cleanup_free_ char *folder =
		text_printf("/boot/%s/%s", r->inv.entry_token, release);
	const char *named;

	if (r->inv.systemd.root)
		return find_systemd_image(r, release, ret);
	if (!usual || !folder)
		return -ENOMEM;
	if (!is_there(r, usual)) {
		named = path_of_entries(r, release);
		if (named)
			*ret = strdup(named);
		else if (is_there(r, folder))
			*ret = text_printf("%s/linux", folder);
		else
			*ret = TAKE_PTR(usual);
	} else {
		*ret = TAKE_PTR(usual);
	}
	return *ret ? 0 : -ENOMEM;
}

static int set_damaged(struct kernel_image *image, char *take_damage)
{
	image->state = PART_DAMAGED;
	free(image->damage);
	image->damage = take_damage;
	return take_damage ? 0 : -ENOMEM;
}

/* Nothing but the whole payload shows that it can be unpacked when the machine starts. */
static int check_payload(const struct reader *r, struct kernel_image *image,
			 const struct linux_image *parsed)
{
	int error;

	if (parsed->payload.size == 0)
		return 0;
	error = image_payload_read(&image->payload, parsed, r->known);
	if (error == -ENOMEM || error == -ENOTSUP || error >= 0)
		return error == -ENOMEM ? error : 0;
	return set_damaged(
		image, text_printf("its %s payload does not unpack: %s",
			       compression_name(parsed->compression),
			       error == -EFBIG ? "it is too large" : "it is damaged"));
}

static int check_image(const struct reader *r, struct kernel_image *image,
		       const char *release, struct bytes file)
{
	_cleanup_free_ struct fault *why = calloc(1, sizeof(*why));
	struct linux_image parsed;
	int error;

	if (!why)
		return -ENOMEM;
	error = linux_image_parse(&parsed, file, why);
	if (error == -ENOMEM)
		return error;
	if (error < 0)
		return set_damaged(
			image, strdup(*why->reason ? why->reason : strerror(-error)));
	image->compression = parsed.compression;
	if (parsed.release[0]) {
		image->release = strdup(parsed.release);
		image->version = strndup((const char *)parsed.version.data,
					 parsed.version.size);
		if (!image->release || !image->version)
			return -ENOMEM;
		if (strcmp(parsed.release, release) != 0)
			return set_damaged(
				image, text_printf("it is kernel %s", parsed.release));
	}
	return check_payload(r, image, &parsed);
}

/* Everything but path: state, damage, release, compression, size; and the bytes. */
static int examine(const struct reader *r, const char *path, const char *release,
	struct kernel_image *image, struct buffer *file)
{
	int error = target_read(r->t, path, LINUX_IMAGE_MAX_SIZE, file, NULL);

	image->state = PART_OK;
	image->size = file->size;
	if (error == -ENOMEM)
		return error;
	if (error == -ENOENT || error == -ENOTDIR) {
		image->state = PART_MISSING;
		return 0;
	}
	if (error < 0)
		return set_damaged(
			image, text_printf("it cannot be read: %s", strerror(-error)));
	return check_image(r, image, release, buffer_bytes(file));
}

static void image_done(struct kernel_image *image)
{
	free(image->damage);
	free(image->release);
	free(image->version);
	image_payload_done(&image->payload);
}

/* 1: that file is a whole image of this release; equal to a whole image is whole. */
static int is_spare(const struct reader *r, const struct kernel *k, const struct buffer *image,
	const char *path)
{
	_cleanup_(image_done) struct kernel_image spare = {0};
	_cleanup_(buffer_done) struct buffer file = {0};
	int error = target_read(r->t, path, LINUX_IMAGE_MAX_SIZE, &file, NULL);

	if (error < 0)
		return error == -ENOMEM ? error : 0;
	if (k->image.state != PART_OK || file.size != image->size ||
		memcmp(file.data, image->data, file.size) != 0)
		error = check_image(r, &spare, k->release, buffer_bytes(&file));
	return error < 0 ? error : spare.state == PART_OK;
}

/* The package's own copy: in the module directory, or where the boot loader does not look. */
static int find_spare(const struct reader *r, struct kernel *k, const struct buffer *image)
{
	char *paths[] = {text_printf("/lib/modules/%s/vmlinuz", k->release),
		text_printf("/lib/modules/%s/Image", k->release),
		text_printf("/boot/vmlinuz-%s", k->release)};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!paths[i])
			error = -ENOMEM;
		if (error >= 0 && !k->image.spare &&
			strcmp(paths[i], k->image.path) != 0) {
			error = is_spare(r, k, image, paths[i]);
			if (error > 0)
				k->image.spare = TAKE_PTR(paths[i]);
		}
		free(paths[i]);
	}
	return MIN_OF(error, 0);
}

int find_image(struct reader *r, struct kernel *k)
{
	return find_path(r, k->release, &k->image.path);
}

int read_image(const struct reader *r, struct kernel *k)
{
	_cleanup_(buffer_done) struct buffer file = {0};
	int error = examine(r, k->image.path, k->release, &k->image, &file);

	return error < 0 ? error : find_spare(r, k, &file);
}
