/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as LVM's list of devices; every id found is whole and is found again. */
#include "formats/lvm_devices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lvm_devices d;

	if (lvm_devices_parse(&d, (struct bytes){data, size}, NULL) < 0)
		return 0;
	for (size_t i = 0; i < d.pvids.count; i++) {
		const char *pvid = d.pvids.items[i];

		if (strlen(pvid) != 32)
			abort();
		if (!strchr(pvid, '-') && !lvm_devices_has(&d, pvid))
			abort();
	}
	lvm_devices_done(&d);
	return 0;
}
