/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fault: what went wrong with this run. There is exactly one, and it ends the command. */
#ifndef RESCUE_FAULT_H
#define RESCUE_FAULT_H

#include "base.h"

#include <limits.h>

/* FAULT_ERRNO carries an errno; the others are the named codes of the JSON contract. */
enum fault_code {
	FAULT_NONE,
	FAULT_ERRNO,
	FAULT_USAGE,
	FAULT_NO_SYSTEM,
	FAULT_AMBIGUOUS_SYSTEM,
	FAULT_NEEDS_PRIVILEGE,
	FAULT_CONFIRMATION_NEEDED,
	FAULT_BOOT_NOT_MOUNTED,
	FAULT_ROOT_NOT_REACHABLE,
	FAULT_HIBERNATED,
	FAULT_NOT_A_PACKAGE,
	FAULT_NO_KERNEL_IN_PACKAGE,
	FAULT_WRONG_ARCH,
	FAULT_INCOMPLETE_SET,
	FAULT_UNSIGNED,
	FAULT_BAD_DIGEST,
	FAULT_BAD_SIGNATURE,
	FAULT_NO_SPACE,
	FAULT_STALE,
	FAULT_LOCKED,
	FAULT_INTERRUPTED,
	FAULT_CODES
};

/* What a command that writes leaves behind. */
enum fault_state {
	STATE_LOOKED,	 /* a command that only looks: no state line */
	STATE_UNCHANGED, /* exit 2 */
	STATE_UNDONE,	 /* exit 3 */
	STATE_INCOMPLETE /* exit 4 */
};

/* Fixed arrays: a fault must be told even when there is no memory left. */
struct fault {
	enum fault_code code;
	int error;	    /* positive errno with FAULT_ERRNO, else 0 */
	enum fault_state state;
	char doing[192];    /* "VERB OBJECT": read /boot/vmlinuz-V */
	char reason[384];   /* empty: strerror(error) */
	char path[PATH_MAX]; /* the object's path for JSON, or empty */
	char device[256];
	char system[96];
	char hint[512];
	char transaction[32]; /* with STATE_INCOMPLETE: what to undo */
	char output[2048];  /* what a program of the system said last, whole lines */
};

/*
 * Both set the fault, fresh, and answer a negative errno to return: fault_errno -error,
 * fault_named -EINVAL. f may be NULL. path may be NULL; doing is "VERB OBJECT" (printf).
 */
int fault_errno(struct fault *f, int error, const char *path, const char *doing, ...)
	_printf_(4, 5);
int fault_named(struct fault *f, enum fault_code code, const char *path, const char *doing,
		const char *reason, ...) _printf_(5, 6);
int fault_no_memory(struct fault *f); /* -ENOMEM */
/* What a parser answers of bytes that are not what they should be: -EBADMSG. */
int fault_damaged(struct fault *f, const char *doing, const char *reason, ...)
	_printf_(3, 4);

/* What a caller adds that the lowest function could not know; only where still empty. */
void fault_reason(struct fault *f, const char *reason, ...) _printf_(2, 3);
void fault_hint(struct fault *f, const char *hint, ...) _printf_(2, 3);
void fault_device(struct fault *f, const char *device);
void fault_system(struct fault *f, const char *system);
void fault_output(struct fault *f, const struct buffer *output); /* as much as fits */

/* errno name or one of the contract's codes. */
const char *fault_code_name(const struct fault *f);
/* "cannot VERB OBJECT on DEVICE (SYSTEM): reason (CODE)", unescaped. */
int fault_describe(const struct fault *f, struct buffer *ret);
/* 2, 3, 4 or 64. */
int fault_exit_code(const struct fault *f);

#endif
