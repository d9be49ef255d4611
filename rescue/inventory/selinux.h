/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RESCUE_INVENTORY_SELINUX_H
#define RESCUE_INVENTORY_SELINUX_H

#include "target.h"

/*
 * "targeted"; *ret NULL: SELinux is disabled, or no policy with file_contexts is there.
 */
int selinux_policy_type(char **ret, const struct target *t, struct fault *f);

#endif
