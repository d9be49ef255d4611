/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel command line, as PID 1 understands it (kernel-parameters.txt,
 * dracut.cmdline(7)). */
#include "pid1.h"

#include <errno.h>

#define DEFAULT_WAIT 60 /* seconds: slow controllers count their disks one by one */
#define MAX_SECONDS 86400u

void boot_options_done(struct boot_options *o)
{
	cmdline_done(&o->words);
	strings_done(&o->blacklist);
	strings_done(&o->volumes);
	strings_done(&o->groups);
	free(o->root);
	free(o->root_type);
	free(o->root_flags);
	free(o->init);
	*o = (struct boot_options){0};
}

/* What is no number, or a negative one, is the default. */
static unsigned seconds(const struct cmdline *words, const char *name, unsigned otherwise)
{
	_cleanup_free_ char *text = cmdline_get(words, name);
	uint64_t number;

	return text && text_to_u64(text, MAX_SECONDS, &number) ? (unsigned)number
							       : otherwise;
}

static bool is_writable(const struct cmdline *words)
{
	bool writable = false; /* the kernel's own default is ro */

	for (size_t i = 0; i < words->words.count; i++) {
		if (strcmp(words->words.items[i], "rw") == 0)
			writable = true;
		else if (strcmp(words->words.items[i], "ro") == 0)
			writable = false;
	}
	return writable;
}

static int add_blacklist(struct boot_options *o, const char *name)
{
	_cleanup_free_ char *text = cmdline_get(&o->words, name);
	char *rest = text, *module;

	while ((module = strsep(&rest, ",")))
		if (*module && strings_take(&o->blacklist, module_name_of(module)) < 0)
			return -ENOMEM;
	return 0;
}

/* The value of every such word. */
static int add_words(struct strings *ret, const struct cmdline *words, const char *start)
{
	for (size_t i = 0; i < words->words.count; i++) {
		const char *word = words->words.items[i];

		if (!text_starts(word, start))
			continue;
		word += strlen(start);
		if (text_starts(word, "/dev/"))
			word += strlen("/dev/");
		if (*word && strings_add(ret, word) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int read_lvm(struct boot_options *o)
{
	_cleanup_free_ char *lvm = cmdline_get(&o->words, "rd.lvm");

	o->no_lvm = text_equal(lvm, "0") || text_equal(lvm, "no");
	if (add_words(&o->volumes, &o->words, "rd.lvm.lv=") < 0)
		return -ENOMEM;
	return add_words(&o->groups, &o->words, "rd.lvm.vg=");
}

int boot_options_parse(struct boot_options *ret, const char *cmdline)
{
	_cleanup_(boot_options_done) struct boot_options o = {0};
	int r;

	r = cmdline_parse(&o.words, cmdline);
	if (r < 0)
		return r;
	o.root = cmdline_get(&o.words, "root");
	o.root_type = cmdline_get(&o.words, "rootfstype");
	o.root_flags = cmdline_get(&o.words, "rootflags");
	o.init = cmdline_get(&o.words, "init");
	o.writable = is_writable(&o.words);
	o.wait_forever = cmdline_has(&o.words, "rootwait");
	o.wait = MAX_OF(seconds(&o.words, "rootdelay", 0), DEFAULT_WAIT);
	o.wait = seconds(&o.words, "rd.timeout", o.wait);
	o.panic = seconds(&o.words, "panic", 0);
	if (add_blacklist(&o, "modprobe.blacklist") < 0 ||
		add_blacklist(&o, "rd.driver.blacklist") < 0 ||
		add_blacklist(&o, "module_blacklist") < 0 || read_lvm(&o) < 0)
		return -ENOMEM;
	*ret = TAKE_STRUCT(o);
	return 0;
}

/* Behind "module." in the word, or NULL; '-' and '_' are the same in the name. */
static const char *parameter_of(const char *word, const char *module)
{
	for (; *module; word++, module++)
		if (*word != *module && !(*word == '-' && *module == '_'))
			return NULL;
	return *word == '.' ? word + 1 : NULL;
}

char *boot_options_of_module(const struct boot_options *o, const char *module)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	for (size_t i = 0; i < o->words.words.count; i++) {
		const char *parameter = parameter_of(o->words.words.items[i], module);

		if (parameter && buffer_printf(&text, "%s%s", text.size > 0 ? " " : "",
					 parameter) < 0)
			return NULL;
	}
	return buffer_steal(&text);
}
