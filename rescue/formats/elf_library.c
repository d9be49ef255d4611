/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes of a shared library (name size, description size, type; each padded), and .interp. */
#include "formats/elf_library.h"
#include "elf_sections.h"

#include <elf.h>
#include <errno.h>

enum {
	NOTE_ABI_TAG = 1,	  /* four words: 0 for Linux, then the version */
	NOTE_PROPERTIES = 5,	  /* NT_GNU_PROPERTY_TYPE_0 */
	ABI_TAG_SIZE = 16,
};
#define X86_ISA_1_NEEDED 0xc0008002u

static size_t padded(size_t size, size_t to)
{
	return size + (to - size % to) % to;
}

/* Type, size, data, padded to the word: bits 0 to 3 are the levels. */
static void take_properties(struct elf_library *ret, const struct elf *e, struct bytes in)
{
	while (in.size >= 8) {
		uint64_t type = elf_number(e, in.data, 4), size = elf_number(e, in.data + 4, 4);
		size_t step;

		if (size > in.size - 8)
			return;
		if (type == X86_ISA_1_NEEDED && size == 4)
			for (uint64_t bits = elf_number(e, in.data + 8, 4) & 0xf; bits; bits >>= 1)
				ret->x86_level++;
		step = MIN_OF(padded(8 + (size_t)size, e->is_64 ? 8 : 4), in.size);
		in = (struct bytes){in.data + step, in.size - step};
	}
}

static void take_note(struct elf_library *ret, const struct elf *e, uint64_t type,
		      struct bytes what)
{
	if (type == NOTE_PROPERTIES && e->machine == EM_X86_64) {
		ret->x86_level = 0;
		take_properties(ret, e, what);
	} else if (type == NOTE_ABI_TAG && what.size >= ABI_TAG_SIZE &&
		   elf_number(e, what.data, 4) == 0) {
		for (size_t i = 0; i < 3; i++)
			ret->kernel[i] = (unsigned)elf_number(e, what.data + 4 + 4 * i, 4);
		ret->has_kernel = true;
	}
}

/* align: of the descriptions; 64-bit property notes have 8. */
static void take_notes(struct elf_library *ret, const struct elf *e, struct bytes in,
		       size_t align)
{
	while (in.size >= 12) {
		uint64_t name = elf_number(e, in.data, 4);
		uint64_t size = elf_number(e, in.data + 4, 4);
		uint64_t type = elf_number(e, in.data + 8, 4);
		size_t start, step;

		if (name > in.size || size > in.size)
			return;
		start = 12 + padded((size_t)name, 4);
		if (start > in.size || size > in.size - start)
			return;
		if (name == 4 && memcmp(in.data + 12, "GNU", 4) == 0)
			take_note(ret, e, type, (struct bytes){in.data + start, (size_t)size});
		step = MIN_OF(padded(start + (size_t)size, align), in.size);
		in = (struct bytes){in.data + step, in.size - step};
	}
}

/* A text that ends within its section. */
static const char *text_of(struct bytes in)
{
	return in.size > 1 && memchr(in.data, 0, in.size) ? (const char *)in.data : NULL;
}

int elf_library_parse(struct elf_library *ret, struct bytes in, struct fault *f)
{
	struct elf_library library = {0};
	const char *why = NULL;
	struct elf e;
	int r = elf_open(&e, in, NULL, &why);

	for (size_t i = 0; r >= 0 && i < e.count; i++) {
		struct elf_section s;

		r = elf_section_at(&s, &e, i, &why);
		if (r >= 0 && s.type == SHT_PROGBITS && strcmp(s.name, ".interp") == 0)
			library.interpreter = text_of(s.content);
		if (r < 0 || s.type != SHT_NOTE)
			continue;
		if (strcmp(s.name, ".note.ABI-tag") == 0)
			take_notes(&library, &e, s.content, 4);
		else if (strcmp(s.name, ".note.gnu.property") == 0)
			take_notes(&library, &e, s.content, e.is_64 ? 8 : 4);
	}
	if (r < 0) {
		fault_errno(f, -r, NULL, "read the library");
		fault_reason(f, "%s", why ? why : "it is damaged");
		return r;
	}
	*ret = library;
	return 0;
}
