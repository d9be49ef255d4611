/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which driver of a kernel serves a device, and which file of a name modprobe takes. */
#ifndef RESCUE_VERIFY_DRIVERS_H
#define RESCUE_VERIFY_DRIVERS_H

#include "formats/kmod_config.h"
#include "judge_room.h"
#include "verify_rules.h"

/* One kernel's drivers: what its indexes and the patient's configuration say. */
struct kernel_drivers {
	const struct kernel *kernel;
	const struct judge *judge;
	struct modules_alias aliases; /* of modules, built-ins, and modprobe.d */
	struct strings built_in;      /* names, sorted */
	struct modprobe_config modprobe;
	bool lists_built_in; /* the aliases of built-in drivers are among them */
};

void kernel_drivers_done(struct kernel_drivers *d);
/* judge: every module of that kernel, judged. 0 or -ENOMEM. */
int kernel_drivers_read(struct kernel_drivers *ret, const struct files *files,
			const struct kernel *k, const struct judge *judge);
/* The depmod.d of the patient, for that release. 0 or -ENOMEM. */
int kernel_search_read(struct depmod_config *ret, const struct target *t, const char *release);
bool kernel_drivers_built_in(const struct kernel_drivers *d, const char *name);
/*
 * The module of that name that modprobe would load, by depmod's order; NULL: none.
 * hidden: the best of those that it hides, or NULL (ret_hidden may be NULL).
 */
const struct judged *kernel_drivers_module(const struct kernel_drivers *d, const char *name,
				    const struct judged **ret_hidden);

struct driver_choice {
	enum hardware_verdict verdict;
	const struct judged *module, *hidden; /* or NULL */
	char *name;	     /* of the driver, or NULL */
	const char *obstacle; /* static: why it is not loaded though it is there, or NULL */
};
void driver_choice_done(struct driver_choice *c);
/* What would happen to a device that says so. 0 or -ENOMEM. */
int kernel_drivers_choose(const struct kernel_drivers *d, const char *modalias, struct driver_choice *ret);

/* hardware.c: every device against that kernel's drivers. 0 or -ENOMEM. */
int rules_hardware(struct rules *r, const struct kernel_drivers *d);
/* hardware.c: findings of all kernels, when each has been judged. 0 or -ENOMEM. */
int rules_hardware_findings(struct rules *r);
/* shadows.c: third-party modules that hide good ones. 0 or -ENOMEM. */
int rules_shadows(struct rules *r, const struct kernel_drivers *d);
/*
 * Whose module that is, what tells so and what mends it, as the end of a sentence; "" where
 * nothing is known. NULL: no memory.
 */
char *rules_owner_text(const struct rules *r, const struct kernel *k,
		       const struct module_judgement *j);

#endif
