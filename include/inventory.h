/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 2: what one system holds to boot from: kernels, their modules, initramfs and boot
 * entries, the default entry, command lines, space. Facts only; verify judges them.
 */
#ifndef RESCUE_INVENTORY_H
#define RESCUE_INVENTORY_H

#include "decompress.h"
#include "digest.h"
#include "formats/bls.h"
#include "formats/file_contexts.h"
#include "formats/grub_choice.h"
#include "formats/grub_record.h"
#include "formats/grubenv.h"
#include "formats/journal.h"
#include "formats/linux_image.h"
#include "formats/module_signature.h"
#include "locate.h"

enum part_state {
	PART_OK,
	PART_MISSING,
	PART_DAMAGED,	 /* image, initramfs */
	PART_MISMATCHED, /* initramfs: of another release */
	PART_INCOMPLETE, /* modules: files that modules.order or .dep name are gone */
	PART_UNINDEXED	 /* modules: no usable modules.dep */
};
const char *part_state_name(enum part_state s);

/* What a file was when it was looked at: a plan's expected old state. */
struct snapshot {
	bool exists;
	mode_t mode; /* with type */
	uint64_t size, inode, device;
	int64_t mtime_s;
	uint32_t mtime_ns;
};
int snapshot_take(struct snapshot *ret, const struct target *t, const char *path);
bool snapshot_equal(const struct snapshot *a, const struct snapshot *b);

/* What the payload of an image tells of its kernel, kept for verify. */
struct image_payload {
	char digest[DIGEST_HEX_SIZE]; /* SHA-256 of what was unpacked; empty: not known */
	struct buffer exports;	 /* as Module.symvers has them; empty: not known */
	struct kernel_keys keys; /* built in, for signatures */
};
void image_payload_done(struct image_payload *p);
struct readings;
/*
 * From the file of an image; what known tells of the same bytes is taken over. NULL: it is
 * of no use to know them again. -EBADMSG, -ENOTSUP, …: it could not be unpacked; -ENOMEM.
 */
int image_payload_read(struct image_payload *ret, const struct linux_image *image,
		       const struct readings *known);

struct kernel_image {
	char *path;	/* /boot/vmlinuz-V, also where it is missing */
	char *spare;	/* /lib/modules/V/vmlinuz where that is whole, else NULL */
	enum part_state state;
	char *damage;	/* why it is damaged, or NULL */
	char *release;	/* what the image says of itself, or NULL */
	char *version;	/* all that it says: release, builder, build; or NULL */
	struct image_payload payload;
	enum compression compression;
	uint64_t size;
};

struct module_tree {
	char *path;	/* /lib/modules/V */
	enum part_state state;
	size_t count, third_party; /* module files */
	struct strings files;	/* relative to path, sorted */
	struct strings missing; /* named by modules.order or modules.dep, not there */
	bool lacks_index;	/* PART_INCOMPLETE, and modprobe would find none of the others */
};

struct initramfs_file {
	char *path; /* as the entries name it, else the generation's name for it */
	enum part_state state;
	char *damage;
	char *release;		 /* of the modules in it; NULL where it holds none */
	uint64_t size;
	bool listed;		 /* modules is what it holds; false: it could not be read */
	struct strings modules;	 /* names (a_b form) of the modules in it, sorted */
	unsigned pieces;	 /* PIECE_* bits that it can open; where listed */
	bool has_systemd;	 /* which is what hands over to the root */
	char digest[DIGEST_HEX_SIZE]; /* SHA-256 of the file; empty: not known */
};

/*
 * What takes most of a second to find in a file, and is the same as long as its bytes are:
 * handed from one reading of a system to the next, which knows them by their digest.
 */
struct readings {
	struct image_payloads {
		struct image_payload *items;
		size_t count, capacity;
	} images;
	struct initramfs_readings {
		struct initramfs_reading {
			char *release; /* of the kernel that it was judged for */
			struct initramfs_file file;
		} *items;
		size_t count, capacity;
	} initramfs;
};
void readings_done(struct readings *r);
/*
 * take is consumed; what has no digest, could not be read or is known already is not
 * added. 0 or -ENOMEM.
 */
int readings_add_image(struct readings *r, struct image_payload *take);
int readings_add_initramfs(struct readings *r, const char *release,
			   struct initramfs_file *take);
/* NULL: not known. */
const struct image_payload *readings_find_image(const struct readings *r, const char *digest);
const struct initramfs_file *readings_find_initramfs(const struct readings *r,
						     const char *release,
						     const char *digest);

struct kernel {
	char *release;
	struct kernel_image image;
	struct module_tree modules;
	struct initramfs_file initramfs;
	size_t *entries; /* indexes into inventory.entries: those that name its image */
	size_t entry_count, entry_capacity;
};

enum entry_kind { ENTRY_BLS, ENTRY_GRUB2, ENTRY_GRUB_LEGACY, ENTRY_EXTLINUX };
const char *entry_kind_name(enum entry_kind k);

