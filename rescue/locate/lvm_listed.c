/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system's own list of the devices that LVM may use (lvmdevices(8)): a root on others
 * would not be activated by that system.
 */
#include "lvm.h"

#include <errno.h>

#define LVM_CONF "/etc/lvm/lvm.conf"
#define MAX_CONF (1024u * 1024)

/* "use_devicesfile = 0", as a line of its own. */
static bool is_switched_off(const struct target *t)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	char *rest, *line;

	if (target_read(t, LVM_CONF, MAX_CONF, &text, NULL) < 0)
		return false;
	for (rest = text.data; rest && (line = strsep(&rest, "\n"));) {
		unsigned value;

		if (sscanf(line, " use_devicesfile = %u", &value) == 1)
			return value == 0;
	}
	return false;
}

int lvm_devices_read(struct buffer *ret, const struct target *t)
{
	int r = target_read(t, LVM_DEVICES_PATH, LVM_DEVICES_MAX_SIZE, ret, NULL);

	if (r == -ENOMEM)
		return r;
	if (r < 0 || is_switched_off(t)) {
		buffer_done(ret);
		return 0;
	}
	return 1;
}

static int report(const struct landscape *l, struct system *s, const struct lvm_devices *d,
	int device)
{
	const struct volume *one = volume_of_device(l, device);

	for (size_t i = 0; one && i < one->group->vg->pv_count; i++) {
		const struct lvm_pv *pv = &one->group->vg->pvs[i];
		size_t here = one->group->members[i];

		if (lvm_devices_has(d, pv->uuid))
			continue;
		return findings_add(&s->findings, "lvm-device-unlisted", SEVERITY_WARNING,
			NULL, LVM_DEVICES_PATH,
			"%s lies on %s (%s), which " LVM_DEVICES_PATH
			" does not list: LVM of this system would not activate it",
			l->devices[device].path,
			here == VOLUME_PV_MISSING
				? "a missing device"
				: l->devices[l->volumes->pvs[here].device].path,
			pv->uuid);
	}
	return 0;
}

int lvm_report_unlisted(const struct landscape *l, struct system *s)
{
	_cleanup_(lvm_devices_done) struct lvm_devices d = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = lvm_devices_read(&text, &s->target);

	if (r <= 0)
		return r;
	r = lvm_devices_parse(&d, buffer_bytes(&text), NULL);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = report(l, s, &d, s->root.device);
	if (r == 0 && s->usr.separate)
		r = report(l, s, &d, s->usr.device);
	return r;
}
