/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressed streams: whole into memory, where the driver grows the output and watches its
 * limit, or in pieces.
 */
#include "decompress.h"

#include "decompress_codecs.h"

#include <errno.h>

/* Appends one step's output to b. As codec->step; -EBADMSG when nothing moves. */
static int step_into(const struct codec *c, union decoder *d, struct bytes *in,
	struct buffer *b)
{
	size_t free_space = b->capacity - b->size - 1;
	struct step s = {.in = in->data,
		.in_size = MIN_OF(in->size, LARGEST_STEP),
		.state = in->size > LARGEST_STEP ? INPUT_GOES_ON : INPUT_ENDS,
		.out = b->data + b->size,
		.out_size = MIN_OF(free_space, LARGEST_STEP)};
	int r = c->step(d, &s);
	size_t produced = (size_t)(s.out - (b->data + b->size));
	size_t consumed = (size_t)(s.in - in->data);

	if (r < 0)
		return r;
	if (r == 0 && produced == 0 && consumed == 0)
		return -EBADMSG; /* truncated */
	b->size += produced;
	b->data[b->size] = '\0';
	in->data += consumed;
	in->size -= consumed;
	return r;
}

/*
 * Kernel images and gzip say at their end how much they hold; elsewhere chance stands there.
 * Bounded, for the input may be anything. One more byte lets a decoder see its end.
 */
static size_t first_guess(struct bytes in)
{
	size_t said = 0;

	for (size_t i = 1; in.size >= 4 && i <= 4; i++)
		said = said << 8 | in.data[in.size - i];
	if (said > in.size && said / 16 < in.size)
		return said + 1;
	return MAX_OF(MIN_OF(in.size * 4, (size_t)16 << 20), (size_t)4096);
}

static int decode(const struct codec *c, union decoder *d, struct bytes in, size_t limit,
	struct buffer *b)
{
	int r;

	do {
		r = b->capacity - b->size > 1 ? 0 : buffer_reserve(b, b->size);
		if (r == 0)
			r = step_into(c, d, &in, b);
		if (r >= 0 && b->size > limit)
			r = -EFBIG;
	} while (r == 0);
	return r < 0 ? r : 0; /* 1: ended */
}

static int copy_plain(struct bytes in, size_t limit, struct buffer *b)
{
	return in.size > limit ? -EFBIG : buffer_append(b, in.data, in.size);
}

static int decode_blocks(enum compression c, struct bytes in, size_t limit, struct buffer *b)
{
	struct block_stream s;
	int r = block_stream_open(&s, c, in);

	while (r == 0)
		r = block_stream_next(&s, limit, b);
	return r < 0 ? r : b->size || c == COMPRESSION_LZO ? 0 : -EBADMSG;
}

int decompress(enum compression c, struct bytes in, size_t limit, struct buffer *ret)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	const struct codec *codec = codec_of(c);
	union decoder d;
	int r;

	if (c != COMPRESSION_NONE && buffer_reserve(&b, MIN_OF(first_guess(in), limit)) < 0)
		return -ENOMEM;
	if (c == COMPRESSION_NONE) {
		r = copy_plain(in, limit, &b);
	} else if (c == COMPRESSION_LZ4 || c == COMPRESSION_LZO) {
		r = decode_blocks(c, in, limit, &b);
	} else if (codec) {
		r = codec->open(&d, NULL);
		if (r < 0)
			return r;
		r = decode(codec, &d, in, limit, &b);
		codec->close(&d);
	} else {
		r = -EINVAL;
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(b);
	return 0;
}

/* ---- in pieces ---------------------------------------------------------------------- */

struct decompressor {
	enum compression compression;
	unsigned threads;
	bool is_open, has_ended;
	union decoder decoder;
	struct decoder_memory *memory; /* NULL: it is not watched */
};

/* Threads belong to their stream. */
static int reopen(struct decompressor *d)
{
	const struct codec *c = codec_of(d->compression);
	bool threads = d->compression == COMPRESSION_XZ && d->threads > 1;
	int r;

	d->has_ended = false;
	if (d->is_open && !threads)
		return c->again(&d->decoder);
	if (d->is_open)
		c->close(&d->decoder);
	r = threads ? codec_open_threads(&d->decoder, d->threads) : c->open(&d->decoder, d->memory);
	d->is_open = r == 0;
	return r;
}

