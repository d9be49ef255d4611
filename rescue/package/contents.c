/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files a payload must bring, found by path or by number, and which are refused. */
#include "package_room.h"

#include <errno.h>
#include <sys/stat.h>

void contents_done(struct contents *c)
{
	free(c->slots);
	free(c->slot_of_file);
	memset(c, 0, sizeof(*c));
}

/* ---- what a package may hold ------------------------------------------------------------- */

static int compare_slots(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return strcmp(x->file->path, y->file->path);
}

/* rpm brings the data of hard links with the one that its header lists last. */
static void mark_data(struct contents *c, size_t *last_of_inode)
{
	const struct package *p = c->package;

	for (size_t i = 0; i < p->file_count; i++) {
		size_t slot = c->slot_of_file[i], *last;

		if (slot == SIZE_MAX)
			continue;
		last = &last_of_inode[p->files[i].inode];
		if (*last)
			c->slots[*last - 1].brings_data = false;
		*last = slot + 1;
		c->slots[slot].brings_data = true;
	}
}

static int number_slots(struct contents *c, struct fault *f)
{
	const struct package *p = c->package;
	_cleanup_free_ size_t *last_of_inode = calloc(p->file_count + 1, sizeof(size_t));

	if (!last_of_inode)
		return fault_no_memory(f);
	for (size_t i = 0; i < p->file_count; i++)
		c->slot_of_file[i] = SIZE_MAX;
	for (size_t i = 0; i < c->count; i++) {
		if (i && !compare_slots(&c->slots[i - 1], &c->slots[i]))
			return package_refuse(f, p, "it names %s twice",
					      c->slots[i].file->path);
		c->slot_of_file[c->slots[i].file - p->files] = i;
	}
	mark_data(c, last_of_inode);
	return 0;
}

static int prepare_slots(struct contents *c, struct fault *f)
{
	const struct package *p = c->package;

	c->slots = calloc(p->file_count + 1, sizeof(*c->slots));
	c->slot_of_file = calloc(p->file_count + 1, sizeof(*c->slot_of_file));
	if (!c->slots || !c->slot_of_file)
		return fault_no_memory(f);
	for (size_t i = 0; i < p->file_count; i++) {
		if (!package_file_is_ghost(&p->files[i]))
			c->slots[c->count++].file = &p->files[i];
	}
	qsort(c->slots, c->count, sizeof(*c->slots), compare_slots);
	return number_slots(c, f);
}

/* The slot of that path, or the first one behind where it would be. */
static size_t slot_position(const struct contents *c, const char *path)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(c->slots[middle].file->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A link of the package followed by a file "below" it would be written through the link. */
static int check_link(const struct contents *c, const struct package_file *link,
		      struct fault *f)
{
	_cleanup_free_ char *below = text_printf("%s/", link->path);
	size_t at;

	if (!below)
		return fault_no_memory(f);
	at = slot_position(c, below);
	if (at == c->count || !text_starts(c->slots[at].file->path, below))
		return 0;
	return package_refuse(f, c->package, "it leads %s through its own link %s",
			      c->slots[at].file->path, link->path);
}

static int check_file(const struct contents *c, const struct package_file *file,
		      struct fault *f)
{
	if (S_ISLNK(file->mode))
		return file->link ? check_link(c, file, f)
				  : package_refuse(f, c->package, "its link %s leads nowhere",
						   file->path);
	/* Other packages are only looked at. */
	if (S_ISDIR(file->mode) || !c->package->release)
		return 0;
	if (!S_ISREG(file->mode))
		return package_refuse(f, c->package, "%s is a device node, pipe or socket",
				      file->path);
	if (file->mode & (S_ISUID | S_ISGID))
		return package_refuse(f, c->package, "%s would run with its owner's rights",
				      file->path);
	return 0;
}

int contents_prepare(struct contents *ret, const struct package *p, struct fault *f)
{
	_cleanup_(contents_done) struct contents c = {.package = p};
	int r = prepare_slots(&c, f);

	for (size_t i = 0; r >= 0 && i < c.count; i++)
		r = check_file(&c, c.slots[i].file, f);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(c);
	return 0;
}

/* ---- members of the archive ---------------------------------------------------------------- */

/* Only regular files and links have data, and of hard links only one. */
static uint64_t stripped_size(const struct slot *slot)
{
	const struct package_file *file = slot->file;

	if (S_ISLNK(file->mode))
		return file->link ? strlen(file->link) : 0;
	return S_ISREG(file->mode) && slot->brings_data ? file->size : 0;
}

static int find_number(const struct contents *c, struct rpm_cpio *member, size_t *ret,
		       struct fault *f)
{
	uint32_t index = member->index;

	if (index >= c->package->file_count || c->slot_of_file[index] == SIZE_MAX)
		return package_bad_digest(f, c->package,
					  "its archive holds file number %u, its header does not",
					  index);
	*ret = c->slot_of_file[index];
	rpm_cpio_expect(member, stripped_size(&c->slots[*ret]));
	return 0;
}

/* "./lib/x", "lib/x" and "/lib/x" all are /lib/x of the header; sources have bare names. */
int contents_find(const struct contents *c, struct rpm_cpio *member, size_t *ret,
		  struct fault *f)
{
	const char *name = member->name;
	char path[PATH_MAX + 2];
	size_t at;

	if (member->stripped)
		return find_number(c, member, ret, f);
	if (text_starts(name, "./"))
		name++;
	snprintf(path, sizeof(path), "%s%s", name[0] == '/' || c->package->is_source ? "" : "/",
		 name);
	at = slot_position(c, path);
	if (at == c->count || strcmp(c->slots[at].file->path, path))
		return package_bad_digest(f, c->package,
					  "its archive holds %s, its header does not", path);
	*ret = at;
	return 0;
}
