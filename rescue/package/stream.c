/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a package in one pass over its payload: read, decompressed, digested,
 * inspected and handed on, side by side. The archive says only where a file's bytes are:
 * what a file is comes from the header.
 */
#include "package_room.h"

#include "proofs.h"

#include <errno.h>
#include <sys/stat.h>

struct stream {
	const struct package *package;
	const struct package *listed; /* the same, with its lists */
	const struct package_sink *sink;
	const struct progress *progress;
	struct contents contents;
	struct payload *payload;
	struct proofs proofs; /* of the archive */
	struct inspector *inspector;
	struct pipeline *pipeline;
	struct rpm_cpio cpio;
	const struct package_file *at; /* the member at hand */
	bool wanted;		       /* its data */
};

static void stream_done(struct stream *s)
{
	pipeline_free(s->pipeline); /* first: its threads use the others */
	inspector_free(s->inspector);
	proofs_done(&s->proofs);
	payload_close(s->payload);
	contents_done(&s->contents);
}

/* ---- to the sink ------------------------------------------------------------------------ */

static int begin_file(struct stream *s, struct fault *f)
{
	size_t slot;
	int r = contents_find(&s->contents, &s->cpio, &slot, f);

	if (r < 0)
		return r;
	s->at = s->contents.slots[slot].file;
	r = s->sink->begin(s->sink->user, s->at, f);
	s->wanted = r == 0 && S_ISREG(s->at->mode);
	return MIN_OF(r, 0);
}

/* What comes here was inspected: nothing of it is damaged. */
static int pass(struct stream *s, struct bytes in, struct fault *f)
{
	for (;;) {
		struct bytes data;
		int r = 0;

		switch (rpm_cpio_next(&s->cpio, &in, &data)) {
		case RPM_CPIO_MEMBER:
			r = begin_file(s, f);
			break;
		case RPM_CPIO_DATA:
			if (s->wanted)
				r = s->sink->data(s->sink->user, data.data, data.size, f);
			break;
		case RPM_CPIO_END:
			r = s->sink->end(s->sink->user, s->at, f);
			break;
		case RPM_CPIO_TRAILER:
			break;
		default:
			return 0;
		}
		if (r < 0)
			return r;
	}
}

static int pass_block(struct stream *s, const struct block *b, struct fault *f)
{
	const struct package *p = s->package;
	int r = pass(s, (struct bytes){(const uint8_t *)b->data, b->size}, f);

	progress_report(s->progress, p->nevra, b->position - p->payload_offset,
			p->file_size - p->payload_offset);
	return r;
}

/* ---- all of it -------------------------------------------------------------------------- */

/* rpm 6.2 may pad files to the blocks of a file system. */
static int check_format(const struct package *p, struct fault *f)
{
	for (size_t i = 0; i < p->require_count; i++) {
		if (!strcmp(p->requires[i].name, "rpmlib(PayloadAlignment)"))
			return package_refuse(f, p, "its payload is aligned to blocks, which "
						    "cannot be read yet");
	}
	if (strcmp(p->payload_format, "cpio"))
		return package_refuse(f, p, "its payload is a %s archive, which is unknown here",
				      p->payload_format);
	return 0;
}

static int start_pipeline(struct stream *s)
{
	const struct pipeline_stage stages[] = {
		{payload_fill, s->payload},
		{proofs_check, &s->proofs},
		{inspector_check, s->inspector},
	};

	return pipeline_start(&s->pipeline, stages, ARRAY_SIZE(stages));
}

static int open_stages(struct stream *s, struct fault *f)
{
	int r = check_format(s->listed, f);

	if (r >= 0)
		r = contents_prepare(&s->contents, s->listed, f);
	if (r >= 0)
		r = payload_open(&s->payload, s->package, f);
	if (r >= 0)
		r = inspector_new(&s->inspector, &s->contents, f);
	if (r < 0)
		return r;
	s->proofs = (struct proofs){.package = s->package, .what = "decompressed payload"};
	r = proofs_add_digests(&s->proofs, s->package->archive_digests);
	if (r == 0)
		r = start_pipeline(s);
	return r < 0 ? fault_no_memory(f) : 0;
}

static int stream_all(struct stream *s, struct fault *f)
{
	const struct block *b;
	int r = open_stages(s, f);

	if (r < 0)
		return r;
	while ((r = pipeline_take(s->pipeline, &b, f)) > 0) {
		r = pass_block(s, b, f);
		if (r < 0)
			return r;
		pipeline_give_back(s->pipeline);
	}
	return r;
}

int package_stream(const struct package *p, const struct package_sink *sink,
		   const struct progress *progress, struct fault *f)
{
	_cleanup_(stream_done) struct stream s = {
		.package = p, .listed = p, .sink = sink, .progress = progress};
	_cleanup_(package_done) struct package whole = {0};

	if (p->header_digests == DIGESTS_BAD)
		return package_bad_digest(f, p, "%s", p->damage);
	if (p->listed_files && !p->file_count) {
		int r = package_read(&whole, p->patient, p->path, f);

		if (r < 0)
			return r;
		s.listed = &whole;
	}
	return stream_all(&s, f);
}
