/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text files of a module directory: modules.dep, .alias, .softdep, .order, .builtin. */
#ifndef RESCUE_FORMATS_MODULES_INDEX_H
#define RESCUE_FORMATS_MODULES_INDEX_H

#include "fault.h"

#define MODULES_INDEX_MAX_SIZE (64u * 1024 * 1024)
#define MODULES_INDEX_MAX_LINES 1048576

/* modules.dep: path: path path … (all prerequisites, nearest first), relative to the directory. */
struct module_dep {
	char *path;
	struct strings needs;
};
struct modules_dep {
	struct module_dep *items; /* sorted by path */
	size_t count, capacity;
};
void modules_dep_done(struct modules_dep *d);
int modules_dep_parse(struct modules_dep *ret, struct bytes in, struct fault *f);

/*
 * modules.alias: alias PATTERN MODULE (fnmatch patterns). Here and in softdep, '-' outside
 * brackets has become '_': libkmod compares them so.
 */
struct module_alias {
	char *pattern;
	char *module;
};
struct modules_alias {
	struct module_alias *items; /* in file order */
	size_t count, capacity;
};
void modules_alias_done(struct modules_alias *a);
int modules_alias_parse(struct modules_alias *ret, struct bytes in, struct fault *f);
int modules_alias_add(struct modules_alias *a, const char *pattern, const char *module);
/* Adds those of modules.builtin.modinfo: NUL-separated NAME.alias=PATTERN. 0 or -ENOMEM. */
int modules_builtin_aliases(struct modules_alias *a, struct bytes in);
/* Every module whose pattern matches, each once, in file order. */
int modules_alias_match(const struct modules_alias *a, const char *modalias,
			struct strings *ret);

/* modules.softdep and modprobe.d: softdep NAME pre: A B post: C. */
struct module_softdep {
	char *module;
	struct strings pre, post;
};
struct modules_softdep {
	struct module_softdep *items;
	size_t count, capacity;
};
void modules_softdep_done(struct modules_softdep *s);
int modules_softdep_parse(struct modules_softdep *ret, struct bytes in, struct fault *f);

/* modules.order and modules.builtin: one path a line. */
int modules_list_parse(struct strings *ret, struct bytes in, struct fault *f);

/*
 * modules.dep.bin, modules.alias.bin (kmod: libkmod-index.c): the magic number, the version
 * and a root that lies in the file. head: its first bytes; size: of the whole file.
 */
#define MODULES_BINARY_HEAD 12
bool modules_binary_is_sound(struct bytes head, uint64_t size);

/* kernel/drivers/net/a-b.ko.xz → a_b (caller frees). */
char *module_name_of(const char *path);
bool module_is_file_name(const char *name); /* .ko, .ko.gz, .ko.xz, .ko.zst */

#endif
