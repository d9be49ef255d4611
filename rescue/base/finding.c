/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collecting and ordering findings. */
#include "finding.h"

#include <errno.h>

static void finding_done(struct finding *f)
{
	free(f->kernel);
	free(f->subject);
	free(f->message);
	free(f->remedy);
}

void findings_done(struct findings *fs)
{
	for (size_t i = 0; i < fs->count; i++)
		finding_done(&fs->items[i]);
	free(fs->items);
	*fs = (struct findings){0};
}

/* strdup that lets NULL be; false: no memory. */
static bool copy(char **ret, const char *text)
{
	*ret = text ? strdup(text) : NULL;
	return !text || *ret;
}

/* Copies the texts of f. */
static int add(struct findings *fs, const struct finding *f)
{
	struct finding own = {.code = f->code, .severity = f->severity};

	if (copy(&own.kernel, f->kernel) && copy(&own.subject, f->subject) &&
		copy(&own.message, f->message) && copy(&own.remedy, f->remedy) &&
		VECTOR_GROW(fs) == 0) {
		fs->items[fs->count++] = own;
		return 0;
	}
	finding_done(&own);
	return -ENOMEM;
}

int findings_add(struct findings *fs, const char *code, enum severity severity,
	const char *kernel, const char *subject, const char *message, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, message);
	if (vasprintf(&text, message, args) < 0)
		text = NULL;
	va_end(args);
	if (!text)
		return -ENOMEM;
	return add(fs, &(struct finding){.code = code,
			       .severity = severity,
			       .kernel = (char *)kernel,
			       .subject = (char *)subject,
			       .message = text});
}

int findings_remedy(struct findings *fs, const char *command, ...)
{
	struct finding *last;
	va_list args;
	char *text;
	int size;

	if (fs->count == 0)
		return -EINVAL;
	va_start(args, command);
	size = vasprintf(&text, command, args);
	va_end(args);
	if (size < 0)
		return -ENOMEM;
	last = &fs->items[fs->count - 1];
	free(last->remedy);
	last->remedy = text;
	return 0;
}

int findings_append(struct findings *fs, const struct findings *more)
{
	size_t count = more->count; /* fs may be more */

	for (size_t i = 0; i < count; i++) {
		int r = add(fs, &more->items[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

bool findings_has(const struct findings *fs, const char *code)
{
	for (size_t i = 0; i < fs->count; i++) {
		if (strcmp(fs->items[i].code, code) == 0)
			return true;
	}
	return false;
}

bool findings_has_errors(const struct findings *fs)
{
	for (size_t i = 0; i < fs->count; i++) {
		if (fs->items[i].severity == SEVERITY_ERROR)
			return true;
	}
	return false;
}

/* What has no such text comes first. */
static int compare_texts(const char *a, const char *b)
{
	return text_compare_natural(a ? a : "", b ? b : "");
}

static int compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = (int)y->severity - (int)x->severity;

	if (order == 0)
		order = strcmp(x->code, y->code);
	if (order == 0)
		order = compare_texts(x->kernel, y->kernel);
	if (order == 0)
		order = compare_texts(x->subject, y->subject);
	if (order == 0)
		order = compare_texts(x->message, y->message);
	return order;
}

void findings_sort(struct findings *fs)
{
	if (fs->count > 1)
		qsort(fs->items, fs->count, sizeof(*fs->items), compare);
}

const char *severity_name(enum severity s)
{
	switch (s) {
	case SEVERITY_ERROR:
		return "error";
	case SEVERITY_WARNING:
		return "warning";
	case SEVERITY_INFO:
		break;
	}
	return "info";
}
