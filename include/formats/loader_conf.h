/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-boot's loader.conf(5), whose lines are those of an entry (bls.h): its default is
 * a glob over what it calls entries, their file names in lower case.
 */
#ifndef RESCUE_FORMATS_LOADER_CONF_H
#define RESCUE_FORMATS_LOADER_CONF_H

#include "fault.h"

#define LOADER_CONF_MAX_SIZE (64 * 1024)

/* The pattern, in lower case, stands for the entry of that name ("token-v.conf"). */
bool loader_conf_matches(const char *pattern, const char *name);
/* The same text with that entry as the default; every other line stays as it is. */
int loader_conf_set_default(struct buffer *ret, struct bytes in, const char *name);

#endif