struct entry {
	char *id; /* BLS file name without .conf; else FILE#N */
	char *title;
	enum entry_kind kind;
	char *source;	     /* path of the file it stands in */
	unsigned line;	     /* of its first line there, 1-based */
	unsigned options_line; /* of its command line; 0: it has none of its own */
	char *linux_path;    /* resolved: /boot/vmlinuz-V; raw text where that fails */
	struct strings initrd; /* likewise */
	char *options;	     /* variables expanded */
	char *raw_options;   /* as written */
	int kernel;	     /* index, or -1 */
	bool is_default;
	bool is_of_this_root; /* its root= is this system's root file system */
	bool is_read;	     /* the boot loader reads the file it stands in */
	bool broken;
	bool stops_loader;   /* the loader gives up where it reads it: nothing starts */
	char *reason;	     /* why it is broken, or NULL */
	char *shadowed_by;   /* id of the one that the loader shows in its place, or NULL */
	char *place;	     /* number in the whole menu: "1>2"; NULL: it is not shown */
	char *loader_name;   /* what saved_entry or loader.conf may call it, or NULL */
	char *version, *sort_key, *machine_id; /* keys of a BLS entry, or NULL */
	int tries_left, tries_done; /* systemd-boot; -1: no boot counting */
};

/* Where an entry's command line could come from, in the order of preference. */
struct cmdline_sources {
	char *etc_kernel_cmdline, *usr_kernel_cmdline; /* NULL: absent */
	char *kernelopts;   /* grubenv */
	char *default_grub; /* GRUB_CMDLINE_LINUX(_DEFAULT) joined */
};

struct filesystem_space {
	char *mountpoint;
	uint64_t device; /* st_dev */
	uint64_t free_bytes, free_inodes, block_size;
	bool read_only;
	bool has_no_links;   /* FAT: what is replaced is kept as a copy */
};

/* Third-party files and logs that tell which release was there: the wanted package. */
struct clue {
	char *release;
	const char *origin; /* "boot entry", "module directory", "dnf.rpm.log", … */
};

/* A name near the kernels and what it was: /boot, boot entries, tops of module trees. */
struct observed {
	char *path;
	struct snapshot now;
	bool dangles; /* a link to nothing */
};

enum loader_rules { /* whose rules order entries and pick the default */
	LOADER_NONE,
	LOADER_BLSCFG_EL8,
	LOADER_BLSCFG_EL9, /* and EL10, Fedora */
	LOADER_BLSUKI,	   /* upstream 2.14 */
	LOADER_MENUENTRIES,
	LOADER_SYSTEMD_BOOT,
	LOADER_GRUB_LEGACY,
	LOADER_EXTLINUX
};

/* The program of the system that makes an initramfs; see generator.c. */
enum generator_kind { GENERATOR_NONE, GENERATOR_DRACUT, GENERATOR_MKINITRD };
struct generator {
	enum generator_kind kind;
	char *path; /* /usr/bin/dracut; NULL: there is none */
	bool knows_no_hostonly, knows_no_uefi; /* options that old ones lack */
	char *obstacle; /* why it cannot be run here, or NULL */
};

/* LOADER_SYSTEMD_BOOT: what it reads lies on the ESP and on an XBOOTLDR partition. */
struct systemd_boot {
	char *root;	 /* where the one that new entries go to is mounted: /efi */
	bool by_token;	 /* kernels lie in TOKEN/V there, not at its top */
	char *conf_path; /* loader.conf, which need not be there */
	struct buffer conf;
	/* Patterns of the entry to start, as they come: of two variables, then loader.conf. */
	char *once, *asked, *wanted; /* NULL: none */
	bool saved_unknown; /* "@saved" stands in a variable that is not seen here */
};

/* Where the boot loader looks for its menu and finds none, or one without any content. */
struct lost_config {
	char *path; /* NULL: nothing is lost */
	enum loader_rules rules; /* by which a new one is read */
	bool is_certain; /* else it may lie on an ESP that is not seen here */
};

/* SELinux is enforcing, and its policy is not there. */
struct lost_policy {
	char *wanted;  /* the type in /etc/selinux/config; NULL: nothing is lost */
	char *present; /* a type whose policy is there, or NULL */
};

