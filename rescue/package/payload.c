/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The payload decompressed: blocks as they lie in the file become blocks of the archive. */
#include "package_room.h"

#include "decompress.h"
#include "thread.h"

#include <errno.h>

enum { MAX_THREADS = 8 };

struct payload {
	const struct package *package;
	struct intake *intake;
	struct decompressor *decompressor;
	const struct block *block; /* at hand; NULL: the next one is needed */
	struct bytes input;	   /* of it, not yet decompressed */
	uint64_t position;	   /* in the file, behind the block */
};

/* Only the compression that the header names: a payload of another kind is damaged. */
static int find_compression(enum compression *ret, const struct package *p, struct fault *f)
{
	static const enum compression known[] = {COMPRESSION_NONE, COMPRESSION_GZIP,
		COMPRESSION_BZIP2, COMPRESSION_LZMA, COMPRESSION_XZ, COMPRESSION_ZSTD};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(compression_name(known[i]), p->payload_compressor))
			continue;
		*ret = known[i];
		return 0;
	}
	return package_refuse(f, p, "its payload is compressed with %s, which is unknown here",
			      p->payload_compressor);
}

void payload_close(struct payload *payload)
{
	if (!payload)
		return;
	decompressor_free(payload->decompressor);
	intake_close(payload->intake);
	free(payload);
}

void payload_close_p(struct payload **payload)
{
	payload_close(*payload);
}

int payload_open(struct payload **ret, const struct package *p, struct fault *f)
{
	_cleanup_(payload_close_p) struct payload *payload = calloc(1, sizeof(*payload));
	enum compression compression = COMPRESSION_NONE;
	int r;

	if (!payload)
		return fault_no_memory(f);
	payload->package = p;
	payload->position = p->payload_offset;
	r = find_compression(&compression, p, f);
	if (r >= 0)
		r = intake_open(&payload->intake, p, f);
	if (r < 0)
		return r;
	if (decompressor_new(&payload->decompressor, compression,
			     thread_useful(MAX_THREADS)) < 0)
		return fault_no_memory(f);
	*ret = TAKE_PTR(payload);
	return 0;
}

/* 1: there is input; 0: all of it was used, and it is what was built. */
static int need_input(struct payload *payload, struct fault *f)
{
	struct pipeline *pipeline = intake_pipeline(payload->intake);
	int r;

	if (payload->input.size)
		return 1;
	if (payload->block)
		pipeline_give_back(pipeline);
	payload->block = NULL;
	r = pipeline_take(pipeline, &payload->block, f);
	if (r <= 0)
		return r;
	payload->input = (struct bytes){(const uint8_t *)payload->block->data,
					payload->block->size};
	payload->position = payload->block->position;
	return 1;
}

static int decoder_failed(const struct payload *payload, int error, struct fault *f)
{
	if (error == -ENOMEM)
		return fault_no_memory(f);
	return package_bad_digest(f, payload->package, "its payload is damaged: %s",
				  error == -EFBIG ? "it needs too much memory to decompress"
						  : "it cannot be decompressed");
}

static bool is_at_end(const struct payload *payload)
{
	return payload->position == payload->package->file_size;
}

/* At the end the decoder is asked until it holds nothing back, then the intake's word. */
int payload_fill(void *data, struct block *b, struct fault *f)
{
	struct payload *payload = data;
	int r = 1;

	while (b->size < BLOCK_SIZE && r > 0) {
		ssize_t n;

		if (!is_at_end(payload))
			r = need_input(payload, f);
		if (r <= 0)
			break;
		n = decompressor_read(payload->decompressor, &payload->input,
				      is_at_end(payload) ? INPUT_ENDS : INPUT_GOES_ON,
				      b->data + b->size, BLOCK_SIZE - b->size);
		if (n < 0)
			return decoder_failed(payload, (int)n, f);
		b->size += (size_t)n;
		if (!n && is_at_end(payload))
			r = need_input(payload, f);
	}
	b->position = payload->position;
	return r < 0 ? r : b->size > 0;
}
