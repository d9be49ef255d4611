/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complete sets of packages, judged before anything is written; which of several fits. */
#include "session.h"

#include <errno.h>

int session_judge_set(struct session *s, const struct package_set *set,
		      const struct verify_options *how, struct verification **ret,
		      struct fault *f)
{
	const struct progress bar = progress_bar(s);
	struct verify_options here = *how;
	struct verification v;
	int r;

	for (size_t i = 0; i < s->offer_count; i++)
		if (s->offers[i].set == set) {
			*ret = &s->offers[i].verification;
			return 0;
		}
	if (!s->offers)
		s->offers = calloc(s->packages.set_count, sizeof(*s->offers));
	if (!s->offers)
		return fault_no_memory(f);
	here.platform = s->has_platform ? &s->platform : NULL;
	r = verify_offer(&v, &s->patients[0].inventory, &s->packages, set, &here, &bar, f);
	progress_bar_end(s);
	if (r < 0)
		return r;
	s->offers[s->offer_count] = (struct offer_verdict){set, v};
	*ret = &s->offers[s->offer_count++].verification;
	return 0;
}

static size_t complete_sets(const struct session *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->packages.set_count; i++)
		count += s->packages.sets[i].complete;
	return count;
}

/* *ret NULL: its payload is damaged, say. Where it is the one to take the plan will tell. */
static int judge_beside_others(struct session *s, const struct package_set *set,
			       const struct verify_options *how, struct verification **ret,
			       struct fault *f)
{
	int r = session_judge_set(s, set, how, ret, f);

	if (r >= 0 || r == -ENOMEM || f->code == FAULT_INTERRUPTED)
		return r;
	memset(f, 0, sizeof(*f));
	*ret = NULL;
	return 0;
}

/* One that cannot be judged lacks everything. */
static int judge_lacks(struct session *s, const struct package_set *set,
		       const struct verify_options *how, size_t ret[OFFER_LACKS],
		       struct fault *f)
{
	struct verification *v = NULL;
	int r = judge_beside_others(s, set, how, &v, f);

	for (size_t i = 0; i < OFFER_LACKS; i++)
		ret[i] = SIZE_MAX;
	if (r >= 0 && v)
		verification_lacks(v, ret);
	return r;
}

struct lacks {
	const struct package_set *set;
	size_t of[OFFER_LACKS];
};

/* The first in which they differ; OFFER_LACKS: none. */
static size_t difference(const struct lacks *a, const struct lacks *b)
{
	size_t i = 0;

	while (i < OFFER_LACKS && a->of[i] == b->of[i])
		i++;
	return i;
}

static int by_lacks(const void *x, const void *y)
{
	const struct lacks *a = x, *b = y;
	size_t i = difference(a, b);

	return i == OFFER_LACKS ? 0 : a->of[i] < b->of[i] ? -1 : 1;
}

/* Those that lack least, where another one lacks more. */
static int take_fitting(struct restore_options *choice, struct lacks *all, size_t count)
{
	size_t by;

	qsort(all, count, sizeof(*all), by_lacks);
	by = count ? difference(&all[0], &all[count - 1]) : OFFER_LACKS;
	if (by == OFFER_LACKS)
		return 0;
	choice->fitting_lack = (enum offer_lack)by;
	for (size_t i = 0; i < count && difference(&all[0], &all[i]) == OFFER_LACKS; i++)
		if (strings_add(&choice->fitting, all[i].set->release) < 0)
			return -ENOMEM;
	return 0;
}

/*
 * Sets options.restore.fitting where sets differ in what they lack of root, third-party
 * modules and network: all of them are read for that.
 */
int session_rank_sets(struct session *s, const struct verify_options *how, struct fault *f)
{
	struct restore_options *choice = &s->options.restore;
	struct verify_options whole = *how;
	_cleanup_free_ struct lacks *all = NULL;
	size_t count = 0;
	int r = 0;

	strings_done(&choice->fitting);
	if (choice->release || complete_sets(s) < 2 ||
		!(s->has_platform || inventory_has_third_party(&s->patients[0].inventory)))
		return 0;
	whole.boot_path_only = how->boot_path_only && !s->has_platform;
	all = calloc(s->packages.set_count, sizeof(*all));
	if (!all)
		return fault_no_memory(f);
	for (size_t i = 0; r >= 0 && i < s->packages.set_count; i++) {
		all[count].set = &s->packages.sets[i];
		if (!all[count].set->complete)
			continue;
		r = judge_lacks(s, all[count].set, &whole, all[count].of, f);
		count++;
	}
	if (r < 0)
		return r;
	return take_fitting(choice, all, count) < 0 ? fault_no_memory(f) : 0;
}

/* ---- devices that another offer serves -------------------------------------------------- */

/* rescue restore SCOPE --system ID PACKAGES --release V */
static char *restore_command(const struct session *s, const char *release)
{
	_cleanup_free_ char *begin =
		session_command_line(s, "restore", s->patients[0].system->id);
	_cleanup_(buffer_done) struct buffer line = {0};
	int r = begin ? buffer_puts(&line, begin) : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < s->options.packages.count; i++) {
		r = buffer_puts(&line, " ");
		if (r >= 0)
			r = buffer_puts_word(&line, s->options.packages.items[i]);
	}
	if (r >= 0)
		r = buffer_printf(&line, " --release %s", release);
	return r < 0 ? NULL : buffer_steal(&line);
}

int session_note_offers(struct session *s, const struct package_set *set,
			struct verification *v, const struct verify_options *how,
			struct fault *f)
{
	bool undriven = findings_has(&v->findings, "network-undriven") ||
			findings_has(&v->findings, "storage-undriven");
	int r = 0;

	for (size_t i = 0; r >= 0 && undriven && i < s->packages.set_count; i++) {
		const struct package_set *other = &s->packages.sets[i];
		_cleanup_free_ char *command = NULL;
		struct verification *theirs = NULL;

		if (other == set || !other->complete)
			continue;
		command = restore_command(s, other->release);
		if (!command)
			return fault_no_memory(f);
		r = judge_beside_others(s, other, how, &theirs, f);
		if (theirs && verification_note_offer(v, theirs, other->release, command) < 0)
			return fault_no_memory(f);
	}
	return r;
}

/* ---- what is taken ---------------------------------------------------------------------- */

/* What the system cannot take, unless that is waived. */
int session_check_set(const struct session *s, const struct verification *v, struct fault *f)
{
	for (size_t i = 0; i < v->findings.count; i++) {
		const struct finding *found = &v->findings.items[i];

		if (strcmp(found->code, "package-incompatible") != 0 ||
			found->severity != SEVERITY_ERROR || s->options.restore.allow_incompatible)
			continue;
		fault_errno(f, ENOEXEC, found->subject, "restore kernel %s", found->kernel);
		fault_reason(f, "%s", found->message);
		fault_hint(f, "--allow-incompatible restores it all the same");
		return -ENOEXEC;
	}
	return 0;
}
