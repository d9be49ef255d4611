/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 1: block devices, what is stacked on them, and the installed systems they hold. */
#ifndef RESCUE_LOCATE_H
#define RESCUE_LOCATE_H

#include "finding.h"
#include "formats/boot_code.h"
#include "formats/fstab.h"
#include "formats/platform.h"
#include "formats/superblock.h"
#include "target.h"

/* Where to look. Everything empty: every block device of this machine. */
struct scope {
	const char *root;	/* --root DIR; excludes the others */
	struct strings images;	/* --image FILE */
	struct strings devices; /* --device DEV */
};

enum device_type {
	DEVICE_DISK,
	DEVICE_PART,
	DEVICE_LVM,
	DEVICE_RAID,
	DEVICE_CRYPT,
	DEVICE_LOOP,
	DEVICE_IMAGE
};

enum device_role {
	ROLE_ROOT = 1 << 0,
	ROLE_BOOT = 1 << 1,
	ROLE_USR = 1 << 2,
	ROLE_ESP = 1 << 3,
	ROLE_BIOS_BOOT = 1 << 4,
	ROLE_SWAP = 1 << 5,
	ROLE_LVM_PV = 1 << 6,
	ROLE_RAID_MEMBER = 1 << 7,
	ROLE_LUKS = 1 << 8,
	ROLE_OTHER_MOUNT = 1 << 9, /* /var, /home, …: named by a system's fstab */
	ROLE_REMOVABLE = 1 << 10,  /* of whole disks: a stick, a card, on USB */
	ROLE_OPTICAL = 1 << 11,
	ROLE_MULTIPATH = 1 << 12, /* one of several paths to a disk */
	ROLE_BCACHE = 1 << 13,	  /* backing or caching device */
	ROLE_ZFS = 1 << 14
};
#define DEVICE_ROLES 15
const char *device_role_name(enum device_role r);
const char *device_type_name(enum device_type t);

/*
 * What an initramfs has to open on the way to a root. All but LVM is left to the system's
 * own generator: the built-in one cannot do it.
 */
enum root_piece {
	PIECE_LVM = 1 << 0,
	PIECE_MD = 1 << 1,
	PIECE_CRYPT = 1 << 2,  /* LUKS */
	PIECE_CLEVIS = 1 << 3, /* LUKS opened by clevis: TPM, tang over the network */
	PIECE_MULTIPATH = 1 << 4,
	PIECE_BCACHE = 1 << 5,
	PIECE_ZFS = 1 << 6,
	PIECE_ISCSI = 1 << 7,
	PIECE_NFS = 1 << 8,
	PIECE_NETWORK = 1 << 9, /* nbd, FCoE, whatever else comes over a network */
	PIECE_FIPS = 1 << 10	/* the kernel's .hmac is checked first */
};
#define ROOT_PIECES 11
/* "an md array": what it is, static. One bit. */
const char *root_piece_name(enum root_piece p);
/* What a root that is named so needs: "/dev/md0", "192.0.2.1:/srv", "zfs:tank/root". */
unsigned root_source_pieces(const char *source);

struct device {
	char *path;	  /* /dev/sda1; in an image as sfdisk names it: disk.img1 */
	int parent;	  /* index, or -1 */
	enum device_type type;
	uint64_t size;	  /* bytes */
	uint64_t offset;  /* bytes from the start of `backing` */
	char *backing;	  /* what a loop device is laid over: image file or block device */
	char *fstype, *uuid, *label; /* NULL: none */
	char *partuuid, *parttype, *partlabel; /* parttype: a GUID, or 0x83 and the like */
	unsigned number;  /* partition number, 0: none */
	unsigned roles;
	int system;	  /* index of the system it belongs to, or -1 */
	bool held;	  /* another device is stacked on it */
	bool is_divided;  /* holds partitions, not a file system */
	bool unclean;	  /* its journal wants replay, or it was not unmounted */
	bool is_inactive; /* known by name and size alone: it cannot be opened */
	char *mapper_uuid; /* device mapper's own: LVM-…, CRYPT-…; or NULL */
	char *idle_array; /* md array of which it is a part, that does not run; or NULL */
	char *wwid;	  /* of a whole disk: the same by whatever path; or NULL */
	unsigned pieces;  /* PIECE_* bits: what this layer of a stack is; 0: a plain disk */
	const char *obstacle; /* static: why nothing may be written to it, behind "it " */
};

