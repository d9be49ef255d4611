/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an uncompressed vmlinux exports: its __ksymtab sections, of every generation. */
#include "ksymtab.h"

#include <errno.h>

/* The unused and future marks were gone by 5.12; only a module's license ever mattered. */
static const struct {
	const char *suffix;
	bool gpl_only;
} kinds[] = {
	{"", false}, {"_gpl", true}, {"_gpl_future", false}, {"_unused", false},
	{"_unused_gpl", true},
};

struct tables {
	struct ksymtab of[ARRAY_SIZE(kinds)];
	struct elf_section strings;
};

static int bad(struct fault *f, int error, const char *reason)
{
	(void)fault_errno(f, error, NULL, "read the symbols of the kernel");
	fault_reason(f, "%s", reason);
	return -error;
}

static void take_table(struct tables *t, const struct elf_section *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (text_starts(s->name, "__ksymtab") &&
		    text_equal(s->name + strlen("__ksymtab"), kinds[i].suffix))
			t->of[i].entries = *s;
		if (text_starts(s->name, "__kcrctab") &&
		    text_equal(s->name + strlen("__kcrctab"), kinds[i].suffix))
			t->of[i].crcs = *s;
	}
	if (text_equal(s->name, "__kflagstab"))
		t->of[0].flags = *s;
	else if (text_equal(s->name, "__ksymtab_strings"))
		t->strings = *s;
}

static int find_tables(struct tables *t, const struct elf *e, struct fault *f)
{
	const char *why;

	for (size_t i = 1; i < e->count; i++) {
		struct elf_section s;

		if (elf_section_at(&s, e, i, &why) < 0)
			return bad(f, EBADMSG, why);
		take_table(t, &s);
	}
	return 0;
}

int elf_kernel_exports(struct bytes vmlinux, kernel_symbol_visit *visit, void *data,
		       struct fault *f)
{
	struct tables tables = {0};
	const char *why;
	struct elf e;
	int r;

	if (elf_open(&e, vmlinux, NULL, &why) < 0)
		return bad(f, ENODATA, why);
	r = find_tables(&tables, &e, f);
	if (r < 0)
		return r;
	if (!tables.of[0].entries.content.size && !tables.of[1].entries.content.size)
		return bad(f, ENODATA, "it has no table of exports");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct ksymtab *t = &tables.of[i];

		t->elf = &e;
		t->strings = tables.strings;
		t->gpl_only = kinds[i].gpl_only;
		r = ksymtab_visit(t, visit, data);
		if (r == -EBADMSG)
			return bad(f, EBADMSG, "its tables of exports are of an unknown layout");
		if (r)
			return r;
	}
	return 0;
}

size_t elf_kernel_first_table(struct bytes vmlinux)
{
	static const char *const names[] = {"__ksymtab", "__kcrctab", "__kflagstab", ".init"};
	size_t first = vmlinux.size;
	struct elf_section s;
	const char *why;
	struct elf e;

	if (elf_open(&e, vmlinux, NULL, &why) < 0)
		return first;
	for (size_t i = 1; i < e.count && elf_section_at(&s, &e, i, &why) >= 0; i++)
		for (size_t n = 0; n < ARRAY_SIZE(names); n++)
			if (s.content.size && text_starts(s.name, names[n]))
				first = MIN_OF(first, (size_t)(s.content.data - vmlinux.data));
	return first;
}
