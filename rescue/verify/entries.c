/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries: does a working one lead to each kernel, and which one starts by default. */
#include "verify_rules.h"

#include "formats/cmdline.h"

#include <errno.h>

static int add_remedy(struct rules *r, const char *release)
{
	_cleanup_free_ char *begin = rules_remedy(r, "restore");

	if (!begin)
		return -ENOMEM;
	return release ? findings_remedy(&r->v->findings, "%s --release %s", begin, release)
		       : findings_remedy(&r->v->findings, "%s", begin);
}

static bool has_whole_kernel(const struct inventory *inv)
{
	for (size_t i = 0; i < inv->kernel_count; i++)
		if (kernel_is_whole(&inv->kernels[i]))
			return true;
	return false;
}

static const char *name_of(const struct entry *e)
{
	return e->title ? e->title : e->id;
}

static int judge_broken(struct rules *r, const struct entry *e)
{
	const struct kernel *k = e->kernel >= 0 ? &r->inv->kernels[e->kernel] : NULL;
	bool is_needed = k && !rules_has_working_entry(r->inv, k);
	enum severity severity = is_needed ? rules_severity(r, k) : SEVERITY_WARNING;
	const char *code = e->shadowed_by ? "entry-shadowed" : "entry-broken";

	if (!e->broken || (k && !e->stops_loader && !rules_wants(r, k->release)))
		return 0;
	if (e->is_default || e->stops_loader)
		severity = SEVERITY_ERROR;
	int rc = findings_add(&r->v->findings, code, severity, k ? k->release : NULL, e->id,
		"boot entry \"%s\" (%s, line %u) does not work: %s", name_of(e), e->source,
		e->line, e->reason ? e->reason : "it names what is not there");
	if (rc >= 0 && (is_needed || e->is_default) && k && !e->stops_loader && kernel_is_whole(k))
		rc = add_remedy(r, k->release);
	return rc;
}

/* An entry for this kernel, whole or broken. Broken ones have told of themselves already. */
static int judge_missing(struct rules *r, const struct kernel *k)
{
	bool found = false;

	for (size_t i = 0; i < k->entry_count; i++)
		found = found || r->inv->entries[k->entries[i]].is_of_this_root ||
			r->inv->entries[k->entries[i]].broken;
	if (found || !kernel_is_whole(k) || !rules_wants(r, k->release))
		return 0;
	int rc = findings_add(&r->v->findings, "entry-missing", rules_severity(r, k), k->release,
		NULL, "no boot entry leads to kernel %s", k->release);
	return rc < 0 ? rc : add_remedy(r, k->release);
}

/* Where the command line of an entry stands. */
static unsigned line_of(const struct entry *e)
{
	return e->options_line ? e->options_line : e->line;
}

/* A root= that is neither this system's nor broken in itself: of another system, or gone. */
static int judge_roots(struct rules *r, const struct entry *e)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	_cleanup_free_ char *root = NULL;

	if (e->broken || e->is_of_this_root || e->kernel < 0)
		return 0;
	if (cmdline_parse(&c, e->options ? e->options : "") == 0)
		root = cmdline_get(&c, "root");
	return findings_add(&r->v->findings, "entry-root-unknown",
		e->is_default ? SEVERITY_ERROR : SEVERITY_WARNING,
		r->inv->kernels[e->kernel].release, e->id,
		"boot entry \"%s\" (%s, line %u) does not name this system's root file system: "
		"root=%s", name_of(e), e->source, line_of(e), root ? root : "");
}

static bool stops_loader(const struct inventory *inv)
{
	for (size_t i = 0; i < inv->entry_count; i++)
		if (inv->entries[i].stops_loader)
			return true;
	return false;
}

static int judge_default(struct rules *r)
{
	const struct inventory *inv = r->inv;
	struct findings *fs = &r->v->findings;
	const struct entry *e;
	int rc;

	if (inv->entry_count == 0) {
		rc = findings_add(fs, "no-entry", SEVERITY_ERROR, NULL, inv->entries_directory,
			"there is no boot entry at all");
		return rc < 0 || !has_whole_kernel(inv) ? rc : add_remedy(r, NULL);
	}
	e = inv->default_entry >= 0 ? &inv->entries[inv->default_entry] : NULL;
	if (e && !stops_loader(inv) && e->kernel >= 0 && !e->broken && e->is_of_this_root &&
		r->v->kernel_states[e->kernel] == KERNEL_BOOTABLE)
		return 0;
	rc = findings_add(fs, "default-broken", SEVERITY_ERROR, NULL, e ? e->id : NULL,
		e ? "the default boot entry \"%s\" (%s, line %u) does not boot"
		  : "no boot entry is the default%s%s",
		e ? name_of(e) : "", e ? e->source : "", e ? e->line : 0);
	return rc < 0 || !has_whole_kernel(inv) ? rc : add_remedy(r, NULL);
}

static int judge_loader(struct rules *r)
{
	const struct inventory *inv = r->inv;
	struct findings *fs = &r->v->findings;
	int rc = 0;

	if (inv->loader == LOADER_NONE && !inv->lost.path)
		rc = findings_add(fs, "loader-unknown", SEVERITY_ERROR, NULL, NULL,
			"no boot loader configuration was found in /boot");
	else if (inv->system->firmware == FIRMWARE_UNKNOWN)
		rc = findings_add(fs, "loader-unknown", SEVERITY_WARNING, NULL, NULL,
			"no boot sector or ESP can be read here: the boot loader is inferred "
			"from the configuration that is there");
	if (rc >= 0 && inv->lost.path)
		rc = findings_add(fs, "loader-astray",
			inv->lost.is_certain ? SEVERITY_ERROR : SEVERITY_WARNING, NULL,
			inv->lost.path, inv->lost.is_certain
				? "the boot loader's configuration %s is gone or holds nothing"
				: "there is no %s: it boots only with a configuration on an ESP, "
				  "which is not seen here", inv->lost.path);
	if (rc >= 0 && inv->lost.path && has_whole_kernel(inv))
		rc = add_remedy(r, NULL);
	if (rc >= 0 && inv->grubenv_damaged)
		rc = findings_add(fs, "grubenv-damaged", SEVERITY_WARNING, NULL,
			inv->grubenv_path, "GRUB's environment block %s is damaged: its saved "
			"default is lost", inv->grubenv_path);
	if (rc >= 0 && inv->has_hot_journal) {
		_cleanup_free_ char *undo = rules_remedy(r, "undo");

		rc = undo ? findings_add(fs, "transaction-incomplete", SEVERITY_ERROR, NULL,
			inv->hot_transaction, "repair %s began and did not end",
			inv->hot_transaction ? inv->hot_transaction : "?") : -ENOMEM;
		if (rc >= 0)
			rc = findings_remedy(fs, "%s", undo);
	}
	return rc;
}

int rules_entries(struct rules *r)
{
	int rc = judge_loader(r);

	for (size_t i = 0; rc >= 0 && i < r->inv->entry_count; i++) {
		rc = judge_broken(r, &r->inv->entries[i]);
		if (rc >= 0)
			rc = judge_roots(r, &r->inv->entries[i]);
		if (rc >= 0)
			rc = rules_cmdline_devices(r, &r->inv->entries[i]);
	}
	for (size_t i = 0; rc >= 0 && i < r->inv->kernel_count; i++)
		rc = judge_missing(r, &r->inv->kernels[i]);
	return rc < 0 ? rc : judge_default(r);
}
