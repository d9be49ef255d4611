/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON of the contract: kernels, entries, modules, plans, transactions. */
#include "session.h"

static void json_image(struct json *j, const struct kernel_image *i)
{
	bool known = i->state != PART_MISSING;

	json_object(j, "image");
	json_text(j, "path", i->path);
	json_text(j, "state", part_state_name(i->state));
	json_text(j, "release", i->release);
	json_text(j, "compression", known ? compression_name(i->compression) : NULL);
	if (known)
		json_number(j, "size", i->size);
	else
		json_null(j, "size");
	json_close_object(j);
}

static void json_kernel(struct json *j, const struct inventory *inv, const struct kernel *k,
			enum kernel_state state)
{
	json_object(j, NULL);
	json_text(j, "release", k->release);
	json_text(j, "state", kernel_state_name(state));
	json_image(j, &k->image);
	json_object(j, "modules");
	json_text(j, "path", k->modules.path);
	json_text(j, "state", part_state_name(k->modules.state));
	json_number(j, "count", k->modules.count);
	json_number(j, "third_party", k->modules.third_party);
	json_close_object(j);
	json_object(j, "initramfs");
	json_text(j, "path", k->initramfs.path);
	json_text(j, "state", part_state_name(k->initramfs.state));
	if (k->initramfs.state != PART_MISSING)
		json_number(j, "size", k->initramfs.size);
	else
		json_null(j, "size");
	json_close_object(j);
	json_array(j, "entries");
	for (size_t i = 0; i < k->entry_count; i++)
		json_text(j, NULL, inv->entries[k->entries[i]].id);
	json_close_array(j);
	json_close_object(j);
}

static void json_entry(struct json *j, const struct entry *e)
{
	json_object(j, NULL);
	json_text(j, "id", e->id);
	json_text(j, "title", e->title);
	json_text(j, "kind", entry_kind_name(e->kind));
	json_text(j, "source", e->source);
	json_text(j, "linux", e->linux_path);
	json_texts(j, "initrd", &e->initrd);
	json_text(j, "options", e->options);
	json_bool(j, "default", e->is_default);
	json_text(j, "state", e->broken ? "broken" : "ok");
	json_text(j, "reason", e->reason);
	json_close_object(j);
}

void json_system_inventory(struct json *j, const struct patient *p)
{
	const struct inventory *inv = &p->inventory;

	if (!p->has_inventory || !p->has_verification) {
		json_null(j, "kernels");
		json_null(j, "entries");
		json_null(j, "default_entry");
		return;
	}
	json_array(j, "kernels");
	for (size_t i = 0; i < inv->kernel_count; i++)
		json_kernel(j, inv, &inv->kernels[i], p->verification.kernel_states[i]);
	json_close_array(j);
	json_array(j, "entries");
	for (size_t i = 0; i < inv->entry_count; i++)
		json_entry(j, &inv->entries[i]);
	json_close_array(j);
	json_text(j, "default_entry",
		inv->default_entry >= 0 ? inv->entries[inv->default_entry].id : NULL);
}

static void json_judgement(struct json *j, const struct module_judgement *m)
{
	json_object(j, NULL);
	json_text(j, "path", m->path);
	json_text(j, "name", m->name);
	json_text(j, "kernel", m->kernel);
	json_bool(j, "third_party", m->third_party);
	json_text(j, "verdict", module_verdict_name(m->verdict));
	json_text(j, "reason", m->reason);
	json_text(j, "detail", m->detail);
	json_close_object(j);
}

static void json_hardware(struct json *j, const struct hardware_judgement *h)
{
	json_object(j, NULL);
	json_text(j, "device", h->device);
	json_text(j, "modalias", h->modalias);
	json_text(j, "class", device_class_name(h->class));
	json_text(j, "kernel", h->kernel);
	json_text(j, "module", h->module);
	json_text(j, "verdict", hardware_verdict_name(h->verdict));
	json_close_object(j);
}

void json_system_verification(struct json *j, const struct patient *p)
{
	const struct module_judgements *m = &p->verification.modules;

	if (!p->has_verification) {
		json_null(j, "verdict");
		json_null(j, "modules");
		json_null(j, "hardware");
		return;
	}
	json_text(j, "verdict", verdict_name(p->verification.verdict));
	json_array(j, "modules");
	for (size_t i = 0; i < m->count; i++)
		json_judgement(j, &m->items[i]);
	json_close_array(j);
	if (!p->verification.has_hardware) {
		json_null(j, "hardware");
		return;
	}
	json_array(j, "hardware");
	for (size_t i = 0; i < p->verification.hardware.count; i++)
		json_hardware(j, &p->verification.hardware.items[i]);
	json_close_array(j);
}

static void json_operation(struct json *j, const struct operation *op)
{
	json_object(j, NULL);
	json_text(j, "op", op_name(op->op));
	json_text(j, "path", op->path);
	json_number(j, "size", op->size);
	json_text(j, "reason", op->reason);
	json_close_object(j);
}

void json_plan(struct json *j, const struct session *s)
{
	const struct plan *p = &s->plan;

	if (!s->planned) {
		json_null(j, "plan");
		return;
	}
	json_object(j, "plan");
	json_text(j, "release", p->release);
	json_array(j, "packages");
	for (size_t i = 0; i < p->package_count; i++)
		json_text(j, NULL, s->packages.packages[p->packages[i]].nevra);
	json_close_array(j);
	json_array(j, "operations");
	for (size_t i = 0; i < p->count; i++)
		json_operation(j, &p->operations[i]);
	json_close_array(j);
	json_array(j, "needs");
	for (size_t i = 0; i < p->need_count; i++) {
		json_object(j, NULL);
		json_text(j, "filesystem", p->needs[i].filesystem);
		json_number(j, "bytes", p->needs[i].bytes);
		json_number(j, "inodes", p->needs[i].inodes);
		json_number(j, "free", p->needs[i].free_bytes);
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
}

void json_transactions(struct json *j, const struct session *s)
{
	if (!s->has_transactions) {
		json_null(j, "transactions");
		return;
	}
	json_array(j, "transactions");
	for (size_t i = 0; i < s->transactions.count; i++) {
		const struct transaction *t = &s->transactions.items[i];

		json_object(j, NULL);
		json_text(j, "id", t->id);
		json_text(j, "system", t->system);
		json_time(j, "time", t->time);
		json_text(j, "release", t->release);
		json_text(j, "state", transaction_state_name(t));
		json_number(j, "operations", t->operations);
		json_close_object(j);
	}
	json_close_array(j);
}
