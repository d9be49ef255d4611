/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a journal is told to users. */
#ifndef RESCUE_APPLY_HISTORY_H
#define RESCUE_APPLY_HISTORY_H

#include "apply.h"

/* 0 or -ENOMEM. */
int transaction_describe(
	struct transaction *ret, const struct journal *j, enum transaction_state state);

#endif
