/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 as bytes from a disk have it: perhaps broken, perhaps meant to deceive. */
#ifndef RESCUE_BASE_UTF8_H
#define RESCUE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One character of NUL-terminated text: its length in bytes, or 0 where it is broken. */
size_t utf8_decode(const char *text, uint32_t *ret);

/* Control characters (C0, DEL, C1) and those that turn the direction of text. */
bool utf8_is_unsafe(uint32_t point);

#endif
