/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a package in one pass over its payload. The archive says only where a file's
 * bytes are: what a file is comes from the header, and each difference between them stops.
 */
#include "package_room.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <strings.h>
#include <sys/stat.h>

/* A file of the header, and what the archive brought of it. */
struct slot {
	const struct package_file *file;
	bool seen;
};

struct stream {
	const struct package *package;
	const struct package_sink *sink;
	struct payload *payload;
	struct archive *archive;
	struct digest *digest;
	struct slot *slots; /* by path; without ghosts */
	size_t count;
	bool *has_data; /* by inode number: hard links share one */
	struct fault fault; /* of the payload, met below the archive */
	int error;
};

static void stream_done(struct stream *s)
{
	archive_read_free(s->archive);
	payload_close(s->payload);
	digest_free(s->digest);
	free(s->slots);
	free(s->has_data);
}

/* ---- what a package may hold ------------------------------------------------------------- */

static int compare_slots(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return strcmp(x->file->path, y->file->path);
}

static int prepare_slots(struct stream *s, struct fault *f)
{
	const struct package *p = s->package;

	s->slots = calloc(p->file_count + 1, sizeof(*s->slots));
	s->has_data = calloc(p->file_count + 1, sizeof(*s->has_data));
	if (!s->slots || !s->has_data)
		return fault_no_memory(f);
	for (size_t i = 0; i < p->file_count; i++) {
		if (!package_file_is_ghost(&p->files[i]))
			s->slots[s->count++].file = &p->files[i];
	}
	qsort(s->slots, s->count, sizeof(*s->slots), compare_slots);
	for (size_t i = 1; i < s->count; i++) {
		if (!compare_slots(&s->slots[i - 1], &s->slots[i]))
			return package_refuse(f, p, "it names %s twice",
					      s->slots[i].file->path);
	}
	return 0;
}

