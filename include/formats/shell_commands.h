/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a shell script would run (POSIX shell, 2.9 and 2.10): its simple commands as they are
 * written. Nothing is expanded and no condition is judged; it is a list to look at, for the
 * scripts of packages, not a way to run them.
 */
#ifndef RESCUE_FORMATS_SHELL_COMMANDS_H
#define RESCUE_FORMATS_SHELL_COMMANDS_H

#include "base.h"

#define SHELL_MAX_SIZE ((size_t)1024 * 1024)

/*
 * Each command with its words, one blank between, without quotes, keywords, assignments and
 * redirections; also those in `…` and $(…). A NUL ends it. 0, -ENOMEM, or -EFBIG.
 */
int shell_commands(struct strings *ret, struct bytes in);

#endif
