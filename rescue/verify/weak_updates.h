/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Third-party modules of other kernels that this one would take, by links (weak-modules). */
#ifndef RESCUE_VERIFY_WEAK_UPDATES_H
#define RESCUE_VERIFY_WEAK_UPDATES_H

#include "judge_room.h"
#include "verify_rules.h"

/*
 * Adds those that no module of its own stands for, as candidates; the tree was judged and
 * finished before. 0 or -ENOMEM.
 */
int weak_updates_judge(struct judge *judge, const struct rules *r, const struct kernel *k);
/* What came of them: links that can be made, and what is lost. 0 or -ENOMEM. */
int weak_updates_take(struct rules *r, const struct kernel *k, const struct judge *judge);

#endif
