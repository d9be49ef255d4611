/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memcpy for short pieces. musl's, on x86-64, is one string instruction, which takes some 30
 * cycles to begin; decoders copy five to twenty bytes at a time, many million times a kernel.
 * The linker puts this one in its place (--wrap in the Makefile).
 */
#include "base.h"

void *__wrap_memcpy(void *restrict to, const void *restrict from, size_t size);

/* As large as a register: of a size that the compiler knows, a copy is a load and a store. */
typedef unsigned char block __attribute__((vector_size(16)));

/* Of one to two times that size: from the front and from the end, which may overlap. */
#define COPY_ENDS(type, to, from, size)                                                  \
	({                                                                               \
		type front_, end_;                                                       \
		__builtin_memcpy(&front_, (from), sizeof(type));                         \
		__builtin_memcpy(&end_, (from) + (size) - sizeof(type), sizeof(type));   \
		__builtin_memcpy((to), &front_, sizeof(type));                           \
		__builtin_memcpy((to) + (size) - sizeof(type), &end_, sizeof(type));     \
	})

/* The compiler must not see a memcpy in the loop, which would be this one. */
__attribute__((optimize("no-tree-loop-distribute-patterns")))
void *__wrap_memcpy(void *restrict ret, const void *restrict source, size_t size)
{
	const char *from = source;
	char *to = ret;

	for (; size > 2 * sizeof(block); size -= sizeof(block)) {
		block b;

		__builtin_memcpy(&b, from, sizeof(block));
		__builtin_memcpy(to, &b, sizeof(block));
		from += sizeof(block);
		to += sizeof(block);
	}
	if (size >= sizeof(block))
		COPY_ENDS(block, to, from, size);
	else if (size >= sizeof(uint64_t))
		COPY_ENDS(uint64_t, to, from, size);
	else if (size >= sizeof(uint32_t))
		COPY_ENDS(uint32_t, to, from, size);
	else if (size >= sizeof(uint16_t))
		COPY_ENDS(uint16_t, to, from, size);
	else if (size)
		*to = *from;
	return ret;
}
