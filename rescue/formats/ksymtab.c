/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Export tables of a linked kernel. Distributions backport, so no version tells the layout:
 * of all that the sizes allow, the one whose names begin strings of __ksymtab_strings.
 */
#include "ksymtab.h"

#include <errno.h>

/* What one entry is made of: words that point, or 32 bits that count from themselves. */
struct layout {
	bool relative, has_namespace;
	size_t field, entry, count, crc;
};

static uint64_t target_of(const struct ksymtab *t, const struct layout *l, size_t offset)
{
	uint64_t value = elf_number(t->elf, t->entries.content.data + offset, l->field);

	if (l->relative)
		value = t->entries.address + offset + (uint64_t)(int64_t)(int32_t)value;
	return t->elf->is_64 ? value : (uint32_t)value;
}

/* The strings section was seen to end in NUL. NULL: that address is not in it. */
static const char *string_at(const struct ksymtab *t, uint64_t address)
{
	uint64_t at = address - t->strings.address;

	if (address < t->strings.address || at >= t->strings.content.size)
		return NULL;
	return (const char *)t->strings.content.data + at;
}

static const char *name_of(const struct ksymtab *t, const struct layout *l, size_t index)
{
	return string_at(t, target_of(t, l, index * l->entry + l->field));
}

/* "", NULL and an offset that stays at itself all mean: none. */
static const char *name_space_of(const struct ksymtab *t, const struct layout *l, size_t index)
{
	size_t offset = index * l->entry + 2 * l->field;
	const char *name;

	if (!l->has_namespace ||
	    !elf_number(t->elf, t->entries.content.data + offset, l->field))
		return "";
	name = string_at(t, target_of(t, l, offset));
	return name ? name : "";
}

/* How many names begin a string; 0 where one lies elsewhere or is empty. */
static size_t hits(const struct ksymtab *t, const struct layout *l)
{
	const char *first = (const char *)t->strings.content.data;
	size_t count = 0;

	for (size_t i = 0; i < l->count; i++) {
		const char *name = name_of(t, l, i);

		if (!name || !*name)
			return 0;
		count += name == first || !name[-1];
	}
	return count;
}

/* Do the sizes of the three tables agree on a count? */
static bool fits(const struct ksymtab *t, struct layout *l)
{
	size_t word = t->elf->is_64 ? 8 : 4, size = t->entries.content.size;

	l->entry = l->field * (l->has_namespace ? 3 : 2);
	if (size % l->entry)
		return false;
	l->count = size / l->entry;
	if (l->count > KERNEL_MAX_SYMBOLS)
		return false;
	if (t->flags.content.size && t->flags.content.size != l->count)
		return false;
	if (!t->crcs.content.size)
		return true;
	l->crc = t->crcs.content.size / l->count;
	return t->crcs.content.size == l->count * l->crc && (l->crc == 4 || l->crc == word);
}

/* Linkers may share the tail of a longer string, so a few names may begin within one. */
static bool find_layout(const struct ksymtab *t, struct layout *ret)
{
	size_t word = t->elf->is_64 ? 8 : 4, best = 0;

	for (int i = 0; i < 4; i++) {
		struct layout l = {.relative = i & 1, .has_namespace = i & 2};
		size_t found;

		l.field = l.relative ? 4 : word;
		if (!fits(t, &l))
			continue;
		found = hits(t, &l);
		if (found > best && found >= l.count - l.count / 8) {
			best = found;
			*ret = l;
		}
	}
	return best > 0;
}

static struct kernel_symbol symbol_at(const struct ksymtab *t, const struct layout *l,
				      size_t index)
{
	enum { FLAG_GPL_ONLY = 1 };
	struct kernel_symbol s = {
		.name = name_of(t, l, index),
		.name_space = name_space_of(t, l, index),
		.has_crc = l->crc > 0,
		.gpl_only = t->gpl_only,
	};

	if (l->crc)
		s.crc = (uint32_t)elf_number(t->elf, t->crcs.content.data + index * l->crc,
					     l->crc);
	if (t->flags.content.size)
		s.gpl_only = t->flags.content.data[index] & FLAG_GPL_ONLY;
	return s;
}

int ksymtab_visit(const struct ksymtab *t, kernel_symbol_visit *visit, void *data)
{
	struct layout l;
	int r = 0;

	if (!t->entries.content.size)
		return 0;
	if (!t->strings.content.size ||
	    t->strings.content.data[t->strings.content.size - 1] || !find_layout(t, &l))
		return -EBADMSG;
	for (size_t i = 0; r == 0 && i < l.count; i++) {
		struct kernel_symbol s = symbol_at(t, &l, i);

		r = visit(data, &s);
	}
	return r;
}
