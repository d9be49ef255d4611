/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits systemd-boot's loader.conf: `key value` a line, `#` begins a comment. */
#include "formats/loader_conf.h"

#include "text_lines.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>

bool loader_conf_matches(const char *pattern, const char *name)
{
	return fnmatch(pattern, name, 0) == 0;
}

/* "default VALUE" */
static bool is_default(struct bytes line)
{
	return text_is(text_word(&line), "default") && text_trim(line).size > 0;
}

/* That very entry is meant, not a pattern. */
static bool is_plain(const char *name)
{
	for (; *name; name++)
		if (strchr("*?[\\\"", *name) || iscntrl((unsigned char)*name) ||
			*name == ' ')
			return false;
	return true;
}

static int put_default(struct buffer *out, const char *name)
{
	if (out->size > 0 && out->data[out->size - 1] != '\n' &&
		buffer_puts(out, "\n") < 0)
		return -ENOMEM;
	return buffer_printf(out, "default %s\n", name);
}

int loader_conf_set_default(struct buffer *ret, struct bytes in, const char *name)
{
	_cleanup_(buffer_done) struct buffer out = {0};
	struct text_lines lines = TEXT_LINES(in);
	const uint8_t *start = in.data;
	struct bytes line;
	bool is_set = false;
	int r = *name && is_plain(name) ? 0 : -EINVAL;

	for (; r >= 0 && text_lines_next(&lines, &line); start = lines.rest.data) {
		if (!is_default(line))
			r = buffer_append(&out, start, (size_t)(lines.rest.data - start));
		else if (!is_set)
			r = put_default(&out, name);
		is_set = is_set || is_default(line);
	}
	if (r >= 0 && !is_set)
		r = put_default(&out, name);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(out);
	return 0;
}
