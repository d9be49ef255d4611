/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Setting, completing and telling the one fault of a run. Nothing here allocates but
 * fault_describe: a fault must be told even when there is no memory left.
 */
#include "fault.h"

#include <errno.h>

static const char *const code_names[FAULT_CODES] = {
	[FAULT_USAGE] = "USAGE",
	[FAULT_NO_SYSTEM] = "NO-SYSTEM",
	[FAULT_AMBIGUOUS_SYSTEM] = "AMBIGUOUS-SYSTEM",
	[FAULT_NEEDS_PRIVILEGE] = "NEEDS-PRIVILEGE",
	[FAULT_CONFIRMATION_NEEDED] = "CONFIRMATION-NEEDED",
	[FAULT_BOOT_NOT_MOUNTED] = "BOOT-NOT-MOUNTED",
	[FAULT_ROOT_NOT_REACHABLE] = "ROOT-NOT-REACHABLE",
	[FAULT_HIBERNATED] = "HIBERNATED",
	[FAULT_NOT_A_PACKAGE] = "NOT-A-PACKAGE",
	[FAULT_NO_KERNEL_IN_PACKAGE] = "NO-KERNEL-IN-PACKAGE",
	[FAULT_WRONG_ARCH] = "WRONG-ARCH",
	[FAULT_INCOMPLETE_SET] = "INCOMPLETE-SET",
	[FAULT_UNSIGNED] = "UNSIGNED",
	[FAULT_BAD_DIGEST] = "BAD-DIGEST",
	[FAULT_BAD_SIGNATURE] = "BAD-SIGNATURE",
	[FAULT_NO_SPACE] = "NO-SPACE",
	[FAULT_STALE] = "STALE",
	[FAULT_LOCKED] = "LOCKED",
	[FAULT_INTERRUPTED] = "INTERRUPTED",
};

#define SET_TEXT(field, text) snprintf((field), sizeof(field), "%s", (text))

/* The arguments may point into the fault that is being replaced: text is made first. */
#define FORMAT(text, format)                                                             \
	do {                                                                             \
		va_list args_;                                                           \
		va_start(args_, format);                                                 \
		vsnprintf((text), sizeof(text), (format), args_);                        \
		va_end(args_);                                                           \
	} while (0)

int fault_errno(struct fault *f, int error, const char *path, const char *doing, ...)
{
	struct fault fresh = {.code = FAULT_ERRNO, .error = error};

	if (!f)
		return -error;
	FORMAT(fresh.doing, doing);
	SET_TEXT(fresh.path, path ? path : "");
	*f = fresh;
	return -error;
}

int fault_named(struct fault *f, enum fault_code code, const char *path,
	const char *doing, const char *reason, ...)
{
	struct fault fresh = {.code = code};

	if (!f)
		return -EINVAL;
	FORMAT(fresh.reason, reason);
	SET_TEXT(fresh.doing, doing);
	SET_TEXT(fresh.path, path ? path : "");
	*f = fresh;
	return -EINVAL;
}

int fault_damaged(struct fault *f, const char *doing, const char *reason, ...)
{
	struct fault fresh = {.code = FAULT_ERRNO, .error = EBADMSG};

	if (!f)
		return -EBADMSG;
	FORMAT(fresh.reason, reason);
	SET_TEXT(fresh.doing, doing);
	*f = fresh;
	return -EBADMSG;
}

int fault_no_memory(struct fault *f)
{
	return fault_errno(f, ENOMEM, NULL, "get memory");
}

void fault_reason(struct fault *f, const char *reason, ...)
{
	char text[sizeof(f->reason)];

	if (!f || f->reason[0])
		return;
	FORMAT(text, reason);
	SET_TEXT(f->reason, text);
}

void fault_hint(struct fault *f, const char *hint, ...)
{
	char text[sizeof(f->hint)];

	if (!f || f->hint[0])
		return;
	FORMAT(text, hint);
	SET_TEXT(f->hint, text);
}

void fault_device(struct fault *f, const char *device)
{
	if (f && !f->device[0] && device)
		SET_TEXT(f->device, device);
}

void fault_system(struct fault *f, const char *system)
{
	if (f && !f->system[0] && system)
		SET_TEXT(f->system, system);
}

void fault_output(struct fault *f, const struct buffer *output)
{
	const char *text = output->data, *line;

	if (!f || f->output[0] || !text)
		return;
	if (output->size >= sizeof(f->output)) {
		text += output->size - (sizeof(f->output) - 1);
		line = strchr(text, '\n');
		text = line ? line + 1 : text;
	}
	SET_TEXT(f->output, text);
}

const char *fault_code_name(const struct fault *f)
{
	const char *name = f->code < FAULT_CODES ? code_names[f->code] : NULL;

	return name ? name : errno_name(f->error);
}

int fault_describe(const struct fault *f, struct buffer *ret)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = buffer_printf(&text, "cannot %s", f->doing[0] ? f->doing : "go on");

	if (r == 0 && f->device[0])
		r = buffer_printf(&text, " on %s", f->device);
	if (r == 0 && f->system[0])
		r = buffer_printf(&text, " (%s)", f->system);
	if (r == 0)
		r = buffer_printf(&text, ": %s (%s)",
			f->reason[0] ? f->reason : strerror(f->error),
			fault_code_name(f));
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(text);
	return 0;
}

int fault_exit_code(const struct fault *f)
{
	if (f->code == FAULT_USAGE)
		return 64;
	if (f->state == STATE_INCOMPLETE)
		return 4;
	return f->state == STATE_UNDONE ? 3 : 2;
}
