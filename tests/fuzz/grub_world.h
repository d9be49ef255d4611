/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A world for a grub.cfg that runs: it answers from the fuzzer's bytes, and by names. */
#include "formats/grub_cfg.h"

#include <errno.h>

static const char *variable(void *data, const char *name)
{
	(void)data;
	return name[0] == 'p' ? "(d)/p" : name[0] == 'u' ? grub_script_unknown : NULL;
}

static int read_file(void *data, const char *path, struct buffer *ret)
{
	const struct bytes *in = data;

	if (!strchr(path, 'x'))
		return -ENOENT;
	return buffer_append(ret, in->data, in->size / 2);
}

static enum grub_answer exists(void *data, const char *path, char kind)
{
	(void)data;
	return (enum grub_answer)(((unsigned char)path[0] + (unsigned char)kind) % 3);
}

static enum grub_answer search(void *data, const char *by, const char *what, const char **ret)
{
	(void)data;
	(void)by;
	*ret = what[0] == 'd' ? "d" : NULL;
	return *ret ? GRUB_YES : GRUB_NO;
}

/* in: a file with an x in its name holds its first half. Borrowed. */
static struct grub_world fuzz_world(struct bytes *in)
{
	return (struct grub_world){variable, read_file, exists, search, in};
}
