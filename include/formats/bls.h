/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot Loader Specification entries, type 1 (uapi-group.org/specifications/specs/
 * boot_loader_specification), read as GRUB's blscfg reads them: one `key value` a line,
 * `#` comments, reading stops at a blank or value-less line.
 */
#ifndef RESCUE_FORMATS_BLS_H
#define RESCUE_FORMATS_BLS_H

#include "fault.h"

#define BLS_MAX_SIZE (1024 * 1024)

struct bls_key {
	char *key;
	char *value;
	unsigned line;
};

struct bls_entry {
	struct bls_key *items; /* in file order; keys may repeat */
	size_t count;
	size_t capacity;
	unsigned stopped_line; /* GRUB reads no further than this line; 0: all was read */
};

void bls_done(struct bls_entry *e);
int bls_parse(struct bls_entry *ret, struct bytes in, struct fault *f);
/* The first value of that key, or NULL. */
const char *bls_get(const struct bls_entry *e, const char *key);
/* All values of a key that may repeat, blank-separated lists taken apart (initrd). */
int bls_get_all(const struct bls_entry *e, const char *key, struct strings *ret);

/* What a new entry says; NULL members are left out. */
struct bls_template {
	const char *title, *version, *linux_path, *initrd, *options;
	const char *machine_id, *grub_users, *grub_arg, *grub_class;
};
int bls_write(struct buffer *ret, const struct bls_template *t);

/*
 * The text that GRUB makes of a value with $variables: a set one is followed by a blank,
 * an unset one is nothing. variable answers NULL for an unset name. *ret NULL: nothing
 * came of it at all, so that GRUB falls back to default_kernelopts. 0 or -ENOMEM.
 */
int bls_expand(char **ret, const char *value,
	const char *(*variable)(void *data, const char *name), void *data);

/*
 * Order of GRUB's menu by id (without .conf), first is shown first: EL9 and Fedora 30-43
 * compare name, version and release of the id (blscfg.c: split_cmp, vercmp).
 */
int bls_compare_ids(const char *a, const char *b);
/* The same of two `version` values: what EL8 compares first if every entry has one. */
int bls_compare_versions(const char *a, const char *b);
/*
 * Of whole file names, as blsuki (Fedora 44, upstream 2.14) does it: gnulib's filevercmp.
 */
int bls_compare_file_names(const char *a, const char *b);

#endif
