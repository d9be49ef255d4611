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

/* What it would say of itself: disks of these kinds are matched by class, not by name. */
static char *modalias_of_card(const struct known_card *card)
{
	const char *class = card->class == CLASS_NETWORK	? "bc02sc00i00"
			    : text_equal(card->driver, "nvme") ? "bc01sc08i02"
			    : text_equal(card->driver, "ahci") ? "bc01sc06i01"
							       : "bc01sc00i00";

	if (text_starts(card->modalias, "pci:"))
		return text_printf("%ssv00000000sd00000000%s", card->modalias, class);
	return text_printf("%s%s", card->modalias,
		text_starts(card->modalias, "virtio:") ? "v00001AF4" : "");
}

/* Early enough for the root: built in, or in the initramfs. */
static bool starts_early(const struct kernel *k, const struct driver_choice *c)
{
	return !c->module || !k->initramfs.listed ||
	       strings_has(&k->initramfs.modules, c->name);
}

/* Does this kernel serve such a card; for advice where it does not serve the present one. */
static int note_card(struct rules *r, const struct kernel_drivers *d,
		     const struct known_card *card)
{
	_cleanup_(driver_choice_done) struct driver_choice c = {0};
	_cleanup_free_ char *modalias = modalias_of_card(card);

	if (!modalias || kernel_drivers_choose(d, modalias, &c) < 0)
		return -ENOMEM;
	if (c.verdict != HARDWARE_DRIVEN ||
		(card->class == CLASS_STORAGE && !starts_early(d->kernel, &c)))
		return 0;
	if (VECTOR_GROW(&r->served) < 0)
		return -ENOMEM;
	r->served.items[r->served.count++] = (struct served_card){d->kernel, card};
	return 0;
}

/* Behind virtio's PCI device lies the card proper; a SCSI disk is no card. */
static int note_cards(struct rules *r, const struct kernel_drivers *d)
{
	int rc = 0;

	for (const struct known_card *card = known_cards; rc >= 0 && card->name; card++)
		if (card->driver && strcmp(card->driver, "virtio_pci") != 0 &&
			strcmp(card->driver, "sd_mod") != 0)
			rc = note_card(r, d, card);
	return rc;
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
static int put_cards(struct buffer *text, const struct rules *r, const struct kernel *k,
		     enum device_class class)
{
	const char *maker = hypervisor(r->options->platform), *last = "";
	bool first = true;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && maker && i < r->served.count; i++) {
		const struct known_card *card = r->served.items[i].card;

		if (r->served.items[i].kernel != k || card->class != class ||
			(card->maker && card->maker != maker) || strcmp(last, card->name) == 0)
			continue;
		rc = buffer_printf(text, "%s%s", first ? "; this kernel serves " : ", ",
			card->name);
		first = false;
		last = card->name;
	}
	return rc;
}

/* The kernel that does drive it becomes the default one, where it is all there. */
static int remedy_by_kernel(struct rules *r, const char *release)
{
	const struct kernel *other = inventory_find_kernel(r->inv, release);
	_cleanup_free_ char *begin = rules_remedy(r, "restore");

	if (!begin)
		return -ENOMEM;
	return !other || !kernel_is_whole(other) || rules_is_offered(r, other) ? 0
		: findings_remedy(&r->v->findings, "%s --release %s --default", begin, release);
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
	else if (rc >= 0)
		rc = put_cards(&text, r, k, h->class);
	if (rc >= 0)
		rc = findings_add(&r->v->findings,
			network ? "network-undriven" : "storage-undriven", severity,
			k->release, h->device, "%s", text.data);
	return rc >= 0 && other && severity == SEVERITY_ERROR ? remedy_by_kernel(r, other) : rc;
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

/* ---- several offers ----------------------------------------------------------------- */

static bool is_undriven(const struct finding *f)
{
	return strcmp(f->code, "network-undriven") == 0 ||
	       strcmp(f->code, "storage-undriven") == 0;
}

void verification_lacks(const struct verification *v, size_t ret[OFFER_LACKS])
{
	ret[LACKS_ROOT] = v->verdict == VERDICT_UNBOOTABLE;
	ret[LACKS_MODULES] = v->lost_modules.count;
	ret[LACKS_NETWORK] = 0;
	for (size_t i = 0; i < v->findings.count; i++)
		ret[LACKS_NETWORK] +=
			v->findings.items[i].severity == SEVERITY_ERROR &&
			strcmp(v->findings.items[i].code, "network-undriven") == 0;
}

static bool drives(const struct verification *v, const char *release, const char *device)
{
	for (size_t i = 0; i < v->hardware.count; i++) {
		const struct hardware_judgement *h = &v->hardware.items[i];

		if (h->verdict == HARDWARE_DRIVEN && strcmp(h->kernel, release) == 0 &&
			text_equal(h->device, device))
			return true;
	}
	return false;
}

int verification_note_offer(struct verification *v, const struct verification *other,
			    const char *release, const char *command)
{
	for (size_t i = 0; i < v->findings.count; i++) {
		struct finding *f = &v->findings.items[i];
		char *message;

		if (!is_undriven(f) || !drives(other, release, f->subject))
			continue;
		message = text_printf("%s; kernel %s of the packages drives it", f->message,
			release);
		if (!message)
			return -ENOMEM;
		free(f->message);
		f->message = message;
		if (!f->remedy && !(f->remedy = strdup(command)))
			return -ENOMEM;
	}
	return 0;
}

/* ---- findings ----------------------------------------------------------------------- */

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
