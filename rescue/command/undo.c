/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue undo: takes the last transaction, or that one, back. */
#include "session.h"

#include <errno.h>

static int keep_transaction(struct session *s, struct transaction *t)
{
	struct transactions *list = &s->transactions;
	int r = VECTOR_GROW(list);

	if (r < 0)
		return r;
	list->items[list->count++] = TAKE_STRUCT(*t);
	s->has_transactions = true;
	return 0;
}

static int show(const struct session *s, const struct system *sys, const struct transaction *t,
		struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	char when[24];
	int r = undo_describe(&sys->target, t->id, &text, f);

	if (r < 0 || s->options.json)
		return r;
	printf("Undo %s of %s (kernel %s):\n", t->id, time_text(t->time, when), t->release);
	fputs(text.data ? text.data : "", stdout);
	tell_provisional(s, sys);
	return 0;
}

static int take_back(struct session *s, struct system *sys, const char *id, struct fault *f)
{
	_cleanup_(transaction_done) struct transaction done = {0};
	int r = system_make_writable(&s->landscape, sys, f);

	if (r < 0)
		return r;
	catch_interrupts();
	r = undo_run(&done, sys, id, f);
	if (r < 0)
		return r;
	if (!s->options.json)
		printf("Transaction %s was undone.\n", done.id);
	s->transactions.count = 0;
	r = keep_transaction(s, &done);
	return r < 0 ? fault_no_memory(f) : landscape_unmount(&s->landscape, f);
}

/* The last transaction may stand in the journal alone: what is shown is read behind it. */
static bool must_replay(const struct session *s, const struct system *sys)
{
	return is_provisional(s, sys) && !s->options.dry_run && (s->options.yes || can_ask(s));
}

static int undo(struct session *s, struct system *sys, const char *id, struct fault *f)
{
	_cleanup_(transaction_done) struct transaction found = {0};
	int r = must_replay(s, sys) ? system_make_writable(&s->landscape, sys, f) : 0;

	if (r >= 0)
		r = undo_find(&found, &sys->target, id, f);
	if (r >= 0)
		r = show(s, sys, &found, f);
	if (r >= 0 && s->options.dry_run)
		r = system_refuse_hibernated(&s->landscape, sys, f);
	if (r < 0)
		return r;
	if (s->options.dry_run) {
		if (!s->options.json)
			puts("Nothing was written (--dry-run).");
		return keep_transaction(s, &found);
	}
	r = confirm(s, "Do it?", f);
	if (r == 0)
		puts("Nothing was changed.");
	return r <= 0 ? r : take_back(s, sys, found.id, f);
}

static int run(struct session *s, struct fault *f)
{
	const struct strings *operands = &s->options.operands;
	struct system *sys = NULL;
	int r = session_choose(s, &sys, f);

	if (r >= 0 && operands->count > 1)
		return fault_named(f, FAULT_USAGE, NULL, "understand the command line",
			"undo takes one transaction");
	if (r >= 0)
		r = undo(s, sys, operands->count ? operands->items[0] : NULL, f);
	if (r < 0 && sys)
		fault_system(f, sys->id);
	return r;
}

static void json(const struct session *s, struct json *j)
{
	json_transactions(j, s);
}

const struct command command_undo = {
	.name = "undo",
	.operands = "[TRANSACTION]",
	.summary = "take the last repair back, or that one",
	.options = OPTIONS_CONFIRM,
	.writes = true,
	.run = run,
	.json = json,
};
