/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entry GRUB 2 will start, and what makes it start another. */
#include "grub_start.h"

#include "formats/grub_choice.h"

#include <errno.h>

void grub_start_done(struct grub_start *s)
{
	grub_choices_done(&s->choices);
	free(s->bls);
	grub_menu_done(&s->menu);
}

void grub_change_done(struct grub_change *c)
{
	free(c->saved);
	buffer_done(&c->cfg);
}

/* ---- the world with another grubenv ----------------------------------------------- */

struct world {
	struct grub_world seen; /* by inventory */
	const struct inventory *inv;
	const char *saved;
};

/* This grubenv is the one that the plan writes. */
static bool is_written(const struct world *w, const char *path)
{
	int error = 0;

	if (!text_ends(path, "/grubenv"))
		return false;
	return !w->inv->grubenv_path || !grub_record_text(&w->inv->grub_record, path, &error) ||
	       error >= 0;
}

static const char *world_variable(void *data, const char *name)
{
	const struct world *w = data;

	return w->seen.variable(w->seen.data, name);
}

/* What is to be started just once is no default. */
static int write_env(const struct world *w, struct buffer *ret)
{
	_cleanup_(grubenv_done) struct grubenv env = {0};
	int r = planner_grubenv(w->inv, &env, w->saved);

	if (r >= 0)
		r = grubenv_unset(&env, "next_entry");
	return r < 0 ? r : grubenv_write(ret, &env, NULL);
}

static int world_read(void *data, const char *path, struct buffer *ret)
{
	const struct world *w = data;
	int error = 0;

	if (is_written(w, path) &&
		(w->saved || !grub_record_text(&w->inv->grub_record, path, &error)))
		return w->saved || w->inv->grubenv_path ? write_env(w, ret) : -ENOENT;
	return w->seen.read(w->seen.data, path, ret);
}

static enum grub_answer world_exists(void *data, const char *path, char kind)
{
	const struct world *w = data;

	if (is_written(w, path) && (w->saved || w->inv->grubenv_path))
		return kind == 'd' ? GRUB_NO : GRUB_YES;
	return w->seen.exists(w->seen.data, path, kind);
}

static enum grub_answer world_search(
	void *data, const char *by, const char *what, const char **ret)
{
	const struct world *w = data;

	return w->seen.search(w->seen.data, by, what, ret);
}

/* ---- what starts ------------------------------------------------------------------ */

static bool all_have_version(const struct inventory *inv, const struct entry *added)
{
	for (size_t i = 0; i < inv->entry_count; i++)
		if (inv->entries[i].kind == ENTRY_BLS && !inv->entries[i].version)
			return false;
	return !added || added->version;
}

static int list_bls(struct grub_start *s, const struct inventory *inv, const struct entry *added)
{
	bool by_version = all_have_version(inv, added);

	s->bls = calloc(inv->entry_count + 1, sizeof(*s->bls));
	if (!s->bls)
		return -ENOMEM;
	for (size_t i = 0; i < inv->entry_count; i++) {
		const struct entry *e = &inv->entries[i];

		if (e->kind != ENTRY_BLS || !e->place)
			continue;
		if (added && entry_compare_bls(inv, by_version, added, e) < 0) {
			s->bls[s->bls_count++] = (struct grub_choice){
				.title = added->title, .id = added->id};
			added = NULL;
		}
		s->bls[s->bls_count++] = (struct grub_choice){.title = e->title, .id = e->id};
	}
	if (added)
		s->bls[s->bls_count++] =
			(struct grub_choice){.title = added->title, .id = added->id};
	return 0;
}

/* Without a grub.cfg that can be read it is taken for one that asks saved_entry. */
static const char *wanted_by(const struct grub_start *s, const struct inventory *inv,
	const struct grub_trial *trial)
{
	const char *wanted = trial->saved ? trial->saved : inv->saved_entry;

	if (trial->cfg.size > 0)
		wanted = grub_menu_variable(&s->menu, "default");
	return wanted ? wanted : "";
}

static int find_start(struct grub_start *s, const struct inventory *inv,
	const struct grub_trial *trial, struct fault *f)
{
	struct world w = {grub_record_replay(&inv->grub_record), inv, trial->saved};
	const struct grub_world world = {
		world_variable, world_read, world_exists, world_search, &w};
	int r = grub_cfg_run(&s->menu, trial->cfg, &world, f);

	if (r < 0)
		return r;
	if (list_bls(s, inv, trial->added) < 0 ||
		grub_choices_list(&s->choices, &s->menu, s->bls, s->bls_count) < 0)
		return fault_no_memory(f);
	s->wanted = wanted_by(s, inv, trial);
	s->choice = grub_choose(
		s->choices.items, s->choices.count, inv->naming, s->wanted);
	return 0;
}

int grub_start_find(struct grub_start *ret, const struct planner *p,
	const struct grub_trial *trial, struct fault *f)
{
	struct grub_start s = {.choice = -1};
	int r = find_start(&s, p->inv, trial, f);

	if (r < 0)
		grub_start_done(&s);
	else
		*ret = s;
	return r;
}

