/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads kernel modules as modprobe would: what a module needs first, in order; soft
 * dependencies before and behind it; parameters from the kernel command line.
 */
#include "decompress.h"
#include "formats/elf_module.h"
#include "pid1.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MAX_DEPTH 32 /* of dependencies of soft dependencies of … */

/* It only delays: nobody boots from a floppy disk controller. */
static const char *const never_by_alias[] = {"floppy", "pcspkr"};

void drivers_done(struct drivers *d)
{
	for (size_t i = 0; d->items && i < d->dep.count; i++)
		free(d->items[i].name);
	free(d->items);
	modules_dep_done(&d->dep);
	modules_alias_done(&d->alias);
	modules_softdep_done(&d->softdep);
	strings_done(&d->seen);
	*d = (struct drivers){0};
}

static int read_index(const struct target *files, const char *directory, const char *name,
	struct buffer *ret, struct fault *f)
{
	_cleanup_free_ char *path = text_printf("%s/%s", directory, name);
	int r;

	if (!path)
		return fault_no_memory(f);
	r = target_read(files, path, MODULES_INDEX_MAX_SIZE, ret, f);
	return r == -ENOENT ? 0 : r;
}

static int driver_compare(const void *a, const void *b)
{
	return strcmp(((const struct driver *)a)->name, ((const struct driver *)b)->name);
}

static int name_drivers(struct drivers *d)
{
	d->items = calloc(d->dep.count + 1, sizeof(*d->items));
	if (!d->items)
		return -ENOMEM;
	for (size_t i = 0; i < d->dep.count; i++) {
		d->items[i].dep = i;
		d->items[i].name = module_name_of(d->dep.items[i].path);
		if (!d->items[i].name)
			return -ENOMEM;
	}
	qsort(d->items, d->dep.count, sizeof(*d->items), driver_compare);
	return 0;
}

int drivers_read(struct drivers *ret, const struct target *files, const char *directory,
	const struct boot_options *options, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer dep = {0}, alias = {0}, softdep = {0};
	_cleanup_(drivers_done) struct drivers d = {
		.options = options, .insert = insert_module};
	int r;

	r = read_index(files, directory, "modules.dep", &dep, f);
	if (r >= 0)
		r = modules_dep_parse(&d.dep, buffer_bytes(&dep), f);
	if (r >= 0)
		r = read_index(files, directory, "modules.alias", &alias, f);
	if (r >= 0)
		r = modules_alias_parse(&d.alias, buffer_bytes(&alias), f);
	if (r >= 0)
		r = read_index(files, directory, "modules.softdep", &softdep, f);
	if (r >= 0)
		r = modules_softdep_parse(&d.softdep, buffer_bytes(&softdep), f);
	if (r < 0)
		return r;
	if (name_drivers(&d) < 0)
		return fault_no_memory(f);
	*ret = TAKE_STRUCT(d);
	return 0;
}

static struct driver *find_driver(struct drivers *d, const char *name)
{
	const struct driver key = {.name = (char *)name};

	if (!d->dep.count)
		return NULL;
	return bsearch(&key, d->items, d->dep.count, sizeof(key), driver_compare);
}

static int load_word(struct drivers *d, const char *word, unsigned depth);

static int load_words(struct drivers *d, const struct strings *words, unsigned depth)
{
	for (size_t i = 0; i < words->count; i++)
		if (load_word(d, words->items[i], depth) < 0)
			return -ENOMEM;
	return 0;
}

static const struct module_softdep *softdep_of(const struct drivers *d, const char *name)
{
	for (size_t i = 0; i < d->softdep.count; i++)
		if (strcmp(d->softdep.items[i].module, name) == 0)
			return &d->softdep.items[i];
	return NULL;
}

static int insert_driver(struct drivers *d, struct driver *driver)
{
	_cleanup_free_ char *parameters =
		boot_options_of_module(d->options, driver->name);
	int r;

	if (!parameters)
		return -ENOMEM;
	r = d->insert(d->dep.items[driver->dep].path, parameters);
	driver->error = r == -EEXIST ? 0 : -r;
	driver->state = driver->error == 0 ? DRIVER_LOADED : DRIVER_REFUSED;
	return 0;
}

