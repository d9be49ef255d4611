/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The world that a grub.cfg saw, kept and shown again. */
#include "formats/grub_record.h"

#include <errno.h>

void grub_record_done(struct grub_record *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->items[i].question);
		free(r->items[i].value);
		buffer_done(&r->items[i].text);
	}
	free(r->items);
	*r = (struct grub_record){0};
}

static char *question_of(const char *what, const char *detail, const char *name)
{
	return text_printf("%s %s %s", what, detail, name);
}

static struct grub_record_item *find(
	const struct grub_record *r, const char *what, const char *detail, const char *name)
{
	_cleanup_free_ char *question = question_of(what, detail, name);

	for (size_t i = 0; question && i < r->count; i++)
		if (strcmp(r->items[i].question, question) == 0)
			return &r->items[i];
	return NULL;
}

/* An item for an answer that is not kept yet; NULL: it is, or it cannot be. */
static struct grub_record_item *add(
	struct grub_record *r, const char *what, const char *detail, const char *name)
{
	char *question;

	if (r->count >= GRUB_RECORD_MAX || find(r, what, detail, name))
		return NULL;
	question = question_of(what, detail, name);
	if (!question || VECTOR_GROW(r) < 0) {
		free(question);
		r->lacks_memory = true;
		return NULL;
	}
	r->items[r->count] = (struct grub_record_item){.question = question};
	return &r->items[r->count++];
}

static void keep_value(struct grub_record *r, struct grub_record_item *item, const char *value)
{
	if (!item || !value)
		return;
	item->value = strdup(value);
	r->lacks_memory = r->lacks_memory || !item->value;
}

/* ---- recording -------------------------------------------------------------------- */

static const char *record_variable(void *data, const char *name)
{
	struct grub_record *r = data;
	const struct grub_world *w = r->asked;
	const char *value = w->variable ? w->variable(w->data, name) : NULL;
	struct grub_record_item *item = add(r, "variable", "", name);

	if (item)
		item->is_unknown = value == grub_script_unknown;
	keep_value(r, item, value == grub_script_unknown ? NULL : value);
	return value;
}

static int record_read(void *data, const char *path, struct buffer *ret)
{
	struct grub_record *r = data;
	const struct grub_world *w = r->asked;
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = w->read ? w->read(w->data, path, &text) : -ENOENT;
	struct grub_record_item *item = error == -ENOMEM ? NULL : add(r, "read", "", path);

	if (item)
		item->error = error;
	if (error >= 0 && item && text.size > 0 &&
		buffer_append(&item->text, text.data, text.size) < 0)
		return -ENOMEM;
	if (error >= 0)
		*ret = TAKE_STRUCT(text);
	return error;
}

static enum grub_answer record_exists(void *data, const char *path, char kind)
{
	struct grub_record *r = data;
	const struct grub_world *w = r->asked;
	enum grub_answer answer = w->exists ? w->exists(w->data, path, kind) : GRUB_UNKNOWN;
	struct grub_record_item *item = add(r, "exists", (char[]){kind, '\0'}, path);

	if (item)
		item->answer = answer;
	return answer;
}

static enum grub_answer record_search(
	void *data, const char *by, const char *what, const char **ret)
{
	struct grub_record *r = data;
	const struct grub_world *w = r->asked;
	enum grub_answer answer =
		w->search ? w->search(w->data, by, what, ret) : GRUB_UNKNOWN;
	struct grub_record_item *item = add(r, "search", by, what);

	if (item)
		item->answer = answer;
	keep_value(r, item, *ret);
	return answer;
}

struct grub_world grub_record_world(struct grub_record *r, const struct grub_world *asked)
{
	r->asked = asked;
	return (struct grub_world){record_variable, record_read, record_exists,
		record_search, r};
}

/* ---- showing again ---------------------------------------------------------------- */

static const char *replay_variable(void *data, const char *name)
{
	const struct grub_record_item *item = find(data, "variable", "", name);

	if (!item)
		return NULL;
	return item->is_unknown ? grub_script_unknown : item->value;
}

const struct buffer *grub_record_text(
	const struct grub_record *r, const char *path, int *ret_error)
{
	const struct grub_record_item *item = find(r, "read", "", path);

	if (item)
		*ret_error = item->error;
	return item ? &item->text : NULL;
}

static int replay_read(void *data, const char *path, struct buffer *ret)
{
	int error = -ENOENT;
	const struct buffer *text = grub_record_text(data, path, &error);

	if (!text || error < 0)
		return error;
	return buffer_append(ret, text->data, text->size);
}

static enum grub_answer replay_exists(void *data, const char *path, char kind)
{
	const struct grub_record_item *item =
		find(data, "exists", (char[]){kind, '\0'}, path);

	return item ? item->answer : GRUB_UNKNOWN;
}

static enum grub_answer replay_search(
	void *data, const char *by, const char *what, const char **ret)
{
	const struct grub_record_item *item = find(data, "search", by, what);

	*ret = item ? item->value : NULL;
	return item ? item->answer : GRUB_UNKNOWN;
}

struct grub_world grub_record_replay(const struct grub_record *r)
{
	return (struct grub_world){replay_variable, replay_read, replay_exists,
		replay_search, (void *)r};
}
