/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holds the archive against the header: each member is a file of it, once, with its mode,
 * size, link text and digest; nothing lacks, nothing is left over.
 */
#include "package_room.h"

#include <errno.h>
#include <strings.h>
#include <sys/stat.h>

struct inspector {
	const struct contents *contents;
	struct rpm_cpio cpio;
	struct digest *file;
	uint64_t size; /* of the archive so far */
	bool *seen;    /* by slot */
	bool *has_data; /* by inode number: hard links share one */
	/* The member at hand. */
	const struct package_file *at;
	uint64_t passed;
	char link[PATH_MAX];
};

void inspector_free(struct inspector *s)
{
	if (!s)
		return;
	digest_free(s->file);
	free(s->seen);
	free(s->has_data);
	free(s);
}

static int allocate(struct inspector *s)
{
	const struct package *p = s->contents->package;

	s->seen = calloc(s->contents->count + 1, sizeof(*s->seen));
	s->has_data = calloc(p->file_count + 1, sizeof(*s->has_data));
	s->file = s->contents->count ? digest_new(p->file_algorithm) : NULL;
	if (!s->seen || !s->has_data || (s->contents->count && !s->file))
		return -ENOMEM;
	return 0;
}

int inspector_new(struct inspector **ret, const struct contents *contents, struct fault *f)
{
	struct inspector *s = calloc(1, sizeof(*s));

	if (!s)
		return fault_no_memory(f);
	s->contents = contents;
	if (allocate(s) < 0) {
		inspector_free(s);
		return fault_no_memory(f);
	}
	*ret = s;
	return 0;
}

/* ---- one member ------------------------------------------------------------------------- */

static int differs(const struct inspector *s, const char *what, struct fault *f)
{
	return package_bad_digest(f, s->contents->package,
				  "the %s of %s differs from its header", what, s->at->path);
}

static int begin_member(struct inspector *s, struct fault *f)
{
	size_t slot;
	int r = contents_find(s->contents, &s->cpio, &slot, f);

	if (r < 0)
		return r;
	s->at = s->contents->slots[slot].file;
	s->passed = 0;
	if (s->seen[slot])
		return package_bad_digest(f, s->contents->package,
					  "its archive holds %s twice", s->at->path);
	s->seen[slot] = true;
	if (!s->cpio.stripped && s->cpio.mode != s->at->mode)
		return differs(s, "mode", f);
	if (S_ISLNK(s->at->mode))
		return s->cpio.size == strlen(s->at->link) && s->cpio.size < sizeof(s->link)
			       ? 0
			       : differs(s, "target", f);
	if (!S_ISREG(s->at->mode))
		return s->cpio.size ? differs(s, "size", f) : 0;
	/* Only one of several hard links brings the data. */
	if (s->cpio.size != s->at->size && (s->cpio.size || s->at->links < 2))
		return differs(s, "size", f);
	return 0;
}

static void take_data(struct inspector *s, struct bytes data)
{
	if (S_ISREG(s->at->mode))
		digest_update(s->file, data.data, data.size);
	else
		memcpy(s->link + s->passed, data.data, data.size);
	s->passed += data.size;
}

static int end_member(struct inspector *s, struct fault *f)
{
	char actual[DIGEST_HEX_SIZE];

	if (S_ISLNK(s->at->mode))
		return memcmp(s->link, s->at->link, (size_t)s->passed) ? differs(s, "target", f)
									: 0;
	if (!S_ISREG(s->at->mode) || s->passed != s->at->size)
		return 0;
	digest_hex(s->file, actual); /* also begins anew */
	if (s->at->digest && strcasecmp(actual, s->at->digest))
		return differs(s, "digest", f);
	s->has_data[s->at->inode] = true;
	return 0;
}

/* ---- the archive --------------------------------------------------------------------------- */

static int damaged(const struct inspector *s, struct fault *f)
{
	return package_bad_digest(f, s->contents->package, "its archive is damaged: %s",
				  s->cpio.damage);
}

static int inspect(struct inspector *s, struct bytes in, struct fault *f)
{
	for (;;) {
		struct bytes data;
		int r = 0;

		switch (rpm_cpio_next(&s->cpio, &in, &data)) {
		case RPM_CPIO_MORE:
			return 0;
		case RPM_CPIO_MEMBER:
			r = begin_member(s, f);
			break;
		case RPM_CPIO_DATA:
			take_data(s, data);
			break;
		case RPM_CPIO_END:
			r = end_member(s, f);
			break;
		case RPM_CPIO_TRAILER:
			break;
		default:
			return damaged(s, f);
		}
		if (r < 0)
			return r;
	}
}

static int check_completeness(const struct inspector *s, struct fault *f)
{
	const struct contents *c = s->contents;

	for (size_t i = 0; i < c->count; i++) {
		const struct package_file *file = c->slots[i].file;

		if (!s->seen[i] || (S_ISREG(file->mode) && !s->has_data[file->inode]))
			return package_bad_digest(f, c->package, "its archive lacks %s",
						  file->path);
	}
	return 0;
}

static int check_end(struct inspector *s, struct fault *f)
{
	const struct package *p = s->contents->package;

	if (p->archive_size && p->archive_size != s->size)
		return package_bad_digest(f, p, "the size of its decompressed payload differs");
	if (!rpm_cpio_may_end(&s->cpio))
		return package_bad_digest(f, p, "its archive is cut short");
	return check_completeness(s, f);
}

int inspector_check(void *data, struct block *b, struct fault *f)
{
	struct inspector *s = data;

	if (!b)
		return check_end(s, f);
	s->size += b->size;
	return inspect(s, (struct bytes){(const uint8_t *)b->data, b->size}, f);
}