/* -ENOMEM, or 0: what the kernel refuses is noted, and the others are tried all the same.
 */
static int load_driver(struct drivers *d, struct driver *driver, unsigned depth)
{
	const struct strings *needs = &d->dep.items[driver->dep].needs;
	const struct module_softdep *soft = softdep_of(d, driver->name);

	if (driver->state != DRIVER_UNTRIED || depth > MAX_DEPTH)
		return 0;
	driver->state = DRIVER_BUSY; /* a circle ends here */
	if (soft && load_words(d, &soft->pre, depth + 1) < 0)
		return -ENOMEM;
	/* modules.dep names the nearest first; the farthest must be there first. */
	for (size_t i = needs->count; i-- > 0;) {
		_cleanup_free_ char *name = module_name_of(needs->items[i]);
		struct driver *need = name ? find_driver(d, name) : NULL;

		if (!name || (need && load_driver(d, need, depth + 1) < 0))
			return -ENOMEM;
	}
	if (insert_driver(d, driver) < 0)
		return -ENOMEM;
	return soft ? load_words(d, &soft->post, depth + 1) : 0;
}

static bool is_blacklisted(const struct drivers *d, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(never_by_alias); i++)
		if (strcmp(never_by_alias[i], name) == 0)
			return true;
	return strings_has(&d->options->blacklist, name);
}

static int load_by_alias(struct drivers *d, const char *alias, unsigned depth)
{
	_cleanup_(strings_done) struct strings modules = {0};
	int found = 0;

	if (modules_alias_match(&d->alias, alias, &modules) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < modules.count; i++) {
		struct driver *driver = find_driver(d, modules.items[i]);

		if (!driver || is_blacklisted(d, driver->name))
			continue;
		if (load_driver(d, driver, depth) < 0)
			return -ENOMEM;
		found |= driver->state == DRIVER_LOADED;
	}
	return found;
}

static int load_word(struct drivers *d, const char *word, unsigned depth)
{
	_cleanup_free_ char *name = module_name_of(word);
	struct driver *driver;

	if (!name)
		return -ENOMEM;
	driver = find_driver(d, name);
	if (!driver)
		return load_by_alias(d, word, depth);
	if (load_driver(d, driver, depth) < 0)
		return -ENOMEM;
	return driver->state == DRIVER_LOADED;
}

int drivers_load(struct drivers *d, const char *word)
{
	return load_word(d, word, 0);
}

int drivers_serve(struct drivers *d, const char *modalias)
{
	if (strings_has(&d->seen, modalias))
		return 0;
	if (strings_add(&d->seen, modalias) < 0 || load_by_alias(d, modalias, 0) < 0)
		return -ENOMEM;
	return 1;
}

static int insert_bytes(struct bytes module, const char *parameters)
{
	return syscall(SYS_init_module, module.data, module.size, parameters) < 0 ? -errno
										  : 0;
}

static int insert_packed(enum compression c, struct bytes packed, const char *parameters)
{
	_cleanup_(buffer_done) struct buffer module = {0};
	int r = decompress(c, packed, ELF_MODULE_MAX_SIZE, &module);

	return r < 0 ? r : insert_bytes(buffer_bytes(&module), parameters);
}

/* Kernels before 3.8 have no finit_module. */
static int insert_fd(int fd, const char *parameters)
{
	_cleanup_(buffer_done) struct buffer file = {0};
	enum compression c;
	int r;

	r = fd_read_all(fd, ELF_MODULE_MAX_SIZE, &file);
	if (r < 0)
		return r;
	c = compression_detect(buffer_bytes(&file));
	if (c != COMPRESSION_NONE)
		return insert_packed(c, buffer_bytes(&file), parameters);
	if (syscall(SYS_finit_module, fd, parameters, 0) == 0)
		return 0;
	return errno == ENOSYS ? insert_bytes(buffer_bytes(&file), parameters) : -errno;
}

int insert_module(const char *path, const char *parameters)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int fd = -1;
	struct utsname kernel;

	if (uname(&kernel) < 0)
		return -errno;
	name = text_printf("/lib/modules/%s/%s", kernel.release, path);
	if (!name)
		return -ENOMEM;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : insert_fd(fd, parameters);
}
