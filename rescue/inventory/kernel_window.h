/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An unpacked kernel of which only the end is kept: its tables, not its code. */
#ifndef RESCUE_INVENTORY_KERNEL_WINDOW_H
#define RESCUE_INVENTORY_KERNEL_WINDOW_H

#include "decompress.h"

struct kernel_window {
	struct bytes vmlinux;	/* at its full size; what is forgotten reads as zeros */
	size_t room;
	size_t forgotten_from, forgotten_to;
	size_t kept; /* bytes of pages that hold something */
};

void kernel_window_done(struct kernel_window *w);
/*
 * All of it is unpacked, so what succeeds is whole. Anything but -ENOMEM: it cannot be done
 * in this way (it does not say how large it is, say), or it is damaged.
 */
int kernel_window_unpack(struct kernel_window *ret, enum compression c, struct bytes in,
			 size_t limit);

#endif
