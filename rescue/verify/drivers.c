/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's modalias against a kernel's aliases, as udev has modprobe do it: every module
 * that matches and is not blacklisted is loaded; of two files of a name depmod took one.
 */
#include "drivers.h"

#include <errno.h>

void kernel_drivers_done(struct kernel_drivers *d)
{
	modules_alias_done(&d->aliases);
	strings_done(&d->built_in);
	modprobe_config_done(&d->modprobe);
	*d = (struct kernel_drivers){0};
}

void driver_choice_done(struct driver_choice *c)
{
	free(c->name);
	*c = (struct driver_choice){0};
}

/* ---- reading ------------------------------------------------------------------------ */

/* 0 also where there is no such file; -ENOMEM. */
static int read_file(const struct files *files, char *take_path, size_t limit,
		     struct buffer *ret)
{
	_cleanup_free_ char *path = take_path;
	int r = path ? files_read(files, path, limit, ret) : -ENOMEM;

	return r == -ENOMEM ? r : 0;
}

static int read_aliases(struct kernel_drivers *d, const struct files *files)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	const char *directory = d->kernel->modules.path;
	int r;

	/* Without an index it will be made: of what the modules themselves say. */
	if (d->judge->takes_aliases)
		return 0;
	r = read_file(files, text_printf("%s/modules.alias", directory), MODULES_INDEX_MAX_SIZE,
		&text);
	if (r >= 0)
		r = modules_alias_parse(&d->aliases, buffer_bytes(&text), NULL);
	return r == -ENOMEM ? r : 0;
}

static int read_built_in(struct kernel_drivers *d, const struct files *files)
{
	_cleanup_(buffer_done) struct buffer text = {0}, info = {0};
	_cleanup_(strings_done) struct strings lines = {0};
	const char *directory = d->kernel->modules.path;
	int r = read_file(files, text_printf("%s/modules.builtin", directory),
		MODULES_INDEX_MAX_SIZE, &text);

	if (r >= 0)
		r = modules_list_parse(&lines, buffer_bytes(&text), NULL);
	for (size_t i = 0; r >= 0 && i < lines.count; i++)
		r = strings_take(&d->built_in, module_name_of(lines.items[i]));
	strings_sort(&d->built_in);
	if (r >= 0 || r != -ENOMEM)
		r = read_file(files, text_printf("%s/modules.builtin.modinfo", directory),
			MODULES_INDEX_MAX_SIZE, &info);
	d->lists_built_in = info.size > 0;
	return r < 0 ? r : modules_builtin_aliases(&d->aliases, buffer_bytes(&info));
}

/* Of two files of one name in several directories the first directory's counts. */
struct configuration {
	const struct files *files;
	const char *const *directories; /* the first one counts most; NULL ends them */
	int (*take)(void *data, struct bytes text);
	void *data;
};

static const char *directory_of(const struct configuration *c, const char *name)
{
	for (const char *const *directory = c->directories; *directory; directory++) {
		_cleanup_free_ char *path = text_printf("%s/%s", *directory, name);

		if (path && target_exists(c->files->target, path))
			return *directory;
	}
	return c->directories[0];
}

static int read_configuration(const struct configuration *c)
{
	_cleanup_(strings_done) struct strings names = {0};
	int r = 0;

	for (const char *const *directory = c->directories; *directory; directory++) {
		_cleanup_(strings_done) struct strings here = {0};

		if (target_list(c->files->target, *directory, &here, NULL) == -ENOMEM)
			return -ENOMEM;
		for (size_t i = 0; i < here.count; i++)
			if ((text_ends(here.items[i], ".conf") ||
				    text_ends(here.items[i], ".conf.dist")) && /* EL5 */
				strings_add_new(&names, here.items[i]) < 0)
				return -ENOMEM;
	}
	strings_sort(&names);
	for (size_t i = 0; r >= 0 && i < names.count; i++) {
		_cleanup_(buffer_done) struct buffer text = {0};
		const char *name = names.items[i];

		r = read_file(c->files, text_printf("%s/%s", directory_of(c, name), name),
			KMOD_CONFIG_MAX_SIZE, &text);
		if (r >= 0)
			r = c->take(c->data, buffer_bytes(&text));
	}
	return r;
}

struct search {
	struct depmod_config *config;
	const char *release;
};

static int take_depmod(void *data, struct bytes text)
{
	struct search *s = data;

	return depmod_config_parse(s->config, text, s->release);
}

int kernel_search_read(struct depmod_config *ret, const struct target *t, const char *release)
{
	static const char *const depmod_d[] = {"/etc/depmod.d", "/usr/local/lib/depmod.d",
		"/usr/lib/depmod.d", "/lib/depmod.d", NULL};
	const struct files files = {.target = t};
	struct search search = {ret, release};

	return read_configuration(&(struct configuration){&files, depmod_d, take_depmod, &search});
}

static int take_modprobe(void *data, struct bytes text)
{
	struct kernel_drivers *d = data;

	return modprobe_config_parse(&d->modprobe, text);
}

