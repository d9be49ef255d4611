/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a grub.cfg holds, as far as the boot path needs it: does it run blscfg, and which
 * menuentries name which kernels (GRUB manual, 6.1 "Writing full configuration files").
 */
#ifndef RESCUE_FORMATS_GRUB_CFG_H
#define RESCUE_FORMATS_GRUB_CFG_H

#include "fault.h"

#define GRUB_CFG_MAX_SIZE (4u * 1024 * 1024)
#define GRUB_CFG_MAX_ENTRIES 4096
#define GRUB_CFG_MAX_DEPTH 64

struct grub_menuentry {
	char *title;
	char *id;         /* --id or the UUID-like word, or NULL */
	char *number;     /* "0", "1>2" */
	char *linux_path; /* first operand of linux, linux16, linuxefi; or NULL */
	char *options; /* the rest of that line; quotes only around words with blanks */
	char *raw_options; /* its $variables as they are written */
	struct strings initrd;
	char *hypervisor; /* what multiboot loads where Linux is a module; or NULL */
	unsigned line, linux_line; /* linux_line 0: with linux_path NULL */
	char *file; /* where it stands if another file was read for it; or NULL */
	bool is_submenu; /* grub_cfg_run */
	char *linux_word; /* linux, linux16, linuxefi, module; NULL with linux_path */
	size_t at, behind; /* its first byte, and the one behind its last; 0: it is open */
};

/* A menuentry or submenu of the menu's top level, in order: a place to write before. */
struct grub_top {
	size_t at;
	bool is_conditional; /* inside if, a loop or a function */
};

/* `set name=value`, in file order; $variables in the value stay as they are written. */
struct grub_assignment {
	char *name;
	char *value;
	unsigned line;
};

struct grub_cfg {
	struct grub_menuentry *items;
	size_t count;
	size_t capacity;
	struct grub_assignment *assignments;
	size_t assignment_count;
	size_t assignment_capacity;
	struct grub_top *tops; /* number n of the menu, where it has no blscfg */
	size_t top_count, top_capacity;
	bool has_blscfg;     /* a command blscfg, also inside if and function */
	size_t blscfg_index; /* top-level entries before it in the menu */
	unsigned bad_line;   /* the first line that GRUB's parser refuses; 0: none */
};

void grub_cfg_done(struct grub_cfg *c);
/*
 * -EFBIG, -E2BIG beyond the limits. A syntax error is no fault: GRUB reads on behind it.
 */
int grub_cfg_parse(struct grub_cfg *ret, struct bytes in, struct fault *f);

/* The value of the last assignment whose text is literal (no $), or NULL. */
const char *grub_cfg_literal(const struct grub_cfg *c, const char *name);

/*
 * The words of text where it stands behind a command; variable answers NULL for an unset
 * name. -EBADMSG: GRUB refuses that line; -ENOMEM.
 */
int grub_script_words(struct strings *ret, const char *text,
	const char *(*variable)(void *data, const char *name), void *data);
/*
 * The command line that a kernel gets of them; those with blanks stand in double quotes.
 * NULL: no memory.
 */
char *grub_options_text(const struct strings *words, size_t from);

/* ---- running ---- */

enum grub_answer { GRUB_NO, GRUB_YES, GRUB_UNKNOWN };
/* Stands for the value of a variable that nobody knows before the machine runs. */
extern const char grub_script_unknown[];

/* What a grub.cfg can ask while it runs; each member may be NULL. */
struct grub_world {
	/* Variables that are set before: prefix, root, grub_platform, …; NULL: unset. */
	const char *(*variable)(void *data, const char *name);
	/* The text of a file as GRUB names it: (DEVICE)/PATH, /PATH. -errno: there is none. */
	int (*read)(void *data, const char *path, struct buffer *ret);
	/* kind as behind the dash in [ -f PATH ]: d, e, f, s. */
	enum grub_answer (*exists)(void *data, const char *path, char kind);
	/* search by "fs-uuid", "label", "file"; *ret: the device's name where it is found. */
	enum grub_answer (*search)(void *data, const char *by, const char *what,
		const char **ret);
	void *data;
};

#define GRUB_CFG_MAX_COMMANDS 200000 /* that run in all */
#define GRUB_CFG_MAX_FILES 64	      /* that source and configfile read */

/*
 * The menu that GRUB makes of a grub.cfg, conditions judged as far as they are known: where
 * they are not, both branches count. items are in the menu's order, submenus too; what
 * stands in a submenu follows it. The text of `in` is not kept.
 */
struct grub_menu {
	struct grub_menuentry *items;
	size_t count, capacity;
	struct grub_assignment *variables; /* as they are when the menu is shown */
	size_t variable_count, variable_capacity;
	bool has_blscfg;
	size_t blscfg_index;  /* entries of the top level before it */
	char *blscfg_path;    /* what blscfg was told to read; or NULL */
	unsigned bad_line;    /* of the file itself; 0: none */
};

void grub_menu_done(struct grub_menu *m);
/* -EFBIG, -E2BIG beyond the limits, -ENOMEM. */
int grub_cfg_run(struct grub_menu *ret, struct bytes in, const struct grub_world *world,
	struct fault *f);
const char *grub_menu_variable(const struct grub_menu *m, const char *name);

/* ---- writing ---- */

/*
 * The beginning of a grub.cfg that is made anew, as 00_header has it: grubenv is read, and
 * says which entry starts.
 */
int grub_cfg_write_head(struct buffer *ret);
/* The part of a grub.cfg that shows BLS entries. path NULL: where blscfg looks by itself. */
int grub_cfg_write_blscfg(struct buffer *ret, const char *device_uuid, const char *path);

/* The end of a grub.cfg that names the entry which starts, whatever was said before. */
int grub_cfg_write_default(struct buffer *ret, const char *name);

/* What a new menuentry says. NULL: without class, device and initrd. */
struct grub_menuentry_template {
	const char *title, *id, *class;
	const char *device_uuid; /* of the file system that the paths begin in */
	const char *linux_word, *linux_path, *options, *initrd;
};
int grub_menuentry_write(struct buffer *ret, const struct grub_menuentry_template *t);
/*
 * The same made of another menuentry of this root: whatever it does besides loading stays,
 * and so does the head, where the new release takes the place of the old one.
 */
int grub_menuentry_clone(struct buffer *ret, struct bytes model, const char *old_release,
	const char *release, const struct grub_menuentry_template *t);

#endif