/* The slot of that path, or the first one behind where it would be. */
static size_t slot_position(const struct stream *s, const char *path)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(s->slots[middle].file->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A link of the package followed by a file "below" it would be written through the link. */
static int check_link(const struct stream *s, const struct package_file *link,
		      struct fault *f)
{
	_cleanup_free_ char *below = text_printf("%s/", link->path);
	size_t at;

	if (!below)
		return fault_no_memory(f);
	at = slot_position(s, below);
	if (at == s->count || !text_starts(s->slots[at].file->path, below))
		return 0;
	return package_refuse(f, s->package, "it leads %s through its own link %s",
			      s->slots[at].file->path, link->path);
}

static int check_file(const struct stream *s, const struct package_file *file,
		      struct fault *f)
{
	if (S_ISLNK(file->mode))
		return file->link ? check_link(s, file, f)
				  : package_refuse(f, s->package, "its link %s leads nowhere",
						   file->path);
	if (S_ISDIR(file->mode))
		return 0;
	if (!S_ISREG(file->mode))
		return package_refuse(f, s->package, "%s is a device node, pipe or socket",
				      file->path);
	if (file->mode & (S_ISUID | S_ISGID))
		return package_refuse(f, s->package, "%s would run with its owner's rights",
				      file->path);
	return 0;
}

static int prepare_files(struct stream *s, struct fault *f)
{
	int r = prepare_slots(s, f);

	for (size_t i = 0; r >= 0 && i < s->count; i++)
		r = check_file(s, s->slots[i].file, f);
	return r;
}

/* ---- the archive, above the payload ------------------------------------------------------- */

static ssize_t read_archive(struct archive *archive, void *data, const void **ret)
{
	struct stream *s = data;
	struct bytes block;
	int r = payload_next(s->payload, &block, &s->fault);

	if (r < 0) {
		s->error = r;
		archive_set_error(archive, EIO, "payload");
		return -1;
	}
	*ret = r ? block.data : NULL;
	return r ? (ssize_t)block.size : 0;
}

static int archive_failed(const struct stream *s, struct fault *f)
{
	const char *why = archive_error_string(s->archive);

	if (s->error) {
		if (f)
			*f = s->fault;
		return s->error;
	}
	if (archive_errno(s->archive) == ENOMEM)
		return fault_no_memory(f);
	return package_bad_digest(f, s->package, "its archive is damaged: %s",
				  why ? why : "unknown format");
}

/* Format 6, and format 4 with a file of 4 GiB, have archives without names. */
static bool is_stripped(const struct package *p)
{
	for (size_t i = 0; i < p->require_count; i++) {
		if (!strcmp(p->requires[i].name, "rpmlib(LargeFiles)"))
			return true;
	}
	return false;
}

static int open_archive(struct stream *s, struct fault *f)
{
	if (strcmp(s->package->payload_format, "cpio") || is_stripped(s->package))
		return package_refuse(f, s->package, "its payload is a %s archive that "
				      "cannot be read yet",
				      is_stripped(s->package) ? "stripped cpio"
							      : s->package->payload_format);
	s->archive = archive_read_new();
	if (!s->archive || archive_read_support_format_cpio(s->archive) != ARCHIVE_OK)
		return fault_no_memory(f);
	if (archive_read_open(s->archive, s, NULL, read_archive, NULL) != ARCHIVE_OK)
		return archive_failed(s, f);
	return 0;
}

/* ---- one file --------------------------------------------------------------------------- */

/* The slot's number. "./lib/x", "lib/x" and "/lib/x" all are /lib/x of the header. */
static int find_slot(const struct stream *s, const char *name, struct fault *f)
{
	_cleanup_free_ char *path = NULL;
	size_t at;

	if (text_starts(name, "./"))
		name++;
	path = text_printf("%s%s", name[0] == '/' ? "" : "/", name);
	if (!path)
		return fault_no_memory(f);
	at = slot_position(s, path);
	if (at == s->count || strcmp(s->slots[at].file->path, path))
		return package_bad_digest(f, s->package,
					  "its archive holds %s, its header does not", path);
	if (s->slots[at].seen)
		return package_bad_digest(f, s->package, "its archive holds %s twice", path);
	return (int)at;
}

static int differs(const struct stream *s, const struct slot *slot, const char *what,
		   struct fault *f)
{
	return package_bad_digest(f, s->package, "the %s of %s differs from its header", what,
				  slot->file->path);
}

static int check_entry(const struct stream *s, const struct slot *slot,
		       struct archive_entry *entry, struct fault *f)
{
	const struct package_file *file = slot->file;
	uint64_t size = (uint64_t)archive_entry_size(entry);
	const char *link = archive_entry_symlink(entry);

	if (archive_entry_mode(entry) != file->mode)
		return differs(s, slot, "mode", f);
	if (S_ISLNK(file->mode))
		return text_equal(link, file->link) ? 0 : differs(s, slot, "target", f);
	/* Only the last of several hard links brings the data. */
	if (S_ISREG(file->mode) && size != file->size && (size || file->links < 2))
		return differs(s, slot, "size", f);
	return 0;
}

/* 1: the data came, whole; 0: the name is a hard link, and they come with another. */
static int pass_data(struct stream *s, const struct slot *slot, bool wanted, struct fault *f)
{
	uint64_t passed = 0;

	for (;;) {
		const void *data;
		int64_t offset;
		size_t size;
		int r = archive_read_data_block(s->archive, &data, &size, &offset);

		if (r == ARCHIVE_EOF)
			break;
		if (r != ARCHIVE_OK)
			return archive_failed(s, f);
		digest_update(s->digest, data, size);
		passed += size;
		r = wanted && size ? s->sink->data(s->sink->user, data, size, f) : 0;
		if (r < 0)
			return r;
	}
	if (passed == slot->file->size)
		return 1;
	return passed ? differs(s, slot, "size", f) : 0;
}

static int check_digest(struct stream *s, const struct slot *slot, struct fault *f)
{
	char actual[DIGEST_HEX_SIZE];

	digest_hex(s->digest, actual); /* also begins anew */
	if (slot->file->digest && strcasecmp(actual, slot->file->digest))
		return differs(s, slot, "digest", f);
	s->has_data[slot->file->inode] = true;
	return 0;
}

static int pass_file(struct stream *s, struct slot *slot, struct fault *f)
{
	int r = s->sink->begin(s->sink->user, slot->file, f);

	if (r >= 0 && S_ISREG(slot->file->mode))
		r = pass_data(s, slot, r == 0, f);
	else
		r = MIN_OF(r, 0);
	if (r > 0)
		r = check_digest(s, slot, f);
	return r < 0 ? r : s->sink->end(s->sink->user, slot->file, f);
}

static int pass_entry(struct stream *s, struct archive_entry *entry, struct fault *f)
{
	const char *name = archive_entry_pathname(entry);
	struct slot *slot;
	int r;

	if (!name)
		return package_bad_digest(f, s->package, "its archive holds a nameless file");
	r = find_slot(s, name, f);
	if (r < 0)
		return r;
	slot = &s->slots[r];
	r = check_entry(s, slot, entry, f);
	if (r < 0)
		return r;
	slot->seen = true;
	return pass_file(s, slot, f);
}

/* ---- all files ----------------------------------------------------------------------------- */

static int pass_entries(struct stream *s, struct fault *f)
{
	for (;;) {
		struct archive_entry *entry;
		int r = archive_read_next_header(s->archive, &entry);

		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK)
			return archive_failed(s, f);
		r = pass_entry(s, entry, f);
		if (r < 0)
			return r;
	}
}

static int check_completeness(const struct stream *s, struct fault *f)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct package_file *file = s->slots[i].file;

		if (!s->slots[i].seen || (S_ISREG(file->mode) && !s->has_data[file->inode]))
			return package_bad_digest(f, s->package, "its archive lacks %s",
						  file->path);
	}
	return 0;
}

static int stream_all(struct stream *s, const struct progress *progress, struct fault *f)
{
	int r = prepare_files(s, f);

	if (r >= 0 && s->count)
		s->digest = digest_new(s->package->file_algorithm);
	if (r >= 0 && s->count && !s->digest)
		return fault_no_memory(f);
	if (r >= 0)
		r = payload_open(&s->payload, s->package, progress, f);
	if (r >= 0)
		r = open_archive(s, f);
	if (r >= 0)
		r = pass_entries(s, f);
	if (r >= 0)
		r = payload_finish(s->payload, f);
	return r < 0 ? r : check_completeness(s, f);
}

int package_stream(const struct package *p, const struct package_sink *sink,
		   const struct progress *progress, struct fault *f)
{
	_cleanup_(stream_done) struct stream s = {.package = p, .sink = sink};
	_cleanup_(package_done) struct package whole = {0};

	if (p->header_digests == DIGESTS_BAD)
		return package_bad_digest(f, p, "%s", p->damage);
	if (p->listed_files && !p->file_count) {
		int r = package_read(&whole, p->patient, p->path, f);

		if (r < 0)
			return r;
		s.package = &whole;
	}
	return stream_all(&s, progress, f);
}
