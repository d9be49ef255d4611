/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON of the contract: faults, findings, devices, systems. */
#include "session.h"

#include <time.h>

void json_fault(struct json *j, const struct fault *f)
{
	if (f->code == FAULT_NONE) {
		json_null(j, "fault");
		return;
	}
	static const char *const states[] = {NULL, "unchanged", "undone", "incomplete"};
	_cleanup_(buffer_done) struct buffer message = {0};

	fault_describe(f, &message);
	json_object(j, "fault");
	json_text(j, "code", fault_code_name(f));
	json_text(j, "message", message.data);
	json_text(j, "device", f->device[0] ? f->device : NULL);
	json_text(j, "system", f->system[0] ? f->system : NULL);
	json_text(j, "path", f->path[0] ? f->path : NULL);
	json_text(j, "hint", f->hint[0] ? f->hint : NULL);
	json_text(j, "state", states[f->state]);
	json_close_object(j);
}

void json_findings(struct json *j, const struct findings *fs)
{
	json_array(j, "findings");
	for (size_t i = 0; i < fs->count; i++) {
		const struct finding *found = &fs->items[i];

		json_object(j, NULL);
		json_text(j, "code", found->code);
		json_text(j, "severity", severity_name(found->severity));
		json_text(j, "kernel", found->kernel);
		json_text(j, "subject", found->subject);
		json_text(j, "message", found->message);
		json_text(j, "remedy", found->remedy);
		json_close_object(j);
	}
	json_close_array(j);
}

void json_landscape_findings(struct json *j, const struct session *s)
{
	if (s->located)
		json_findings(j, &s->landscape.findings);
	else
		json_null(j, "findings");
}

static void json_device(struct json *j, const struct landscape *l, const struct device *d)
{
	json_object(j, NULL);
	json_text(j, "path", d->path);
	json_text(j, "parent", d->parent >= 0 ? l->devices[d->parent].path : NULL);
	json_text(j, "type", device_type_name(d->type));
	json_number(j, "size", d->size);
	json_text(j, "fstype", d->fstype);
	json_text(j, "uuid", d->uuid);
	json_text(j, "label", d->label);
	json_text(j, "partuuid", d->partuuid);
	json_text(j, "parttype", d->parttype);
	json_array(j, "roles");
	for (unsigned i = 0; i < DEVICE_ROLES; i++)
		if (d->roles & (1u << i))
			json_text(j, NULL, device_role_name((enum device_role)(1u << i)));
	json_close_array(j);
	json_text(j, "system", d->system >= 0 ? l->systems[d->system].id : NULL);
	json_close_object(j);
}

void json_devices(struct json *j, const struct session *s)
{
	if (!s->located) {
		json_null(j, "devices");
		return;
	}
	json_array(j, "devices");
	for (size_t i = 0; i < s->landscape.device_count; i++)
		json_device(j, &s->landscape, &s->landscape.devices[i]);
	json_close_array(j);
}

/* boot and esp; root has a subvolume where they have "separate" and "free". */
static void json_place(struct json *j, const char *key, const struct place *p)
{
	json_object(j, key);
	json_text(j, "device", p->device_path);
	json_text(j, "fstype", p->fstype);
	json_text(j, "uuid", p->uuid);
	json_bool(j, "separate", p->separate);
	json_number(j, "free", p->free_bytes);
	json_close_object(j);
}

void json_systems(struct json *j, const struct session *s, bool known,
		  void (*members)(struct json *j, const struct patient *p))
{
	if (!known) {
		json_null(j, "systems");
		return;
	}
	json_array(j, "systems");
	for (size_t i = 0; i < s->patient_count; i++) {
		json_object(j, NULL);
		json_text(j, "id", s->patients[i].system->id);
		members(j, &s->patients[i]);
		json_close_object(j);
	}
	json_close_array(j);
}

void json_system_place(struct json *j, const struct system *sys)
{
	json_object(j, "os");
	json_text(j, "id", sys->os_id);
	json_text(j, "version_id", sys->os_version_id);
	json_text(j, "pretty_name", sys->os_pretty_name);
	json_close_object(j);
	json_text(j, "arch", sys->arch);
	json_text(j, "machine_id", sys->machine_id);
	json_text(j, "firmware", firmware_name(sys->firmware));
	json_object(j, "root");
	json_text(j, "device", sys->root.device_path);
	json_text(j, "fstype", sys->root.fstype);
	json_text(j, "uuid", sys->root.uuid);
	json_text(j, "subvolume", sys->subvolume);
	json_close_object(j);
	json_place(j, "boot", &sys->boot);
	if (sys->esp.present)
		json_place(j, "esp", &sys->esp);
	else
		json_null(j, "esp");
	json_array(j, "bootloaders");
	for (unsigned i = 0; i < BOOTLOADERS; i++)
		if (sys->bootloaders & (1u << i))
			json_text(j, NULL, bootloader_name((enum bootloader)(1u << i)));
	json_close_array(j);
	json_text(j, "state", sys->complete ? "complete" : "incomplete");
}

char *time_text(int64_t seconds, char text[24])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || strftime(text, 24, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(text, 24, "?");
	return text;
}

void json_time(struct json *j, const char *key, int64_t seconds)
{
	char text[24];

	json_text(j, key, time_text(seconds, text));
}
