/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan applied: prepare, commit, flush; or everything put back. */
#include "history.h"
#include "work.h"

#include <errno.h>
#include <inttypes.h>

void apply_report_done(struct apply_report *r)
{
	transaction_done(&r->transaction);
	image_payload_done(&r->image);
	initramfs_file_done(&r->initramfs);
	*r = (struct apply_report){0};
}

/* The times by which undo sees whether others changed the directories, too. */
static int take_parents_after(struct work *w, struct fault *f)
{
	for (size_t i = 0; i < w->journal.parent_count; i++) {
		struct journal_parent *p = &w->journal.parents[i];
		struct stat st;
		int r = target_stat(w->target, p->path, &st);

		if (r < 0)
			return fault_errno(f, -r, p->path, "look at %s", p->path);
		p->after_s = st.st_mtim.tv_sec;
		p->after_ns = (uint32_t)st.st_mtim.tv_nsec;
	}
	return 0;
}

static int save_log(const struct work *w, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	for (size_t i = 0; i < w->journal.step_count; i++) {
		const struct journal_step *s = &w->journal.steps[i];

		if (buffer_printf(&text, "%s %s: %" PRIu64 " bytes%s%s\n",
			    s->displaced ? "replaced" : "made", s->path, s->after.size,
			    s->displaced ? ", before: " : "",
			    s->displaced ? s->displaced : "") < 0)
			return fault_no_memory(f);
	}
	if (w->generated.size > 0 &&
		buffer_printf(&text, "%s said:\n%s\n", w->inv->generator.path,
			w->generated.data) < 0)
		return fault_no_memory(f);
	return room_save(&w->room, w->journal.transaction, "log", &text, f);
}

static int commit(struct work *w, struct fault *f)
{
	int r;

	w->is_changing = true;
	stage_tell(w, "putting files in place");
	r = commit_steps(w->target, &w->journal, f);
	if (r == 0)
		r = take_parents_after(w, f);
	if (r == 0)
		r = save_log(w, f);
	if (r < 0)
		return r;
	w->journal.state = JOURNAL_COMMITTED;
	r = journal_save(&w->room, &w->journal, f);
	if (r == 0)
		return 0;
	/* It may say "committed" on disk: that must be taken back before anything else.
	 */
	w->journal.state = JOURNAL_PREPARED;
	if (journal_save(&w->room, &w->journal, NULL) < 0)
		w->journal.state = JOURNAL_COMMITTED;
	return r;
}

/* Everything put back; the fault that led here tells what is left behind. */
static void give_up(struct work *w, struct fault *f)
{
	struct fault second = {0};
	int r = 0;

	if (w->is_hot && w->journal.state == JOURNAL_COMMITTED)
		r = -EIO; /* neither forward nor back is certain on disk */
	else if (w->is_hot)
		r = journal_resolve(&w->room, &w->journal, &second);
	else if (w->journal.transaction)
		room_remove(&w->room, w->journal.transaction, NULL);
	if (!f)
		return;
	if (r < 0) {
		f->state = STATE_INCOMPLETE;
		snprintf(f->transaction, sizeof(f->transaction), "%s",
			w->journal.transaction);
		fault_hint(f, "rescue undo %s", w->journal.transaction);
		log_line("not put back: %s: %s", second.doing, errno_name(-r));
	} else {
		f->state = w->is_changing ? STATE_UNDONE : STATE_UNCHANGED;
	}
}

static void work_done(struct work *w)
{
	ahead_done(&w->ahead);
	room_close(&w->room);
	journal_done(&w->journal);
	modules_done(&w->modules);
	file_contexts_free(w->labels);
	buffer_done(&w->passwd);
	buffer_done(&w->group);
	buffer_done(&w->generated);
	free(w->steps);
	free(w->is_staged);
}

static int run(struct work *w, struct fault *f)
{
	int r;

	w->steps = calloc(w->plan->count + 1, sizeof(*w->steps));
	w->is_staged = calloc(w->plan->count + 1, sizeof(*w->is_staged));
	if (!w->steps || !w->is_staged)
		return fault_no_memory(f);
	r = prepare(w, f);
	return r < 0 ? r : commit(w, f);
}

static int report(struct apply_report *ret, struct work *w, struct fault *f)
{
	int r = transaction_describe(
		&ret->transaction, &w->journal, TRANSACTION_COMMITTED);

	ret->unlabeled = w->shortfall.unlabeled;
	ret->unowned = w->shortfall.unowned;
	ahead_wait(&w->ahead);
	ret->image = TAKE_STRUCT(w->ahead.payload);
	ret->initramfs = TAKE_STRUCT(w->ahead.initramfs);
	return r < 0 ? fault_no_memory(f) : 0;
}

int apply_check(const struct plan *plan, const struct inventory *inv,
	const struct package_sets *sets, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < plan->count; i++) {
		_cleanup_(site_done) struct site site = {0};

		r = layout_find(&site, &plan->operations[i], &inv->system->target, sets, f);
	}
	return MIN_OF(r, 0);
}

int apply_plan(struct apply_report *ret, const struct plan *plan,
	const struct inventory *inv, const struct package_sets *sets,
	const struct progress *progress, struct fault *f)
{
	_cleanup_(work_done) struct work w = {
		.plan = plan,
		.inv = inv,
		.sets = sets,
		.progress = progress,
		.target = &inv->system->target,
		.room = ROOM_NONE,
		.ahead = {.fd = -1},
		.modules = {.step = NO_STEP, .target = TARGET_NONE, .folder_fd = -1},
	};
	int r = room_open(&w.room, w.target, ROOM_MAKE, f);

	if (r < 0) {
		if (f)
			f->state = STATE_UNCHANGED;
		return r;
	}
	r = room_recover(&w.room, NULL, f);
	if (r < 0) {
		if (f)
			f->state = STATE_INCOMPLETE;
		return r;
	}
	r = run(&w, f);
	if (r < 0) {
		give_up(&w, f);
		return r;
	}
	/* All-new is on disk; a hot journal that says so harms nobody. */
	commit_flush(inv->system);
	journal_retire(&w.room, &w.journal, NULL);
	return report(ret, &w, f);
}
