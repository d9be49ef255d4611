/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block, as grub-core/lib/envblk.c reads and writes it. */
#include "formats/grubenv.h"

#include "text_lines.h"

#include <errno.h>

static const char doing[] = "parse environment block";

static const char signature[] = "# GRUB Environment Block\n";
#define SIGNATURE_SIZE (sizeof(signature) - 1)

static void variable_done(struct grubenv_variable *v)
{
	free(v->name);
	free(v->value);
}

void grubenv_done(struct grubenv *e)
{
	for (size_t i = 0; i < e->count; i++)
		variable_done(&e->items[i]);
	free(e->items);
	strings_done(&e->comments);
	*e = (struct grubenv){0};
}

/* Up to the newline that no backslash escapes; false: there is none. */
static bool find_line_end(struct bytes rest, size_t *ret)
{
	for (size_t i = 0; i < rest.size; i++) {
		if (rest.data[i] == '\n') {
			*ret = i;
			return true;
		}
		if (rest.data[i] == '\\')
			i++;
	}
	return false;
}

static char *unescape(struct bytes text)
{
	_cleanup_(buffer_done) struct buffer out = {0};

	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '\\' && i + 1 < text.size)
			i++;
		if (buffer_append(&out, &text.data[i], 1) < 0)
			return NULL;
	}
	return buffer_steal(&out);
}

static int add_variable(struct grubenv *e, char *take_name, char *take_value)
{
	struct grubenv_variable v = {take_name, take_value};

	if (!v.name || !v.value || VECTOR_GROW(e) < 0) {
		variable_done(&v);
		return -ENOMEM;
	}
	e->items[e->count++] = v;
	return 0;
}

static struct bytes behind(struct bytes in, size_t size)
{
	return (struct bytes){in.data + size, in.size - size};
}

/* A name reaches to the next `=`, over line ends too: so does GRUB's. */
static int parse_variable(struct grubenv *e, struct bytes *rest, struct fault *f)
{
	const uint8_t *equals = memchr(rest->data, '=', rest->size);
	size_t name_size, size;

	if (!equals)
		return fault_damaged(f, doing, "text without `='");
	name_size = (size_t)(equals - rest->data);

	struct bytes value = behind(*rest, name_size + 1);

	if (!find_line_end(value, &size))
		return fault_damaged(f, doing, "a value without end");
	*rest = behind(value, size + 1);
	value.size = size;
	if (add_variable(e, text_of((struct bytes){equals - name_size, name_size}),
		    unescape(value)) < 0)
		return fault_no_memory(f);
	return 0;
}

static bool is_padding(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != '#')
			return false;
	return true;
}

/*
 * `#` up to a line end is a comment, unless it is padding behind which an editor put one.
 */
static int parse_comment(struct grubenv *e, struct bytes *rest, struct fault *f)
{
	struct bytes text = *rest;
	bool ends = find_line_end(*rest, &text.size);

	*rest = behind(*rest, ends ? text.size + 1 : rest->size);
	if (ends && !is_padding(text) && strings_take(&e->comments, text_of(text)) < 0)
		return fault_no_memory(f);
	return 0;
}

int grubenv_parse(struct grubenv *ret, struct bytes in, struct fault *f)
{
	_cleanup_(grubenv_done) struct grubenv e = {0};
	struct bytes rest;
	int r = 0;

	if (in.size > GRUBENV_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse environment block");
	if (in.size < SIGNATURE_SIZE || memcmp(in.data, signature, SIGNATURE_SIZE) != 0)
		return fault_damaged(f, doing,
				     "it does not begin with \"# GRUB Environment Block\"");
	if (memchr(in.data, '\0', in.size))
		return fault_damaged(f, doing, "it holds NUL bytes");
	rest = behind(in, SIGNATURE_SIZE);
	while (r >= 0 && rest.size > 0)
		r = rest.data[0] == '#' ? parse_comment(&e, &rest, f)
					: parse_variable(&e, &rest, f);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(e);
	return 0;
}

static struct grubenv_variable *find(const struct grubenv *e, const char *name)
{
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->items[i].name, name) == 0)
			return &e->items[i];
	return NULL;
}

const char *grubenv_get(const struct grubenv *e, const char *name)
{
	const struct grubenv_variable *v = find(e, name);

	return v ? v->value : NULL;
}

int grubenv_set(struct grubenv *e, const char *name, const char *value)
{
	struct grubenv_variable *v = find(e, name);
	char *text = strdup(value);

	if (!v)
		return add_variable(e, strdup(name), text);
	if (!text)
		return -ENOMEM;
	free(v->value);
	v->value = text;
	return 0;
}

int grubenv_unset(struct grubenv *e, const char *name)
{
	struct grubenv_variable *v = find(e, name);

	if (!v)
		return 0;

	size_t at = (size_t)(v - e->items);

	variable_done(v);
	e->count--;
	memmove(v, v + 1, (e->count - at) * sizeof(*v));
	return 1;
}

static int write_variable(struct buffer *out, const struct grubenv_variable *v)
{
	int r = buffer_printf(out, "%s=", v->name);

	for (const char *c = v->value; r >= 0 && *c; c++) {
		if (*c == '\\' || *c == '\n')
			r = buffer_append(out, "\\", 1);
		if (r >= 0)
			r = buffer_append(out, c, 1);
	}
	return r < 0 ? r : buffer_append(out, "\n", 1);
}

int grubenv_write(struct buffer *ret, const struct grubenv *e, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer out = {0};
	int r = buffer_puts(&out, signature);

	for (size_t i = 0; r >= 0 && i < e->comments.count; i++)
		r = buffer_printf(&out, "%s\n", e->comments.items[i]);
	for (size_t i = 0; r >= 0 && i < e->count; i++)
		r = write_variable(&out, &e->items[i]);
	if (r >= 0 && out.size > GRUBENV_SIZE) {
		size_t size = out.size;

		r = fault_errno(f, ENOSPC, NULL, "write environment block");
		fault_reason(f, "its variables take %zu of %d bytes", size, GRUBENV_SIZE);
		return r;
	}
	while (r >= 0 && out.size < GRUBENV_SIZE)
		r = buffer_append(&out, "#", 1);
	if (r < 0)
		return fault_no_memory(f);
	buffer_done(ret);
	*ret = TAKE_STRUCT(out);
	return 0;
}
