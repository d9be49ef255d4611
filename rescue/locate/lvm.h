/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The logical volumes of a landscape: between lvm.c, lvm_open.c and lvm_report.c alone. */
#ifndef RESCUE_LOCATE_LVM_H
#define RESCUE_LOCATE_LVM_H

#include "local.h"
#include "loop.h"
#include "volumes.h"

/* A device of device mapper that this run made. */
struct mapped {
	char *name; /* NULL: there is none */
	int fd;	    /* keeps it alive: its removal is asked for at once */
	enum access access;
	struct loop *loops; /* under it, one a member of the group where those are images */
	size_t loop_count;
};
#define MAPPED_NONE ((struct mapped){.fd = -1})

struct volume {
	int device; /* index */
	const struct volume_group *group;
	const struct lvm_lv *lv;
	struct mapped mapped;
	bool is_mapped; /* it is one of ours, made by device mapper, or is to be */
};

struct volumes {
	struct physical_volume *pvs;
	size_t pv_count, pv_capacity;
	struct volume_groups groups;
	struct volume *items;
	size_t count, capacity;
	char *nodes; /* directory for device nodes */
	unsigned next; /* number in the name of a device of ours */
};

/* The logical volume that is that device; NULL: it is none. lvm.c */
const struct volume *volume_of_device(const struct landscape *l, int device);
/* Its root lies on devices that its LVM does not use. lvm_listed.c; 0 or -ENOMEM. */
int lvm_report_unlisted(const struct landscape *l, struct system *s);

/* ---- lvm_open.c ---- */
/* Makes its device; *ret_path: the node, caller frees. */
int volume_open(struct volumes *v, struct volume *one, enum access access,
	char **ret_path, struct fault *f);
void mapped_done(const struct volumes *v, struct mapped *m);

/* ---- lvm_report.c: findings; 0 or -ENOMEM ---- */
int report_unread(struct landscape *l, const struct device *d, const struct fault *why);
int report_group(struct landscape *l, const struct volume_group *g);
int report_copies(struct landscape *l);
int report_kind(struct landscape *l, const struct volume_group *g, const struct lvm_lv *lv,
	const char *path);
/* what: "lies in several pieces" */
int report_unopened(struct landscape *l, const char *path, const char *what,
	const struct fault *why);

#endif
