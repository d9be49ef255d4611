/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a path of the plan lies in the tree as it is, and which directories it lacks. */
#include "work.h"

#include <errno.h>

static int no_directory(const char *path, const char *reason, struct fault *f)
{
	fault_errno(f, ENOTDIR, path, "make something in %s", path);
	fault_reason(f, "%s", reason);
	return -ENOTDIR;
}

static int add_missing(struct strings *missing, const char *beside, const char *below)
{
	/* below: "/a/b", each of its prefixes is a directory to be made. */
	for (const char *end = below; *end;) {
		end += strcspn(end + 1, "/") + 1;
		if (strings_take(missing,
			    text_printf("%s%.*s", strcmp(beside, "/") == 0 ? "" : beside,
				    (int)(end - below), below)) < 0)
			return -ENOMEM;
	}
	return 0;
}

char *site_below(const char *directory, const char *name)
{
	return text_printf("%s/%s", strcmp(directory, "/") == 0 ? "" : directory, name);
}

void site_done(struct site *s)
{
	free(s->path);
	free(s->beside);
	strings_done(&s->missing);
	*s = (struct site){0};
}

/* The deepest directory of path that is there; *ret_below: the rest, "" or "/a/b". */
static int find_beside(char **ret, const char **ret_below, const struct target *t,
	const char *path, struct fault *f)
{
	_cleanup_free_ char *present = strdup(path);
	struct stat st;
	int r;

	if (!present)
		return fault_no_memory(f);
	while ((r = target_canonical(t, *present ? present : "/", ret)) == -ENOENT &&
		*present) {
		if (target_lstat(t, present, &st) == 0)
			return no_directory(path, "a link in it leads nowhere", f);
		*strrchr(present, '/') = '\0';
	}
	if (r < 0)
		return fault_errno(f, -r, path, "find %s", path);
	if (target_stat(t, *ret, &st) == 0 && !S_ISDIR(st.st_mode))
		return no_directory(path, "a file is in the way", f);
	*ret_below = path + strlen(present);
	return 0;
}

int site_find(struct site *ret, const struct target *t, const char *path, struct fault *f)
{
	_cleanup_(site_done) struct site s = {0};
	_cleanup_free_ char *directory = path_directory(path);
	const char *name = strrchr(path, '/'), *below = "", *last;
	int r;

	if (!directory || path[0] != '/' || !path_is_clean(path, strlen(path)))
		return directory ? fault_errno(f, EINVAL, path, "use path %s", path)
				 : fault_no_memory(f);
	r = find_beside(
		&s.beside, &below, t, strcmp(directory, "/") == 0 ? "" : directory, f);
	if (r < 0)
		return r;
	if (add_missing(&s.missing, s.beside, below) < 0)
		return fault_no_memory(f);
	last = s.missing.count > 0 ? s.missing.items[s.missing.count - 1] : s.beside;
	s.path = site_below(last, name + 1);
	if (!s.path)
		return fault_no_memory(f);
	*ret = TAKE_STRUCT(s);
	return 0;
}
