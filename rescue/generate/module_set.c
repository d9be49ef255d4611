/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a kernel's module index and closes a choice over dependencies and softdeps. */
#include "module_set.h"

#include <ctype.h>
#include <errno.h>

void module_set_done(struct module_set *s)
{
	for (size_t i = 0; s->names && i < s->dep.count; i++)
		free(s->names[i].name);
	free(s->names);
	free(s->chosen);
	free(s->served);
	free(s->waiting);
	modules_dep_done(&s->dep);
	modules_alias_done(&s->alias);
	modules_softdep_done(&s->softdep);
	strings_done(&s->order);
	strings_done(&s->builtin);
	buffer_done(&s->builtin_info);
	*s = (struct module_set){0};
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(((const struct module_name *)a)->name,
		((const struct module_name *)b)->name);
}

static int name_modules(struct module_set *s)
{
	size_t count = s->dep.count + 1; /* never zero */

	s->names = calloc(count, sizeof(*s->names));
	s->chosen = calloc(count, sizeof(*s->chosen));
	s->served = calloc(count, sizeof(*s->served));
	s->waiting = calloc(count, sizeof(*s->waiting));
	if (!s->names || !s->chosen || !s->served || !s->waiting)
		return -ENOMEM;
	for (size_t i = 0; i < s->dep.count; i++) {
		s->names[i] =
			(struct module_name){module_name_of(s->dep.items[i].path), i};
		if (!s->names[i].name)
			return -ENOMEM;
	}
	qsort(s->names, s->dep.count, sizeof(*s->names), name_compare);
	return 0;
}

static int paths_to_names(struct strings *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		char *name = module_name_of(paths->items[i]);

		if (!name)
			return -ENOMEM;
		free(paths->items[i]);
		paths->items[i] = name;
	}
	strings_sort(paths);
	return 0;
}

/* An absent file reads as an empty one. */
static int read_index(const struct staged *staged, const char *name, struct buffer *ret,
	struct fault *f)
{
	int r = staged_read(staged, name, MODULES_INDEX_MAX_SIZE, ret, f);

	return r == -ENOENT ? 0 : r;
}

static int read_lists(struct module_set *s, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer order = {0}, builtin = {0};
	int r;

	r = read_index(s->staged, "modules.order", &order, f);
	if (r >= 0)
		r = modules_list_parse(&s->order, buffer_bytes(&order), f);
	if (r >= 0)
		r = read_index(s->staged, "modules.builtin", &builtin, f);
	if (r >= 0)
		r = modules_list_parse(&s->builtin, buffer_bytes(&builtin), f);
	if (r >= 0)
		r = read_index(s->staged, "modules.builtin.modinfo", &s->builtin_info, f);
	if (r < 0)
		return r;
	return paths_to_names(&s->builtin) < 0 ? fault_no_memory(f) : 0;
}

int module_set_read(struct module_set *ret, const struct staged *staged, struct fault *f)
{
	_cleanup_(module_set_done) struct module_set s = {.staged = staged};
	_cleanup_(buffer_done) struct buffer dep = {0}, alias = {0}, softdep = {0};
	int r;

	r = staged_read(staged, "modules.dep", MODULES_INDEX_MAX_SIZE, &dep, f);
	if (r >= 0)
		r = modules_dep_parse(&s.dep, buffer_bytes(&dep), f);
	if (r >= 0)
		r = staged_read(
			staged, "modules.alias", MODULES_INDEX_MAX_SIZE, &alias, f);
	if (r >= 0)
		r = modules_alias_parse(&s.alias, buffer_bytes(&alias), f);
	if (r >= 0)
		r = read_index(staged, "modules.softdep", &softdep, f);
	if (r >= 0)
		r = modules_softdep_parse(&s.softdep, buffer_bytes(&softdep), f);
	if (r >= 0)
		r = read_lists(&s, f);
	if (r < 0)
		return r;
	if (name_modules(&s) < 0)
		return fault_no_memory(f);
	*ret = TAKE_STRUCT(s);
	return 0;
}

static int item_compare(const void *path, const void *item)
{
	return strcmp(path, ((const struct module_dep *)item)->path);
}

/* SIZE_MAX: no module of that path. */
static size_t find_path(const struct module_set *s, const char *path)
{
	const struct module_dep *item;

	if (s->dep.count == 0)
		return SIZE_MAX;
	item = bsearch(path, s->dep.items, s->dep.count, sizeof(*item), item_compare);
	return item ? (size_t)(item - s->dep.items) : SIZE_MAX;
}

/* SIZE_MAX: no module of that name. */
static size_t find_name(const struct module_set *s, const char *name)
{
	const struct module_name key = {.name = (char *)name}, *found;

	found = bsearch(&key, s->names, s->dep.count, sizeof(key), name_compare);
	return found ? found->item : SIZE_MAX;
}

static void need_item(struct module_set *s, size_t item)
{
	if (item == SIZE_MAX || s->chosen[item])
		return;
	s->chosen[item] = true;
	s->chosen_count++;
	s->waiting[s->waiting_count++] = item;
}

static void choose_item(struct module_set *s, size_t item)
{
	if (item == SIZE_MAX)
		return;
	s->served[item] = true;
	need_item(s, item);
}

/* Without what the modules need: 1 something is chosen, 0 no such module. */
static int choose_word(struct module_set *s, const char *word)
{
	_cleanup_(strings_done) struct strings modules = {0};
	_cleanup_free_ char *name = module_name_of(word);
	size_t item;
	int found = 0;

	if (!name)
		return -ENOMEM;
	item = find_name(s, name);
	if (item != SIZE_MAX) {
		choose_item(s, item);
		return 1;
	}
	if (modules_alias_match(&s->alias, word, &modules) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < modules.count; i++) {
		item = find_name(s, modules.items[i]);
		choose_item(s, item);
		found |= item != SIZE_MAX;
	}
	return found;
}

