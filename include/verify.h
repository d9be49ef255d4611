/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3: rules over an inventory: will it boot, and what is wrong. */
#ifndef RESCUE_VERIFY_H
#define RESCUE_VERIFY_H

#include "inventory.h"
#include "package.h"

enum verdict { VERDICT_BOOTABLE, VERDICT_DEGRADED, VERDICT_UNBOOTABLE };
const char *verdict_name(enum verdict v);

enum kernel_state { KERNEL_BOOTABLE, KERNEL_INCOMPLETE, KERNEL_ABSENT };
const char *kernel_state_name(enum kernel_state s);

enum module_verdict { MODULE_LOADS, MODULE_REFUSED, MODULE_UNKNOWN };
const char *module_verdict_name(enum module_verdict v);

struct module_judgement {
	char *path;   /* /lib/modules/V/kernel/… */
	char *name;
	char *kernel; /* release */
	bool third_party;
	enum module_verdict verdict;
	const char *reason; /* static: "vermagic", "format", "arch"; NULL: none */
	char *detail;	    /* or NULL */
};

struct verify_options {
	struct strings kernels; /* releases; empty: all */
	struct strings modules; /* files on the rescue machine, judged singly */
	bool all_modules;	/* report those in-tree ones too that load */
	bool boot_path_only;	/* do not read modules (inventory, planning) */
};

struct verification {
	enum verdict verdict;
	enum kernel_state *kernel_states; /* one a kernel of the inventory */
	size_t kernel_count;
	struct findings findings;
	struct module_judgement *modules;
	size_t module_count, module_capacity;
};

/* sets may be NULL: then no package is named that is not in the patient's own caches. */
int verify_run(struct verification *ret, const struct inventory *inv,
	       const struct package_sets *sets, const struct verify_options *options,
	       struct fault *f);
void verification_done(struct verification *v);

#endif
