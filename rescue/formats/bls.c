/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BLS entries: read as each boot loader reads them, and written. */
#include "formats/bls.h"

#include "text_lines.h"

#include <ctype.h>
#include <errno.h>

#define BLS_MAX_KEYS 10000 /* upstream's BLSUKI_KEYVALS_MAX */

void bls_done(struct bls_entry *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->items[i].key);
		free(e->items[i].value);
	}
	free(e->items);
	*e = (struct bls_entry){0};
}

static struct bytes skip_blanks(struct bytes text)
{
	while (text.size > 0 && text_is_blank(text.data[0]))
		text = (struct bytes){text.data + 1, text.size - 1};
	return text;
}

/* Cuts a line at that byte of it. */
static void cut(struct bytes line, const uint8_t *at, struct bytes *key, struct bytes *value)
{
	size_t size = (size_t)(at - line.data);

	*key = (struct bytes){line.data, size};
	*value = skip_blanks((struct bytes){at, line.size - size});
}

/*
 * EL8, EL9: at the first space, or, in a line without any, at the first tab. Two blanks
 * and nothing behind them are an empty value.
 */
static bool split_blscfg(struct bytes line, struct bytes *key, struct bytes *value)
{
	const uint8_t *end = memchr(line.data, ' ', line.size);

	if (!end)
		end = memchr(line.data, '\t', line.size);
	if (!end || end + 1 == line.data + line.size)
		return false;
	cut(line, end, key, value);
	return true;
}

/* blsuki.c, systemd-boot: at the first blank of either kind; a value has some text. */
static bool split_at_blank(struct bytes line, struct bytes *key, struct bytes *value)
{
	for (size_t i = 0; i < line.size; i++) {
		if (!text_is_blank(line.data[i]))
			continue;
		cut(line, line.data + i, key, value);
		return value->size > 0;
	}
	return false;
}

/* Blanks at the end and one pair of quotes are no part of the value. */
static bool split_systemd(struct bytes line, struct bytes *key, struct bytes *value)
{
	if (!split_at_blank(text_trim(line), key, value))
		return false;
	if (value->size > 1 && value->data[0] == '"' && value->data[value->size - 1] == '"')
		*value = (struct bytes){value->data + 1, value->size - 2};
	return true;
}

static bool split(enum bls_dialect dialect, struct bytes line, struct bytes *key,
	struct bytes *value)
{
	switch (dialect) {
	case BLS_UKI:
		return split_at_blank(line, key, value);
	case BLS_SYSTEMD:
		return split_systemd(line, key, value);
	default:
		return split_blscfg(line, key, value);
	}
}

static int add_key(
	struct bls_entry *e, struct bytes key, struct bytes value, unsigned line)
{
	struct bls_key k = {.key = text_of(key), .value = text_of(value), .line = line};

	if (!k.key || !k.value || VECTOR_GROW(e) < 0) {
		free(k.key);
		free(k.value);
		return -ENOMEM;
	}
	e->items[e->count++] = k;
	return 0;
}

/* blscfg.c moves the pointer over leading blanks, and frees the moved pointer. */
static bool dies_of_blanks(enum bls_dialect dialect, struct bytes line)
{
	return (dialect == BLS_EL8 || dialect == BLS_EL9) && line.size > 0 &&
	       text_is_blank(line.data[0]);
}

int bls_parse(struct bls_entry *ret, struct bytes in, enum bls_dialect dialect,
	struct fault *f)
{
	_cleanup_(bls_done) struct bls_entry e = {0};
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line, key, value;

