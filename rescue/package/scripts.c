/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a package's scripts would have done on its installation: what "restore" does in
 * their place, and what nobody does. They are read, never run.
 */
#include "package_room.h"

#include "formats/shell_commands.h"

#include <errno.h>

static const struct {
	uint32_t text, interpreter;
} scripts[] = {
	{TAG_PRE_TRANSACTION, TAG_PRE_TRANSACTION_PROGRAM},
	{TAG_PRE_INSTALL, TAG_PRE_INSTALL_PROGRAM},
	{TAG_POST_INSTALL, TAG_POST_INSTALL_PROGRAM},
	{TAG_POST_TRANSACTION, TAG_POST_TRANSACTION_PROGRAM},
};

/* Commands whose work a restored kernel gets from us. */
static const char *const ours[] = {"depmod", "dracut", "fixfiles", "grub2-mkconfig",
	"grub2-set-default", "grubby", "installkernel", "kernel-install", "mkinitrd",
	"new-kernel-pkg", "restorecon"};

/* Commands that leave nothing behind: the shell's own, and those that look or tell. */
static const char *const harmless[] = {".", ":", "[", "[[", "]]", "basename", "break", "cat",
	"cd", "command", "continue", "cut", "date", "dirname", "echo", "exec", "exit", "export",
	"false", "find", "grep", "head", "local", "ls", "printf", "pwd", "read", "readlink",
	"return", "set", "shift", "sleep", "sort", "stat", "tail", "test", "tr", "trap", "true",
	"type", "umask", "uname", "unset", "wait", "which"};

static bool is_among(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(names[i], name))
			return true;
	}
	return false;
}

/* Links or copies of symvers into /boot, and notes from one script to the next. */
static bool is_ours_by_object(const char *name, const char *command)
{
	static const char *const movers[] = {"cp", "ln"};

	return is_among(movers, ARRAY_SIZE(movers), name) && strstr(command, "symvers");
}

static bool is_note(const char *command)
{
	return strstr(command, "/rpm-state/") != NULL;
}

/* "/sbin/depmod -a V": "depmod". NULL: no memory. */
static char *name_of(const char *command)
{
	size_t size = strcspn(command, " ");
	const char *slash = memrchr(command, '/', size);
	const char *name = slash ? slash + 1 : command;

	return strndup(name, size - (size_t)(name - command));
}

static int take_command(struct package *p, const char *command)
{
	_cleanup_free_ char *name = name_of(command);

	if (!name)
		return -ENOMEM;
	if (is_among(ours, ARRAY_SIZE(ours), name) || is_ours_by_object(name, command))
		return strings_add_new(&p->replaced, name);
	if (!name[0] || is_note(command) || is_among(harmless, ARRAY_SIZE(harmless), name))
		return 0;
	return strings_add_new(&p->not_done, name);
}

/* The scripts of other interpreters (<lua>, perl) are named as a whole. */
static int take_script(struct package *p, const char *text, const char *interpreter)
{
	_cleanup_(strings_done) struct strings commands = {0};
	int r;

	if (!text_ends(interpreter, "sh"))
		return strings_add_new(&p->not_done, interpreter);
	r = shell_commands(&commands, (struct bytes){(const uint8_t *)text, strlen(text)});
	if (r == -EFBIG)
		return strings_add_new(&p->not_done, interpreter);
	for (size_t i = 0; r == 0 && i < commands.count; i++)
		r = take_command(p, commands.items[i]);
	return r;
}

/* No text: the interpreter alone is run ("%post -p /sbin/ldconfig"). */
static int take_one(struct package *p, const struct rpm_header *h, size_t script)
{
	const char *text = "", *interpreter = "/bin/sh";
	int r = rpm_header_text(h, scripts[script].text, &text);
	bool has_text = r == 0;

	if (r == 0 || r == -ENOENT)
		r = rpm_header_text(h, scripts[script].interpreter, &interpreter);
	if (r == -ENOENT)
		r = 0;
	if (r < 0)
		return r;
	return has_text ? take_script(p, text, interpreter) : take_command(p, interpreter);
}

int package_take_scripts(struct package *p, const struct rpm_header *h, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(scripts); i++) {
		if (rpm_header_has(h, scripts[i].text) ||
		    rpm_header_has(h, scripts[i].interpreter))
			r = take_one(p, h, i);
	}
	if (r == -ENOMEM)
		return fault_no_memory(f);
	return r < 0 ? package_refuse(f, p, "its scripts are damaged") : 0;
}
