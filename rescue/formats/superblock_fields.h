/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as superblocks hold them: XFS big endian, all others little endian. */
#ifndef RESCUE_FORMATS_SUPERBLOCK_FIELDS_H
#define RESCUE_FORMATS_SUPERBLOCK_FIELDS_H

#include "base.h"

static inline uint64_t field_le(const uint8_t *p, unsigned size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | p[size];
	return value;
}

static inline uint64_t field_be(const uint8_t *p, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | p[i];
	return value;
}

#endif
