/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features of XFS: before version 5 there were none that a reader had to know. */
#include "formats/superblock.h"

#include "superblock_fields.h"

#include <errno.h>

#define MAGIC "XFSB"
#define VERSION_AT 100
#define VERSION_MASK 0xf
#define INCOMPAT_AT 216

int xfs_features_parse(struct superblock_features *ret, struct bytes in)
{
	struct superblock_features f = {.kind = SUPERBLOCK_XFS};

	if (in.size < SUPERBLOCK_SIZE || memcmp(in.data, MAGIC, 4) != 0)
		return -EBADMSG;
	if ((field_be(in.data + VERSION_AT, 2) & VERSION_MASK) >= 5)
		f.incompat = field_be(in.data + INCOMPAT_AT, 4);
	*ret = f;
	return 0;
}
