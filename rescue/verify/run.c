/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One verification: states of the kernels, the rules in order, the verdict. */
#include "drivers.h"

#include <errno.h>

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = {"bootable", "degraded", "unbootable"};

	return names[v];
}

const char *kernel_state_name(enum kernel_state s)
{
	static const char *const names[] = {"bootable", "incomplete", "absent"};

	return names[s];
}

const char *module_verdict_name(enum module_verdict v)
{
	static const char *const names[] = {"loads", "refused", "unknown"};

	return names[v];
}

const char *hardware_verdict_name(enum hardware_verdict v)
{
	static const char *const names[] = {"driven", "undriven", "shadowed"};

	return names[v];
}

static void hardware_judgements_done(struct hardware_judgements *h)
{
	for (size_t i = 0; i < h->count; i++) {
		free(h->items[i].device);
		free(h->items[i].modalias);
		free(h->items[i].kernel);
		free(h->items[i].module);
		free(h->items[i].detail);
	}
	free(h->items);
}

static void module_judgements_done(struct module_judgements *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->items[i].path);
		free(m->items[i].name);
		free(m->items[i].kernel);
		free(m->items[i].detail);
	}
	free(m->items);
}

void weak_links_done(struct weak_links *w)
{
	for (size_t i = 0; i < w->count; i++) {
		free(w->items[i].release);
		free(w->items[i].name);
		free(w->items[i].path);
		free(w->items[i].target);
	}
	free(w->items);
	*w = (struct weak_links){0};
}

void verification_done(struct verification *v)
{
	free(v->kernel_states);
	strings_done(&v->wanted);
	findings_done(&v->findings);
	module_judgements_done(&v->modules);
	hardware_judgements_done(&v->hardware);
	weak_links_done(&v->weak_links);
	strings_done(&v->lost_modules);
	memset(v, 0, sizeof(*v));
}

static int check_asked_kernels(const struct rules *r, struct fault *f)
{
	const struct strings *asked = &r->options->kernels;

	for (size_t i = 0; i < asked->count; i++) {
		if (inventory_find_kernel(r->inv, asked->items[i]))
			continue;
		fault_errno(f, ENOENT, NULL, "verify kernel %s", asked->items[i]);
		fault_reason(f, "the system has no kernel of that release");
		fault_hint(f, "rescue inventory lists its kernels");
		return -ENOENT;
	}
	return 0;
}

static int kernel_states(struct rules *r)
{
	size_t n = r->inv->kernel_count;

	r->v->kernel_states = calloc(n ? n : 1, sizeof(*r->v->kernel_states));
	if (!r->v->kernel_states)
		return -ENOMEM;
	r->v->kernel_count = n;
	for (size_t i = 0; i < n; i++)
		r->v->kernel_states[i] = rules_kernel_state(r, i);
	return 0;
}

/* With kernels asked for: the worst of them; else what the next boot will meet. */
static bool boots(const struct rules *r)
{
	const struct kernel *next = rules_default_kernel(r->inv);
	bool all = true;

	if (r->options->kernels.count == 0)
		return next && r->v->kernel_states[next - r->inv->kernels] == KERNEL_BOOTABLE &&
		       !r->inv->entries[r->inv->default_entry].broken;
	for (size_t i = 0; i < r->inv->kernel_count; i++)
		if (rules_wants(r, r->inv->kernels[i].release))
			all = all && r->v->kernel_states[i] == KERNEL_BOOTABLE;
	return all;
}

static bool has_error_of(const struct verification *v, const char *const *codes, size_t count)
{
	for (size_t i = 0; i < v->findings.count; i++) {
		const struct finding *f = &v->findings.items[i];

		for (size_t c = 0; c < count; c++)
			if (f->severity == SEVERITY_ERROR && strcmp(f->code, codes[c]) == 0)
				return true;
	}
	return false;
}

/* Whole as a kernel may be: it is not started, or what it starts does not go on. */
static bool starts_the_system(const struct rules *r)
{
	static const char *const codes[] = {"boot-unreadable-by-loader", "loader-astray",
		"storage-undriven", "secureboot-unsigned", "package-incompatible",
		"glibc-needs-newer-kernel", "cpu-below-level", "init-missing",
		"os-unknown", "selinux-policy-missing"};

	return !has_error_of(r->v, codes, ARRAY_SIZE(codes));
}

bool verification_outlasts_repair(const struct verification *v)
{
	static const char *const codes[] = {"boot-unreadable-by-loader", "cpu-below-level",
		"init-missing", "selinux-policy-missing"};

	return has_error_of(v, codes, ARRAY_SIZE(codes));
}

static enum verdict judge(const struct rules *r)
{
	if (!boots(r) || !r->inv->system->complete || !starts_the_system(r))
		return VERDICT_UNBOOTABLE;
	return findings_has_errors(&r->v->findings) ? VERDICT_DEGRADED : VERDICT_BOOTABLE;
}

bool inventory_has_third_party(const struct inventory *inv)
{
	for (size_t i = 0; i < inv->kernel_count; i++)
		if (inv->kernels[i].modules.third_party)
			return true;
	return false;
}

static bool reads_modules(const struct rules *r)
{
	return !r->options->boot_path_only ||
	       (r->options->third_party && inventory_has_third_party(r->inv));
}

static int read_vouchers(struct rules *r)
{
	const struct platform *p = r->options->platform;

	return p && p->secure_boot == SECURE_BOOT_ON
		? vouchers_read(&r->vouchers, r->inv->system, p) : 0;
}

static void rules_done(struct rules *r)
{
	free(r->served.items);
	vouchers_done(&r->vouchers);
}

/* What is there first, then what it would take to start it; modules come behind all. */
static int apply_rules(struct rules *r)
{
	static int (*const groups[])(struct rules *r) = {rules_kernel_parts, rules_entries,
		rules_loader_reads, rules_wanted, rules_user_space, rules_first_program,
		rules_handover, rules_secure, rules_labels, rules_policy, rules_space};
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < ARRAY_SIZE(groups); i++)
		rc = groups[i](r);
	return rc < 0 || !r->offer ? rc : rules_offer(r);
}

int rules_run(struct verification *ret, const struct inventory *inv,
	      const struct verify_options *options, const struct offer *offer, struct fault *f)
{
	_cleanup_(verification_done) struct verification v = {0};
	_cleanup_(rules_done) struct rules rules = {.inv = inv, .options = options, .v = &v,
		.offer = offer, .present.target = &inv->system->target};
	int r = check_asked_kernels(&rules, f);

	if (r < 0)
		return r;
	r = kernel_states(&rules);
	if (r >= 0)
		r = read_vouchers(&rules);
	if (r >= 0)
		r = findings_append(&v.findings, &inv->system->findings);
	if (r >= 0)
		r = findings_append(&v.findings, &inv->findings);
	if (r >= 0)
		r = apply_rules(&rules);
	if (r < 0)
		return fault_no_memory(f);
	if (reads_modules(&rules)) {
		r = rules_modules(&rules, f);
		if (r < 0)
			return r;
		if (rules_hardware_findings(&rules) < 0)
			return fault_no_memory(f);
	}
	v.verdict = judge(&rules);
	findings_sort(&v.findings);
	*ret = TAKE_STRUCT(v);
	return 0;
}

int verify_run(struct verification *ret, const struct inventory *inv,
	       const struct verify_options *options, struct fault *f)
{
	return rules_run(ret, inv, options, NULL, f);
}