struct inventory {
	const struct system *system; /* borrowed */
	struct kernel *kernels;	     /* newest first (rpm's version order) */
	size_t kernel_count, kernel_capacity;
	struct entry *entries;	     /* in menu order */
	size_t entry_count, entry_capacity;
	int default_entry;	     /* index, or -1 */
	enum loader_rules loader;
	enum grub_naming naming;     /* GRUB 2: how `default` names what starts */
	struct systemd_boot systemd; /* empty for other loaders */
	char *grub_cfg;		     /* path of the configuration that is read, or NULL */
	struct lost_config lost;
	struct buffer loader_config; /* its text, for edits; empty where it is not read */
	struct grub_record grub_record; /* what grub.cfg asked while it ran, for plans */
	char *grubenv_path;	     /* canonical; NULL: there is none */
	bool grubenv_damaged;
	struct grubenv grubenv;	     /* its variables; empty where it is damaged or absent */
	char *saved_entry;	     /* grubenv's, or NULL */
	bool saved_in_block;	     /* … kept in the reserved area of btrfs, not in the file */
	char *next_entry;	     /* grubenv's: started once, at the next boot; or NULL */
	char *entries_directory;     /* /boot/loader/entries */
	char *entry_token;	     /* for new BLS entries */
	struct cmdline_sources cmdline;
	struct filesystem_space *spaces;
	size_t space_count, space_capacity;
	struct clue *clues;	     /* most telling first */
	size_t clue_count, clue_capacity;
	struct strings cached_rpms;  /* kernel RPM files in /var/cache/{dnf,yum,PackageKit} */
	struct observed *observed; /* sorted by path */
	size_t observed_count, observed_capacity;
	struct generator generator;
	bool merged_usr;	     /* /lib is a link to usr/lib */
	bool selinux;		     /* a policy is there and not disabled */
	struct lost_policy lost_policy;
	char *selinux_type;	     /* "targeted", or NULL */
	bool has_hot_journal;	     /* a transaction began and did not end */
	char *hot_transaction;
	struct findings findings;    /* what could not be read */
};

/* known: of earlier readings; NULL: there is and will be no other. */
int inventory_read(struct inventory *ret, const struct system *sys,
		   const struct readings *known, struct fault *f);
/* What it read moves there, for the next one; it can only be freed then. 0 or -ENOMEM. */
int inventory_give_readings(struct inventory *inv, struct readings *to);
void inventory_done(struct inventory *inv);
/* Image (or its spare) and modules of its own are whole: the rest can be made anew. */
bool kernel_is_whole(const struct kernel *k);
struct kernel *inventory_find_kernel(const struct inventory *inv, const char *release);
bool system_is_suse(const struct system *sys);
/* 5 to 10, of RHEL and what is built from its sources; 0: another system. */
unsigned long system_el_major(const struct system *sys);
/*
 * What the name was when the inventory was read. Never NULL: a name that was not there
 * has .exists false. Only for names in /boot, the directory of entries, what entries name,
 * TOKEN, /lib/modules, at the top of each module directory, and the boot configurations.
 */
const struct snapshot *inventory_observed(const struct inventory *inv, const char *path);
bool inventory_dangles(const struct inventory *inv, const char *path);
/* Fills inv->observed; the last step of inventory_read. */
int inventory_observe(struct inventory *inv);
/*
 * Where the boot loader expects a kernel that is installed now: /boot/vmlinuz-V and
 * /boot/initramfs-V.img, or /efi/TOKEN/V/linux and initrd. NULL: no memory.
 */
char *inventory_image_path(const struct inventory *inv, const char *release);
char *inventory_initramfs_path(const struct inventory *inv, const char *release);
/* By what systemd-boot sorts it; borrows. */
struct bls_sort entry_sort(const struct entry *e);
/* In a menu of BLS entries; all_have_version: EL8 orders by that where it can. */
int entry_compare_bls(const struct inventory *inv, bool all_have_version,
	const struct entry *a, const struct entry *b);
/* The file system that holds path: its mount point is the longest prefix. Never NULL. */
const struct filesystem_space *inventory_space_of(const struct inventory *inv,
						  const char *path);

/* Lists a (possibly multi-member, compressed) initramfs. -EBADMSG: damaged, says why. */
int initramfs_list(struct strings *ret, const struct target *t, const char *path,
		   struct fault *f);

/* Whose modules an initramfs of these names holds, and what it can open. 0 or -ENOMEM. */
int initramfs_list_file(struct strings *ret, int take_fd, const char *path, struct fault *f);
/*
 * Lists and judges a file, all but path and size; what known tells of the same bytes is
 * taken over. What cannot be listed is PART_DAMAGED. take_fd is closed. 0 or -ENOMEM.
 */
int initramfs_examine(struct initramfs_file *i, int take_fd, const char *release,
		      const struct readings *known);
int initramfs_judge(struct initramfs_file *i, const char *release,
		    const struct strings *names);
bool initramfs_drives(const struct initramfs_file *i, const char *fstype);
/* ext2 and ext3 are mounted by ext4's driver where they have none of their own. */
bool module_drives_filesystem(const char *module, const char *fstype);
void initramfs_file_done(struct initramfs_file *i);
void entry_done(struct entry *e);
/* Without the programs for these no such root is found; the others have other ways. */
#define PIECES_INDISPENSABLE                                                             \
	(PIECE_LVM | PIECE_MD | PIECE_CRYPT | PIECE_ISCSI | PIECE_NFS | PIECE_ZFS)
/* PIECE_* bits that a command line asks for. 0 or -ENOMEM. */
int cmdline_pieces(unsigned *ret, const char *options);
/* PIECE_* bits that an initramfs of these names has the programs for; all: not known. */
unsigned initramfs_pieces(const struct strings *names);

/* The labels of the system's own policy; *ret NULL where it has none. */
int labels_read(struct file_contexts **ret, const struct target *t, struct fault *f);

#endif
