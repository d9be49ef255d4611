/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A LUKS header, as far as it tells who opens the device: clevis binds itself to LUKS2 by a
 * token (on-disk format, section 3.3) and to LUKS1 by luksmeta behind the key slots.
 */
#ifndef RESCUE_FORMATS_LUKS_H
#define RESCUE_FORMATS_LUKS_H

#include "base.h"

#define LUKS_MAX_HEADER (4u * 1024 * 1024) /* what a header may take at most */

/* How many bytes from the device's start on its header is; 0: there is none. */
uint64_t luks_header_size(struct bytes start);
/* header: that many bytes, or as many of them as could be read. */
bool luks_is_bound_to_clevis(struct bytes header);

#endif
