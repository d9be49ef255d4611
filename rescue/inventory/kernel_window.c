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

static bool is_zero(const uint8_t *block, size_t size)
{
	return !block[0] && memcmp(block, block + 1, size - 1) == 0;
}

/* Answers how much of it was worth a page. */
static size_t keep(uint8_t *at, const uint8_t *piece, size_t size)
{
	size_t kept = 0;

	for (size_t i = 0; i < size; i += BLOCK) {
		size_t n = MIN_OF((size_t)BLOCK, size - i);

		if (is_zero(piece + i, n))
			continue;
		memcpy(at + i, piece + i, n);
		kept += n;
	}
	return kept;
}

/* The first that is still there. */
static void forget(struct kernel_window *w, size_t *kept)
{
	uint8_t *at = (uint8_t *)(uintptr_t)w->vmlinux.data + w->forgotten_to;

	for (size_t i = 0; i < STEP; i += BLOCK)
		*kept -= is_zero(at + i, BLOCK) ? 0 : BLOCK;
	(void)madvise(at, STEP, MADV_DONTNEED);
	w->forgotten_to += STEP;
}

static int fill(struct kernel_window *w, struct decompressor *d, struct bytes in,
		uint8_t *piece)
{
	uint8_t *window = (uint8_t *)(uintptr_t)w->vmlinux.data;
	size_t kept = 0;
	ssize_t n;

	while ((n = decompressor_read(d, &in, INPUT_IS_ONE, piece, PIECE)) > 0) {
		if ((size_t)n > w->room - w->vmlinux.size)
			return -ENOTSUP; /* it holds more than it says */
		kept += keep(window + w->vmlinux.size, piece, (size_t)n);
		w->vmlinux.size += (size_t)n;
		while (kept > KEPT && w->vmlinux.size - w->forgotten_to > STEP)
			forget(w, &kept);
	}
	return (int)n;
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
	_cleanup_free_ uint8_t *piece = malloc(PIECE);
	struct decompressor *d;
	void *memory;
	int r;

	if (!piece)
		return -ENOMEM;
	if (w.room <= in.size || w.room > limit)
		return -ENOTSUP;
	memory = mmap(NULL, w.room, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	w.vmlinux.data = memory;
	r = decompressor_new(&d, c, 1);
	if (r < 0)
		return r;
	r = fill(&w, d, in, piece);
	decompressor_free(d);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(w);
	return 0;
}
