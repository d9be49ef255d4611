/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the names of new BLS entries begin with (kernel-install(8), "entry token"). */
#include "reader.h"

#include <errno.h>

#define TOKEN_MAX_SIZE 256

/* First line of a file where it can be part of a file name, else NULL. 0 or -ENOMEM. */
static int read_token_file(struct reader *r, const char *path, char **ret)
{
	_cleanup_free_ char *text = NULL;
	int error = reader_text(r, path, 4096, &text);
	char *token;

	if (error < 0 || !text)
		return error;
	text[strcspn(text, "\n")] = '\0';
	token = text_strip(text);
	if (!*token || strlen(token) > TOKEN_MAX_SIZE || strchr(token, '/') ||
		!path_is_clean(token, strlen(token)))
		return 0;
	*ret = strdup(token);
	return *ret ? 0 : -ENOMEM;
}

/* "TOKEN-V" of an entry that starts this root and kernel V. */
static int token_of_entries(struct reader *r, char **ret)
{
	for (size_t i = 0; i < r->draft_count; i++) {
		const struct draft *d = &r->drafts[i];
		_cleanup_free_ char *ending = NULL;

		if (d->entry.kind != ENTRY_BLS || !d->entry.is_of_this_root ||
			!d->release)
			continue;
		ending = text_printf("-%s", d->release);
		if (!ending)
			return -ENOMEM;
		if (!text_ends(d->entry.id, ending) ||
			strlen(d->entry.id) == strlen(ending))
			continue;
		*ret = strndup(d->entry.id, strlen(d->entry.id) - strlen(ending));
		return *ret ? 0 : -ENOMEM;
	}
	return 0;
}

int read_entry_token(struct reader *r)
{
	char **token = &r->inv.entry_token;
	int error = read_token_file(r, "/etc/kernel/entry-token", token);

	if (error >= 0 && !*token) {
		error = read_token_file(r, "/etc/machine-id", token);
		if (*token && strcmp(*token, "uninitialized") == 0) {
			free(*token);
			*token = NULL;
		}
	}
	if (error >= 0 && !*token)
		error = token_of_entries(r, token);
	if (error >= 0 && !*token) {
		*token = strdup("ffffffffffffffffffffffffffffffff");
		error = *token ? 0 : -ENOMEM;
	}
	return error;
}
