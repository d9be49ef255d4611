/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LVM's list of the devices that are its own; lines of KEY=VALUE words. */
#include "formats/lvm_devices.h"

#include "text_lines.h"

#include <errno.h>

#define PVID_SIZE 32

void lvm_devices_done(struct lvm_devices *d)
{
	strings_done(&d->pvids);
}

/* A device that is no physical volume yet has PVID=. */
static int add_line(struct lvm_devices *d, struct bytes line)
{
	static const char key[] = "PVID=";
	const size_t key_size = sizeof(key) - 1;

	for (struct bytes word; (word = text_word(&line)).size > 0;) {
		char *pvid;

		if (word.size != key_size + PVID_SIZE ||
			memcmp(word.data, key, key_size) != 0 ||
			memchr(word.data, '\0', word.size))
			continue;
		pvid = strndup((const char *)word.data + key_size, PVID_SIZE);
		return strings_take(&d->pvids, pvid);
	}
	return 0;
}

int lvm_devices_parse(struct lvm_devices *ret, struct bytes in, struct fault *f)
{
	_cleanup_(lvm_devices_done) struct lvm_devices d = {0};
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;

	if (in.size > LVM_DEVICES_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse " LVM_DEVICES_PATH);
	while (text_lines_next(&lines, &line)) {
		if (lines.number > LVM_DEVICES_MAX_LINES)
			return fault_errno(f, E2BIG, NULL, "parse " LVM_DEVICES_PATH);
		line = text_trim(line);
		if (line.size > 0 && line.data[0] != '#' && add_line(&d, line) < 0)
			return fault_no_memory(f);
	}
	strings_sort(&d.pvids);
	*ret = TAKE_STRUCT(d);
	return 0;
}

bool lvm_devices_has(const struct lvm_devices *d, const char *uuid)
{
	char pvid[PVID_SIZE + 1] = "";
	size_t size = 0;

	for (; *uuid && size < PVID_SIZE; uuid++) {
		if (*uuid != '-')
			pvid[size++] = *uuid;
	}
	return strings_has(&d->pvids, pvid);
}