/* ---- goals ------------------------------------------------------------------------ */

static struct grub_goal goal_at(const struct grub_start *s, size_t index)
{
	const struct grub_menuentry *item;

	if (index < s->bls_count)
		return (struct grub_goal){.bls_id = s->bls[index].id};
	item = &s->menu.items[index - s->bls_count];
	return (struct grub_goal){.file = item->file, .at = item->at};
}

bool grub_start_goal(struct grub_goal *ret, const struct grub_start *s)
{
	if (s->choice < 0)
		return false;
	*ret = goal_at(s, (size_t)s->choice);
	return true;
}

static bool is_goal(const struct grub_start *s, size_t index, const struct grub_goal *goal)
{
	struct grub_goal x = goal_at(s, index);

	if (goal->bls_id || x.bls_id)
		return text_equal(goal->bls_id, x.bls_id);
	return text_equal(goal->file, x.file) && goal->at == x.at &&
	       !s->choices.items[index].is_submenu;
}

static int names_of(struct strings *ret, const struct grub_start *s, const struct grub_goal *goal)
{
	for (size_t i = 0; i < s->choices.count; i++)
		if (is_goal(s, i, goal))
			return grub_choice_names(ret, &s->choices, i);
	return 0;
}

static bool starts_goal(const struct grub_start *s, const struct grub_goal *goal)
{
	return s->choice >= 0 && is_goal(s, (size_t)s->choice, goal);
}

int grub_start_as_is(struct grub_change *ret, const struct planner *p,
	const struct grub_trial *trial, const struct grub_goal *goal, struct fault *f)
{
	_cleanup_(grub_start_done) struct grub_start s = {0};
	int r;

	(void)ret;
	r = grub_start_find(&s, p, trial, f);
	return r < 0 ? r : starts_goal(&s, goal);
}

/* 1: `default` comes from saved_entry. */
static int asks_saved(const struct planner *p, struct grub_trial trial, struct fault *f)
{
	_cleanup_(grub_start_done) struct grub_start s = {0};
	int r;

	trial.saved = "is it asked for?";
	r = grub_start_find(&s, p, &trial, f);
	return r < 0 ? r : text_equal(s.wanted, trial.saved);
}

static int try_saved(struct grub_change *ret, const struct planner *p,
	struct grub_trial trial, const struct grub_goal *goal, const struct strings *names,
	struct fault *f)
{
	int r = p->inv->saved_in_block ? 0 : asks_saved(p, trial, f);

	if (r <= 0)
		return r;
	r = 0;
	for (size_t i = 0; r == 0 && i < names->count; i++) {
		trial.saved = names->items[i];
		r = grub_start_as_is(ret, p, &trial, goal, f);
	}
	if (r <= 0)
		return r;
	ret->saved = strdup(trial.saved);
	return ret->saved ? 1 : fault_no_memory(f);
}

int grub_start_by_name(struct grub_change *ret, const struct planner *p,
	const struct grub_trial *trial, const struct grub_goal *goal, struct fault *f)
{
	_cleanup_(grub_start_done) struct grub_start s = {0};
	_cleanup_(strings_done) struct strings names = {0};
	const char *saved = p->inv->saved_entry;
	int r = grub_start_find(&s, p, trial, f), tried;

	if (r < 0)
		return r;
	if (names_of(&names, &s, goal) < 0)
		return fault_no_memory(f);
	if (starts_goal(&s, goal) && (!goal->is_new || (saved && strings_has(&names, saved))))
		return 1;
	tried = try_saved(ret, p, *trial, goal, &names, f);
	return tried == 0 ? starts_goal(&s, goal) : tried;
}

static int put_text(struct buffer *ret, struct bytes cfg, const char *name)
{
	int r = buffer_append(ret, cfg.data, cfg.size);

	return r < 0 ? r : grub_cfg_write_default(ret, name);
}

int grub_start_by_text(struct grub_change *ret, const struct planner *p,
	const struct grub_trial *trial, const struct grub_goal *goal, struct fault *f)
{
	_cleanup_(grub_start_done) struct grub_start s = {0};
	_cleanup_(strings_done) struct strings names = {0};
	int r = grub_start_find(&s, p, trial, f);

	if (r < 0 || trial->cfg.size == 0)
		return r;
	if (names_of(&names, &s, goal) < 0)
		return fault_no_memory(f);
	for (size_t i = 0; r == 0 && i < names.count; i++) {
		_cleanup_(buffer_done) struct buffer text = {0};
		struct grub_trial with = *trial;

		if (put_text(&text, trial->cfg, names.items[i]) < 0)
			return fault_no_memory(f);
		with.cfg = buffer_bytes(&text);
		r = grub_start_as_is(ret, p, &with, goal, f);
		if (r > 0)
			ret->cfg = TAKE_STRUCT(text);
	}
	return r;
}
