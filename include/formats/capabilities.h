/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capabilities of a file: from text (libcap: cap_text_formats(7), as RPM headers have it) to
 * the value of security.capability (linux/capability.h: struct vfs_cap_data, revision 2).
 */
#ifndef RESCUE_FORMATS_CAPABILITIES_H
#define RESCUE_FORMATS_CAPABILITIES_H

#include "base.h"

#define CAPABILITIES_XATTR "security.capability"
#define CAPABILITIES_SIZE 20

/* 0, or -EBADMSG for what is no such text or names an unknown capability. */
int capabilities_parse(uint8_t ret[CAPABILITIES_SIZE], const char *text);

#endif
