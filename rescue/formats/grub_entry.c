/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a menuentry says: its head, and which kernel its commands load. */
#include "grub_run.h"

#include <errno.h>

void grub_entry_done(struct grub_menuentry *e)
{
	free(e->title);
	free(e->id);
	free(e->number);
	free(e->linux_path);
	free(e->linux_word);
	free(e->hypervisor);
	free(e->options);
	free(e->raw_options);
	free(e->file);
	strings_done(&e->initrd);
}

/* ---- head ---------------------------------------------------------------------- */

/*
 * The option word takes the next word as its value ("--id x", "$menuentry_id_option x").
 */
static bool takes_value(const char *word)
{
	static const char *const options[] = {"--class", "--users", "--hotkey", "--id",
		"$menuentry_id_option", "${menuentry_id_option}"};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strcmp(word, options[i]) == 0)
			return true;
	return false;
}

static bool is_id_option(const char *word)
{
	return strcmp(word, "--id") == 0 || strstr(word, "menuentry_id_option") != NULL;
}

static int set_text(char **ret, const char *text)
{
	free(*ret);
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

/*
 * menuentry TITLE [--class C] [--users U] [--hotkey K] [--id ID] [--unrestricted] [ARG…]
 */
int grub_entry_head(struct grub_menuentry *e, const struct strings *words)
{
	int r = 0;

	for (size_t i = 1; r >= 0 && i < words->count; i++) {
		const char *word = words->items[i];

		if (text_starts(word, "--id=")) {
			r = set_text(&e->id, word + strlen("--id="));
		} else if (takes_value(word) && i + 1 < words->count) {
			i++;
			if (is_id_option(word))
				r = set_text(&e->id, words->items[i]);
		} else if (!text_starts(word, "--") && !e->title) {
			r = set_text(&e->title, word);
		}
	}
	if (r >= 0 && !e->title)
		r = set_text(&e->title, "");
	return r;
}

/* ---- body ---------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

static int read_linux(struct grub_menuentry *e, const struct strings *words,
	const struct strings *raw, unsigned line)
{
	if (words->count < 2 || e->linux_path)
		return 0;
	e->linux_path = strdup(words->items[1]);
	e->linux_word = strdup(words->items[0]);
	e->linux_line = line;
	e->options = grub_options_text(words, 2);
	e->raw_options = grub_options_text(raw, 2);
	return e->linux_path && e->linux_word && e->options && e->raw_options ? 0 : -ENOMEM;
}

/* xen.gz and its like start the Linux that the first module holds. */
static int read_multiboot(struct grub_menuentry *e, const struct strings *words)
{
	const char *path = words->count > 1 ? words->items[1] : "";
	const char *slash = strrchr(path, '/');

	if (e->hypervisor || !text_starts(slash ? slash + 1 : path, "xen"))
		return 0;
	e->hypervisor = strdup(path);
	return e->hypervisor ? 0 : -ENOMEM;
}

/* module [--nounzip] FILE [placeholder] ARGUMENT…: Linux first, then its initramfs. */
static int read_module(struct grub_menuentry *e, const struct strings *words,
	const struct strings *raw, unsigned line)
{
	size_t n = words->count > 1 && text_starts(words->items[1], "--") ? 2 : 1;

	if (!e->hypervisor || n >= words->count)
		return 0;
	if (e->linux_path)
		return strings_add(&e->initrd, words->items[n]);
	e->linux_path = strdup(words->items[n++]);
	e->linux_word = strdup(words->items[0]);
	n += n < words->count && strcmp(words->items[n], "placeholder") == 0;
	e->linux_line = line;
	e->options = grub_options_text(words, n);
	e->raw_options = grub_options_text(raw, n);
	return e->linux_path && e->linux_word && e->options && e->raw_options ? 0 : -ENOMEM;
}

static int read_initrd(struct grub_menuentry *e, const struct strings *words)
{
	for (size_t i = 1; i < words->count; i++)
		if (strings_add(&e->initrd, words->items[i]) < 0)
			return -ENOMEM;
	return 0;
}

int grub_entry_command(struct grub_menuentry *e, const struct strings *words,
	const struct strings *raw, unsigned line)
{
	static const char *const linux_words[] = {"linux", "linux16", "linuxefi",
		"linuxxen", NULL};
	static const char *const initrd_words[] = {
		"initrd", "initrd16", "initrdefi", NULL};
	static const char *const multiboot_words[] = {
		"multiboot", "multiboot2", "xen_hypervisor", NULL};
	static const char *const module_words[] = {
		"module", "module2", "xen_module", "xen_linux", "xen_initrd", NULL};
	const char *word = words->items[0];

	if (is_one_of(word, linux_words))
		return read_linux(e, words, raw, line);
	if (is_one_of(word, initrd_words))
		return read_initrd(e, words);
	if (is_one_of(word, multiboot_words))
		return read_multiboot(e, words);
	return is_one_of(word, module_words) ? read_module(e, words, raw, line) : 0;
}
