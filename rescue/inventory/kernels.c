/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernels there are, or were: one for each release that something still names. */
#include "reader.h"

#include "formats/linux_image.h"
#include "formats/rpm_version.h"
#include "thread.h"

#include <errno.h>

/* ---- releases --------------------------------------------------------------------- */

static int add_release(struct reader *r, const char *release)
{
	if (!is_release(release) || r->releases.count >= INVENTORY_MAX_KERNELS)
		return 0;
	return strings_add_new(&r->releases, release);
}

/* A module directory in which nothing is left proves nothing. */
static int add_from_modules(struct reader *r)
{
	_cleanup_(strings_done) struct strings names = {0};
	int error = reader_list(r, "/lib/modules", &names);

	for (size_t i = 0; error >= 0 && i < names.count; i++) {
		_cleanup_(strings_done) struct strings inside = {0};
		_cleanup_free_ char *path =
			text_printf("/lib/modules/%s", names.items[i]);

		if (!path)
			return -ENOMEM;
		if (!is_release(names.items[i]))
			continue;
		error = reader_list(r, path, &inside);
		if (error >= 0 && inside.count > 0)
			error = add_release(r, names.items[i]);
	}
	return error;
}

/* The release in a file name of /boot between a prefix and an ending. */
static int add_between(
	struct reader *r, const char *name, const char *prefix, const char *ending)
{
	_cleanup_free_ char *release = NULL;
	size_t start = strlen(prefix), size = strlen(name), tail = strlen(ending);

	if (!text_starts(name, prefix) || !text_ends(name, ending) ||
		size <= start + tail || is_rescue_name(name))
		return 0;
	release = strndup(name + start, size - start - tail);
	return release ? add_release(r, release) : -ENOMEM;
}

/* The symvers and configs that packages leave behind prove no kernel; nor do kdump's. */
static int add_from_boot(struct reader *r)
{
	int error = reader_list(r, "/boot", &r->boot);

	for (size_t i = 0; error >= 0 && i < r->boot.count; i++) {
		const char *name = r->boot.items[i];

		error = add_between(r, name, "vmlinuz-", "");
		if (error >= 0)
			error = add_between(r, name, "initramfs-", ".img");
		if (error >= 0)
			error = add_between(r, name, "initrd-", ".img");
	}
	return error;
}

/* Entries of other systems name kernels of other systems. */
bool draft_may_be_ours(const struct draft *d)
{
	return d->entry.is_of_this_root || !d->entry.options ||
	       !strstr(d->entry.options, "root=");
}

