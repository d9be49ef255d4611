/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstab(5), read as libmount reads it: what the patient mounts where. */
#include "formats/fstab.h"

#include "text_lines.h"

#include <errno.h>

static void fstab_line_done(struct fstab_line *l)
{
	free(l->source);
	free(l->target);
	free(l->type);
	free(l->options);
}

void fstab_done(struct fstab *t)
{
	for (size_t i = 0; i < t->count; i++)
		fstab_line_done(&t->items[i]);
	free(t->items);
	*t = (struct fstab){0};
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* \040 and its like, in place; \000 would cut the text and stays as it is written. */
static void unescape_octal(char *text)
{
	char *out = text;

	for (const char *in = text; *in;) {
		if (in[0] == '\\' && is_octal(in[1]) && is_octal(in[2]) &&
			is_octal(in[3])) {
			int byte = (in[1] - '0') * 64 + (in[2] - '0') * 8 + in[3] - '0';

			if (byte > 0 && byte < 256) {
				*out++ = (char)byte;
				in += 4;
				continue;
			}
		}
		*out++ = *in++;
	}
	*out = '\0';
}

/* "/boot//efi/" is "/boot/efi". */
static void normalise_mount_point(char *path)
{
	char *out = path;

	if (path[0] != '/')
		return;
	for (const char *in = path; *in; in++)
		if (in[0] != '/' || in[1] != '/')
			*out++ = *in;
	if (out > path + 1 && out[-1] == '/')
		out--;
	*out = '\0';
}

static char *field(struct bytes *line, const char *otherwise)
{
	struct bytes word = text_word(line);
	char *text = word.size > 0 ? text_of(word) : strdup(otherwise);

	if (text)
		unescape_octal(text);
	return text;
}

static int add_line(struct fstab *t, struct bytes line, unsigned number)
{
	struct fstab_line l = {.line = number};

	if (memchr(line.data, '\0', line.size)) {
		t->bad_lines++;
		return 0;
	}
	if (VECTOR_GROW(t) < 0)
		return -ENOMEM;
	l.source = field(&line, "");
	l.target = field(&line, "");
	l.type = field(&line, "auto");
	l.options = field(&line, "defaults");
	if (!l.source || !l.target || !l.type || !l.options) {
		fstab_line_done(&l);
		return -ENOMEM;
	}
	if (l.target[0] == '\0') {
		fstab_line_done(&l);
		t->bad_lines++;
		return 0;
	}
	normalise_mount_point(l.target);
	t->items[t->count++] = l;
	return 0;
}

int fstab_parse(struct fstab *ret, struct bytes in, struct fault *f)
{
	_cleanup_(fstab_done) struct fstab t = {0};
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;

	if (in.size > FSTAB_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse fstab");
	while (text_lines_next(&lines, &line)) {
		line = text_trim(line);
		if (line.size == 0 || line.data[0] == '#')
			continue;
		if (t.count >= FSTAB_MAX_LINES)
			return fault_errno(
				f, E2BIG, NULL, "parse fstab line %u", lines.number);
		if (add_line(&t, line, lines.number) < 0)
			return fault_no_memory(f);
	}
	*ret = TAKE_STRUCT(t);
	return 0;
}

const struct fstab_line *fstab_find(const struct fstab *t, const char *target)
{
	for (size_t i = t->count; i-- > 0;)
		if (strcmp(t->items[i].target, target) == 0)
			return &t->items[i];
	return NULL;
}

/* The end of the option that starts here: a comma that no double quotes hold. */
static size_t option_length(const char *text)
{
	bool quoted = false;
	size_t i;

	for (i = 0; text[i] && (quoted || text[i] != ','); i++)
		if (text[i] == '"')
			quoted = !quoted;
	return i;
}

char *mount_option(const char *options, const char *name)
{
	size_t name_size = strlen(name), size;
	struct bytes found = {0};
	bool has = false;

	for (; *options; options += size + (options[size] == ',')) {
		size = option_length(options);
		if (strncmp(options, name, name_size) != 0)
			continue;

		struct bytes value = {(const uint8_t *)options + name_size,
			size - MIN_OF(size, name_size)};

		if (value.size == 0 && size == name_size)
			has = true;
		else if (value.size > 0 && value.data[0] == '=') {
			value.data++;
			value.size--;
			has = true;
		} else
			continue;
		found = value;
	}
	if (found.size >= 2 && found.data[0] == '"' &&
		found.data[found.size - 1] == '"') {
		found.data++;
		found.size -= 2;
	}
	return has ? text_of(found) : NULL;
}

bool fstab_may_lack(const struct fstab_line *line)
{
	_cleanup_free_ char *nofail = mount_option(line->options, "nofail");
	_cleanup_free_ char *noauto = mount_option(line->options, "noauto");

	return nofail || noauto;
}
