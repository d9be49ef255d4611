/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels unpack to 60 MiB and more, half of it zeros and most of the rest code, and the
 * decoder needs as much again. Zeros are never written, and what comes first is forgotten
 * again: behind the code stand the export tables, the initial data and the section table
 * (include/asm-generic/vmlinux.lds.h).
 */
#include "kernel_window.h"

#include <errno.h>
#include <sys/mman.h>

enum {
	PIECE = 64 * 1024,
	IN_PLACE = 64,  /* of zstd's input: four bytes may be 128 KiB of zeros */
	BLOCK = 4096, /* zeros are left out by that much */
	HEAD = 64 * 1024, /* the ELF header; the largest page of any machine */
	STEP = 1024 * 1024,
	KEPT = 18 * STEP, /* of a kernel today, 13 to 16 lie behind the tables' begin */
};

void kernel_window_done(struct kernel_window *w)
{
	if (w->vmlinux.data)
		munmap((void *)(uintptr_t)w->vmlinux.data, w->room);
	*w = (struct kernel_window){0};
}

/* Answers how much of it was worth a page. */
static size_t keep(uint8_t *at, const uint8_t *piece, size_t size)
{
	size_t kept = 0;

	for (size_t i = 0; i < size; i += BLOCK) {
		size_t n = MIN_OF((size_t)BLOCK, size - i);

		if (bytes_are_zero((struct bytes){piece + i, n}))
			continue;
		memcpy(at + i, piece + i, n);
		kept += n;
	}
	return kept;
}

/* The first that is still there. */
static void forget(struct kernel_window *w)
{
	uint8_t *at = (uint8_t *)(uintptr_t)w->vmlinux.data + w->forgotten_to;

	for (size_t i = 0; i < STEP; i += BLOCK)
		w->kept -= bytes_are_zero((struct bytes){at + i, BLOCK}) ? 0 : BLOCK;
	(void)madvise(at, STEP, MADV_DONTNEED);
	w->forgotten_to += STEP;
}

static int take(struct kernel_window *w, struct bytes piece)
{
	uint8_t *window = (uint8_t *)(uintptr_t)w->vmlinux.data;

	if (piece.size > w->room - w->vmlinux.size)
		return -ENOTSUP; /* it holds more than it says */
	w->kept += keep(window + w->vmlinux.size, piece.data, piece.size);
	w->vmlinux.size += piece.size;
	while (w->kept > KEPT && w->vmlinux.size - w->forgotten_to > STEP)
		forget(w);
	return 0;
}

static int fill(struct kernel_window *w, enum compression c, struct bytes in)
{
	_cleanup_free_ uint8_t *piece = malloc(PIECE);
	struct decompressor *d;
	ssize_t n = piece ? decompressor_new_sparse(&d, c) : -ENOMEM;

	if (n < 0)
		return (int)n;
	while ((n = decompressor_read(d, &in, INPUT_IS_ONE, piece, PIECE)) > 0) {
		n = take(w, (struct bytes){piece, (size_t)n});
		if (n < 0)
			break;
	}
	decompressor_free(d);
	return (int)n;
}

/* All of it stays, as what comes later refers to any of it, and that is less than twice. */
static int fill_in_place(struct kernel_window *w, enum compression c, struct bytes in)
{
	uint8_t *window = (uint8_t *)(uintptr_t)w->vmlinux.data;
	struct decompressor *d;
	ssize_t n = decompressor_new_in_place(&d, c, window, w->room);

	if (n < 0)
		return (int)n;
	while (n >= 0 && in.size) {
		struct bytes part = {in.data, MIN_OF(in.size, (size_t)IN_PLACE)};

		in.data += part.size;
		in.size -= part.size;
		n = decompressor_read(d, &part, in.size ? INPUT_GOES_ON : INPUT_IS_ONE,
				      window + w->vmlinux.size, w->room - w->vmlinux.size);
		w->vmlinux.size += n > 0 ? (size_t)n : 0;
	}
	decompressor_free(d);
	return MIN_OF((int)n, 0);
}

/* LZ4, LZO. */
static int fill_blocks(struct kernel_window *w, enum compression c, struct bytes in)
{
	_cleanup_(buffer_done) struct buffer block = {0};
	struct block_stream s;
	int r = block_stream_open(&s, c, in);

	while (r == 0 && (r = block_stream_next(&s, w->room, &block)) == 0) {
		r = take(w, buffer_bytes(&block));
		block.size = 0;
	}
	return MIN_OF(r, 0);
}

/* What the kernel's build appends to the stream (scripts/Makefile.lib), and gzip itself. */
static size_t size_said(struct bytes in)
{
	const uint8_t *end = in.data + in.size;

	return in.size < 4 ? 0 : (size_t)end[-4] | (size_t)end[-3] << 8 |
				 (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
}

int kernel_window_unpack(struct kernel_window *ret, enum compression c, struct bytes in,
			 size_t limit)
{
	_cleanup_(kernel_window_done) struct kernel_window w = {
		.room = size_said(in), .forgotten_from = HEAD, .forgotten_to = HEAD};
	void *memory;
	int r;

	if (w.room <= in.size || w.room > limit)
		return -ENOTSUP;
	memory = mmap(NULL, w.room, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	w.vmlinux.data = memory;
	if (c == COMPRESSION_LZ4 || c == COMPRESSION_LZO)
		r = fill_blocks(&w, c, in);
	else if (c == COMPRESSION_ZSTD)
		r = fill_in_place(&w, c, in);
	else
		r = fill(&w, c, in);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(w);
	return 0;
}
