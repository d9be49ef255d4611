/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which systemd-boot shows BLS entries (systemd: src/boot/boot.c
 * boot_entry_compare, src/fundamental/string-util-fundamental.c), and its boot counting.
 */
#include "formats/bls.h"

#include <ctype.h>
#include <limits.h>
#include <strings.h>

static int compare(long a, long b)
{
	return a < b ? -1 : a > b;
}

static bool is_version_byte(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("~-^.", c));
}

/* Both begin with it, or that which does is older. Steps over it where both do. */
static int compare_separator(char separator, const char **a, const char **b)
{
	int r = compare(**a != separator, **b != separator);

	if (r == 0 && **a == separator) {
		(*a)++;
		(*b)++;
	}
	return r;
}

static long span_of(const char *text, int (*is)(int))
{
	long n = 0;

	while (is((unsigned char)text[n]))
		n++;
	return n;
}

static int compare_digits(const char **a, const char **b)
{
	const char *a_end = *a + span_of(*a, isdigit), *b_end = *b + span_of(*b, isdigit);
	int r = compare(a_end > *a, b_end > *b);

	if (r != 0)
		return r;
	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	r = compare(a_end - *a, b_end - *b);
	if (r == 0)
		r = compare(strncmp(*a, *b, (size_t)(a_end - *a)), 0);
	*a = a_end;
	*b = b_end;
	return r;
}

static int compare_letters(const char **a, const char **b)
{
	long x = span_of(*a, isalpha), y = span_of(*b, isalpha);
	int r = compare(strncmp(*a, *b, (size_t)MIN_OF(x, y)), 0);

	*a += x;
	*b += y;
	return r != 0 ? r : compare(x, y);
}

/* Segments of digits or letters; above 0: a is newer. */
static int compare_versions(const char *a, const char *b)
{
	static const char separators[] = "-^.";

	for (;;) {
		int r;

		while (*a && !is_version_byte(*a))
			a++;
		while (*b && !is_version_byte(*b))
			b++;
		r = compare_separator('~', &a, &b);
		if (r == 0 && (!*a || !*b))
			return compare(*a != '\0', *b != '\0');
		for (size_t i = 0; r == 0 && separators[i]; i++)
			r = compare_separator(separators[i], &a, &b);
		if (r == 0)
			r = isdigit((unsigned char)*a) || isdigit((unsigned char)*b)
				    ? compare_digits(&a, &b)
				    : compare_letters(&a, &b);
		if (r != 0)
			return r;
	}
}

/* What is not there comes first. */
static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : compare(a != NULL, b != NULL);
}

static int compare_keys(const struct bls_sort *a, const struct bls_sort *b)
{
	int r = compare_texts(a->sort_key, b->sort_key);

	if (r == 0)
		r = compare_texts(a->machine_id, b->machine_id);
	if (r == 0)
		r = compare_versions(
			b->version ? b->version : "", a->version ? a->version : "");
	return r;
}

int bls_compare_systemd(const struct bls_sort *a, const struct bls_sort *b)
{
	int r = compare(a->tries_left == 0, b->tries_left == 0);

	if (r == 0)
		r = compare(!a->sort_key, !b->sort_key);
	if (r == 0 && a->sort_key)
		r = compare_keys(a, b);
	if (r == 0)
		r = compare_versions(b->id, a->id);
	if (r != 0 || a->tries_left < 0 || b->tries_left < 0)
		return r;
	r = compare(b->tries_left, a->tries_left);
	return r != 0 ? r : compare(a->tries_done, b->tries_done);
}

static bool take_number(const char **text, int *ret)
{
	uint64_t number = 0;

	if (!isdigit((unsigned char)**text))
		return false;
	for (; isdigit((unsigned char)**text); (*text)++) {
		number = number * 10 + (uint64_t)(**text - '0');
		if (number > INT_MAX)
			return false;
	}
	*ret = (int)number;
	return true;
}

bool bls_tries(const char *file_name, int *ret_left, int *ret_done)
{
	const char *at = strrchr(file_name, '+');
	int left = 0, done = 0;

	if (!at)
		return false;
	at++;
	if (!take_number(&at, &left))
		return false;
	if (*at == '-') {
		at++;
		if (!take_number(&at, &done))
			return false;
	}
	if (strcasecmp(at, ".conf") != 0)
		return false;
	*ret_left = left;
	*ret_done = done;
	return true;
}
