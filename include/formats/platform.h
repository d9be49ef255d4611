/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine: CPU, firmware, devices. As text one device a line, "MODALIAS NAME CLASS
 * DRIVER" ("-": not known; all but MODALIAS may be left out, so that the modalias files of
 * /sys put together are such a text), and lines "# KEY VALUE" for all else.
 */
#ifndef RESCUE_FORMATS_PLATFORM_H
#define RESCUE_FORMATS_PLATFORM_H

#include "fault.h"
#include "formats/modalias.h"

#define PLATFORM_MAX_SIZE (4u * 1024 * 1024)
#define PLATFORM_MAX_DEVICES 16384

struct platform_device {
	char *modalias;
	char *name;   /* 0000:0b:00.0, or NULL */
	char *driver; /* that is bound to it, or NULL */
	enum device_class class;
	char *path;	   /* in sysfs; NULL: of a file */
	bool carries_root; /* of the system that is judged */
};

/*
 * Whom the firmware and shim believe: variables as signature_list.h has them. Only this
 * machine's own are read; as text a platform has none.
 */
struct firmware_trust {
	bool is_known;		 /* db was seen */
	struct buffer db, dbx;	 /* the firmware's */
	struct buffer mok, mokx; /* MokListRT, MokListXRT: of the shim that started this session */
	bool ignores_db;	 /* MokIgnoreDB: neither shim nor kernel asks db */
	bool trusts_mok;	 /* MokListTrustedRT: modules may be signed with those keys */
	bool checks_nothing;	 /* MokSBStateRT: shim lets everything start */
};

enum secure_boot { SECURE_BOOT_UNKNOWN, SECURE_BOOT_OFF, SECURE_BOOT_ON };

struct platform {
	char *arch;	/* uname -m, or NULL */
	char *cpu;	/* its name, or NULL */
	char *firmware; /* "bios", "uefi", or NULL */
	enum secure_boot secure_boot;
	struct firmware_trust trust;
	struct strings features; /* of the CPU, as /proc/cpuinfo names them; sorted */
	struct platform_device *items;
	size_t count, capacity;
};

void firmware_trust_done(struct firmware_trust *t);
void platform_done(struct platform *p);
/* Blank and unknown "#" lines are passed over. EFBIG, EBADMSG (NUL bytes). */
int platform_parse(struct platform *ret, struct bytes in, struct fault *f);
int platform_write(const struct platform *p, struct buffer *ret);
/* An empty device at the end; NULL: no memory, or too many. */
struct platform_device *platform_add(struct platform *p, const char *modalias);
/* Name and features of the first CPU of a /proc/cpuinfo. 0 or -ENOMEM. */
int platform_take_cpuinfo(struct platform *p, struct bytes in);
/* x86-64-v1 to v4 (psABI, "Micro-Architecture Levels") as 1 to 4; 0: not told. */
unsigned platform_cpu_level(const struct platform *p);
/* The first feature that the level wants and the CPU lacks, or NULL. */
const char *platform_lacks(const struct platform *p, unsigned level);

#endif
