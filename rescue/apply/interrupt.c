/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A signal asks; the work stops where it is safe to. */
#include "apply.h"
#include "room.h"

#include <signal.h>

static volatile sig_atomic_t is_asked;

void apply_interrupt(void)
{
	is_asked = 1;
}

int interrupt_check(struct fault *f)
{
	if (!is_asked)
		return 0;
	return fault_named(f, FAULT_INTERRUPTED, NULL, "go on", "a signal asked to stop");
}
