/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file list of a package: parallel arrays of its header become one struct a file. */
#include "package_room.h"

#include <errno.h>
#include <sys/stat.h>

#include "target.h"

bool package_file_is_ghost(const struct package_file *file)
{
	return file->flags & PACKAGE_FILE_GHOST;
}

/* ---- paths -------------------------------------------------------------------------- */

/* Directory names are shared: each base name has an index into them. */
static int join_paths(struct strings *ret, const struct package *p,
		      const struct rpm_header *h, struct fault *f)
{
	_cleanup_(strings_done) struct strings bases = {0}, directories = {0}, paths = {0};
	_cleanup_free_ uint64_t *indexes = NULL;
	size_t count = 0;
	int r = rpm_header_texts(h, TAG_BASE_NAMES, &bases);

	if (r >= 0)
		r = rpm_header_texts(h, TAG_DIRECTORY_NAMES, &directories);
	if (r >= 0)
		r = rpm_header_numbers(h, TAG_DIRECTORY_INDEXES, &indexes, &count);
	if (r == -ENOMEM)
		return fault_no_memory(f);
	if (r < 0 || count != bases.count)
		return package_refuse(f, p, "its file list is damaged");
	for (size_t i = 0; i < count; i++) {
		if (indexes[i] >= directories.count)
			return package_refuse(f, p, "its file list is damaged");
		r = strings_take(&paths, text_printf("%s%s", directories.items[indexes[i]],
						     bases.items[i]));
		if (r < 0)
			return fault_no_memory(f);
	}
	*ret = TAKE_STRUCT(paths);
	return 0;
}

/* Format 3 has whole names in one array; a package without files has neither. */
static int read_paths(struct strings *ret, const struct package *p,
		      const struct rpm_header *h, struct fault *f)
{
	int r;

	if (rpm_header_has(h, TAG_BASE_NAMES))
		return join_paths(ret, p, h, f);
	r = rpm_header_texts(h, TAG_OLD_FILE_NAMES, ret);
	if (r == -ENOMEM)
		return fault_no_memory(f);
	if (r == -EBADMSG)
		return package_refuse(f, p, "its file list is damaged");
	return 0;
}

static int take_paths(struct package *p, const struct rpm_header *h, struct fault *f)
{
	_cleanup_(strings_done) struct strings paths = {0};
	int r = read_paths(&paths, p, h, f);

	if (r < 0)
		return r;
	if (paths.count > PACKAGE_MAX_FILES)
		return package_refuse(f, p, "%zu files are too many", paths.count);
	if (!paths.count)
		return 0;
	p->files = calloc(paths.count, sizeof(*p->files));
	if (!p->files)
		return fault_no_memory(f);
	p->file_count = p->listed_files = paths.count;
	for (size_t i = 0; i < paths.count; i++) {
		const char *path = paths.items[i];

		/* Source packages hold bare names. */
		if ((path[0] != '/' && !p->is_source) || !path_is_clean(path, strlen(path)))
			return package_refuse(f, p, "it names the unsafe path %s", path);
		p->files[i].path = TAKE_PTR(paths.items[i]);
	}
	return 0;
}

/* ---- what stands beside the paths ----------------------------------------------------- */

static int damaged_array(struct fault *f, const struct package *p, uint32_t tag)
{
	return package_refuse(f, p, "its file list is damaged at tag %u", tag);
}

/* One number a file. 1: got them, 0: the header has none. */
static int read_numbers(uint64_t **ret, const struct package *p, const struct rpm_header *h,
			uint32_t tag, struct fault *f)
{
	_cleanup_free_ uint64_t *numbers = NULL;
	size_t count;
	int r = rpm_header_numbers(h, tag, &numbers, &count);

	if (r == -ENOENT)
		return 0;
	if (r == -ENOMEM)
		return fault_no_memory(f);
	if (r < 0 || count != p->file_count)
		return damaged_array(f, p, tag);
	*ret = TAKE_PTR(numbers);
	return 1;
}

static int read_texts(struct strings *ret, const struct package *p,
		      const struct rpm_header *h, uint32_t tag, struct fault *f)
{
	int r = rpm_header_texts(h, tag, ret);

	if (r == -ENOENT)
		return 0;
	if (r == -ENOMEM)
		return fault_no_memory(f);
	if (r < 0 || ret->count != p->file_count)
		return damaged_array(f, p, tag);
	return 1;
}

static int take_sizes(struct package *p, const struct rpm_header *h, struct fault *f)
{
	_cleanup_free_ uint64_t *sizes = NULL;
	int r = read_numbers(&sizes, p, h, TAG_LONG_FILE_SIZES, f);

	if (r == 0)
		r = read_numbers(&sizes, p, h, TAG_FILE_SIZES, f);
	if (r == 0)
		return damaged_array(f, p, TAG_FILE_SIZES);
	for (size_t i = 0; r > 0 && i < p->file_count; i++)
		p->files[i].size = sizes[i];
	return r;
}

