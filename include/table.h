/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aligned text tables and trees (libsmartcols). */
#ifndef RESCUE_TABLE_H
#define RESCUE_TABLE_H

#include "base.h"

struct table;

enum table_flag { TABLE_RIGHT = 1, TABLE_TREE = 2, TABLE_WRAP = 4, TABLE_TRUNCATE = 8 };

struct table *table_new(void); /* NULL: no memory */
void table_free(struct table *t);
void table_free_p(struct table **t);
int table_column(struct table *t, const char *head, unsigned flags);
/* A new row under parent (-1: top level); cells escaped. Its number, or -ENOMEM. */
int table_row(struct table *t, int parent, const char *const *cells, size_t count);
/* width 0: the terminal's, 80 where there is none. ascii: no line-drawing characters. */
int table_print(const struct table *t, FILE *to, unsigned width, bool ascii);

#endif
