/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ownership helpers, growing arrays and growing byte buffers. */
#include "base.h"

#include "utf8.h"

#include <errno.h>

void free_p(void *pointer_to_pointer)
{
	void *owned;

	memcpy(&owned, pointer_to_pointer, sizeof(owned));
	free(owned);
}

/* By words first: kernels and their dictionaries are looked through. */
bool bytes_are_zero(struct bytes b)
{
	uint64_t word = 0;
	size_t i = 0;

	for (; !word && b.size - i >= sizeof(word); i += sizeof(word))
		memcpy(&word, b.data + i, sizeof(word));
	while (!word && i < b.size)
		word = b.data[i++];
	return !word;
}

int vector_grow(void *array, size_t *capacity, size_t count, size_t element_size)
{
	size_t wanted, bytes;
	void *old, *grown;

	if (count < *capacity)
		return 0;
	if (count > SIZE_MAX / 2 - 4)
		return -EOVERFLOW;
	wanted = MAX_OF(*capacity * 2, count + 4);
	if (__builtin_mul_overflow(wanted, element_size, &bytes))
		return -EOVERFLOW;
	memcpy(&old, array, sizeof(old));
	grown = realloc(old, bytes);
	if (!grown)
		return -ENOMEM;
	memcpy(array, &grown, sizeof(grown));
	*capacity = wanted;
	return 0;
}

void buffer_done(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}

int buffer_reserve(struct buffer *b, size_t more)
{
	size_t last; /* index of the NUL behind the last byte */

	if (__builtin_add_overflow(b->size, more, &last) ||
		vector_grow(&b->data, &b->capacity, last, 1) < 0)
		return -ENOMEM;
	b->data[b->size] = '\0';
	return 0;
}

int buffer_append(struct buffer *b, const void *data, size_t size)
{
	int r = buffer_reserve(b, size);

	if (r < 0)
		return r;
	if (size > 0)
		memcpy(b->data + b->size, data, size);
	b->size += size;
	b->data[b->size] = '\0';
	return 0;
}

int buffer_puts(struct buffer *b, const char *text)
{
	return buffer_append(b, text, strlen(text));
}

int buffer_printf(struct buffer *b, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;
	int size;

	va_start(args, format);
	size = vasprintf(&text, format, args);
	va_end(args);
	if (size < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return buffer_append(b, text, (size_t)size);
}

int buffer_puts_escaped(struct buffer *b, const char *text)
{
	while (*text) {
		uint32_t point;
		size_t length = utf8_decode(text, &point);
		bool plain = length > 0 && !utf8_is_unsafe(point);
		size_t end = length > 0 ? length : 1;
		int r = 0;

		if (plain)
			r = buffer_append(b, text, length);
		for (size_t i = 0; !plain && i < end && r == 0; i++)
			r = buffer_printf(b, "\\x%02x", (unsigned char)text[i]);
		if (r < 0)
			return r;
		text += end;
	}
	return buffer_reserve(b, 0);
}

char *buffer_steal(struct buffer *b)
{
	char *text;

	if (buffer_reserve(b, 0) < 0)
		return NULL;
	text = b->data;
	*b = (struct buffer){0};
	return text;
}

struct bytes buffer_bytes(const struct buffer *b)
{
	return (struct bytes){(const uint8_t *)b->data, b->size};
}

int buffer_puts_word(struct buffer *b, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./=:,+@%";
	int r;

	if (*word && strspn(word, plain) == strlen(word))
		return buffer_puts(b, word);
	r = buffer_puts(b, "'");
	for (const char *p = word; r >= 0 && *p; p++)
		r = *p == '\'' ? buffer_puts(b, "'\\''") : buffer_append(b, p, 1);
	return r < 0 ? r : buffer_puts(b, "'");
}
