/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device says of itself in one line (scripts/mod/file2alias.c of the kernel). */
#ifndef RESCUE_FORMATS_MODALIAS_H
#define RESCUE_FORMATS_MODALIAS_H

#include "base.h"

enum device_class { CLASS_STORAGE, CLASS_NETWORK, CLASS_OTHER };
const char *device_class_name(enum device_class c); /* "storage", "network", "other" */
/* false: no such word. */
bool device_class_of_name(enum device_class *ret, const char *name);

/* By PCI and USB class, virtio, VMBus, Xen and SCSI type. */
enum device_class modalias_class(const char *modalias);

/* A card that virtual and many real machines have, and the driver that Linux has for it. */
struct known_card {
	const char *name;    /* VMware vmxnet3 */
	const char *modalias; /* beginning of what it says; its driver's alias matches it */
	const char *driver;  /* in the kernel's tree; NULL: there is none */
	const char *maker;   /* of the hypervisor that offers it; NULL: any */
	enum device_class class;
};
/* Ends with a name of NULL. */
extern const struct known_card known_cards[];
/* The card that it is, or NULL. */
const struct known_card *modalias_card(const char *modalias);
/* "VMware vmxnet3", "Intel network card 8086:10d3", "network device"; NULL: no memory. */
char *modalias_name(const char *modalias, enum device_class class);
/* The hypervisor that makes the device (known_card.maker), or NULL. */
const char *modalias_hypervisor(const char *modalias);

#endif