static int make(struct decompressor **ret, enum compression c, unsigned threads,
		struct decoder_memory *take_memory)
{
	_cleanup_free_ struct decoder_memory *memory = take_memory;
	struct decompressor *d;
	int r = 0;

	if (c != COMPRESSION_NONE && !codec_of(c))
		return -ENOTSUP;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->compression = c;
	d->threads = threads;
	d->memory = TAKE_PTR(memory);
	if (c != COMPRESSION_NONE)
		r = reopen(d);
	if (r < 0)
		decompressor_free(d);
	else
		*ret = d;
	return r;
}

int decompressor_new(struct decompressor **ret, enum compression c, unsigned threads)
{
	return make(ret, c, threads, NULL);
}

int decompressor_new_sparse(struct decompressor **ret, enum compression c)
{
	struct decoder_memory *memory = calloc(1, sizeof(*memory));

	return memory ? make(ret, c, 1, memory) : -ENOMEM;
}

int decompressor_new_in_place(struct decompressor **ret, enum compression c, void *out,
			      size_t room)
{
	const struct codec *codec = codec_of(c);
	struct decoder_memory *memory;
	int r;

	if (!codec || !codec->settle)
		return -ENOTSUP;
	memory = calloc(1, sizeof(*memory));
	if (!memory)
		return -ENOMEM;
	memory->dictionaries[memory->count++] = (struct bytes){out, room};
	r = make(ret, c, 1, memory);
	if (r < 0)
		return r;
	r = codec->settle(&(*ret)->decoder, out, room);
	if (r < 0)
		decompressor_free(*ret);
	return r;
}

void decompressor_free(struct decompressor *d)
{
	if (d && d->is_open)
		codec_of(d->compression)->close(&d->decoder);
	if (d)
		free(d->memory);
	free(d);
}

static ssize_t read_plain(struct bytes *in, void *out, size_t size)
{
	size_t n = MIN_OF(in->size, size);

	if (n)
		memcpy(out, in->data, n);
	in->data += n;
	in->size -= n;
	return (ssize_t)n;
}

/* What one step wrote; d->has_ended tells whether a stream ended with it. */
static ssize_t read_step(struct decompressor *d, struct bytes *in, enum input_state state,
	void *out, size_t size)
{
	struct step s = {.in = in->data, .in_size = MIN_OF(in->size, LARGEST_STEP),
		.state = in->size > LARGEST_STEP ? INPUT_GOES_ON : state, .out = out,
		.out_size = MIN_OF(size, LARGEST_STEP)};
	int r = codec_of(d->compression)->step(&d->decoder, &s);
	size_t produced = (size_t)(s.out - (char *)out), consumed = (size_t)(s.in - in->data);

	if (r < 0)
		return r;
	in->data += consumed;
	in->size -= consumed;
	d->has_ended = r > 0;
	/* At the end of the input a step that moves nothing means that some is missing. */
	if (!r && !produced && !consumed && (in->size || state != INPUT_GOES_ON))
		return -EBADMSG;
	return (ssize_t)produced;
}

ssize_t decompressor_read(struct decompressor *d, struct bytes *in, enum input_state state,
	void *out, size_t size)
{
	size_t have = 0;

	if (d->compression == COMPRESSION_NONE)
		return read_plain(in, out, size);
	while (have < size) {
		ssize_t n;

		if (d->has_ended && (!in->size || state == INPUT_IS_ONE))
			break;
		n = d->has_ended ? reopen(d) : 0;
		if (n < 0)
			return n;
		n = read_step(d, in, state, (char *)out + have, size - have);
		if (n < 0)
			return n;
		have += (size_t)n;
		if (d->memory)
			decoder_memory_wrote(d->memory, (size_t)n);
		/* Asked without input, threads would be waited for that could have some. */
		if (!in->size && state == INPUT_GOES_ON)
			break;
	}
	return (ssize_t)have;
}

int decompressor_whole(struct decompressor *d, struct bytes in, size_t limit, struct buffer *b)
{
	int r = reopen(d);

	b->size = 0;
	if (r >= 0 && b->capacity < 2)
		r = buffer_reserve(b, MIN_OF(first_guess(in), limit));
	return r < 0 ? r : decode(codec_of(d->compression), &d->decoder, in, limit, b);
}