/*
 * What one block device of this machine holds, asked of the device alone: nothing is
 * mounted, no sysfs is needed (PID 1). fstype NULL: nothing known there. Frees with
 * device_done. -errno: it cannot be opened or read.
 */
int device_probe(struct device *ret, const char *path, struct fault *f);
void device_done(struct device *d);

/* Where GRUB keeps variables on btrfs (util/grub-editenv.c: fs_envblk_spec). */
#define GRUB_BLOCK_OFFSET (256 * 1024)

/* One of the file systems that make a system. With --root, what its fstab says of it. */
struct place {
	int device;	  /* index, or -1 (--root) */
	char *source;	  /* what fstab says, or NULL */
	char *device_path, *fstype, *uuid, *label, *partuuid; /* NULL: not known */
	char *mountpoint; /* "/", "/boot", "/boot/efi", "/usr" */
	bool present;	  /* there is such a place at all (an ESP need not be) */
	bool separate;	  /* a file system of its own */
	bool mounted;	  /* its files are reachable through the system's target */
	uint64_t free_bytes, free_inodes, size_bytes;
	struct superblock_features features; /* of kind 0: not known */
};

enum firmware { FIRMWARE_UNKNOWN, FIRMWARE_BIOS, FIRMWARE_UEFI, FIRMWARE_BOTH };
const char *firmware_name(enum firmware w);

enum bootloader {
	BOOTLOADER_GRUB2 = 1,
	BOOTLOADER_GRUB_LEGACY = 2,
	BOOTLOADER_SYSTEMD_BOOT = 4,
	BOOTLOADER_EXTLINUX = 8
};
#define BOOTLOADERS 4
const char *bootloader_name(enum bootloader b);

/* What a BIOS starts from the disk that holds /boot, or root. */
struct bios_start {
	enum bootloader loader; /* 0: not known */
	char *where;		/* whose boot sector it is: "/dev/sda"; NULL: not known */
	int disk;		/* of GRUB 2's image, which begins in sector `image` of it; */
	uint64_t image;		/* 0: there is none, or it was read */
	struct grub_stub grub;	/* where it looks for grub.cfg */
	/* Static: why nothing starts, behind "the boot sector of WHERE "; or NULL. */
	const char *obstacle;
};

/*
 * Which entry systemd-boot is told to start, by variables of the firmware at hand (its
 * boot.c): an id, or a pattern of ids; NULL: nothing.
 */
struct loader_variables {
	bool is_known; /* this firmware's variables were seen, whatever they hold */
	char *one_shot, *entry_default; /* LoaderEntryOneShot, LoaderEntryDefault */
	char *last_booted; /* LoaderEntryLastBooted: what "@saved" stands for */
};

/* One installed Linux. Looked at read-only until system_make_writable. */
struct system {
	char *id;	    /* rhel8-3f2a */
	char *os_id, *os_version_id, *os_pretty_name; /* NULL: no release file */
	char *os_name, *os_version; /* for titles of boot entries; NULL: not told */
	char *arch;	    /* x86_64, aarch64, …: of its own binaries; or NULL */
	char *machine_id;   /* 32 hex digits, or NULL */
	enum firmware firmware;
	struct place root, boot, esp, usr;
	char *subvolume;    /* of root on btrfs, without leading slash; or NULL */
	uint64_t subvolume_id; /* 0: not known */
	bool is_default_subvolume; /* what a mount without options shows */
	struct buffer grub_block;  /* GRUB's environment in the reserved area of btrfs */
	unsigned bootloaders; /* BOOTLOADER_* bits */
	struct bios_start bios;
	/* What the firmware at hand starts from its ESP: "/EFI/fedora/shimx64.efi"; or NULL */
	char *efi_program;
	struct loader_variables loader_variables;
	bool complete;	    /* every file system it boots from was found and mounted */
	bool by_directory;  /* --root: no device is known */
	bool writable;
	bool on_removable;  /* its root lies on what can be taken out */
	/* Static: what its root or /usr lies on that an initramfs of ours cannot open. */
	const char *unreachable;
	unsigned pieces; /* PIECE_* bits: the same by kind, from devices, fstab, crypttab */
	/*
	 * Every name by which a command line can call a device that was seen: paths, UUID=…,
	 * LABEL=…, PARTUUID=…. Empty where not all disks were looked at.
	 */
	struct strings device_names;
	int tree;	    /* which of landscape.mounts holds it; -1: none */
	struct fstab fstab;
	struct target target; /* its whole tree, all its file systems in their places */
	struct findings findings;
};

