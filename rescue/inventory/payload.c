/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payload of a kernel image is unpacked once: that shows that it is whole, and what it
 * exports and which keys it trusts is kept; the tens of MiB that it was are not.
 */
#include "inventory.h"

#include "formats/kernel_symbol.h"
#include "kernel_window.h"

#include <errno.h>

void image_payload_done(struct image_payload *p)
{
	buffer_done(&p->exports);
	kernel_keys_done(&p->keys);
	p->digest[0] = '\0';
}

static int copy(struct image_payload *ret, const struct image_payload *from)
{
	if (buffer_append(&ret->exports, from->exports.data, from->exports.size) < 0)
		return -ENOMEM;
	return kernel_keys_copy(&ret->keys, &from->keys);
}


static int add_line(void *data, const struct kernel_symbol *s)
{
	return buffer_printf(data, "0x%08x\t%s\tvmlinux\tEXPORT_SYMBOL%s\t%s\n",
			     s->has_crc ? s->crc : 0, s->name, s->gpl_only ? "_GPL" : "",
			     s->name_space);
}

static int take(struct image_payload *p, struct bytes vmlinux)
{
	int r = kernel_keys_find(&p->keys, vmlinux);

	if (r == 0)
		r = elf_kernel_exports(vmlinux, add_line, &p->exports, NULL);
	if (r < 0)
		buffer_done(&p->exports);
	return r == -ENOMEM ? r : 0;
}

/* 1: done; 0: it has to be unpacked in the plain way. */
static int take_window(struct image_payload *p, const struct linux_image *image)
{
	_cleanup_(kernel_window_done) struct kernel_window w = {0};
	int r = kernel_window_unpack(&w, image->compression, image->payload,
				     LINUX_IMAGE_MAX_PAYLOAD);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (w.forgotten_to > w.forgotten_from &&
	    elf_kernel_first_table(w.vmlinux) < w.forgotten_to)
		return 0;
	r = take(p, w.vmlinux);
	return r < 0 ? r : 1;
}

static int take_whole(struct image_payload *p, const struct linux_image *image)
{
	_cleanup_(buffer_done) struct buffer vmlinux = {0};
	int r = decompress(image->compression, image->payload, LINUX_IMAGE_MAX_PAYLOAD,
			   &vmlinux);

	return r < 0 ? r : take(p, buffer_bytes(&vmlinux));
}

int image_payload_read(struct image_payload *ret, const struct linux_image *image,
		       const struct readings *known)
{
	_cleanup_(image_payload_done) struct image_payload p = {0};
	const struct image_payload *before = NULL;
	int r;

	if (known) {
		digest_of(DIGEST_SHA256, image->payload, p.digest);
		before = readings_find_image(known, p.digest);
	}
	if (before) {
		r = copy(&p, before);
	} else if (image->compression == COMPRESSION_NONE) {
		r = take(&p, image->payload);
	} else {
		r = take_window(&p, image);
		if (r == 0)
			r = take_whole(&p, image);
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(p);
	return 0;
}
