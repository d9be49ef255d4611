/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features of btrfs. */
#include "formats/superblock.h"

#include "superblock_fields.h"

#include <errno.h>

#define MAGIC_AT 0x40
#define MAGIC "_BHRfS_M"
#define INCOMPAT_AT 0xbc

int btrfs_features_parse(struct superblock_features *ret, struct bytes in)
{
	if (in.size < SUPERBLOCK_SIZE || memcmp(in.data + MAGIC_AT, MAGIC, 8) != 0)
		return -EBADMSG;
	*ret = (struct superblock_features){
		SUPERBLOCK_BTRFS, field_le(in.data + INCOMPAT_AT, 8)};
	return 0;
}
