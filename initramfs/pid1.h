/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of PID 1 share. It runs alone, once, and its console is standard error.
 */
#ifndef RESCUE_INITRAMFS_PID1_H
#define RESCUE_INITRAMFS_PID1_H

#include "formats/cmdline.h"
#include "formats/modules_index.h"
#include "locate.h"
#include "volumes.h"

#define SYSROOT "/sysroot"

/* ---- options.c: what the kernel command line asks for ------------------------------ */
struct boot_options {
	struct cmdline words;
	char *root;        /* as written, or NULL */
	char *root_type;   /* rootfstype=, may list several; or NULL */
	char *root_flags;  /* rootflags=, or NULL */
	char *init;        /* init=, or NULL */
	bool writable;     /* rw rather than ro */
	unsigned wait;     /* seconds that the root may take to appear */
	bool wait_forever; /* rootwait */
	unsigned panic;    /* seconds until a failed boot restarts; 0: wait for a key */
	struct strings blacklist; /* modules not to load by alias, a_b form */
	struct strings volumes;   /* rd.lvm.lv=VG/LV: no others then */
	struct strings groups;    /* rd.lvm.vg=VG, likewise */
	bool no_lvm;              /* rd.lvm=0 */
};

int boot_options_parse(struct boot_options *ret, const char *cmdline);
void boot_options_done(struct boot_options *o);
/* "size=1 debug" from the words "brd.size=1 brd.debug"; "" for none. NULL: no memory. */
char *boot_options_of_module(const struct boot_options *o, const char *module);

/* ---- wanted.c: a device as root= and fstab name it ------------------------------------
 */
enum wanted_by {
	WANTED_BY_PATH,   /* /dev/sda1; a volume as /dev/mapper/VG-LV */
	WANTED_BY_NUMBER, /* 8:1, or 0801 as lilo wrote it */
	WANTED_BY_UUID,
	WANTED_BY_LABEL,
	WANTED_BY_PARTUUID,
	WANTED_BY_PARTLABEL,
	WANTED_UNSUPPORTED /* value says what it is: "an LVM volume" */
};
struct wanted {
	enum wanted_by by;
	char *value;
	dev_t number; /* WANTED_BY_NUMBER */
};

int wanted_parse(struct wanted *ret, const char *source);
void wanted_done(struct wanted *w);
bool wanted_is(const struct wanted *w, const struct device *d, dev_t number);

/* ---- drivers.c: kernel modules by name and by alias
 * ------------------------------------ */
enum driver_state { DRIVER_UNTRIED, DRIVER_BUSY, DRIVER_LOADED, DRIVER_REFUSED };
struct driver {
	char *name; /* a_b form */
	size_t dep; /* index into drivers.dep */
	enum driver_state state;
	int error;
};
struct drivers {
	struct modules_dep dep;
	struct modules_alias alias;
	struct modules_softdep softdep;
	struct driver *items;               /* one a dep item, sorted by name */
	struct strings seen;                /* modaliases already served */
	const struct boot_options *options; /* borrowed */
	/* Puts one module into the kernel: 0 or -errno; -EEXIST: it is there. */
	int (*insert)(const char *path, const char *parameters);
};

/* files: holds modules.dep and the like; a missing file is an empty one. */
int drivers_read(struct drivers *ret, const struct target *files, const char *directory,
	const struct boot_options *options, struct fault *f);
void drivers_done(struct drivers *d);
/* By name, else by alias: 1 something is loaded, 0 nothing such, -ENOMEM. */
int drivers_load(struct drivers *d, const char *word);
/* By alias alone, blacklist obeyed, each alias once: 1 it was new, 0, -ENOMEM. */
int drivers_serve(struct drivers *d, const char *modalias);
/* insert() for the real thing. path is relative to the kernel's module directory. */
int insert_module(const char *path, const char *parameters);

/* ---- hardware.c: devices of /sys and their drivers
 * ---------------------------------------- */
/* Loads what every device asks for: 1 something was new, 0, -ENOMEM. */
int hardware_serve(struct drivers *d);
/* Lines about PCI storage controllers that no driver took. */
int hardware_describe_undriven(struct buffer *ret);

/* ---- disks.c: block devices and what they hold
 * ------------------------------------------- */
struct disk {
	struct device device; /* device.path; the rest once it could be read */
	dev_t number;
	char *name; /* /dev/mapper/NAME, or NULL: what to call it, where that exists */
};
struct disks {
	struct disk *items;
	size_t count, capacity;
};
void disks_done(struct disks *d);
/* Looks at new devices, and again at those that said nothing yet. 0 or -ENOMEM. */
int disks_scan(struct disks *d);
const struct disk *disks_find(const struct disks *d, const struct wanted *w);
int disks_describe(const struct disks *d, struct buffer *ret);

/* ---- volumes.c: LVM
 * -------------------------------------------------------------------------- */
struct volumes {
	struct physical_volume *pvs;
	size_t count, capacity;
	struct strings seen;   /* disks that were asked, and messages that were said */
	struct strings active; /* names of what is active, or was refused */
	struct lvm_devices listed; /* those that the system's own LVM would use */
	bool has_list, is_list_read;
};
void volumes_done(struct volumes *v);
/* All its physical volumes are on the list, or there is none. */
bool volumes_lists(const struct volumes *v, const struct lvm_vg *vg);
/* Takes one over: listed ones in front, since of groups of one name the first is used. */
int volumes_insert(struct volumes *v, const struct physical_volume *pv);
/*
 * Activates what w and the command line ask for, of groups that are whole; settled: also
 * of others, since no more disks are to be expected. 1: something is new, 0, -ENOMEM.
 */
int volumes_serve(struct volumes *v, const struct disks *d, struct drivers *drivers,
	const struct wanted *w, bool settled);
int volumes_describe(const struct volumes *v, struct buffer *ret);

/* ---- mounts.c
 * --------------------------------------------------------------------------- */
/* /proc, /sys, /dev, /run. What fails is said and passed over. */
void mounts_early(void);
/* "ro,noatime,subvol=a" → MS_* bits, and what is for the file system itself. */
int mount_flags_parse(unsigned long *ret_flags, char **ret_data, const char *options);
/* types: comma-separated. The error of the last try. */
int mount_on(const char *device, const char *types, const char *options, bool writable,
	const char *where);
/* Moves /dev and the like to SYSROOT, empties this root and steps into the other. */
int switch_root(void);

/* ---- console.c
 * -------------------------------------------------------------------------- */
void console_open(void);
/* PID 1 that dies is a kernel panic: a signal says it plainly instead. */
void console_catch_crashes(unsigned seconds);
void say(const char *format, ...) _printf_(1, 2); /* one line: "rescue: …" */
void say_text(const char *text);                  /* several lines, as they are */
/* Asks what to do and returns to look again, or restarts or stops the machine. */
void console_ask(unsigned seconds);

#endif
