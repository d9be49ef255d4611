/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packages are streamed, never unpacked: first the few files that are asked for by name
 * (image, configuration, symbol lists, lists of built-ins, one module for its version
 * magic), then each module is judged while its bytes pass.
 */
#include "offer.h"

#include "formats/linux_image.h"

#include <errno.h>

void offer_done(struct offer *o)
{
	files_done(&o->files);
	strings_done(&o->modules);
}

/* /usr/lib/modules is /lib/modules. */
static const char *running_path(const char *path)
{
	return text_starts(path, "/usr/lib/modules/") ? path + strlen("/usr") : path;
}

/* Behind /lib/modules/V/; NULL: it lies elsewhere. */
static const char *below_modules(const struct offer *o, const char *path)
{
	static const char top[] = "/lib/modules/";
	size_t n = strlen(o->set->release);

	path = running_path(path);
	if (!text_starts(path, top))
		return NULL;
	path += sizeof(top) - 1;
	return strncmp(path, o->set->release, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

static bool is_image(const struct offer *o, const struct package_file *file)
{
	const char *below = below_modules(o, file->path);
	size_t n = strlen("/boot/vmlinuz-");

	if (!S_ISREG(file->mode) || (file->flags & PACKAGE_FILE_GHOST))
		return false;
	return below ? strcmp(below, "vmlinuz") == 0 || strcmp(below, "Image") == 0
		     : text_starts(file->path, "/boot/vmlinuz-") &&
			       strcmp(file->path + n, o->set->release) == 0;
}

static bool is_module(const struct offer *o, const struct package_file *file)
{
	const char *below = below_modules(o, file->path);

	return below && S_ISREG(file->mode) && !(file->flags & PACKAGE_FILE_GHOST) &&
	       module_is_file_name(below);
}

/* The tables beside the modules, and in /boot those of this release. */
static bool is_table(const struct offer *o, const struct package_file *file)
{
	static const char *const names[] = {"config", "System.map", "symvers.gz", "symvers.xz",
		"symvers.zst", "modules.builtin", "modules.builtin.modinfo"};
	static const char *const starts[] = {"/boot/config-", "/boot/symvers-",
		"/boot/System.map-"};
	const char *below = below_modules(o, file->path);

	if (!S_ISREG(file->mode) || (file->flags & PACKAGE_FILE_GHOST))
		return false;
	for (size_t i = 0; below && i < ARRAY_SIZE(names); i++)
		if (strcmp(below, names[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (text_starts(file->path, starts[i]) &&
			text_starts(file->path + strlen(starts[i]), o->set->release))
			return true;
	return false;
}

/* ---- what is asked for by name ---------------------------------------------------------- */

struct bringing {
	struct offer *offer;
	const struct package_file *sample; /* the module that tells the version magic */
	struct buffer content;
	bool wanted; /* the file at hand */
	size_t left; /* files of this package that are still to come */
};

static bool is_wanted(const struct bringing *b, const struct package_file *file)
{
	return is_image(b->offer, file) || is_table(b->offer, file) ||
	       (b->sample && strcmp(file->path, b->sample->path) == 0);
}

static int bring_begin(void *data, const struct package_file *file, struct fault *f)
{
	struct bringing *b = data;

	(void)f;
	b->content.size = 0;
	b->wanted = is_wanted(b, file);
	return b->wanted ? 0 : 1;
}

static int bring_data(void *data, const void *bytes, size_t size, struct fault *f)
{
	struct bringing *b = data;

	if (b->content.size + size > LINUX_IMAGE_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "read a file of a package");
	return buffer_append(&b->content, bytes, size) < 0 ? fault_no_memory(f) : 0;
}

static int bring_end(void *data, const struct package_file *file, struct fault *f)
{
	struct bringing *b = data;

	if (!b->wanted)
		return 0;
	if (files_bring(&b->offer->files, running_path(file->path), &b->content) < 0)
		return fault_no_memory(f);
	return b->left-- > 1 ? 0 : -ECANCELED; /* nothing more is wanted of it */
}

static int bring_from(struct offer *o, const struct package *p,
		      const struct package_file *sample, struct fault *f)
{
	struct bringing b = {.offer = o, .sample = sample};
	const struct package_sink sink = {bring_begin, bring_data, bring_end, &b};
	int r;

	for (size_t i = 0; i < p->file_count; i++)
		b.left += is_wanted(&b, &p->files[i]);
	if (!b.left)
		return 0;
	r = package_stream(p, &sink, o->progress, f);
	buffer_done(&b.content);
	return r == -ECANCELED ? 0 : r;
}

static int list_modules(struct offer *o)
{
	for (size_t i = 0; i < o->set->count; i++) {
		const struct package *p = &o->sets->packages[o->set->packages[i]];

		for (size_t n = 0; n < p->file_count; n++) {
			const struct package_file *file = &p->files[n];

			if (is_image(o, file))
				o->image = running_path(file->path);
			if (!is_module(o, file))
				continue;
			if (!o->sample && text_starts(below_modules(o, file->path), "kernel/"))
				o->sample = file;
			if (strings_add(&o->modules, below_modules(o, file->path)) < 0)
				return -ENOMEM;
		}
	}
	strings_sort(&o->modules);
	return 0;
}

int offer_open(struct offer *ret, const struct package_sets *sets,
	       const struct package_set *set, const struct target *t,
	       const struct progress *progress)
{
	_cleanup_(offer_done) struct offer o = {.sets = sets, .set = set, .progress = progress,
		.files.target = t};
	int r = list_modules(&o);

	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(o);
	return 0;
}

int offer_read(struct offer *o, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < o->set->count; i++)
		r = bring_from(o, &o->sets->packages[o->set->packages[i]], o->sample, f);
	return r;
}

/* ---- the modules ------------------------------------------------------------------------ */

struct judging {
	const struct offer *offer;
	struct judge *judge;
	struct buffer content;
	bool wanted; /* the file at hand */
};

static bool is_judged_elsewhere(const struct offer *o, const char *path)
{
	for (size_t i = 0; i < o->files.count; i++)
		if (strcmp(o->files.items[i].path, path) == 0)
			return true;
	return false;
}

static int judge_begin(void *data, const struct package_file *file, struct fault *f)
{
	struct judging *j = data;

	(void)f;
	j->content.size = 0;
	j->wanted = is_module(j->offer, file) &&
		    !is_judged_elsewhere(j->offer, running_path(file->path));
	return j->wanted ? 0 : 1;
}

static int judge_data(void *data, const void *bytes, size_t size, struct fault *f)
{
	struct judging *j = data;

	if (j->content.size + size > ELF_MODULE_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "read a module of a package");
	return buffer_append(&j->content, bytes, size) < 0 ? fault_no_memory(f) : 0;
}

static int judge_end(void *data, const struct package_file *file, struct fault *f)
{
	struct judging *j = data;

	if (!j->wanted)
		return 0;
	return judge_bytes(j->judge, running_path(file->path),
		       !text_starts(below_modules(j->offer, file->path), "kernel/"),
		       &j->content) < 0 ? fault_no_memory(f) : 0;
}

static bool has_modules(const struct offer *o, const struct package *p)
{
	for (size_t i = 0; i < p->file_count; i++)
		if (is_module(o, &p->files[i]))
			return true;
	return false;
}

int offer_judge(const struct offer *o, struct judge *judge, struct fault *f)
{
	struct judging j = {.offer = o, .judge = judge};
	const struct package_sink sink = {judge_begin, judge_data, judge_end, &j};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < o->set->count; i++) {
		const struct package *p = &o->sets->packages[o->set->packages[i]];

		if (has_modules(o, p))
			r = package_stream(p, &sink, o->progress, f);
	}
	buffer_done(&j.content);
	return r;
}
