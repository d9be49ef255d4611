/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the command line of a new boot entry could come from. */
#include "reader.h"

#include "formats/cmdline.h"
#include "formats/shellvars.h"

#include <errno.h>

/* kernel-install's file: lines are joined, those that begin with # are left out. */
static int read_cmdline_file(struct reader *r, const char *path, char **ret)
{
	_cleanup_(buffer_done) struct buffer joined = {0};
	_cleanup_free_ char *text = NULL;
	char *line, *rest;
	int error = reader_text(r, path, CMDLINE_MAX_SIZE, &text);

	if (error < 0 || !text)
		return error;
	for (rest = text; (line = strsep(&rest, "\n"));) {
		line = text_strip(line);
		if (*line == '#' || *line == '\0')
			continue;
		if (buffer_printf(&joined, "%s%s", joined.size > 0 ? " " : "", line) < 0)
			return -ENOMEM;
	}
	*ret = joined.size > 0 ? buffer_steal(&joined) : NULL;
	return joined.size > 0 && !*ret ? -ENOMEM : 0;
}

/* GRUB_CMDLINE_LINUX is for every entry, _DEFAULT is added for the usual ones. */
static int read_default_grub(struct reader *r, char **ret)
{
	_cleanup_(shellvars_done) struct shellvars vars = {0};
	_cleanup_free_ char *text = NULL;
	const char *always, *usual;
	int error = reader_text(r, "/etc/default/grub", SHELLVARS_MAX_SIZE, &text);

	if (error < 0 || !text)
		return error;
	error = shellvars_parse(
		&vars, (struct bytes){(uint8_t *)text, strlen(text)}, NULL);
	if (error < 0)
		return error == -ENOMEM
			       ? error
			       : reader_cannot_read(r, "/etc/default/grub", error);
	always = shellvars_get(&vars, "GRUB_CMDLINE_LINUX");
	usual = shellvars_get(&vars, "GRUB_CMDLINE_LINUX_DEFAULT");
	if (!always && !usual)
		return 0;
	*ret = text_printf("%s%s%s", always ? always : "",
		always && *always && usual && *usual ? " " : "", usual ? usual : "");
	return *ret ? 0 : -ENOMEM;
}

int read_cmdline_sources(struct reader *r)
{
	struct cmdline_sources *c = &r->inv.cmdline;
	const char *kernelopts = loader_variable(r, "kernelopts");
	int error = read_cmdline_file(r, "/etc/kernel/cmdline", &c->etc_kernel_cmdline);

	if (error >= 0)
		error = read_cmdline_file(
			r, "/usr/lib/kernel/cmdline", &c->usr_kernel_cmdline);
	if (error >= 0)
		error = read_default_grub(r, &c->default_grub);
	if (error >= 0 && kernelopts) {
		c->kernelopts = strdup(kernelopts);
		error = c->kernelopts ? 0 : -ENOMEM;
	}
	return error;
}
