/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tree in which shell scripts can be run: this machine's sh, cat, ln, and their libraries. */
#ifndef RESCUE_TESTS_SHELL_H
#define RESCUE_TESTS_SHELL_H

#include "tree.h"

#include <stdbool.h>

/* And the directories that a running system has. */
void tree_add_shell(struct tree *t);
/* This process may shut programs in; else the test says that it is skipped. */
bool can_confine(void);
#define NEED_CONFINE()                                                                   \
	do {                                                                             \
		if (!can_confine())                                                      \
			skip();                                                          \
	} while (0)

#endif
