/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aligned text tables and trees: the one place that knows libsmartcols. */
#include "table.h"

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <sys/ioctl.h>

#define SHORTEST_SHARE 0.1 /* of the terminal, for a column that is cut */

struct table {
	struct libscols_table *columns;
	struct libscols_line **items; /* the rows, borrowed from columns */
	size_t count, capacity;
};

struct table *table_new(void)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->columns = scols_new_table();
	/* Cells are escaped here: libsmartcols would escape the escapes. */
	if (!t->columns || scols_table_enable_noencoding(t->columns, 1) < 0) {
		table_free(t);
		return NULL;
	}
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->columns);
	free(t->items);
	free(t);
}

void table_free_p(struct table **t)
{
	table_free(*t);
	*t = NULL;
}

int table_column(struct table *t, const char *head, unsigned flags)
{
	static const struct {
		unsigned ours;
		int theirs;
	} map[] = {{TABLE_RIGHT, SCOLS_FL_RIGHT}, {TABLE_TREE, SCOLS_FL_TREE},
		{TABLE_WRAP, SCOLS_FL_WRAP}, {TABLE_TRUNCATE, SCOLS_FL_TRUNC}};
	/* A hint makes libsmartcols shorten what may be cut before it wraps the others. */
	double hint = flags & TABLE_TRUNCATE ? SHORTEST_SHARE : 0;
	int theirs = 0;

	for (size_t i = 0; i < ARRAY_SIZE(map); i++) {
		if (flags & map[i].ours)
			theirs |= map[i].theirs;
	}
	return scols_table_new_column(t->columns, head, hint, theirs) ? 0 : -ENOMEM;
}

/* Safe on a terminal; in a locale of single bytes also plain ASCII. */
static char *cell_text(const char *cell)
{
	_cleanup_(buffer_done) struct buffer safe = {0}, ascii = {0};

	if (buffer_puts_escaped(&safe, cell) < 0)
		return NULL;
	if (MB_CUR_MAX > 1)
		return buffer_steal(&safe);
	for (size_t i = 0; i < safe.size; i++) {
		unsigned char byte = (unsigned char)safe.data[i];

		if (buffer_printf(&ascii, byte < 0x80 ? "%c" : "\\x%02x", byte) < 0)
			return NULL;
	}
	return buffer_steal(&ascii);
}

static int fill(struct libscols_line *line, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *text = cell_text(cells[i] ? cells[i] : "");

		if (!text)
			return -ENOMEM;
		if (scols_line_refer_data(line, i, text) < 0) { /* takes text */
			free(text);
			return -ENOMEM;
		}
	}
	return 0;
}

int table_row(struct table *t, int parent, const char *const *cells, size_t count)
{
	struct libscols_line *line, *above = NULL;
	int r;

	if (parent >= 0 && (size_t)parent < t->count)
		above = t->items[parent];
	if (VECTOR_GROW(t) < 0)
		return -ENOMEM;
	line = scols_table_new_line(t->columns, above);
	if (!line)
		return -ENOMEM;
	r = fill(line, cells, MIN_OF(count, scols_table_get_ncols(t->columns)));
	if (r < 0) {
		scols_table_remove_line(t->columns, line);
		return r;
	}
	t->items[t->count] = line;
	return (int)t->count++;
}

static unsigned terminal_width(FILE *to)
{
	struct winsize size;

	/* A serial console says 0. */
	if (ioctl(fileno(to), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

int table_print(const struct table *t, FILE *to, unsigned width, bool ascii)
{
	struct libscols_table *columns = t->columns;

	if (t->count == 0)
		return 0;
	scols_table_set_stream(columns, to);
	scols_table_enable_ascii(columns, ascii || MB_CUR_MAX == 1);
	scols_table_set_termforce(columns, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(columns, width > 0 ? width : terminal_width(to));
	return scols_print_table(columns) < 0 ? -ENOMEM : 0;
}
