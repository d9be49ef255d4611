/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a restored file is and which label it bears: by the patient's own files alone. */
#include "work.h"

#include <errno.h>
#include <fcntl.h>

#define MAX_ACCOUNTS_SIZE (4u * 1024 * 1024)

static int read_accounts(
	struct buffer *ret, const struct target *t, const char *path, struct fault *f)
{
	if (!target_exists(t, path))
		return 0;
	return target_read(t, path, MAX_ACCOUNTS_SIZE, ret, f);
}

int attributes_init(struct work *w, struct fault *f)
{
	int r = read_accounts(&w->passwd, w->target, "/etc/passwd", f);

	if (r == 0)
		r = read_accounts(&w->group, w->target, "/etc/group", f);
	if (r == 0 && w->inv->selinux)
		r = labels_read(&w->labels, w->target, f);
	return r;
}

/*
 * NAME:x:NUMBER: of passwd(5) and group(5). What the patient does not know is root's, as
 * rpm decides it.
 */
static uint32_t account_number(const struct buffer *accounts, const char *name)
{
	size_t size = name ? strlen(name) : 0;
	const char *line = accounts->data;
	uint64_t number;

	if (size == 0 || strcmp(name, "root") == 0)
		return 0;
	for (; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		const char *field;
		char digits[16];

		if (strncmp(line, name, size) != 0 || line[size] != ':')
			continue;
		field = strchr(line + size + 1, ':');
		if (!field || strspn(field + 1, "0123456789") >= sizeof(digits))
			continue;
		snprintf(digits, sizeof(digits), "%.*s",
			(int)strspn(field + 1, "0123456789"), field + 1);
		if (text_to_u64(digits, UINT32_MAX - 1, &number))
			return (uint32_t)number;
	}
	return 0;
}

void attributes_default(
	const struct work *w, const char *path, mode_t mode, struct stage_attributes *ret)
{
	*ret = (struct stage_attributes){.mode = mode & 07777,
		.atime = {.tv_nsec = UTIME_OMIT},
		.mtime = {.tv_nsec = UTIME_OMIT}};
	if (w->labels)
		ret->label = file_contexts_find(w->labels, path, mode);
}

void attributes_of_package(const struct work *w, const struct package_file *file,
	const char *path, struct stage_attributes *ret)
{
	attributes_default(w, path, file->mode, ret);
	ret->uid = account_number(&w->passwd, file->owner);
	ret->gid = account_number(&w->group, file->group);
	ret->mtime = (struct timespec){.tv_sec = (time_t)file->mtime};
	if (file->xattrs) {
		ret->capability = buffer_bytes(&file->xattrs->capability);
		ret->ima = buffer_bytes(&file->xattrs->ima);
	}
}
