/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complete sets of packages, judged before anything is written; which of several fits. */
#include "session.h"

#include <errno.h>

void session_forget_offers(struct session *s)
{
	for (size_t i = 0; i < s->offer_count; i++)
		verification_done(&s->offers[i].verification);
	free(s->offers);
	s->offers = NULL;
	s->offer_count = 0;
	strings_done(&s->options.restore.fitting);
}

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

/* A set whose payload is damaged, say, fits nothing: the plan will tell of it. */
static int count_lost(struct session *s, const struct package_set *set,
		      const struct verify_options *how, size_t *ret, struct fault *f)
{
	struct verification *v = NULL;
	int r = session_judge_set(s, set, how, &v, f);

	if (r < 0 && (r == -ENOMEM || f->code == FAULT_INTERRUPTED))
		return r;
	*ret = r < 0 ? SIZE_MAX : v->lost_modules.count;
	if (r < 0)
		memset(f, 0, sizeof(*f));
	return 0;
}

/* Sets options.restore.fitting where sets differ in the third-party modules that load. */
int session_rank_sets(struct session *s, const struct verify_options *how, struct fault *f)
{
	struct strings *fitting = &s->options.restore.fitting;
	_cleanup_free_ size_t *lost = NULL;
	size_t least = SIZE_MAX, most = 0;

	strings_done(fitting);
	if (s->options.restore.release || complete_sets(s) < 2 ||
		!inventory_has_third_party(&s->patients[0].inventory))
		return 0;
	lost = calloc(s->packages.set_count, sizeof(*lost));
	if (!lost)
		return fault_no_memory(f);
	for (size_t i = 0; i < s->packages.set_count; i++) {
		int r = 0;

		if (!s->packages.sets[i].complete)
			continue;
		r = count_lost(s, &s->packages.sets[i], how, &lost[i], f);
		if (r < 0)
			return r;
		least = MIN_OF(least, lost[i]);
		most = MAX_OF(most, lost[i]);
	}
	for (size_t i = 0; least < most && i < s->packages.set_count; i++)
		if (s->packages.sets[i].complete && lost[i] == least &&
			strings_add(fitting, s->packages.sets[i].release) < 0)
			return fault_no_memory(f);
	return 0;
}

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
