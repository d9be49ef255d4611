/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which GRUB's blscfg (EL8, EL9, Fedora 30-43) shows entries: name, version
 * and release of the id, compared as rpm does, with `+` above the end of the text.
 */
#include "formats/bls.h"

#include <ctype.h>

static bool is_separator(char c)
{
	return c && !isalnum((unsigned char)c) && c != '~' && c != '+';
}

static size_t run_length(const char *text, int (*is)(int))
{
	size_t n = 0;

	while (is((unsigned char)text[n]))
		n++;
	return n;
}

static int compare_spans(const char *a, size_t a_size, const char *b, size_t b_size)
{
	int r = memcmp(a, b, MIN_OF(a_size, b_size));

	if (r == 0 && a_size != b_size)
		r = a_size < b_size ? -1 : 1;
	return r < 0 ? -1 : r > 0;
}

static int compare_numbers(const char *a, size_t a_size, const char *b, size_t b_size)
{
	while (a_size > 0 && *a == '0')
		a++, a_size--;
	while (b_size > 0 && *b == '0')
		b++, b_size--;
	if (a_size != b_size)
		return a_size > b_size ? 1 : -1;
	return compare_spans(a, a_size, b, b_size);
}

/* One run of digits or letters of each; a number is newer than letters. */
static int compare_runs(const char **a, const char **b)
{
	bool numeric = isdigit((unsigned char)**a) != 0;
	int (*is)(int) = numeric ? isdigit : isalpha;
	size_t a_size = run_length(*a, is), b_size = run_length(*b, is);
	int r;

	if (b_size == 0)
		return numeric ? 1 : -1;
	r = numeric ? compare_numbers(*a, a_size, *b, b_size)
		    : compare_spans(*a, a_size, *b, b_size);
	*a += a_size;
	*b += b_size;
	return r;
}

/* 1: a is newer. `~` is below everything, `+` above the end but below anything else. */
static int compare_versions(const char *a, const char *b)
{
	while (*a || *b) {
		while (is_separator(*a))
			a++;
		while (is_separator(*b))
			b++;
		if (*a == '~' || *b == '~') {
			if (*a != *b)
				return *a == '~' ? -1 : 1;
		} else if (*a == '+' || *b == '+') {
			if (!*a || !*b)
				return *a ? 1 : -1;
			if (*a != *b)
				return *a == '+' ? -1 : 1;
		} else {
			int r;

			if (!*a || !*b)
				break;
			r = compare_runs(&a, &b);
			if (r != 0)
				return r;
			continue;
		}
		a++;
		b++;
	}
	return *a ? 1 : *b ? -1 : 0;
}

struct parts {
	char *name, *version, *release; /* "" where there is none */
};

/* Cuts text at its last dash; the part behind it, or NULL. */
static char *cut_last(char *text)
{
	char *dash = strrchr(text, '-');

	if (!dash)
		return NULL;
	*dash = '\0';
	return dash + 1;
}

/* name-version-release; with fewer dashes the leading parts are kept. */
static struct parts split_id(char *text)
{
	static char none[1];
	char *release = cut_last(text), *version = release ? cut_last(text) : NULL;

	if (!release)
		return (struct parts){text, none, none};
	if (!version)
		return (struct parts){text, release, none};
	return (struct parts){text, version, release};
}

int bls_compare_ids(const char *a, const char *b)
{
	_cleanup_free_ char *a_text = strdup(a), *b_text = strdup(b);
	int r;

	if (!a_text || !b_text)
		return compare_versions(b, a);

	struct parts x = split_id(a_text), y = split_id(b_text);

	r = compare_versions(y.name, x.name);
	if (r == 0)
		r = compare_versions(y.version, x.version);
	if (r == 0)
		r = compare_versions(y.release, x.release);
	return r;
}

int bls_compare_versions(const char *a, const char *b)
{
	_cleanup_free_ char *a_text = strdup(a), *b_text = strdup(b);
	int r;

	if (!a_text || !b_text)
		return compare_versions(b, a);

	char *a_release = cut_last(a_text), *b_release = cut_last(b_text);

	r = compare_versions(b_text, a_text);
	if (r == 0)
		r = compare_versions(
			b_release ? b_release : "", a_release ? a_release : "");
	return r;
}

/* Debian's order of one byte: end and `~` first, then letters, then the rest. */
static int byte_order(char c)
{
	unsigned char byte = (unsigned char)c;

	if (c == '~')
		return -1;
	return c == '\0' || isdigit(byte) ? 0 : isalpha(byte) ? byte : byte + 256;
}

static int compare_file_names(const char *a, const char *b)
{
	while (*a || *b) {
		while ((*a && !isdigit((unsigned char)*a)) ||
			(*b && !isdigit((unsigned char)*b))) {
			int r = byte_order(*a) - byte_order(*b);

			if (r != 0)
				return r < 0 ? -1 : 1;
			a++;
			b++;
		}

		size_t a_size = run_length(a, isdigit), b_size = run_length(b, isdigit);
		int r = compare_numbers(a, a_size, b, b_size);

		if (r != 0)
			return r;
		a += a_size;
		b += b_size;
	}
	return 0;
}

/* The ending .conf, equal in all, never decides. */
int bls_compare_file_names(const char *a, const char *b)
{
	int r = compare_file_names(b, a);

	return r != 0 ? r : strcmp(b, a);
}
