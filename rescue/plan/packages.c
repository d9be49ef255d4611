/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the packages bring: the module directory as one, every other file by itself. */
#include "planner.h"

#include <errno.h>

/* The part of path below /lib/modules/V or /usr/lib/modules/V, "" for that itself; or NULL. */
static const char *below_modules(const char *path, const char *release)
{
	size_t n = strlen(release);

	if (text_starts(path, "/usr/"))
		path += 4;
	if (!text_starts(path, "/lib/modules/"))
		return NULL;
	path += strlen("/lib/modules/");
	if (strncmp(path, release, n) != 0 || (path[n] != '/' && path[n] != '\0'))
		return NULL;
	return path[n] ? path + n + 1 : path + n;
}

const struct package_file *planner_package_file(const struct planner *p, const char *path)
{
	const char *wanted = below_modules(path, p->plan->release);

	for (size_t i = 0; p->set && i < p->set->count; i++) {
		const struct package *k = &p->sets->packages[p->set->packages[i]];

		for (size_t n = 0; n < k->file_count; n++) {
			const struct package_file *file = &k->files[n];
			const char *below = below_modules(file->path, p->plan->release);

			if (file->flags & PACKAGE_FILE_GHOST)
				continue;
			if (wanted ? text_equal(below, wanted) : text_equal(file->path, path))
				return file;
		}
	}
	return NULL;
}

bool planner_will_have(const struct planner *p, const char *path, uint64_t *ret_size)
{
	const struct package_file *file = planner_package_file(p, path);
	const struct snapshot *now = inventory_observed(p->inv, path);

	if (ret_size)
		*ret_size = file ? file->size : now->size;
	return file || now->exists;
}

/* Packages share directories; and a module directory is made with those above it. */
static bool is_made_already(const struct planner *p, const struct package_file *file)
{
	size_t n = strlen(file->path);

	for (size_t i = 0; i < p->plan->count; i++) {
		const char *made = p->plan->operations[i].path;

		if (strncmp(made, file->path, n) == 0 &&
			(made[n] == '\0' || (S_ISDIR(file->mode) && made[n] == '/')))
			return true;
	}
	return false;
}

/* Documentation stays out; a config file that the administrator changed stays as it is. */
static bool is_wanted(const struct package_file *file, enum file_state state)
{
	if ((file->flags & (PACKAGE_FILE_GHOST | PACKAGE_FILE_DOC)) ||
		text_starts(file->path, "/usr/share/doc/") ||
		text_starts(file->path, "/usr/share/man/"))
		return false;
	if ((file->flags & PACKAGE_FILE_CONFIG) && state == FILE_DIFFERENT)
		return false;
	/* A directory that is there may have other owners and modes for a reason. */
	return !(S_ISDIR(file->mode) && state != FILE_ABSENT);
}

static int add_file(struct planner *p, size_t package, size_t index)
{
	const struct package_file *file = &p->sets->packages[package].files[index];
	enum file_state state = p->installed->states[package][index];
	struct operation *op;
	int r;

	if (state == FILE_SAME || !is_wanted(file, state) || is_made_already(p, file))
		return 0;
	r = planner_add(p, OP_FILE, file->path, file->mode & 07777, file->size, &op,
		"the package brings it%s",
		state == FILE_DIFFERENT ? "; the present one differs" : "");
	if (r < 0)
		return r;
	op->expected = p->installed->snapshots[package][index];
	op->package = (int)package;
	op->from = strdup(file->path);
	return op->from ? 0 : -ENOMEM;
}

