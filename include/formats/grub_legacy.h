/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB 0.97's grub.conf or menu.lst (grub-legacy: stage2/stage2.c run_script and
 * get_line_from_config, stage2/builtins.c): commands of the menu, then stanzas that each
 * begin with `title`. A command's name ends at a blank or at `=`; `#` begins a comment
 * where a line begins; a backslash at the end joins two lines; CRs are skipped.
 */
#ifndef RESCUE_FORMATS_GRUB_LEGACY_H
#define RESCUE_FORMATS_GRUB_LEGACY_H

#include "fault.h"

#define GRUB_LEGACY_MAX_SIZE (1024u * 1024)
#define GRUB_LEGACY_MAX_ENTRIES 1024

struct grub_legacy_entry {
	char *title;
	char *root;	   /* operand of root or rootnoverify: "(hd0,0)"; or NULL */
	char *hypervisor;  /* what `kernel` names where Linux itself is a module; or NULL */
	char *hypervisor_options; /* the rest of that line; NULL with hypervisor only */
	char *linux_path;  /* with its (hdX,Y) where it has one; NULL: it starts no Linux */
	char *options;	   /* the rest of that line; NULL with linux_path only */
	struct strings initrd;
	bool saves_default; /* savedefault */
	unsigned line;	    /* of its title */
};

/* Bytes of the text. */
struct grub_legacy_span {
	size_t at, size;
};

struct grub_legacy {
	struct grub_legacy_entry *items;
	size_t count, capacity;
	bool default_is_saved; /* `default saved`: the number stands in the file `default` */
	unsigned default_entry; /* 0 where nothing says it; may lie beyond the last entry */
	unsigned default_line;	/* 0: no line says it */
	unsigned *fallback;	/* in the order in which they are tried */
	size_t fallback_count, fallback_capacity;
	/* For edits: the operands of the lines that count, and where the stanzas begin. */
	struct grub_legacy_span default_value, fallback_value;
	size_t first_stanza;
	struct buffer text; /* byte for byte as it was read */
};

void grub_legacy_done(struct grub_legacy *g);
/* Anything is a menu, as GRUB takes it; -EFBIG, -E2BIG beyond the limits. */
int grub_legacy_parse(struct grub_legacy *ret, struct bytes in, struct fault *f);
/* The text as it was read. */
int grub_legacy_write(struct buffer *ret, const struct grub_legacy *g);

/* A new stanza; NULL members are left out. */
struct grub_legacy_stanza {
	const char *title, *root, *hypervisor, *linux_path, *options, *initrd;
};
/*
 * The text with a stanza before all others. default_entry counts it already: 0 is the new
 * one. The numbers behind `fallback` move on with their stanzas.
 */
int grub_legacy_insert(struct buffer *ret, const struct grub_legacy *g,
	const struct grub_legacy_stanza *s, unsigned default_entry);
/* The text with another default. */
int grub_legacy_set_default(
	struct buffer *ret, const struct grub_legacy *g, unsigned default_entry);
/* The file `default` beside the menu: a number and padding. */
unsigned grub_legacy_saved_number(struct bytes in);

#endif
