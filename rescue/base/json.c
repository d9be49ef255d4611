/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JSON writer: RFC 8259, two spaces a level, always valid UTF-8. */
#include "json.h"

#include "utf8.h"

#include <errno.h>
#include <inttypes.h>

void json_done(struct json *j)
{
	buffer_done(&j->out);
	*j = (struct json){0};
}

static void stick(struct json *j, int r)
{
	if (r < 0 && j->error == 0)
		j->error = r;
}

static void put(struct json *j, const char *text)
{
	if (j->error == 0)
		stick(j, buffer_puts(&j->out, text));
}

static void new_line(struct json *j)
{
	put(j, "\n");
	for (unsigned i = 0; i < j->depth; i++)
		put(j, "  ");
}

/* Printable as it is; else \uNNNN. All that is unsafe lies in the basic plane. */
static void put_character(struct json *j, const char *at, size_t length, uint32_t point)
{
	if (length == 0)
		put(j, "\xef\xbf\xbd"); /* U+FFFD for each byte that is no UTF-8 */
	else if (point == '"' || point == '\\')
		stick(j, buffer_printf(&j->out, "\\%c", (char)point));
	else if (point == '\n')
		put(j, "\\n");
	else if (point == '\t')
		put(j, "\\t");
	else if (utf8_is_unsafe(point))
		stick(j, buffer_printf(&j->out, "\\u%04" PRIx32, point));
	else
		stick(j, buffer_append(&j->out, at, length));
}

static void put_quoted(struct json *j, const char *text)
{
	put(j, "\"");
	while (*text && j->error == 0) {
		uint32_t point = 0;
		size_t length = utf8_decode(text, &point);

		put_character(j, text, length, point);
		text += length > 0 ? length : 1;
	}
	put(j, "\"");
}

/* What stands before every value: comma, line break, key. */
static void begin_value(struct json *j, const char *key)
{
	if (j->comma)
		put(j, ",");
	if (j->depth > 0)
		new_line(j);
	if (key) {
		put_quoted(j, key);
		put(j, ": ");
	}
	j->comma = true;
}

static void open_nest(struct json *j, const char *key, const char *bracket)
{
	begin_value(j, key);
	put(j, bracket);
	j->depth++;
	j->comma = false;
}

static void close_nest(struct json *j, const char *bracket)
{
	if (j->depth == 0) {
		stick(j, -EINVAL);
		return;
	}
	j->depth--;
	if (j->comma) /* not empty */
		new_line(j);
	put(j, bracket);
	j->comma = true;
}

void json_object(struct json *j, const char *key)
{
	open_nest(j, key, "{");
}

void json_array(struct json *j, const char *key)
{
	open_nest(j, key, "[");
}

void json_close_object(struct json *j)
{
	close_nest(j, "}");
}

void json_close_array(struct json *j)
{
	close_nest(j, "]");
}

void json_text(struct json *j, const char *key, const char *text)
{
	if (!text) {
		json_null(j, key);
		return;
	}
	begin_value(j, key);
	put_quoted(j, text);
}

void json_number(struct json *j, const char *key, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	begin_value(j, key);
	put(j, text);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	put(j, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	begin_value(j, key);
	put(j, "null");
}

void json_texts(struct json *j, const char *key, const struct strings *list)
{
	json_array(j, key);
	for (size_t i = 0; i < list->count; i++)
		json_text(j, NULL, list->items[i]);
	json_close_array(j);
}

int json_finish(struct json *j)
{
	if (j->depth > 0)
		stick(j, -EINVAL);
	put(j, "\n");
	return j->error;
}
