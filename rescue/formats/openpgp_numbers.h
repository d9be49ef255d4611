/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading numbers off the front of a span: what keys and signatures are made of. */
#ifndef RESCUE_FORMATS_OPENPGP_NUMBERS_H
#define RESCUE_FORMATS_OPENPGP_NUMBERS_H

#include "formats/openpgp.h"

/* All answer 0 or -EBADMSG: the span is too short. */
int take_bytes(struct bytes *in, size_t size, struct bytes *ret);
int take_number(struct bytes *in, unsigned size, uint32_t *ret); /* big endian, 1 to 4 bytes */
/* New style packets may have partial lengths from 224 on (refused), subpackets not. */
enum length_style { LENGTH_OF_PACKET, LENGTH_OF_SUBPACKET };
int take_length(struct bytes *in, enum length_style style, uint32_t *ret);
/* Also -ENOTSUP: of an unknown algorithm. */
int take_signature_numbers(struct bytes *in, struct openpgp_signature *s);

#endif
