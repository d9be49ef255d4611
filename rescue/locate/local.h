/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this room share: devices, their contents, systems, places. */
#ifndef RESCUE_LOCATE_LOCAL_H
#define RESCUE_LOCATE_LOCAL_H

#include "locate.h"
#include "mount.h"

#define MAX_DEVICES 4096     /* devices of one scan */
#define MAX_PARTITIONS 256   /* of one disk */
#define MAX_SYSFS_VALUE 4096 /* bytes of one attribute: a page */

/* ---- devices: images.c, machine.c, partitions.c, probe.c ---- */
/* Appends and consumes *take. Its index, or -ENOMEM, -E2BIG. */
int landscape_add_device(struct landscape *l, struct device *take);
int images_scan(struct landscape *l, const struct strings *images, struct fault *f);
/*
 * Devices kept open while they are looked at: whenever nobody has a device open the kernel
 * forgets what was read of it.
 */
#define MAX_HELD 256
struct held {
	int fds[MAX_HELD];
	size_t count;
};
void devices_hold(struct held *h, const char *path); /* h NULL: does nothing */
void held_done(struct held *h);
/* A machine as it tells of itself: all that is needed to replay another one. */
struct present;
struct machine {
	struct target sys;	       /* its /sys */
	const struct present *mounts;  /* what it has mounted; NULL: not known */
	const char *cmdline;	       /* of its kernel; NULL: not known */
	struct held *held;	       /* or NULL */
};
/* only empty: every device but the medium that the running live system came from. */
int machine_scan(struct landscape *l, const struct machine *m, const struct strings *only,
	struct fault *f);
/* Opens what the device lies on. Fd or -errno. */
int device_open(const struct device *d, int flags, struct fault *f);
/* libblkid reads here and there near both ends: two large requests cost less. */
void device_read_ahead(const struct device *d, int fd);
/* Up to size bytes from offset on, counted from the device's start. Count or -errno. */
ssize_t device_read(
	const struct device *d, int fd, uint64_t offset, void *data, size_t size);
/* The same where it is not open. */
ssize_t device_peek(const struct device *d, uint64_t offset, void *data, size_t size);
bool device_is_extended(const struct device *d); /* an MBR's container of logical ones */
/* Reads the partition tables of disks: adds partitions, or tells more of known ones. */
int partitions_scan(struct landscape *l, const int *disks, size_t count);
/* What the kernel takes for its partitions are another's: never used on their own. */
void partitions_ignore(struct landscape *l, int disk);
/* File system, UUID, label and state, for every device that is no mere container. */
int contents_scan(struct landscape *l);
int contents_scan_from(struct landscape *l, size_t first);
/* members.c: what other programs have to open first, and how. 0 or -ENOMEM. */
int members_report(struct landscape *l);
/* Of several paths to one disk all but the first are left alone. Before contents_scan. */
void members_find_paths(struct landscape *l);
#define ROLES_OF_MEMBERS                                                                 \
	(ROLE_RAID_MEMBER | ROLE_LUKS | ROLE_MULTIPATH | ROLE_BCACHE | ROLE_ZFS)
int device_disk(const struct landscape *l, int device); /* topmost parent */
/* It lies on what can be taken out: not to be repaired unless it is named. */
bool device_is_removable(const struct landscape *l, int device);
/* A block device that the kernel knows; not a part of an image or of a disk. */
bool device_is_node(const struct device *d);

/* ---- LVM: lvm.c, lvm_open.c, lvm_report.c ---- */
/* Adds the logical volumes of the physical ones; those that are active are used so. */
int lvm_scan(struct landscape *l);
/* Opens anew, writable, what the system lies on; nothing of it may be mounted. */
int lvm_make_writable(struct landscape *l, struct system *s, struct fault *f);
/* 0: everything below could be written; 1: not a volume of ours. */
int lvm_refuse(const struct landscape *l, const struct device *d, struct fault *f);
/* The same of a system in a directory, by LVM's own backups of its metadata. */
const char *backup_unreachable(const struct target *t, const char *source);
void volumes_close(struct volumes *v); /* takes down what was activated */
void volumes_free(struct volumes *v);

/* ---- what a root lies on: stack.c ---- */
/* What it lies on that an initramfs of ours cannot open; static, or NULL. */
const char *stack_unreachable(const struct landscape *l, int device);
/* system.unreachable and system.pieces; its fstab has been read. 0 or -ENOMEM. */
int stack_read(const struct landscape *l, struct system *s);

/* ---- systems: systems.c, roots.c, places.c, identity.c, firmware.c, directory.c ---- */
int systems_scan(struct landscape *l, struct fault *f);
int roots_find(struct landscape *l, struct fault *f); /* appends them, with their trees */
/* Everything but id and root of a system whose root is in its target. */
int system_read(
	struct landscape *l, struct system *s, enum access access, struct fault *f);
void system_init(struct system *s);
void system_done(struct system *s);
void system_forget(struct system *s); /* what system_read found */
void place_forget(struct place *p);
int directory_scan(struct landscape *l, const char *directory, struct fault *f);

/* What fstab names is mounted into the system's tree, or becomes a finding. */
int places_read(
	struct landscape *l, struct system *s, enum access access, struct fault *f);
int place_measure(struct place *p, const struct target *t);
int fstab_read(struct system *s);
bool fstab_line_is_local(const struct fstab_line *line); /* a file system of its own */
/* The part of its options that chooses what is mounted: subvol=, subvolid=; or NULL. */
char *subvolume_option(const struct fstab_line *line);
/* The device that a line of fstab means. */
enum source_match {
	SOURCE_FOUND,
	SOURCE_BY_POSITION, /* found, by partition number alone */
	SOURCE_ABSENT,
	SOURCE_AMBIGUOUS,
	SOURCE_UNTOLD,   /* /dev/sdb1: another machine's numbering */
	SOURCE_ELSEWHERE /* network, pseudo file system */
};
enum source_match source_find(const struct landscape *l, const struct system *s,
	const struct fstab_line *line, int *ret);

bool target_is_system(const struct target *t);
int identity_read(struct system *s);
/* seed: what tells this root from others. */
char *identity_id(const struct system *s, const char *seed);
int firmware_read(const struct landscape *l, struct system *s);
void bios_start_done(struct bios_start *b);
/*
 * boot_code.c: by that disk's boot sector; nothing where it has none. 0 or -ENOMEM. The
 * image of GRUB 2 is left to landscape_read_image.
 */
int bios_start_read(struct bios_start *ret, const struct landscape *l, int disk);
/* Some disk has a program in its first sector, whatever it is. */
bool another_disk_starts(const struct landscape *l);

/* What BootOrder says, where efivarfs is mounted in the machine's /sys. 0 or -ENOMEM. */
int firmware_entries_read(struct firmware_entries *ret, const struct target *sys);
void firmware_entries_done(struct firmware_entries *e);
/* loader_variables.c: the same for systemd-boot's. 0 or -ENOMEM. */
int loader_variables_read(struct loader_variables *ret, const struct target *sys);
int loader_variables_copy(struct loader_variables *ret, const struct loader_variables *from);
void loader_variables_done(struct loader_variables *v);
/* firmware_trust.c: nothing where no variables are seen. 0 or -ENOMEM. */
int firmware_trust_read(struct firmware_trust *ret, const struct target *machine);

/* device_names.c: fills device_names of every system. 0 or -ENOMEM. */
int name_devices(struct landscape *l);

#endif
