/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which GRUB shows BLS entries: blscfg.c of EL8, of EL9 and Fedora, and
 * upstream's blsuki.c.
 */
#include "formats/bls.h"

#include <ctype.h>

/* ---- as rpm: EL8, EL9 ------------------------------------------------------------- */

/* EL8 does not know `+`: there it is a separator as any other. */
static bool is_separator(enum bls_dialect dialect, char c)
{
	return c && !isalnum((unsigned char)c) && c != '~' &&
	       (c != '+' || dialect == BLS_EL8);
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
static int compare_versions(enum bls_dialect dialect, const char *a, const char *b)
{
	while (*a || *b) {
		while (is_separator(dialect, *a))
			a++;
		while (is_separator(dialect, *b))
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

static int compare_packages(enum bls_dialect dialect, const char *a, const char *b)
{
	_cleanup_free_ char *a_text = strdup(a), *b_text = strdup(b);
	int r;

	if (!a_text || !b_text)
		return compare_versions(dialect, b, a);

	struct parts x = split_id(a_text), y = split_id(b_text);

	r = compare_versions(dialect, y.name, x.name);
	if (r == 0)
		r = compare_versions(dialect, y.version, x.version);
	if (r == 0)
		r = compare_versions(dialect, y.release, x.release);
	return r;
}

int bls_compare_versions(const char *a, const char *b)
{
	_cleanup_free_ char *a_text = strdup(a), *b_text = strdup(b);
	int r;

	if (!a_text || !b_text)
		return compare_versions(BLS_EL8, b, a);

	char *a_release = cut_last(a_text), *b_release = cut_last(b_text);

	r = compare_versions(BLS_EL8, b_text, a_text);
	if (r == 0)
		r = compare_versions(BLS_EL8, b_release ? b_release : "",
			a_release ? a_release : "");
	return r;
}

/* ---- gnulib's filevercmp: blsuki.c ------------------------------------------------ */

/* Debian's order of one byte: end and `~` first, then letters, then the rest. */
static int byte_order(struct bytes name, size_t at)
{
	uint8_t byte = at < name.size ? name.data[at] : 0;

	if (at >= name.size)
		return -1;
	if (byte == '~')
		return -2;
	return isdigit(byte) ? 0 : isalpha(byte) ? byte : byte + 256;
}

static bool is_digit_at(struct bytes name, size_t at)
{
	return at < name.size && isdigit(name.data[at]);
}

static int compare_natural(struct bytes a, struct bytes b)
{
	size_t x = 0, y = 0;

	while (x < a.size || y < b.size) {
		size_t x_size = 0, y_size = 0;
		int r;

		while ((x < a.size && !is_digit_at(a, x)) ||
			(y < b.size && !is_digit_at(b, y))) {
			r = byte_order(a, x++) - byte_order(b, y++);
			if (r != 0)
				return r;
		}
		while (is_digit_at(a, x + x_size))
			x_size++;
		while (is_digit_at(b, y + y_size))
			y_size++;
		r = compare_numbers((const char *)a.data + x, x_size,
			(const char *)b.data + y, y_size);
		if (r != 0)
			return r;
		x += x_size;
		y += y_size;
	}
	return 0;
}

/* Without its endings: a dot, a letter or `~`, then letters, digits and `~`. */
static struct bytes without_endings(struct bytes name)
{
	size_t kept = 0;

	for (size_t i = 0; i < name.size;) {
		kept = ++i;
		while (i + 1 < name.size && name.data[i] == '.' &&
			(isalpha(name.data[i + 1]) || name.data[i + 1] == '~'))
			for (i += 2; i < name.size &&
				     (isalnum(name.data[i]) || name.data[i] == '~');)
				i++;
	}
	return (struct bytes){name.data, kept};
}

static struct bytes whole_name(struct buffer *ret, const char *id)
{
	if (buffer_printf(ret, "%s.conf", id) < 0)
		return (struct bytes){(const uint8_t *)id, strlen(id)};
	return buffer_bytes(ret);
}

static int compare_file_names(const char *a, const char *b)
{
	_cleanup_(buffer_done) struct buffer a_text = {0}, b_text = {0};
	struct bytes x = whole_name(&a_text, a), y = whole_name(&b_text, b);
	int r;

	if ((x.data[0] == '.') != (y.data[0] == '.'))
		return x.data[0] == '.' ? -1 : 1;
	r = compare_natural(without_endings(x), without_endings(y));
	return r != 0 ? r : compare_natural(x, y);
}

int bls_compare_ids(enum bls_dialect dialect, const char *a, const char *b)
{
	return dialect == BLS_UKI ? compare_file_names(b, a)
				  : compare_packages(dialect, a, b);
}