static int take_modes(struct package *p, const struct rpm_header *h, struct fault *f)
{
	_cleanup_free_ uint64_t *modes = NULL;
	int r = read_numbers(&modes, p, h, TAG_FILE_MODES, f);

	if (r == 0)
		return damaged_array(f, p, TAG_FILE_MODES);
	for (size_t i = 0; r > 0 && i < p->file_count; i++)
		p->files[i].mode = (mode_t)modes[i];
	return r;
}

static int take_times_and_flags(struct package *p, const struct rpm_header *h,
				struct fault *f)
{
	_cleanup_free_ uint64_t *times = NULL, *flags = NULL;
	int r = read_numbers(&times, p, h, TAG_FILE_MTIMES, f);

	for (size_t i = 0; r > 0 && i < p->file_count; i++)
		p->files[i].mtime = (int64_t)times[i];
	if (r >= 0)
		r = read_numbers(&flags, p, h, TAG_FILE_FLAGS, f);
	for (size_t i = 0; r > 0 && i < p->file_count; i++)
		p->files[i].flags = (unsigned)flags[i];
	return r;
}

/* The texts go to the member at that place of each file; empty ones become NULL. */
static int take_texts(struct package *p, const struct rpm_header *h, uint32_t tag,
		      size_t member, struct fault *f)
{
	_cleanup_(strings_done) struct strings texts = {0};
	int r = read_texts(&texts, p, h, tag, f);

	for (size_t i = 0; r > 0 && i < p->file_count; i++) {
		char **text = (char **)((char *)&p->files[i] + member);

		if (texts.items[i][0])
			*text = TAKE_PTR(texts.items[i]);
	}
	return r;
}

static int take_all_texts(struct package *p, const struct rpm_header *h, struct fault *f)
{
	static const struct {
		uint32_t tag;
		size_t member;
	} members[] = {
		{TAG_FILE_OWNERS, offsetof(struct package_file, owner)},
		{TAG_FILE_GROUPS, offsetof(struct package_file, group)},
		{TAG_FILE_LINKS, offsetof(struct package_file, link)},
		{TAG_FILE_DIGESTS, offsetof(struct package_file, digest)},
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(members); i++)
		r = take_texts(p, h, members[i].tag, members[i].member, f);
	return r;
}

/* ---- hard links ----------------------------------------------------------------------- */

struct inode {
	uint64_t device, number;
	size_t file;
};

static int compare_inodes(const void *a, const void *b)
{
	const struct inode *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

/* Numbers the files anew, so that one number alone tells hard links of each other. */
static void number_links(struct package *p, const struct inode *inodes, size_t count)
{
	size_t first = 0;

	for (size_t i = 1; i <= count; i++) {
		if (i < count && inodes[i].device == inodes[first].device &&
		    inodes[i].number == inodes[first].number)
			continue;
		for (size_t k = first; k < i; k++) {
			p->files[inodes[k].file].inode = (uint32_t)first + 1;
			p->files[inodes[k].file].links = (unsigned)(i - first);
		}
		first = i;
	}
}

static int take_links(struct package *p, const struct rpm_header *h, struct fault *f)
{
	_cleanup_free_ uint64_t *devices = NULL, *numbers = NULL;
	_cleanup_free_ struct inode *inodes = calloc(p->file_count, sizeof(*inodes));
	size_t count = 0;
	int r;

	if (!inodes)
		return fault_no_memory(f);
	r = read_numbers(&devices, p, h, TAG_FILE_DEVICES, f);
	if (r >= 0)
		r = read_numbers(&numbers, p, h, TAG_FILE_INODES, f);
	if (r < 0)
		return r;
	for (size_t i = 0; i < p->file_count; i++) {
		bool may_be_link = numbers && S_ISREG(p->files[i].mode);

		p->files[i].links = 1;
		if (package_file_is_ghost(&p->files[i]))
			continue;
		inodes[count++] = (struct inode){
			.device = !may_be_link ? UINT64_MAX : devices ? devices[i] : 0,
			.number = may_be_link ? numbers[i] : i,
			.file = i,
		};
	}
	qsort(inodes, count, sizeof(*inodes), compare_inodes);
	number_links(p, inodes, count);
	return 0;
}

int package_take_files(struct package *p, const struct rpm_header *h, struct fault *f)
{
	uint64_t algorithm = DIGEST_MD5;
	int r = take_paths(p, h, f);

	if (r < 0 || !p->file_count)
		return r;
	if (rpm_header_number(h, TAG_FILE_DIGEST_ALGORITHM, &algorithm) == -EBADMSG ||
	    algorithm > INT_MAX || !digest_is_known((int)algorithm))
		return package_refuse(f, p, "its files' digests are of an unknown kind");
	p->file_algorithm = (enum digest_algorithm)algorithm;
	r = take_sizes(p, h, f);
	if (r >= 0)
		r = take_modes(p, h, f);
	if (r >= 0)
		r = take_times_and_flags(p, h, f);
	if (r >= 0)
		r = take_all_texts(p, h, f);
	if (r >= 0)
		r = take_links(p, h, f);
	return MIN_OF(r, 0);
}
