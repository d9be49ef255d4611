/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/lvm/devices/system.devices, lvmdevices(8): the only physical volumes that LVM looks
 * at where it is used (EL9 on). One a line: IDTYPE=… IDNAME=… DEVNAME=… PVID=… PART=….
 * Which device bears the id is not judged: a disk gets another one when it moves.
 */
#ifndef RESCUE_FORMATS_LVM_DEVICES_H
#define RESCUE_FORMATS_LVM_DEVICES_H

#include "fault.h"

#define LVM_DEVICES_PATH "/etc/lvm/devices/system.devices"
#define LVM_DEVICES_MAX_SIZE (1024u * 1024)
#define LVM_DEVICES_MAX_LINES 16384

struct lvm_devices {
	struct strings pvids; /* 32 characters each, sorted */
};

void lvm_devices_done(struct lvm_devices *d);
int lvm_devices_parse(struct lvm_devices *ret, struct bytes in, struct fault *f);
/* uuid: a physical volume's, with dashes or without. */
bool lvm_devices_has(const struct lvm_devices *d, const char *uuid);

#endif
