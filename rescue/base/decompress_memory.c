/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dictionary's pages that hold zeros alone are given back to the kernel, which answers
 * with zeros where they are read again. */
#include "decompress_memory.h"

#include <sys/mman.h>

enum { PAGE = 4096, STEP = 1024 * 1024 };

void *decoder_memory_get(struct decoder_memory *m, size_t size)
{
	void *block = malloc(size);

	if (block && size >= STEP && m->count < ARRAY_SIZE(m->dictionaries))
		m->dictionaries[m->count++] = (struct bytes){block, size};
	return block;
}

void decoder_memory_put(struct decoder_memory *m, void *block)
{
	for (size_t i = 0; block && i < m->count; i++) {
		if (m->dictionaries[i].data != block)
			continue;
		m->dictionaries[i] = m->dictionaries[--m->count];
		break;
	}
	free(block);
}

static void give_back(const uint8_t *from, const uint8_t *to)
{
	if (to > from) /* where pages are larger it fails, and nothing is won */
		(void)madvise((void *)(uintptr_t)from, (size_t)(to - from), MADV_DONTNEED);
}

static void look_at(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *zeros = at += -(uintptr_t)at % PAGE;

	for (; at < end && end - at >= PAGE; at += PAGE) {
		if (bytes_are_zero((struct bytes){at, PAGE}))
			continue;
		give_back(zeros, at);
		zeros = at + PAGE;
	}
	give_back(zeros, at);
}

/* One step behind: a dictionary may begin some KiB after its piece of memory does. */
void decoder_memory_wrote(struct decoder_memory *m, size_t size)
{
	m->produced += size;
	for (; m->produced - m->looked_at >= 2 * STEP; m->looked_at += STEP) {
		for (size_t i = 0; i < m->count; i++) {
			const struct bytes *d = &m->dictionaries[i];
			size_t from = (size_t)(m->looked_at % d->size);

			look_at(d->data + from, d->data + MIN_OF(from + STEP, d->size));
		}
	}
}