	if (in.size > BLS_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse boot entry");
	while (text_lines_next(&lines, &line)) {
		bool dies = dies_of_blanks(dialect, line);

		line = skip_blanks(line);
		if (line.size > 0 && line.data[0] == '#')
			continue;
		if (dies && e.fatal_line == 0)
			e.fatal_line = lines.number;
		if (line.size == 0 || !split(dialect, line, &key, &value)) {
			if (dialect == BLS_SYSTEMD)
				continue;
			e.stopped_line =
				lines.rest.size > 0 || line.size > 0 ? lines.number : 0;
			break;
		}
		if (e.count >= BLS_MAX_KEYS)
			return fault_errno(
				f, E2BIG, NULL, "parse boot entry line %u", lines.number);
		if (add_key(&e, key, value, lines.number) < 0)
			return fault_no_memory(f);
	}
	*ret = TAKE_STRUCT(e);
	return 0;
}

unsigned bls_line(const struct bls_entry *e, const char *key)
{
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->items[i].key, key) == 0)
			return e->items[i].line;
	return 0;
}

const char *bls_get(const struct bls_entry *e, const char *key)
{
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->items[i].key, key) == 0)
			return e->items[i].value;
	return NULL;
}

const char *bls_get_last(const struct bls_entry *e, const char *key)
{
	for (size_t i = e->count; i-- > 0;)
		if (strcmp(e->items[i].key, key) == 0)
			return e->items[i].value;
	return NULL;
}

int bls_get_all(const struct bls_entry *e, const char *key, struct strings *ret)
{
	_cleanup_(strings_done) struct strings all = {0};

	for (size_t i = 0; i < e->count; i++) {
		struct bytes rest = {(const uint8_t *)e->items[i].value,
				     strlen(e->items[i].value)},
			     word;

		if (strcmp(e->items[i].key, key) != 0)
			continue;
		while ((word = text_word(&rest)).size > 0)
			if (strings_take(&all, text_of(word)) < 0)
				return -ENOMEM;
	}
	*ret = TAKE_STRUCT(all);
	return 0;
}

/*
 * A line that GRUB reads back as it was meant: no control bytes, and something behind the
 * blank, for a value-less line would end the reading.
 */
static int write_key(struct buffer *out, const char *key, const char *value)
{
	if (!value)
		return 0;
	if (!*value || text_is_blank((uint8_t)*value))
		return -EINVAL;
	for (const char *c = value; *c; c++)
		if (iscntrl((unsigned char)*c))
			return -EINVAL;
	return buffer_printf(out, "%s %s\n", key, value);
}

int bls_write(struct buffer *ret, const struct bls_template *t)
{
	_cleanup_(buffer_done) struct buffer out = {0};
	const struct {
		const char *key, *value;
	} lines[] = {
		{"title", t->title},
		{"version", t->version},
		{"machine-id", t->machine_id},
		{"sort-key", t->sort_key},
		{"linux", t->linux_path},
		{"initrd", t->initrd},
		{"options", t->options},
		{"grub_users", t->grub_users},
		{"grub_arg", t->grub_arg},
		{"grub_class", t->grub_class},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		int r = write_key(&out, lines[i].key, lines[i].value);

		if (r < 0)
			return r;
	}
	buffer_done(ret);
	*ret = TAKE_STRUCT(out);
	return 0;
}

int bls_expand(char **ret, const char *value,
	const char *(*variable)(void *data, const char *name), void *data)
{
	_cleanup_(buffer_done) struct buffer out = {0};
	bool any = false;

	while (*value) {
		size_t size = strcspn(value, "$");

		if (size > 0 && buffer_append(&out, value, size) < 0)
			return -ENOMEM;
		any = any || size > 0;
		value += size;
		if (*value != '$')
			break;
		value++;
		for (size = 0; value[size] == '_' || isalnum((unsigned char)value[size]);)
			size++;

		_cleanup_free_ char *name = strndup(value, size);
		const char *set = name ? variable(data, name) : NULL;

		if (!name || (set && buffer_printf(&out, "%s ", set) < 0))
			return -ENOMEM;
		value += size;
		any = any || set;
		/* GRUB takes one blank behind a variable, and what follows for text. */
		if (*value == ' ') {
			value++;
			any = true;
		}
	}
	*ret = any ? buffer_steal(&out) : NULL;
	return any && !*ret ? -ENOMEM : 0;
}
