/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules of one kernel, and which of them an initramfs needs. */
#ifndef RESCUE_GENERATE_MODULE_SET_H
#define RESCUE_GENERATE_MODULE_SET_H

#include "formats/modules_index.h"
#include "staged.h"

struct module_set {
	const struct staged *staged; /* borrowed */
	struct modules_dep dep;
	struct modules_alias alias;
	struct modules_softdep softdep;
	struct strings order;       /* modules.order; may be empty */
	struct strings builtin;     /* names, sorted; may be empty */
	struct buffer builtin_info; /* modules.builtin.modinfo; may be empty */
	struct module_name *names;  /* one a dep item, sorted by name */
	bool *chosen;               /* one a dep item */
	bool *served;    /* chosen for itself, not only because others need it */
	size_t *waiting; /* chosen, their needs not yet looked at */
	size_t waiting_count;
	size_t chosen_count;
};

struct module_name {
	char *name; /* a_b form */
	size_t item;
};

/* Reads the index; every other file is optional. */
int module_set_read(struct module_set *ret, const struct staged *staged, struct fault *f);
void module_set_done(struct module_set *s);

/* Chooses by place below the module directory: "drivers/scsi/". */
int module_set_choose_directory(struct module_set *s, const char *directory);
/* Chooses by name, else by alias; 1: something was chosen (now or before), 0: no such. */
int module_set_choose(struct module_set *s, const char *word);
/* Modules that are not the kernel's own and drive disks. */
int module_set_choose_third_party(struct module_set *s, const char *const *directories);
/* 1 when the kernel can mount that type, its modules then chosen; 0 when it cannot. */
int module_set_choose_filesystem(
	struct module_set *s, const char *type, const char *config);
/* Chosen, and chosen for itself: only those shall be loaded for the devices they name. */
bool module_set_has(const struct module_set *s, const char *name);
bool module_set_serves(const struct module_set *s, const char *name);
bool module_set_has_builtin(const struct module_set *s, const char *name);

#endif
