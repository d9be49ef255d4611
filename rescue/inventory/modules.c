/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Module directories: what is there, what is gone, is it indexed. No module is opened. */
#include "reader.h"

#include "formats/modules_index.h"
#include "formats/rpm_version.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_MODULES 65536

static int visit(void *data, const struct target_visit *v)
{
	struct module_tree *m = data;

	if (S_ISDIR(v->st.st_mode) || !module_is_file_name(v->name))
		return 0;
	if (m->files.count >= MAX_MODULES)
		return -E2BIG;
	return strings_add(&m->files, v->relative);
}

/* EL: extra/, updates/, weak-updates/; in-tree modules are below kernel/. */
static bool is_third_party(const char *relative)
{
	return !text_starts(relative, "kernel/");
}

/* ---- what is gone ----------------------------------------------------------------- */

/* Without .ko and its compression: packages compress what modules.order names plain. */
static size_t stem_size(const char *path)
{
	const char *end = NULL;

	for (const char *at = path; (at = strstr(at, ".ko")); at++)
		end = at;
	return end ? (size_t)(end - path) : strlen(path);
}

static int compare_stems(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int make_stems(struct strings *ret, const struct strings *files)
{
	for (size_t i = 0; i < files->count; i++)
		if (strings_take(ret,
			    strndup(files->items[i], stem_size(files->items[i]))) < 0)
			return -ENOMEM;
	strings_sort(ret);
	return 0;
}

/* 1: absent, 0: there, -ENOMEM. */
static int is_absent(const struct strings *stems, const char *path)
{
	_cleanup_free_ char *stem = strndup(path, stem_size(path));

	if (!stem)
		return -ENOMEM;
	return stems->count == 0 ||
	       !bsearch(&stem, stems->items, stems->count, sizeof(char *), compare_stems);
}

static int find_missing(struct module_tree *m, const struct strings *named)
{
	_cleanup_(strings_done) struct strings stems = {0};
	int error = make_stems(&stems, &m->files);

	for (size_t i = 0; error >= 0 && i < named->count; i++) {
		error = is_absent(&stems, named->items[i]);
		if (error == 1)
			error = strings_add(&m->missing, named->items[i]);
	}
	return error < 0 ? error : 0;
}

/* ---- its indexes ------------------------------------------------------------------ */

static int read_index(struct reader *r, const struct module_tree *m, const char *name,
	struct buffer *ret)
{
	_cleanup_free_ char *path = text_printf("%s/%s", m->path, name);

	return path ? target_read(r->t, path, MODULES_INDEX_MAX_SIZE, ret, NULL)
		    : -ENOMEM;
}

/* Names in modules.dep. 0, -ENOMEM, or what makes it useless. */
static int read_dep(struct reader *r, const struct module_tree *m, struct strings *ret)
{
	_cleanup_(modules_dep_done) struct modules_dep dep = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = read_index(r, m, "modules.dep", &text);

	if (error >= 0)
		error = modules_dep_parse(&dep, buffer_bytes(&text), NULL);
	if (error < 0)
		return error;
	for (size_t i = 0; i < dep.count; i++)
		if (strings_add(ret, dep.items[i].path) < 0)
			return -ENOMEM;
	return dep.count > 0 ? 0 : -ENODATA;
}

static int read_order(struct reader *r, const struct module_tree *m, struct strings *ret)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = read_index(r, m, "modules.order", &text);

	if (error >= 0)
		error = modules_list_parse(ret, buffer_bytes(&text), NULL);
	return error == -ENOMEM ? error : 0;
}

static bool is_sound(struct reader *r, const struct module_tree *m, const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/%s", m->path, name);
	_cleanup_close_ int fd =
		path ? target_open(r->t, path, O_RDONLY | O_NONBLOCK, NULL) : -ENOMEM;
	uint8_t head[MODULES_BINARY_HEAD];
	ssize_t size = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
	struct stat st;

	return size > 0 && fstat(fd, &st) == 0 &&
	       modules_binary_is_sound((struct bytes){head, (size_t)size}, (uint64_t)st.st_size);
}

/*
 * modprobe reads the binary indexes alone, since kmod took over (EL6 has both). Without the
 * one of aliases it loads what is asked for by name, and no device has a driver.
 */
static bool has_binary_indexes(struct reader *r, const struct kernel *k)
{
	return rpm_version_compare(k->release, "2.6.32") < 0 ||
	       (is_sound(r, &k->modules, "modules.dep.bin") &&
		is_sound(r, &k->modules, "modules.alias.bin"));
}

/*
 * modules.dep names what was there when depmod ran. modules.order names what the kernel's
 * build made: a system without kernel-modules-extra lacks some of it and is sound, so
 * only a lack of more than half counts.
 */
static int judge_unindexed(struct reader *r, struct module_tree *m)
{
	_cleanup_(strings_done) struct strings order = {0};
	int error = read_order(r, m, &order);

	if (error >= 0)
		error = find_missing(m, &order);
	if (m->missing.count > order.count / 2) {
		m->state = PART_INCOMPLETE;
		m->lacks_index = true;
	} else {
		m->state = PART_UNINDEXED;
		strings_done(&m->missing);
	}
	return error;
}

static int judge(struct reader *r, struct kernel *k)
{
	struct module_tree *m = &k->modules;
	_cleanup_(strings_done) struct strings named = {0};
	int error;

	if (m->count == m->third_party) {
		m->state = PART_MISSING;
		return 0;
	}
	error = read_dep(r, m, &named);
	if (error == -ENOMEM)
		return error;
	if (error < 0 || !has_binary_indexes(r, k))
		return judge_unindexed(r, m);
	error = find_missing(m, &named);
	m->state = m->missing.count > 0 ? PART_INCOMPLETE : PART_OK;
	return error;
}

int read_modules(struct reader *r, struct kernel *k)
{
	struct module_tree *m = &k->modules;
	int error;

	m->path = text_printf("/lib/modules/%s", k->release);
	if (!m->path)
		return -ENOMEM;
	m->state = PART_MISSING;
	if (!target_exists(r->t, m->path))
		return 0;
	error = target_walk(r->t, m->path, visit, m, NULL);
	if (error == -ENOMEM)
		return error;
	if (error < 0 && reader_cannot_read(r, m->path, error) < 0)
		return -ENOMEM;
	strings_sort(&m->files);
	m->count = m->files.count;
	for (size_t i = 0; i < m->files.count; i++)
		m->third_party += is_third_party(m->files.items[i]);
	return judge(r, k);
}
