/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What depmod.d(5) and modprobe.d(5) say: which of two files counts, what is not loaded. */
#ifndef RESCUE_FORMATS_KMOD_CONFIG_H
#define RESCUE_FORMATS_KMOD_CONFIG_H

#include "formats/modules_index.h"

#define KMOD_CONFIG_MAX_SIZE (1024u * 1024)

/* depmod.d. Files are parsed in the order of their names, as depmod does. */
struct depmod_config {
	struct strings search;	  /* directories, "built-in", "external"; as written */
	struct strings overrides; /* SUBDIR/MODULE */
	struct strings externals; /* directories */
};

void depmod_config_done(struct depmod_config *c);
/* Adds what a file says for that release. -ENOMEM; other lines are passed over. */
int depmod_config_parse(struct depmod_config *c, struct bytes in, const char *release);
/*
 * depmod takes the file `first` where it found `second` too, of the same module. Both
 * relative to the module directory, or absolute below an external one.
 */
bool depmod_prefers(const struct depmod_config *c, const char *first, const char *second);

/* modprobe.d and modprobe.conf. */
struct modprobe_config {
	struct modules_alias aliases;
	struct strings blacklist; /* a_b form: no alias loads it */
	struct strings disabled;  /* install NAME /bin/true and the like: nothing loads it */
};

void modprobe_config_done(struct modprobe_config *c);
int modprobe_config_parse(struct modprobe_config *c, struct bytes in);

#endif
