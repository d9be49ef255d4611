/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths as text. */
#include "resolve.h"

static bool is_dots(const char *name, size_t size)
{
	return (size == 1 && name[0] == '.') ||
	       (size == 2 && name[0] == '.' && name[1] == '.');
}

bool path_is_clean(const char *path, size_t size)
{
	size_t start = 0; /* of the present component */

	if (size == 0 || size >= PATH_MAX)
		return false;
	for (size_t i = 0; i <= size; i++) {
		if (i == size || path[i] == '/') {
			if (is_dots(path + start, i - start))
				return false;
			start = i + 1;
		} else if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f) {
			return false;
		}
	}
	return true;
}

size_t path_depth(const char *path)
{
	size_t depth = 0, deepest = 0;

	while (*path) {
		size_t size = strcspn(path, "/");

		if (size > 0 && !is_dots(path, size))
			depth++;
		else if (size == 2 && depth > 0)
			depth--;
		deepest = MAX_OF(deepest, depth);
		path += size + (path[size] == '/');
	}
	return deepest;
}