/* Something that the firmware of the machine at hand is told to start. */
struct firmware_entry {
	char *partuuid, *path; /* the partition, and the file on it */
};

struct firmware_entries {
	struct firmware_entry *items; /* in its order; empty: that is not known */
	size_t count, capacity;
};

struct mounts; /* what this run mounted or attached; in locate/mount.c alone */
struct volumes; /* the LVM volumes of its devices; in locate/lvm.c alone */

struct landscape {
	struct device *devices;
	size_t device_count, device_capacity;
	struct system *systems;
	size_t system_count, system_capacity;
	struct findings findings; /* of devices that belong to no system */
	bool is_named;		  /* the user named what to look at */
	struct firmware_entries firmware_entries;
	struct loader_variables loader_variables; /* of the machine at hand */
	struct mounts *mounts;	  /* NULL with --root */
	struct volumes *volumes;  /* NULL: there is no LVM */
};

/*
 * Looks only. Systems stay mounted (privately) until landscape_done. Faults:
 * NEEDS-PRIVILEGE, BOOT-NOT-MOUNTED, and what opening the named root or image gives.
 * An unreadable device is a finding and the scan goes on.
 */
int locate_scan(struct landscape *ret, const struct scope *where, struct fault *f);
void landscape_done(struct landscape *l);
/*
 * Flushes and unmounts everything; every system's target is closed then. A command that
 * wrote calls it before landscape_done: what the disks answered last is told here.
 */
int landscape_unmount(struct landscape *l, struct fault *f);

/*
 * What only judging the boot path needs: fills s->bios.grub; s is one of l's systems. An
 * image that cannot be understood leaves it empty. 0 or -ENOMEM.
 */
int landscape_read_image(struct landscape *l, const struct system *s);

/* The system of that id, UUID, label or root device; NULL when there is none such. */
struct system *landscape_find(const struct landscape *l, const char *name);
/*
 * name NULL: the only one that is not on a removable medium, unless the user named the
 * devices. NO-SYSTEM, AMBIGUOUS-SYSTEM (the hint lists them).
 */
int landscape_choose(const struct landscape *l, const char *name, struct system **ret,
		     struct fault *f);

/*
 * Mounts the system anew as its next boot would (journal replay), writable, and opens its
 * target again: whatever was read before is stale. HIBERNATED, EROFS, EBUSY.
 * With --root it only checks that the tree can be written.
 */
int system_make_writable(struct landscape *l, struct system *s, struct fault *f);
/* HIBERNATED; 0: it may be written as far as that goes. Nothing is touched. */
int system_refuse_hibernated(const struct landscape *l, struct system *s, struct fault *f);
/*
 * The machine that this program runs on, whose root directory `machine` is. Devices that
 * say nothing of themselves are left out.
 */
int platform_read(struct platform *ret, const struct target *machine, struct fault *f);
/* Sets carries_root: what this system's root lies on, as sysfs has it. 0 or -ENOMEM. */
int platform_mark_root(struct platform *p, const struct target *machine,
		       const struct landscape *l, const struct system *s);
/*
 * What the running system's boot loader calls the file: /vmlinuz-V with a separate /boot,
 * /SUBVOLUME/boot/vmlinuz-V on btrfs. The caller frees it; NULL: no memory.
 */
char *system_loader_path(const struct system *s, const char *path);

#endif
