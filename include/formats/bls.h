/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot Loader Specification entries, type 1 (uapi-group.org/specifications/specs/
 * boot_loader_specification): one `key value` a line, `#` comments. Every loader reads them
 * in its own way, and GRUB reads no further than a blank or value-less line.
 */
#ifndef RESCUE_FORMATS_BLS_H
#define RESCUE_FORMATS_BLS_H

#include "fault.h"

#define BLS_MAX_SIZE (1024 * 1024)

/* Whose rules: of what a line is, and of the order in the menu. */
enum bls_dialect {
	BLS_EL8,     /* rhboot/grub2 rhel-8: blscfg.c */
	BLS_EL9,     /* blscfg.c of Fedora 30 and EL9 on: their blsuki.c only knows `uki` */
	BLS_UKI,     /* upstream's blsuki.c, GRUB 2.14 on */
	BLS_SYSTEMD  /* systemd-boot: src/boot/boot.c */
};

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
	unsigned fatal_line; /* at its leading blanks EL's GRUB gives up altogether; or 0 */
};

void bls_done(struct bls_entry *e);
int bls_parse(struct bls_entry *ret, struct bytes in, enum bls_dialect dialect,
	struct fault *f);
/* The line of the first such key; 0: there is none. */
unsigned bls_line(const struct bls_entry *e, const char *key);
/* The first value of that key, or NULL. */
const char *bls_get(const struct bls_entry *e, const char *key);
/* The last one: what counts in systemd-boot, for its loader.conf too. */
const char *bls_get_last(const struct bls_entry *e, const char *key);
/* All values of a key that may repeat, blank-separated lists taken apart (initrd). */
int bls_get_all(const struct bls_entry *e, const char *key, struct strings *ret);

/* What a new entry says; NULL members are left out. */
struct bls_template {
	const char *title, *version, *linux_path, *initrd, *options;
	const char *machine_id, *sort_key, *grub_users, *grub_arg, *grub_class;
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
 * Order of the menu by id (the file name without .conf): below 0 is shown before. 0: the
 * loader takes both for the same one and shows only that which it met first (BLS_EL9,
 * BLS_UKI), or both (BLS_EL8).
 * BLS_EL8 and BLS_EL9 compare name, version and release of the id as rpm does, BLS_UKI the
 * whole file name as gnulib's filevercmp.
 */
int bls_compare_ids(enum bls_dialect dialect, const char *a, const char *b);
/* The same of two `version` values: what EL8 compares first if every entry has one. */
int bls_compare_versions(const char *a, const char *b);

/*
 * systemd-boot: entries without tries left last; then by sort-key, machine-id, version;
 * then by id. Its ids are file names with their ending, in lower case.
 */
struct bls_sort {
	const char *id, *sort_key, *machine_id, *version; /* NULL: there is none */
	int tries_left, tries_done; /* -1: no boot counting */
};
int bls_compare_systemd(const struct bls_sort *a, const struct bls_sort *b);
/* "name+LEFT-DONE.conf": boot counting; false: none. */
bool bls_tries(const char *file_name, int *ret_left, int *ret_done);

#endif