/* EL5 has its order built in (module-init-tools) and its aliases in one file. */
static int read_old_style(struct kernel_drivers *d, const struct files *files)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = read_file(files, strdup("/etc/modprobe.conf"), KMOD_CONFIG_MAX_SIZE, &text);

	return r < 0 ? r : modprobe_config_parse(&d->modprobe, buffer_bytes(&text));
}

int kernel_drivers_read(struct kernel_drivers *ret, const struct files *files,
			const struct kernel *k, const struct judge *judge)
{
	static const char *const modprobe_d[] = {"/etc/modprobe.d", "/usr/local/lib/modprobe.d",
		"/usr/lib/modprobe.d", "/lib/modprobe.d", NULL};
	_cleanup_(kernel_drivers_done) struct kernel_drivers d = {.kernel = k, .judge = judge};
	int r = read_aliases(&d, files);

	if (r >= 0)
		r = read_built_in(&d, files);
	if (r >= 0)
		r = read_configuration(
			&(struct configuration){files, modprobe_d, take_modprobe, &d});
	if (r >= 0)
		r = read_old_style(&d, files);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(d);
	return 0;
}

/* ---- asking ------------------------------------------------------------------------- */

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool kernel_drivers_built_in(const struct kernel_drivers *d, const char *name)
{
	return d->built_in.count && bsearch(&name, d->built_in.items, d->built_in.count,
					    sizeof(char *), compare_words);
}

const struct judged *kernel_drivers_module(const struct kernel_drivers *d, const char *name,
				    const struct judged **ret_hidden)
{
	const struct judged *taken = NULL, *hidden = NULL;

	for (size_t i = 0; i < d->judge->count; i++) {
		const struct judged *m = &d->judge->items[i], *other = m;

		if (m->named || !text_equal(m->j.name, name))
			continue;
		if (!taken || depmod_prefers(&d->judge->search, judge_relative(d->judge, m),
				judge_relative(d->judge, taken))) {
			other = taken;
			taken = m;
		}
		if (other && (!hidden || other->j.verdict == MODULE_LOADS))
			hidden = other;
	}
	if (ret_hidden)
		*ret_hidden = hidden;
	return taken;
}

static const char *obstacle_of(const struct kernel_drivers *d, const char *name)
{
	if (strings_has(&d->modprobe.blacklist, name))
		return "is blacklisted in modprobe.d";
	if (strings_has(&d->modprobe.disabled, name))
		return "is switched off in modprobe.d";
	return NULL;
}

/* driven before shadowed before undriven; one that is there before one that is not. */
static int rank(const struct driver_choice *c)
{
	return c->verdict == HARDWARE_DRIVEN ? 0 : c->verdict == HARDWARE_SHADOWED ? 1
		: c->module || c->obstacle ? 2 : 3;
}

static void judge_driver(const struct kernel_drivers *d, const char *name, struct driver_choice *c)
{
	c->verdict = HARDWARE_UNDRIVEN;
	if (kernel_drivers_built_in(d, name)) {
		c->verdict = HARDWARE_DRIVEN;
		return;
	}
	c->module = kernel_drivers_module(d, name, &c->hidden);
	c->obstacle = c->module ? obstacle_of(d, name) : NULL;
	if (!c->module || c->obstacle)
		return;
	if (c->module->j.verdict != MODULE_REFUSED)
		c->verdict = HARDWARE_DRIVEN;
	else if (c->hidden && c->hidden->j.verdict != MODULE_REFUSED)
		c->verdict = HARDWARE_SHADOWED;
}

/* Old kernels do not list what their built-in drivers serve: what is known of the card. */
static int match(const struct kernel_drivers *d, const char *modalias, struct strings *ret)
{
	const struct known_card *card = modalias_card(modalias);
	int r = modules_alias_match(&d->aliases, modalias, ret);

	if (r >= 0)
		r = modules_alias_match(&d->judge->aliases, modalias, ret);
	if (r >= 0)
		r = modules_alias_match(&d->modprobe.aliases, modalias, ret);
	if (r >= 0 && !d->lists_built_in && card && card->driver &&
		kernel_drivers_built_in(d, card->driver))
		r = strings_add_new(ret, card->driver);
	return r;
}

int kernel_drivers_choose(const struct kernel_drivers *d, const char *modalias, struct driver_choice *ret)
{
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_(driver_choice_done) struct driver_choice best = {
		.verdict = HARDWARE_UNDRIVEN};
	int r = match(d, modalias, &names);

	for (size_t i = 0; r >= 0 && i < names.count; i++) {
		struct driver_choice c = {0};

		judge_driver(d, names.items[i], &c);
		if (best.name && rank(&c) >= rank(&best))
			continue;
		driver_choice_done(&best);
		best = c;
		best.name = strdup(names.items[i]);
		r = best.name ? 0 : -ENOMEM;
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(best);
	return 0;
}
