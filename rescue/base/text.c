/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small questions about text, and numbers as text. */
#include "base.h"

#include <inttypes.h>

char *text_printf(const char *format, ...)
{
	va_list args;
	char *text;
	int size;

	va_start(args, format);
	size = vasprintf(&text, format, args);
	va_end(args);
	return size < 0 ? NULL : text;
}

bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	size_t size = strlen(text), tail = strlen(suffix);

	return size >= tail && strcmp(text + size - tail, suffix) == 0;
}

bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Locale plays no part in what disks hold, so none of these is <ctype.h>'s. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool text_to_u64(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t number = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (!is_digit(*text) || __builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, *text - '0', &number))
			return false;
	}
	if (number > max)
		return false;
	*ret = number;
	return true;
}

char *text_strip(char *text)
{
	char *end;

	while (is_blank(*text))
		text++;
	end = text + strlen(text);
	while (end > text && is_blank(end[-1]))
		end--;
	*end = '\0';
	return text;
}

/* Compares the digit runs at *a and *b as numbers of any length; steps behind both. */
static int compare_digits(const char **a, const char **b)
{
	const char *x = *a, *y = *b;
	int order = 0;

	while (*x == '0')
		x++;
	while (*y == '0')
		y++;
	for (; is_digit(*x) && is_digit(*y); x++, y++) {
		if (order == 0)
			order = *x - *y;
	}
	if (is_digit(*x) != is_digit(*y))
		return is_digit(*x) ? 1 : -1;
	*a = x;
	*b = y;
	return order;
}

int text_compare_natural(const char *a, const char *b)
{
	const char *x = a, *y = b;

	while (*x && *y) {
		if (is_digit(*x) && is_digit(*y)) {
			int order = compare_digits(&x, &y);

			if (order != 0)
				return order;
		} else if (*x != *y) {
			break;
		} else {
			x++;
			y++;
		}
	}
	if (*x != *y)
		return (unsigned char)*x - (unsigned char)*y;
	return strcmp(a, b); /* 01 and 1: equal numbers, still an order */
}

char *size_text(uint64_t bytes, char text[16])
{
	static const char units[] = "KMGTPE";
	size_t unit = 0;
	uint64_t rest = 0; /* tenths of the unit, rounded, below 10 units */

	if (bytes < 1024) {
		snprintf(text, 16, "%" PRIu64 " B", bytes);
		return text;
	}
	/* Each step keeps 1/1024 of a unit in rest, enough to round a tenth. */
	for (;; unit++) {
		rest = bytes % 1024;
		bytes /= 1024;
		if (bytes + (bytes >= 10 && rest >= 512) < 1024)
			break;
	}
	if (bytes < 10) {
		uint64_t tenths = bytes * 10 + (rest * 10 + 512) / 1024;

		if (tenths < 100) {
			snprintf(text, 16, "%" PRIu64 ".%" PRIu64 " %ciB", tenths / 10,
				tenths % 10, units[unit]);
			return text;
		}
		bytes = 10;
		rest = 0;
	}
	bytes += rest >= 512;
	snprintf(text, 16, "%" PRIu64 " %ciB", bytes, units[unit]);
	return text;
}
