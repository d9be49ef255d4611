/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines and words of a text file that is held in memory. */
#include "text_lines.h"

static struct bytes text_skip(struct bytes in, size_t size)
{
	return (struct bytes){in.data + size, in.size - size};
}

bool text_lines_next(struct text_lines *l, struct bytes *ret)
{
	if (l->rest.size == 0)
		return false;

	const uint8_t *end = memchr(l->rest.data, '\n', l->rest.size);
	size_t size = end ? (size_t)(end - l->rest.data) : l->rest.size;

	*ret = (struct bytes){l->rest.data, size};
	if (size > 0 && ret->data[size - 1] == '\r')
		ret->size--;
	l->rest = text_skip(l->rest, end ? size + 1 : size);
	l->number++;
	return true;
}

struct bytes text_word(struct bytes *line)
{
	size_t start = 0, end;

	while (start < line->size && text_is_blank(line->data[start]))
		start++;
	for (end = start; end < line->size && !text_is_blank(line->data[end]);)
		end++;

	struct bytes word = {line->data ? line->data + start : NULL, end - start};

	if (line->data)
		*line = text_skip(*line, end);
	return word;
}

struct bytes text_trim(struct bytes line)
{
	while (line.size > 0 && text_is_blank(line.data[0]))
		line = text_skip(line, 1);
	while (line.size > 0 && text_is_blank(line.data[line.size - 1]))
		line.size--;
	return line;
}

char *text_of(struct bytes span)
{
	return span.size > 0 ? strndup((const char *)span.data, span.size) : strdup("");
}

bool text_is(struct bytes span, const char *word)
{
	return span.size == strlen(word) && memcmp(span.data, word, span.size) == 0;
}
