/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features of ext2, ext3 and ext4. */
#include "formats/superblock.h"

#include "superblock_fields.h"

#include <errno.h>

#define MAGIC_AT 0x38
#define MAGIC 0xef53
#define INCOMPAT_AT 0x60

int ext_features_parse(struct superblock_features *ret, struct bytes in)
{
	if (in.size < SUPERBLOCK_SIZE || field_le(in.data + MAGIC_AT, 2) != MAGIC)
		return -EBADMSG;
	*ret = (struct superblock_features){
		SUPERBLOCK_EXT, field_le(in.data + INCOMPAT_AT, 4)};
	return 0;
}
