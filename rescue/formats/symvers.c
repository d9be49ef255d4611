/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of symbol versions as text: Module.symvers (scripts/mod/modpost.c), System.map. */
#include "formats/kernel_symbol.h"
#include "text_lines.h"

#include <errno.h>

/* KSYM_NAME_LEN was raised to 512 for Rust. */
enum { NAME_MAX_SIZE = 512 };

static int bad(struct fault *f, unsigned line, const char *reason)
{
	(void)fault_errno(f, EBADMSG, NULL, "read the symbol versions");
	fault_reason(f, "line %u %s", line, reason);
	return -EBADMSG;
}

static int no_symbols(struct fault *f)
{
	(void)fault_errno(f, ENODATA, NULL, "read the symbol versions");
	fault_reason(f, "it lists none");
	return -ENODATA;
}

static bool copy(char ret[static NAME_MAX_SIZE], struct bytes span)
{
	if (span.size >= NAME_MAX_SIZE || (span.size && memchr(span.data, 0, span.size)))
		return false;
	if (span.size)
		memcpy(ret, span.data, span.size);
	ret[span.size] = '\0';
	return true;
}

/* At most 32 bits; "0x" may stand before. */
static bool hex(struct bytes text, uint32_t *ret)
{
	uint64_t value = 0;
	size_t i = text.size > 2 && text.data[0] == '0' && (text.data[1] | 32) == 'x' ? 2 : 0;

	if (i == text.size || text.size > 18)
		return false;
	for (; i < text.size; i++) {
		unsigned c = text.data[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value << 4 | ((c | 32) - 'a' + 10);
		else
			return false;
	}
	if (value > UINT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

struct row {
	char name[NAME_MAX_SIZE], module[NAME_MAX_SIZE], name_space[NAME_MAX_SIZE];
	struct kernel_symbol symbol;
};

/* 5.4 and 5.5 wrote the namespace before the module; it never begins with EXPORT_. */
static bool read_row(struct row *ret, struct bytes line)
{
	struct bytes word[5];

	for (size_t i = 0; i < ARRAY_SIZE(word); i++)
		word[i] = text_word(&line);
	if (!word[2].size || !hex(word[0], &ret->symbol.crc) || !copy(ret->name, word[1]))
		return false;
	if (word[4].size > 7 && !memcmp(word[4].data, "EXPORT_", 7)) {
		struct bytes name_space = word[2];

		word[2] = word[3];
		word[3] = word[4];
		word[4] = name_space;
	}
	if (!copy(ret->module, word[2]) || !copy(ret->name_space, word[4]))
		return false;
	ret->symbol.name = ret->name;
	ret->symbol.module = ret->module;
	ret->symbol.name_space = ret->name_space;
	/* Zero is what modpost writes for a symbol of a kernel without versions. */
	ret->symbol.has_crc = ret->symbol.crc != 0;
	ret->symbol.gpl_only = text_is(word[3], "EXPORT_SYMBOL_GPL") ||
			       text_is(word[3], "EXPORT_UNUSED_SYMBOL_GPL");
	return true;
}

int symvers_exports(struct bytes text, kernel_symbol_visit *visit, void *data,
		    struct fault *f)
{
	struct text_lines lines = TEXT_LINES(text);
	size_t count = 0;
	struct bytes line;

	while (text_lines_next(&lines, &line)) {
		struct row row = {0};
		int r;

		if (!text_trim(line).size)
			continue;
		if (count++ == KERNEL_MAX_SYMBOLS)
			return bad(f, lines.number, "is one symbol too many");
		if (!read_row(&row, line))
			return bad(f, lines.number, "is no symbol version");
		r = visit(data, &row.symbol);
		if (r)
			return r;
	}
	return count ? 0 : no_symbols(f);
}

int system_map_exports(struct bytes text, kernel_symbol_visit *visit, void *data,
		       struct fault *f)
{
	static const char prefix[] = "__crc_";
	struct text_lines lines = TEXT_LINES(text);
	size_t count = 0;
	struct bytes line;

	while (text_lines_next(&lines, &line)) {
		struct bytes value = text_word(&line), type = text_word(&line);
		struct bytes name = text_word(&line);
		struct kernel_symbol s = {.name_space = "", .has_crc = true};
		char text_name[NAME_MAX_SIZE];
		int r;

		if (!text_is(type, "A") || name.size < sizeof(prefix) ||
		    memcmp(name.data, prefix, sizeof(prefix) - 1) || !hex(value, &s.crc) ||
		    !copy(text_name, name))
			continue;
		if (count++ == KERNEL_MAX_SYMBOLS)
			return bad(f, lines.number, "is one symbol too many");
		s.name = text_name + sizeof(prefix) - 1;
		r = visit(data, &s);
		if (r)
			return r;
	}
	return count ? 0 : no_symbols(f);
}
