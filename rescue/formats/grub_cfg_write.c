/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New menuentries for a grub.cfg, built from nothing or from another menuentry. */
#include "formats/grub_cfg.h"

#include "text_lines.h"

#include <errno.h>

/* A word in single quotes. */
static int put_quoted(struct buffer *ret, const char *text)
{
	int r = buffer_puts(ret, "'");

	for (; r >= 0 && *text; text++)
		r = *text == '\'' ? buffer_puts(ret, "'\\''") : buffer_append(ret, text, 1);
	return r < 0 ? r : buffer_puts(ret, "'");
}

/*
 * A kernel command line as words of the script: double quotes hold blanks there as well,
 * $variables stay, what else acts in a script is escaped.
 */
static int put_options(struct buffer *ret, const char *text)
{
	bool quoted = false, starts = true;
	int r = 0;

	for (; r >= 0 && *text; text++) {
		if (*text == '"')
			quoted = !quoted;
		if (*text == '\\' || (!quoted && (strchr(";&|<>{}'", *text) ||
						     (starts && *text == '#'))))
			r = buffer_puts(ret, "\\");
		if (r >= 0)
			r = buffer_append(ret, text, 1);
		starts = *text == ' ' || *text == '\t';
	}
	return r >= 0 && quoted ? buffer_puts(ret, "\"") : r;
}

/* linux16 goes with initrd16, linuxefi with initrdefi. */
static const char *word_ending(const char *linux_word)
{
	return text_starts(linux_word, "linux") && !text_equal(linux_word, "linuxxen")
		       ? linux_word + strlen("linux")
		       : "";
}

static int put_linux(struct buffer *ret, const struct grub_menuentry_template *t)
{
	int r = buffer_printf(ret, "\t%s %s ", t->linux_word, t->linux_path);

	if (r >= 0)
		r = put_options(ret, t->options);
	if (r >= 0)
		r = buffer_puts(ret, "\n");
	if (r >= 0 && t->initrd)
		r = buffer_printf(ret, "\tinitrd%s %s\n", word_ending(t->linux_word), t->initrd);
	return r;
}

int grub_menuentry_write(struct buffer *ret, const struct grub_menuentry_template *t)
{
	int r = buffer_puts(ret, "menuentry ");

	if (r >= 0)
		r = put_quoted(ret, t->title);
	if (r >= 0 && t->class)
		r = buffer_printf(ret, " --class %s", t->class);
	if (r >= 0)
		r = buffer_puts(ret, " --class gnu-linux --class gnu --class os"
				     " --unrestricted --id ");
	if (r >= 0)
		r = put_quoted(ret, t->id);
	if (r >= 0)
		r = buffer_puts(ret, " {\n");
	if (r >= 0 && t->device_uuid)
		r = buffer_printf(ret, "\tsearch --no-floppy --fs-uuid --set=root %s\n",
			t->device_uuid);
	if (r >= 0)
		r = put_linux(ret, t);
	return r < 0 ? r : buffer_puts(ret, "}\n");
}

static int put_replaced(
	struct buffer *ret, struct bytes line, const char *old, const char *now)
{
	_cleanup_free_ char *text = text_of(line);
	const char *at = text, *found;
	int r = text ? 0 : -ENOMEM;

	while (r >= 0 && (found = strstr(at, old))) {
		r = buffer_append(ret, at, (size_t)(found - at));
		if (r >= 0)
			r = buffer_puts(ret, now);
		at = found + strlen(old);
	}
	return r < 0 ? r : buffer_printf(ret, "%s\n", at);
}

static bool begins_with(struct bytes line, const char *prefix)
{
	struct bytes word = text_word(&line);

	return word.size >= strlen(prefix) && memcmp(word.data, prefix, strlen(prefix)) == 0;
}

int grub_menuentry_clone(struct buffer *ret, struct bytes model, const char *old_release,
	const char *release, const struct grub_menuentry_template *t)
{
	struct text_lines lines = TEXT_LINES(model);
	struct bytes line;
	int r = 0;

	while (r >= 0 && text_lines_next(&lines, &line)) {
		if (begins_with(line, "initrd"))
			continue;
		r = begins_with(line, "linux") ? put_linux(ret, t)
					       : put_replaced(ret, line, old_release, release);
	}
	return r;
}

int grub_cfg_write_head(struct buffer *ret)
{
	return buffer_puts(ret,
		"# The menu was gone, and \"rescue restore\" made this one with what is needed\n"
		"# to start. Make a full one with grub2-mkconfig (or grub-mkconfig) -o.\n"
		"if [ -f ${config_directory}/grubenv ]; then\n"
		"  load_env -f ${config_directory}/grubenv\n"
		"elif [ -s $prefix/grubenv ]; then\n"
		"  load_env\n"
		"fi\n"
		"if [ \"${next_entry}\" ] ; then\n"
		"   set default=\"${next_entry}\"\n"
		"   set next_entry=\n"
		"   save_env next_entry\n"
		"   set boot_once=true\n"
		"else\n"
		"   set default=\"${saved_entry}\"\n"
		"fi\n"
		"set timeout=5\n");
}

int grub_cfg_write_blscfg(struct buffer *ret, const char *device_uuid, const char *path)
{
	int r = 0;

	if (device_uuid)
		r = buffer_printf(ret, "search --no-floppy --fs-uuid --set=root %s\n",
			device_uuid);
	if (r >= 0)
		r = buffer_puts(ret, "insmod blscfg\n");
	return r < 0 ? r : buffer_printf(ret, "blscfg%s%s\n", path ? " --path " : "",
		path ? path : "");
}

/* What is to be started just once (00_header sets boot_once) still is. */
int grub_cfg_write_default(struct buffer *ret, const char *name)
{
	int r = ret->size > 0 && ret->data[ret->size - 1] != '\n' ? buffer_puts(ret, "\n") : 0;

	if (r >= 0)
		r = buffer_puts(ret, "if [ -z \"${boot_once}\" ]; then\n  set default=");
	if (r >= 0)
		r = put_quoted(ret, name);
	return r < 0 ? r : buffer_puts(ret, "\nfi\n");
}
