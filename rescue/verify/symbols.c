/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash table of symbols; symbols and their texts live in chunks, freed all at once. */
#include "symbols.h"

#include <errno.h>

enum { CHUNK_SIZE = 256 * 1024, FIRST_SLOTS = 32768 };

struct symbol_chunk {
	struct symbol_chunk *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

void symbols_done(struct symbols *s)
{
	while (s->chunks) {
		struct symbol_chunk *next = s->chunks->next;

		free(s->chunks);
		s->chunks = next;
	}
	free(s->slots);
	*s = (struct symbols){0};
}

static void *allocate(struct symbols *s, size_t size)
{
	struct symbol_chunk *chunk = s->chunks;
	size_t rounded = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	void *at;

	if (!chunk || chunk->size - chunk->used < rounded) {
		size_t room = MAX_OF(rounded, (size_t)CHUNK_SIZE);

		chunk = malloc(sizeof(*chunk) + room);
		if (!chunk)
			return NULL;
		*chunk = (struct symbol_chunk){.next = s->chunks, .size = room};
		s->chunks = chunk;
	}
	at = chunk->bytes + chunk->used;
	chunk->used += rounded;
	return at;
}

static const char *keep_text(struct symbols *s, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = *text ? allocate(s, size) : NULL;

	return *text ? copy ? memcpy(copy, text, size) : NULL : "";
}

/* FNV-1a. */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

static struct symbol **slot_of(const struct symbols *s, const char *name, uint32_t hash)
{
	size_t i = hash & (s->slot_count - 1);

	while (s->slots[i] &&
	       (s->slots[i]->hash != hash || strcmp(s->slots[i]->name, name)))
		i = (i + 1) & (s->slot_count - 1);
	return &s->slots[i];
}

static int make_room(struct symbols *s)
{
	struct symbols bigger = *s;

	if (s->slots && s->count < s->slot_count / 4 * 3)
		return 0;
	bigger.slot_count = s->slots ? 2 * s->slot_count : FIRST_SLOTS;
	bigger.slots = calloc(bigger.slot_count, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; s->slots && i < s->slot_count; i++) {
		struct symbol *symbol = s->slots[i];

		if (symbol)
			*slot_of(&bigger, symbol->name, symbol->hash) = symbol;
	}
	free(s->slots);
	*s = bigger;
	return 0;
}

struct symbol *symbols_find(const struct symbols *s, const char *name)
{
	return s->slots ? *slot_of(s, name, hash_of(name)) : NULL;
}

struct symbol *symbols_want(struct symbols *s, const char *name)
{
	uint32_t hash = hash_of(name);
	struct symbol **slot, *symbol;

	if (make_room(s) < 0)
		return NULL;
	slot = slot_of(s, name, hash);
	if (*slot)
		return *slot;
	symbol = allocate(s, sizeof(*symbol));
	if (!symbol)
		return NULL;
	*symbol = (struct symbol){.name = keep_text(s, name), .name_space = "", .hash = hash,
				  .owner = OWNER_NOBODY};
	if (!symbol->name)
		return NULL;
	*slot = symbol;
	s->count++;
	return symbol;
}

int symbols_set(struct symbols *s, struct symbol *symbol, const struct kernel_symbol *as,
		int owner)
{
	const char *name_space = keep_text(s, as->name_space);

	if (!name_space)
		return -ENOMEM;
	symbol->name_space = name_space;
	symbol->crc = as->crc;
	symbol->has_crc = as->has_crc;
	symbol->gpl_only = as->gpl_only;
	symbol->agreed = false;
	symbol->owner = owner;
	return 0;
}

int symbols_settle(struct symbols *s, enum symbol_source source, const char *origin)
{
	const char *copy = origin ? keep_text(s, origin) : NULL;

	if (origin && !copy)
		return -ENOMEM;
	s->source = source;
	s->origin = copy;
	s->kernel_count = s->count;
	return 0;
}

bool symbols_are_complete(const struct symbols *s)
{
	return s->source == SYMBOLS_IMAGE || s->source == SYMBOLS_SYMVERS;
}