static int add_from_entries(struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++) {
		const struct draft *d = &r->drafts[i];

		if (d->release && draft_may_be_ours(d) && add_release(r, d->release) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int compare_newest_first(const void *a, const void *b)
{
	return rpm_version_compare(*(char *const *)b, *(char *const *)a);
}

/* TOKEN/V/linux, or vmlinuz-V at the top. */
static int add_from_systemd_boot(struct reader *r)
{
	_cleanup_(strings_done) struct strings tops = {0}, folders = {0};
	const struct systemd_boot *s = &r->inv.systemd;
	_cleanup_free_ char *path = NULL;
	int error = 0;

	if (!s->root)
		return 0;
	path = text_printf("%s/%s", s->root, r->inv.entry_token);
	error = path ? reader_list(r, path, &folders) : -ENOMEM;
	for (size_t i = 0; error >= 0 && i < folders.count; i++)
		error = add_release(r, folders.items[i]);
	if (error >= 0)
		error = reader_list(r, s->root, &tops);
	for (size_t i = 0; error >= 0 && i < tops.count; i++)
		error = add_between(r, tops.items[i], "vmlinuz-", "");
	return error;
}

int read_releases(struct reader *r)
{
	int error = add_from_modules(r);

	if (error >= 0)
		error = add_from_boot(r);
	if (error >= 0)
		error = add_from_systemd_boot(r);
	if (error >= 0)
		error = add_from_entries(r);
	if (r->releases.count > 1)
		qsort(r->releases.items, r->releases.count, sizeof(char *),
			compare_newest_first);
	return error;
}

/* ---- their parts ------------------------------------------------------------------ */

static int add_kernels(struct reader *r)
{
	struct inventory *inv = &r->inv;
	int error = 0;

	for (size_t i = 0; error >= 0 && i < r->releases.count; i++) {
		struct kernel *k;

		if (vector_grow(&inv->kernels, &inv->kernel_capacity, inv->kernel_count,
			    sizeof(*k)) < 0)
			return -ENOMEM;
		k = &inv->kernels[inv->kernel_count++];
		*k = (struct kernel){.release = strdup(r->releases.items[i])};
		error = k->release ? find_image(r, k) : -ENOMEM;
	}
	return error;
}

/* One after another: an image that is unpacked takes much memory for that time. */
struct images {
	const struct reader *r;
	struct kernel *kernels;
	size_t count;
	int error;
};

static void *read_images(void *data)
{
	struct images *images = data;

	for (size_t i = 0; images->error >= 0 && i < images->count; i++)
		images->error = read_image(images->r, &images->kernels[i]);
	return NULL;
}

static int read_other_parts(struct reader *r)
{
	int error = 0;

	for (size_t i = 0; error >= 0 && i < r->inv.kernel_count; i++) {
		error = read_modules(r, &r->inv.kernels[i]);
		if (error >= 0)
			error = read_initramfs(r, &r->inv.kernels[i]);
	}
	return error;
}

/* Images take as long to unpack as all else together: a thread is for them. */
int read_kernels(struct reader *r)
{
	struct images images = {.r = r};
	int error = add_kernels(r);
	pthread_t thread;
	bool has_thread;

	if (error < 0)
		return error;
	images.kernels = r->inv.kernels;
	images.count = r->inv.kernel_count;
	has_thread = thread_useful(2) > 1 && thread_start(&thread, read_images, &images) == 0;
	error = read_other_parts(r);
	if (has_thread)
		pthread_join(thread, NULL);
	else
		read_images(&images);
	return MIN_OF(error, images.error);
}

/* ---- entries and kernels ---------------------------------------------------------- */

static int index_of(const struct inventory *inv, const char *release)
{
	const struct kernel *k = release ? inventory_find_kernel(inv, release) : NULL;

	return k ? (int)(k - inv->kernels) : -1;
}

/* A rescue entry starts the kernel that its image says it is, yet is no entry of it. */
static int kernel_of_rescue_image(struct reader *r, const struct draft *d, int *ret)
{
	_cleanup_(buffer_done) struct buffer file = {0};
	struct linux_image image;
	int error;

	*ret = -1;
	if (!d->entry.linux_path || !is_rescue_name(d->entry.linux_path))
		return 0;
	error = target_read(r->t, d->entry.linux_path, LINUX_IMAGE_MAX_SIZE, &file, NULL);
	if (error == 0 && linux_image_parse(&image, buffer_bytes(&file), NULL) == 0)
		*ret = index_of(&r->inv, image.release);
	return error == -ENOMEM ? error : 0;
}

static int add_to_kernel(struct kernel *k, size_t entry)
{
	int error = vector_grow(
		&k->entries, &k->entry_capacity, k->entry_count, sizeof(*k->entries));

	if (error >= 0)
		k->entries[k->entry_count++] = entry;
	return error;
}

int link_entries(struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++) {
		struct draft *d = &r->drafts[i];
		int error = 0;

		d->entry.kernel = index_of(&r->inv, d->release);
		if (d->entry.kernel >= 0)
			error = add_to_kernel(&r->inv.kernels[d->entry.kernel], i);
		else
			error = kernel_of_rescue_image(r, d, &d->entry.kernel);
		if (error < 0)
			return error;
	}
	return 0;
}
