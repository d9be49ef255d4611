/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All symbols of one kernel and its modules, by name. */
#ifndef RESCUE_VERIFY_SYMBOLS_H
#define RESCUE_VERIFY_SYMBOLS_H

#include "files.h"
#include "formats/kernel_symbol.h"
#include "inventory.h"

/* Who exports it; from 0 on: the index of a module. */
enum { OWNER_KERNEL = -1, OWNER_NOBODY = -2 };

struct symbol {
	const char *name, *name_space;
	uint32_t hash, crc;
	int owner;
	bool has_crc, gpl_only;
	bool agreed; /* what modules expect of the kernel; it was not seen itself */
};

enum symbol_source {
	SYMBOLS_UNKNOWN,
	SYMBOLS_AGREED, /* by the kernel's own modules */
	SYMBOLS_SYSTEM_MAP,
	SYMBOLS_SYMVERS,
	SYMBOLS_IMAGE
};

struct symbols {
	struct symbol **slots; /* open addressing; a power of two, at most 3/4 full */
	size_t slot_count, count;
	struct symbol_chunk *chunks;
	enum symbol_source source;
	const char *origin; /* path of the image or list; NULL: agreed or unknown */
	size_t kernel_count; /* of the kernel's own */
};

void symbols_done(struct symbols *s);
struct symbol *symbols_find(const struct symbols *s, const char *name);
/* The symbol of that name, made with OWNER_NOBODY where it is new; NULL: no memory. */
struct symbol *symbols_want(struct symbols *s, const char *name);
/* Makes it what that owner exports. 0 or -ENOMEM. */
int symbols_set(struct symbols *s, struct symbol *symbol, const struct kernel_symbol *as,
		int owner);
/* All that is in it so far is the kernel's own; origin is copied, or NULL. 0 or -ENOMEM. */
int symbols_settle(struct symbols *s, enum symbol_source source, const char *origin);
/* The list is all that the kernel exports, with license marks and namespaces. */
bool symbols_are_complete(const struct symbols *s);

/*
 * What that kernel exports: from its image, else from lists beside it; agreement is left to
 * the caller. An image tells of its loader, too. 0 also where there is nothing; -ENOMEM.
 */
struct loader;
int symbols_of_kernel(struct symbols *ret, struct loader *l, const struct files *files,
		      const struct kernel *k);

#endif
