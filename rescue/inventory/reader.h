/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this room share while one inventory is read. */
#ifndef RESCUE_INVENTORY_READER_H
#define RESCUE_INVENTORY_READER_H

#include "formats/bls.h"
#include "formats/extlinux.h"
#include "formats/grub_cfg.h"
#include "formats/grub_legacy.h"
#include "formats/grubenv.h"
#include "inventory.h"

#define INVENTORY_MAX_ENTRIES 4096
#define INVENTORY_MAX_KERNELS 1024

/* An entry before its place in the menu and its kernel are known. */
struct draft {
	struct entry entry;
	char *release; /* of the kernel that its paths or its version name, or NULL */
	char *number;  /* of a menuentry among those of grub.cfg: "1>2"; NULL for BLS */
	unsigned stopped_line; /* BLS: GRUB reads no further than this line; 0: all */
	unsigned fatal_line;   /* BLS: GRUB gives up at this line; 0: it does not */
	bool unseen;           /* the boot loader does not show it */
	const char *why_unseen; /* static; NULL: nothing runs blscfg */
	bool is_refused;       /* its commands are no script that GRUB takes */
	bool starts_other;     /* it starts something that is no Linux kernel */
	bool has_no_kernel;    /* its kernel is not there */
	size_t order;          /* among those of its kind, as read */
};
void draft_done(struct draft *d);
/* Its root= is this system's, or it has none. */
bool draft_may_be_ours(const struct draft *d);

struct reader {
	struct inventory inv;
	const struct system *sys;
	const struct target *t;
	const struct readings *known; /* of earlier ones; NULL: nobody asks */
	struct grub_cfg cfg;   /* grub.cfg as it stands there */
	struct grub_menu menu; /* what comes of it when it runs */
	char *named_cfg;       /* grub.cfg by the name that GRUB finds it under, maybe a link */
	char *grub_prefix;     /* as GRUB names the directory of grub.cfg */
	struct grub_legacy legacy; /* LOADER_GRUB_LEGACY */
	struct extlinux extlinux;  /* LOADER_EXTLINUX */
	struct grubenv env;
	struct grubenv raw_env; /* of the reserved area of btrfs: it counts before env */
	struct draft *drafts;
	size_t draft_count, draft_capacity;
	const char *systemd_esp; /* where the ESP with systemd-boot is, or NULL */
	struct strings boot;     /* names in /boot, sorted */
	struct strings releases; /* of kernels */
};

void reader_done(struct reader *r);
/* Answers below: 0 or -ENOMEM; whatever else goes wrong becomes a finding. */

/* "cannot read PATH: reason", unless error (-errno) says that it is not there. */
int reader_cannot_read(struct reader *r, const char *path, int error);
/* A file's text; *ret NULL where there is none or it cannot be read (a finding). */
int reader_text(struct reader *r, const char *path, size_t limit, char **ret);
/* Names in a directory, sorted; none where it is absent or unreadable (a finding). */
int reader_list(struct reader *r, const char *path, struct strings *ret);
bool reader_is_directory(const struct reader *r, const char *path);

int read_surroundings(struct reader *r); /* surroundings.c: usr merge, SELinux, journal */
int read_cmdline_sources(struct reader *r); /* cmdline.c; after read_loader */
int read_generator(struct reader *r); /* generator.c: the system's own dracut */
int read_spaces(struct reader *r);          /* space.c */
int run_grub_cfg(struct reader *r); /* grub_world.c: cfg's text to menu */
int find_blscfg_rules(struct reader *r, enum loader_rules *ret); /* blscfg_rules.c */
int read_loader(struct reader *r);          /* loader.c: grub.cfg, grubenv, whose rules */
/*
 * lost_config.c: 1: GRUB reads that file (its text is in loader_config); 0: it is a stub of
 * another system, or its end or its content is lost (inv.lost).
 */
