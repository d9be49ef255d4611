/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RESCUE_INVENTORY_SELINUX_H
#define RESCUE_INVENTORY_SELINUX_H

#include "inventory.h"

/*
 * "targeted"; *ret NULL: SELinux is disabled, or no policy with file_contexts is there.
 */
int selinux_policy_type(char **ret, const struct target *t, struct fault *f);
/*
 * What enforcing mode loads before anything else and does not find: libselinux,
 * selinux_init_load_policy(). It gives up the boot then.
 */
int selinux_lost_policy(struct lost_policy *ret, const struct target *t, struct fault *f);

#endif
