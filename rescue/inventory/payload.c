/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payload of a kernel image is unpacked once: that shows that it is whole, and what it
 * exports and which keys it trusts is kept; the tens of MiB that it was are not.
 */
#include "inventory.h"

#include "formats/kernel_symbol.h"

#include <errno.h>

void image_payload_done(struct image_payload *p)
{
	buffer_done(&p->exports);
	kernel_keys_done(&p->keys);
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

int image_payload_read(struct image_payload *ret, const struct linux_image *image)
{
	_cleanup_(image_payload_done) struct image_payload p = {0};
	_cleanup_(buffer_done) struct buffer vmlinux = {0};
	int r;

	if (image->compression == COMPRESSION_NONE) {
		r = take(&p, image->payload);
	} else {
		r = decompress(image->compression, image->payload, LINUX_IMAGE_MAX_PAYLOAD,
			       &vmlinux);
		if (r >= 0)
			r = take(&p, buffer_bytes(&vmlinux));
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(p);
	return 0;
}
