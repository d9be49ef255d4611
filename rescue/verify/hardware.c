/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices: what each kernel has for them, and what to do where a network card has nothing. */
#include "drivers.h"

#include <errno.h>

/* ---- one device and one kernel -------------------------------------------------------- */

static char *explain(const struct kernel_drivers *d, const struct driver_choice *c)
{
	if (!c->name)
		return text_printf("kernel %s has no driver for it", d->kernel->release);
	if (c->obstacle)
		return text_printf("its driver %s %s", c->name, c->obstacle);
	if (!c->module)
		return text_printf("its driver %s is not there", c->name);
	if (c->verdict == HARDWARE_SHADOWED)
		return text_printf("%s hides %s, and will not load", c->module->j.path,
			c->hidden->j.path);
	return text_printf("its driver %s will not load (%s)", c->module->j.path,
		c->module->j.detail ? c->module->j.detail : "it is refused");
}

static int add(struct rules *r, const struct kernel_drivers *d, const struct platform_device *device)
{
	_cleanup_(driver_choice_done) struct driver_choice c = {0};
	struct hardware_judgements *list = &r->v->hardware;
	struct hardware_judgement *h;

	if (kernel_drivers_choose(d, device->modalias, &c) < 0 || VECTOR_GROW(list) < 0)
		return -ENOMEM;
	h = &list->items[list->count++];
	*h = (struct hardware_judgement){
		.device = strdup(device->name ? device->name : device->modalias),
		.modalias = strdup(device->modalias), .class = device->class,
		.carries_root = device->carries_root, .kernel = strdup(d->kernel->release),
		.verdict = c.verdict, .is_built_in = c.name && !c.module && !c.obstacle,
		.module = TAKE_PTR(c.name)};
	if (!h->device || !h->modalias || !h->kernel)
		return -ENOMEM;
	c.name = h->module;
	h->detail = c.verdict == HARDWARE_DRIVEN ? NULL : explain(d, &c);
	c.name = NULL;
	return c.verdict == HARDWARE_DRIVEN || h->detail ? 0 : -ENOMEM;
}

/* Does this kernel serve such a card; for advice where it does not serve the present one. */
static int note_cards(struct rules *r, const struct kernel_drivers *d)
{
	for (const struct known_card *card = known_cards; card->name; card++) {
		_cleanup_(driver_choice_done) struct driver_choice c = {0};
		_cleanup_free_ char *modalias = text_printf("%s%s", card->modalias,
			text_starts(card->modalias, "pci:") ? "sv00000000sd00000000bc02sc00i00" :
			text_starts(card->modalias, "virtio:") ? "v00001AF4" : "");

		/* Behind virtio's PCI device lies the card proper. */
		if (card->class != CLASS_NETWORK || !card->driver ||
			strcmp(card->driver, "virtio_pci") == 0)
			continue;
		if (!modalias || kernel_drivers_choose(d, modalias, &c) < 0)
			return -ENOMEM;
		if (c.verdict != HARDWARE_DRIVEN)
			continue;
		if (VECTOR_GROW(&r->served) < 0)
			return -ENOMEM;
		r->served.items[r->served.count++] = (struct served_card){d->kernel, card};
	}
	return 0;
}

int rules_hardware(struct rules *r, const struct kernel_drivers *d)
{
	const struct platform *p = r->options->platform;
	int rc = p ? note_cards(r, d) : 0;

	for (size_t i = 0; rc >= 0 && p && i < p->count; i++)
		rc = add(r, d, &p->items[i]);
	r->v->has_hardware = p;
	return rc;
}

/* ---- all of them ---------------------------------------------------------------------- */

static bool is_of(const struct hardware_judgement *h, const struct kernel *k,
		  enum device_class class)
{
	return h->class == class && strcmp(h->kernel, k->release) == 0;
}

/* Another kernel that serves the same device; or NULL. */
static const char *other_kernel(const struct rules *r, const struct hardware_judgement *h)
{
	for (size_t i = 0; i < r->v->hardware.count; i++) {
		const struct hardware_judgement *o = &r->v->hardware.items[i];

		if (o->verdict == HARDWARE_DRIVEN && strcmp(o->device, h->device) == 0 &&
			strcmp(o->modalias, h->modalias) == 0 && strcmp(o->kernel, h->kernel) != 0)
			return o->kernel;
	}
	return NULL;
}

/* The hypervisor that this machine runs under, as its devices tell; or NULL. */
static const char *hypervisor(const struct platform *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const char *maker = modalias_hypervisor(p->items[i].modalias);

		if (maker)
			return maker;
	}
	return NULL;
}

/* "; it would serve VMware vmxnet3, Intel 82545EM (e1000)": of this hypervisor's cards. */
static int put_cards(struct buffer *text, const struct rules *r, const struct kernel *k)
{
	const char *maker = hypervisor(r->options->platform), *last = "";
	bool first = true;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && maker && i < r->served.count; i++) {
		const struct known_card *card = r->served.items[i].card;

		if (r->served.items[i].kernel != k || (card->maker && card->maker != maker) ||
			strcmp(last, card->name) == 0)
			continue;
		rc = buffer_printf(text, "%s%s", first ? "; this kernel serves " : ", ",
			card->name);
		first = false;
		last = card->name;
	}
	return rc;
}

static int tell(struct rules *r, const struct kernel *k, const struct hardware_judgement *h,
		enum severity severity)
{
	bool network = h->class == CLASS_NETWORK;
	_cleanup_free_ char *name = modalias_name(h->modalias, h->class);
	_cleanup_(buffer_done) struct buffer text = {0};
	const char *other = other_kernel(r, h);
	int rc = name ? buffer_printf(&text, "%s%s%s: %s", name,
		strcmp(h->device, h->modalias) ? " at " : "",
		strcmp(h->device, h->modalias) ? h->device : "", h->detail) : -ENOMEM;

	if (rc >= 0 && other)
		rc = buffer_printf(&text, "; kernel %s drives it", other);
	else if (rc >= 0 && network)
		rc = put_cards(&text, r, k);
	if (rc < 0)
		return rc;
	return findings_add(&r->v->findings, network ? "network-undriven" : "storage-undriven",
		severity, k->release, h->device, "%s", text.data);
}

/*
 * What carries the root must be driven; where that is not known, one disk controller at
 * least, and of the network cards one in any case.
 */
static int judge_class(struct rules *r, const struct kernel *k, enum device_class class)
{
	const struct hardware_judgements *list = &r->v->hardware;
	bool knows_root = false, any = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct hardware_judgement *h = &list->items[i];

		knows_root = knows_root || (is_of(h, k, class) && h->carries_root);
		any = any || (is_of(h, k, class) && h->verdict == HARDWARE_DRIVEN);
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct hardware_judgement *h = &list->items[i];
		bool matters = knows_root ? h->carries_root : !any;

		if (!is_of(h, k, class) || h->verdict == HARDWARE_DRIVEN ||
			(knows_root && !h->carries_root))
			continue;
		if (tell(r, k, h, matters ? rules_severity(r, k) : SEVERITY_WARNING) < 0)
			return -ENOMEM;
	}
	return 0;
}

int rules_hardware_findings(struct rules *r)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && r->v->has_hardware && i < r->inv->kernel_count; i++) {
		const struct kernel *k = &r->inv->kernels[i];

		if (r->v->kernel_states[i] == KERNEL_ABSENT || !rules_wants(r, k->release))
			continue;
		rc = judge_class(r, k, CLASS_STORAGE);
		if (rc >= 0)
			rc = judge_class(r, k, CLASS_NETWORK);
	}
	return rc;
}