static int choose_words(struct module_set *s, const struct strings *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (choose_word(s, words->items[i]) < 0)
			return -ENOMEM;
	return 0;
}

static int choose_softdeps(struct module_set *s, const char *path)
{
	_cleanup_free_ char *name = module_name_of(path);

	if (!name)
		return -ENOMEM;
	for (size_t i = 0; i < s->softdep.count; i++) {
		const struct module_softdep *soft = &s->softdep.items[i];

		if (strcmp(soft->module, name) != 0)
			continue;
		if (choose_words(s, &soft->pre) < 0 || choose_words(s, &soft->post) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Takes in whatever the chosen ones need. */
static int close_choice(struct module_set *s)
{
	while (s->waiting_count > 0) {
		const struct module_dep *dep =
			&s->dep.items[s->waiting[--s->waiting_count]];

		for (size_t i = 0; i < dep->needs.count; i++)
			need_item(s, find_path(s, dep->needs.items[i]));
		if (choose_softdeps(s, dep->path) < 0)
			return -ENOMEM;
	}
	return 0;
}

int module_set_choose(struct module_set *s, const char *word)
{
	int found = choose_word(s, word);

	return found < 0 || close_choice(s) < 0 ? -ENOMEM : found;
}

/* kernel/drivers/scsi/a.ko, extra/drivers/scsi/a.ko, updates/b/drivers/scsi/a.ko */
static bool is_below(const char *path, const char *directory)
{
	const char *at = strstr(path, directory);

	return at && at > path && at[-1] == '/';
}

int module_set_choose_directory(struct module_set *s, const char *directory)
{
	for (size_t i = 0; i < s->dep.count; i++)
		if (is_below(s->dep.items[i].path, directory))
			choose_item(s, i);
	return close_choice(s);
}

/* Symbols of the block and SCSI layers that a module imports only to offer disks. */
static bool drives_disks(struct bytes module)
{
	static const char *const symbols[] = {"scsi_add_host", "scsi_host_alloc",
		"device_add_disk", "add_disk", "blk_mq_alloc_tag_set",
		"ata_host_activate", "ata_host_register", "nvme_init_ctrl",
		"mmc_add_host", "blk_init_queue"};

	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++)
		if (memmem(module.data, module.size, symbols[i], strlen(symbols[i])))
			return true;
	return false;
}

static bool replaces_one_of(
	const struct module_set *s, const char *path, const char *const *directories)
{
	_cleanup_free_ char *name = module_name_of(path);

	for (size_t i = 0; name && i < s->order.count; i++) {
		_cleanup_free_ char *own = module_name_of(s->order.items[i]);

		if (!own || strcmp(own, name) != 0)
			continue;
		for (; *directories; directories++)
			if (is_below(s->order.items[i], *directories))
				return true;
		return false;
	}
	return false;
}

int module_set_choose_third_party(struct module_set *s, const char *const *directories)
{
	for (size_t i = 0; i < s->dep.count; i++) {
		_cleanup_(buffer_done) struct buffer module = {0};
		const char *path = s->dep.items[i].path;

		if (s->chosen[i] || text_starts(path, "kernel/"))
			continue;
		if (replaces_one_of(s, path, directories) ||
			(staged_read_module(s->staged, path, &module, NULL) >= 0 &&
				drives_disks(buffer_bytes(&module))))
			choose_item(s, i);
	}
	return close_choice(s);
}

bool module_set_has(const struct module_set *s, const char *name)
{
	size_t item = find_name(s, name);

	return item != SIZE_MAX && s->chosen[item];
}

bool module_set_serves(const struct module_set *s, const char *name)
{
	size_t item = find_name(s, name);

	return item != SIZE_MAX && s->served[item];
}

bool module_set_has_builtin(const struct module_set *s, const char *name)
{
	return strings_has(&s->builtin, name);
}

/* A built-in file system says in modules.builtin.modinfo: "ext4.alias=fs-ext3". */
static bool builtin_says(const struct module_set *s, const char *type)
{
	_cleanup_free_ char *alias = text_printf("alias=fs-%s", type);

	return alias && s->builtin_info.size > 0 &&
	       memmem(s->builtin_info.data, s->builtin_info.size, alias,
		       strlen(alias) + 1);
}

static bool config_says(const char *config, const char *type)
{
	_cleanup_free_ char *line = text_printf("\nCONFIG_%s_FS=", type);

	for (char *c = line; c && *c; c++)
		*c = (char)toupper((unsigned char)*c);
	config = config && line ? strstr(config, line) : NULL;
	return config && config[strlen(line)] == 'y';
}

/* ext4's driver mounts the older two; kernels differ in whether they say so. */
static const char *elder_driver(const char *type)
{
	return strcmp(type, "ext2") == 0 || strcmp(type, "ext3") == 0 ? "ext4" : NULL;
}

int module_set_choose_filesystem(
	struct module_set *s, const char *type, const char *config)
{
	_cleanup_free_ char *alias = text_printf("fs-%s", type);
	const char *elder = elder_driver(type);
	int r;

	if (!alias)
		return -ENOMEM;
	r = module_set_choose(s, alias);
	if (r == 0)
		r = module_set_choose(s, type);
	if (r != 0)
		return r;
	if (module_set_has_builtin(s, type) || builtin_says(s, type) ||
		config_says(config, type))
		return 1;
	return elder ? module_set_choose_filesystem(s, elder, config) : 0;
}
