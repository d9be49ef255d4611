/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of two versions is newer, by rpm's rules: 4.18.0-80.el8 < 4.18.0-553.el8. */
#include "formats/rpm_version.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* ASCII alone: the locale must not change the order. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *skip_separators(const char *s)
{
	while (*s && !is_digit(*s) && !is_alpha(*s) && *s != '~' && *s != '^')
		s++;
	return s;
}

/* Length of the run of digits, or of letters, at s. */
static size_t run_length(const char *s, bool (*belongs)(char))
{
	size_t n = 0;

	while (belongs(s[n]))
		n++;
	return n;
}

static int compare_text(const char *a, size_t a_size, const char *b, size_t b_size)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	if (order)
		return order < 0 ? -1 : 1;
	return (a_size > b_size) - (a_size < b_size);
}

/* Numbers of any length: without leading zeros, the longer one is larger. */
static int compare_number(const char *a, size_t a_size, const char *b, size_t b_size)
{
	for (; a_size && *a == '0'; a_size--)
		a++;
	for (; b_size && *b == '0'; b_size--)
		b++;
	if (a_size != b_size)
		return a_size < b_size ? -1 : 1;
	return compare_text(a, a_size, b, b_size);
}

/* Compares the segment at both and steps over it. */
static int compare_segment(const char **a, const char **b)
{
	bool number = is_digit(**a);
	bool (*belongs)(char) = number ? is_digit : is_alpha;
	size_t a_size = run_length(*a, belongs), b_size = run_length(*b, belongs);
	int order;

	if (!b_size) /* a number is newer than letters */
		return number ? 1 : -1;
	order = number ? compare_number(*a, a_size, *b, b_size)
		       : compare_text(*a, a_size, *b, b_size);
	*a += a_size;
	*b += b_size;
	return order;
}

/* A tilde sorts before everything, even the end; a caret after the end, before the rest. */
static int compare_mark(const char *a, const char *b)
{
	if (*a == '~' || *b == '~')
		return *a != '~' ? 1 : *b != '~' ? -1 : 0;
	if (!*a || !*b)
		return *a ? 1 : -1;
	return *a != '^' ? 1 : *b != '^' ? -1 : 0;
}

int rpm_version_compare(const char *a, const char *b)
{
	int order;

	if (!strcmp(a, b))
		return 0;
	for (;;) {
		a = skip_separators(a);
		b = skip_separators(b);
		if (*a == '~' || *b == '~' || *a == '^' || *b == '^') {
			order = compare_mark(a, b);
			a++;
			b++;
		} else if (*a && *b) {
			order = compare_segment(&a, &b);
		} else {
			return *a ? 1 : *b ? -1 : 0;
		}
		if (order)
			return order;
	}
}
