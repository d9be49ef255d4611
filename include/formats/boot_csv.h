/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BOOTX64.CSV on an ESP (shim: fallback.c, README.fallback): what shim's fallback is to
 * start, one line each, "FILE,TITLE,ARGUMENTS,COMMENT" in UCS-2, little endian, with a byte
 * order mark or without.
 */
#ifndef RESCUE_FORMATS_BOOT_CSV_H
#define RESCUE_FORMATS_BOOT_CSV_H

#include "base.h"

#define BOOT_CSV_MAX_SIZE (64 * 1024)
#define BOOT_CSV_MAX_LINES 64

/*
 * The files, in order; each is in the directory of the list. Lines that fallback passes over
 * (no file, no title) are left out, and names that are not ASCII. 0 or -ENOMEM.
 */
int boot_csv_parse(struct strings *ret, struct bytes in);

#endif