/* depmod rewrites these; a package that carries them says nothing about today's. */
static bool is_index(const char *name)
{
	static const char *const names[] = {"modules.dep", "modules.dep.bin", "modules.alias",
		"modules.alias.bin", "modules.symbols", "modules.symbols.bin", "modules.softdep",
		"modules.devname", "modules.builtin.bin", "modules.builtin.alias.bin"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

struct module_sum {
	size_t absent, different, files;
	uint64_t bytes;
};

static void sum_modules(const struct planner *p, size_t package, struct module_sum *sum)
{
	const struct package *k = &p->sets->packages[package];

	for (size_t n = 0; n < k->file_count; n++) {
		const struct package_file *file = &k->files[n];
		const char *below = below_modules(file->path, p->plan->release);
		enum file_state state = p->installed->states[package][n];

		if (!below || (file->flags & PACKAGE_FILE_GHOST) || is_index(below))
			continue;
		sum->absent += state == FILE_ABSENT;
		sum->different += state == FILE_DIFFERENT && !S_ISDIR(file->mode);
		sum->files++;
		sum->bytes += S_ISREG(file->mode) ? file->size : 0;
	}
}

static int add_files(struct planner *p, size_t package)
{
	const struct package *k = &p->sets->packages[package];
	int r = 0;

	for (size_t n = 0; r >= 0 && n < k->file_count; n++)
		if (!below_modules(k->files[n].path, p->plan->release))
			r = add_file(p, package, n);
	return r;
}

static int add_modules(struct planner *p, const char *directory, const struct module_sum *sum)
{
	if (sum->absent + sum->different == 0)
		return 0;
	if (sum->absent == sum->files)
		return planner_add(p, OP_MODULES, directory, 0755, sum->bytes, NULL,
			"%zu files from the packages; none of them is there", sum->files);
	return planner_add(p, OP_MODULES, directory, 0755, sum->bytes, NULL,
		"%zu files from the packages; %zu are missing, %zu differ", sum->files,
		sum->absent, sum->different);
}

/* About what depmod writes for one module (measured: 4,022 modules, 5.9 MiB). */
#define INDEX_BYTES_PER_MODULE 1600

static bool has_weak_links(const struct planner *p)
{
	for (size_t i = 0; i < p->v->weak_links.count; i++)
		if (strcmp(p->v->weak_links.items[i].release, p->plan->release) == 0)
			return true;
	return false;
}

static int add_index(struct planner *p, const char *directory, const struct module_sum *sum)
{
	size_t modules = p->set ? sum->files : p->kernel->modules.count;
	bool staged = planner_makes(p, OP_MODULES);

	bool linked = has_weak_links(p);

	if (!staged && !linked && (!p->kernel || p->kernel->modules.state != PART_UNINDEXED))
		return 0;
	return planner_add(p, OP_INDEX, directory, 0644, modules * INDEX_BYTES_PER_MODULE, NULL,
		staged || linked ? "the index must match the modules"
				 : "modules.dep is missing or unusable");
}

/* They become part of the module directory, behind whose operation they stand. */
static int add_weak_links(struct planner *p)
{
	for (size_t i = 0; i < p->v->weak_links.count; i++) {
		const struct weak_link *link = &p->v->weak_links.items[i];
		struct operation *op;
		int r;

		if (strcmp(link->release, p->plan->release) != 0)
			continue;
		r = planner_add(p, OP_LINK, link->path, 0777, strlen(link->target), &op,
			"%s loads into this kernel too", link->target);
		if (r >= 0)
			r = buffer_puts(&op->content, link->target);
		if (r < 0)
			return r;
		op->expected = link->now;
	}
	return 0;
}

/* Modules are committed before single files, which may name them. */
int planner_packages(struct planner *p)
{
	_cleanup_free_ char *directory = text_printf("/lib/modules/%s", p->plan->release);
	struct module_sum sum = {0};
	int r = directory ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && p->set && i < p->set->count; i++)
		sum_modules(p, p->set->packages[i], &sum);
	if (r >= 0)
		r = add_modules(p, directory, &sum);
	if (r >= 0)
		r = add_index(p, directory, &sum);
	if (r >= 0)
		r = add_weak_links(p);
	for (size_t i = 0; r >= 0 && p->set && i < p->set->count; i++)
		r = add_files(p, p->set->packages[i]);
	return r;
}