int configuration_is_ours(struct reader *r, const char *path);
int find_lost_menu(struct reader *r); /* the same where there is no file; sets its rules */
int read_entries(struct reader *r);         /* entries.c: drafts, after read_loader */
enum bls_dialect bls_dialect_of(const struct reader *r); /* bls_entries.c */
int read_bls_entries(struct reader *r);     /* bls_entries.c: of entries_directory */
int read_older_loader(struct reader *r);    /* older.c: where GRUB 2 reads nothing */
int read_older_entries(struct reader *r);   /* older.c */
unsigned long older_default(const struct reader *r); /* older.c: a place in the menu */
bool is_older_loader(const struct reader *r);	     /* GRUB legacy, extlinux */
int order_entries(struct reader *r);        /* menu_order.c: sorts drafts */
int find_default(struct reader *r);         /* default.c: inv.default_entry */
int check_entries(struct reader *r);        /* entry_check.c: broken, is_of_this_root */
int read_releases(struct reader *r);        /* kernels.c; after read_entries */
int read_kernels(struct reader *r);     /* kernels.c: their parts; after read_releases */
int link_entries(struct reader *r);     /* kernels.c: which entry starts which kernel */
int publish_entries(struct reader *r);  /* entries.c; last: drafts become inv.entries */
int read_entry_token(struct reader *r); /* token.c */
int read_clues(struct reader *r);       /* clues.c */
int read_cached_rpms(struct reader *r); /* clues.c */

/* image.c, modules.c, initramfs_state.c */
/* Only its path, which what follows needs. */
int find_image(struct reader *r, struct kernel *k);
/* The rest: changes k->image alone, so others may read other parts meanwhile. */
int read_image(const struct reader *r, struct kernel *k);
int read_modules(struct reader *r, struct kernel *k);
int read_initramfs(struct reader *r, struct kernel *k);

/* started.c: a BIOS may start that boot loader: its sector does not say another one. */
bool may_start(const struct reader *r, enum bootloader b);
/* Moves what that sector's GRUB 2 reads to the front; sets inv.lost. */
int started_prefer_configuration(struct reader *r, struct strings *candidates);
int check_started(struct reader *r); /* others that nothing starts; after read_loader */

/* esp.c */
const char *esp_mountpoint(const struct reader *r);
/* Moves a whole configuration on the ESP to the front, where only UEFI starts GRUB. */
int esp_prefer_configuration(struct reader *r, struct strings *candidates);
/* systemd_boot.c: 1: what UEFI starts is systemd-boot (sets systemd_esp); 0; -ENOMEM. */
int starts_systemd_boot(struct reader *r);
/* The same by its loader.conf, where no program of it is seen. */
const char *systemd_boot_by_conf(const struct reader *r);
int read_systemd_boot(struct reader *r); /* inv.systemd; after read_entry_token */
/* Mount points of what systemd-boot reads, XBOOTLDR first; how many. */
#define SYSTEMD_PLACES 2
size_t systemd_places(const struct reader *r, const char *ret[SYSTEMD_PLACES]);
int read_systemd_entries(struct reader *r); /* systemd_entries.c: drafts of all of these */
char *lower_case(const char *text); /* NULL: no memory */
struct grub_stub;
/* It leads to the file system that holds this system's /boot. */
bool stub_is_ours(const struct reader *r, const struct grub_stub *s);
int check_esp(struct reader *r); /* does a stub lead to /boot; after read_loader */
int check_esp_programs(struct reader *r); /* esp_programs.c: does UEFI find a loader */
/* esp_fallback.c: does shim on the removable path; how bad it is if not. */
int check_esp_fallback(struct reader *r, enum severity severity);
/* esp.c: files of that name in EFI/VENDOR of the ESP. */
int list_esp_files(struct reader *r, const char *name, struct strings *ret);

/* A new draft at the end; NULL: no memory. */
struct draft *reader_add_draft(struct reader *r);
/* The same of the BLS file NAME.conf at path: drafts.c. */
struct draft *reader_add_bls_draft(struct reader *r, const char *path, const char *name);
/* Its kernel and initramfs, as the boot loader names them. */
int draft_set_paths(struct reader *r, struct draft *d, const char *linux_path,
	const struct strings *initrd);

/* A variable as it is when GRUB shows its menu; NULL: it is not set. */
const char *loader_variable(const struct reader *r, const char *name);
/*
 * What a boot loader calls a file, as the running system does: /vmlinuz → /boot/vmlinuz.
 */
char *system_path_of(const struct system *sys, const char *loader_path);
/* The same as loader_variable, for what expands text; data is a struct reader. */
const char *reader_variable(void *data, const char *name);
/* Copies text that may be NULL. */
int copy_text(char **ret, const char *text);
/* Takes words of a loader's command: paths of initramfs files. */
int draft_add_initrd(struct reader *r, struct draft *d, const struct strings *words);
/* A release that uname -r could say; not a rescue or kdump image's suffix. */
bool is_release(const char *text);
bool is_rescue_name(const char *path);
/* "/boot/vmlinuz-V" or "/boot/TOKEN/V/linux" → V (caller frees), NULL: none. */
char *release_of_image_path(const char *path);

#endif
