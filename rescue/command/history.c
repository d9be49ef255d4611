/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue history: the transactions on a system; --forget drops one and its undo data. */
#include "session.h"
#include "table.h"

static void print(const struct transactions *list)
{
	static const char *const heads[] = {"TRANSACTION", "TIME", "KERNEL", "STATE",
		"OPERATIONS"};
	_cleanup_(table_free_p) struct table *t = table_new();

	for (size_t i = 0; t && i < ARRAY_SIZE(heads); i++)
		table_column(t, heads[i], i == ARRAY_SIZE(heads) - 1 ? TABLE_RIGHT : 0);
	for (size_t i = 0; t && i < list->count; i++) {
		const struct transaction *x = &list->items[i];
		char when[24], operations[24];

		snprintf(operations, sizeof(operations), "%zu", x->operations);
		const char *cells[] = {x->id, time_text(x->time, when),
			x->release ? x->release : "-", transaction_state_name(x), operations};
		table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (list->count == 0)
		puts("No repair was made on this system.");
	else if (t)
		table_print(t, stdout, 0, is_ascii());
}

static int forget(struct session *s, struct system *sys, struct fault *f)
{
	int r = system_make_writable(&s->landscape, sys, f);

	if (r >= 0)
		r = history_forget(&sys->target, s->options.forget, f);
	if (r < 0 && f->state == STATE_LOOKED)
		f->state = STATE_UNCHANGED;
	return r;
}

static int run(struct session *s, struct fault *f)
{
	struct system *sys = NULL;
	int r = session_choose(s, &sys, f);

	if (r >= 0)
		r = session_refuse_operands(s, f);
	if (r >= 0 && s->options.forget)
		r = forget(s, sys, f);
	if (r >= 0)
		r = transactions_read(&s->transactions, &sys->target, f);
	s->has_transactions = r >= 0;
	if (r >= 0 && !s->options.json)
		print(&s->transactions);
	if (r >= 0 && s->options.forget)
		r = landscape_unmount(&s->landscape, f);
	if (r < 0 && sys)
		fault_system(f, sys->id);
	return r;
}

static void json(const struct session *s, struct json *j)
{
	json_transactions(j, s);
}

const struct command command_history = {
	.name = "history",
	.operands = "",
	.summary = "the repairs made on a system",
	.options = OPTIONS_FORGET,
	.run = run,
	.json = json,
};
