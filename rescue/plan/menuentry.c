/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new menuentry in grub.cfg: where it stands and what names it are tried by running the
 * new menu, until the entry that starts by itself is the one that shall.
 */
#include "grub_start.h"
#include "menu.h"

#include "formats/grub_cfg.h"

#include <errno.h>

#define POSITIONS_MAX 16 /* places at the top of the menu that are tried, and the end */

/* The item of an entry, in the menu as it is. */
static const struct grub_menuentry *item_of(const struct grub_start *now, const struct entry *e)
{
	for (size_t i = now->bls_count; i < now->choices.count; i++)
		if (e->kind == ENTRY_GRUB2 && text_equal(now->choices.items[i].place, e->place))
			return &now->menu.items[i - now->bls_count];
	return NULL;
}

/* A menuentry of this root that names its release in its title, and is no rescue one. */
static const struct grub_menuentry *model_of(
	const struct planner *p, const struct grub_start *now, const char **ret_release)
{
	for (size_t i = 0; i < p->inv->entry_count; i++) {
		const struct entry *e = &p->inv->entries[i];
		const struct grub_menuentry *item = item_of(now, e);

		if (!item || item->file || !e->is_of_this_root || e->kernel < 0 ||
			!item->linux_word || item->hypervisor || item->behind == 0 ||
			(item->id && strstr(item->id, "recovery")))
			continue;
		*ret_release = p->inv->kernels[e->kernel].release;
		if (strstr(item->title, *ret_release))
			return item;
	}
	return NULL;
}

/* The text of a new menuentry alone. */
static int new_menuentry(const struct menu *m, const struct grub_start *now, struct buffer *ret)
{
	const struct system *s = m->p->inv->system;
	const struct bytes all = m->before;
	const struct place *place = s->boot.separate ? &s->boot : &s->root;
	const char *old = NULL, *release = m->p->plan->release;
	const struct grub_menuentry *model = model_of(m->p, now, &old);
	_cleanup_free_ char *id = text_printf("gnulinux-%s-advanced-%s", release,
		s->root.uuid ? s->root.uuid : "root");
	const struct grub_menuentry_template t = {.title = m->title, .id = id,
		.class = s->os_id, .device_uuid = place->uuid,
		.linux_word = model ? model->linux_word : "linux",
		.linux_path = m->linux_path, .options = m->options, .initrd = m->initrd};

	if (!id)
		return -ENOMEM;
	if (!model)
		return grub_menuentry_write(ret, &t);
	return grub_menuentry_clone(ret,
		(struct bytes){all.data + model->at, model->behind - model->at}, old, release,
		&t);
}

/* ---- where it stands -------------------------------------------------------------- */

/* Before each item of the menu's top that always stands there, and the end. */
static int list_positions(
	const struct menu *m, size_t ret[POSITIONS_MAX + 1], size_t *ret_count, struct fault *f)
{
	_cleanup_(grub_cfg_done) struct grub_cfg c = {0};
	int r = grub_cfg_parse(&c, m->before, f);

	if (r < 0)
		return r;
	*ret_count = 0;
	for (size_t i = 0; i < c.top_count && *ret_count < POSITIONS_MAX; i++)
		if (!c.tops[i].is_conditional)
			ret[(*ret_count)++] = c.tops[i].at;
	ret[(*ret_count)++] = m->before.size;
	return 0;
}

/* *ret_at: where the new entry begins. */
static int insert(struct buffer *ret, struct bytes all, size_t at, const struct buffer *entry,
	size_t *ret_at)
{
	int r = buffer_append(ret, all.data, at);

	if (r >= 0 && at > 0 && all.data[at - 1] != '\n')
		r = buffer_puts(ret, "\n");
	*ret_at = ret->size;
	if (r >= 0)
		r = buffer_append(ret, entry->data, entry->size);
	return r < 0 ? r : buffer_append(ret, all.data + at, all.size - at);
}

static int refuse_menu(const struct menu *m, const struct grub_start *s, struct fault *f)
{
	int r = fault_errno(f, EBADMSG, m->path, "add an entry to %s", m->path);

	if (s->menu.bad_line > 0)
		fault_reason(f, "GRUB itself refuses line %u", s->menu.bad_line);
	return r;
}

/* The new menu shows one item more, which starts the new kernel. */
static int check_new(const struct menu *m, const struct grub_start *now,
	const struct grub_trial *trial, size_t at, struct fault *f)
{
	_cleanup_(grub_start_done) struct grub_start s = {0};
	int r = grub_start_find(&s, m->p, trial, f);

	if (r < 0)
		return r;
	if (s.menu.count != now->menu.count + 1)
		return refuse_menu(m, &s, f);
	for (size_t i = 0; i < s.menu.count; i++)
		if (!s.menu.items[i].file && s.menu.items[i].at == at &&
			text_equal(s.menu.items[i].linux_path, m->linux_path))
			return 0;
	return refuse_menu(m, &s, f);
}

/* ---- what starts then ------------------------------------------------------------- */

typedef int change_start(struct grub_change *ret, const struct planner *p,
	const struct grub_trial *trial, const struct grub_goal *goal, struct fault *f);

static void take(struct menu *m, struct buffer *text, struct grub_change *change)
{
	m->saved = TAKE_PTR(change->saved);
	m->text = change->cfg.size > 0 ? TAKE_STRUCT(change->cfg) : TAKE_STRUCT(*text);
}

/* What shall start: the new entry, or what starts now, which may have moved. */
static bool goal_behind(struct grub_goal *ret, const struct menu *m,
	const struct grub_start *now, size_t at, size_t position, size_t moved_by)
{
	if (m->makes_default) {
		*ret = (struct grub_goal){.at = at, .is_new = true};
		return true;
	}
	if (!grub_start_goal(ret, now))
		return false;
	if (!ret->bls_id && !ret->file && ret->at >= position)
		ret->at += moved_by;
	return true;
}

/* 1: the menu with the entry at that place is taken. */
static int try_position(struct menu *m, const struct grub_start *now,
	const struct buffer *entry, size_t position, change_start *change, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(grub_change_done) struct grub_change with = {0};
	struct grub_trial trial = {0};
	struct grub_goal goal;
	size_t at = 0;
	int r = insert(&text, m->before, position, entry, &at);

	if (r < 0)
		return fault_no_memory(f);
	trial.cfg = buffer_bytes(&text);
	r = check_new(m, now, &trial, at, f);
	if (r < 0)
		return r;
	r = goal_behind(&goal, m, now, at, position, text.size - m->before.size)
		    ? change(&with, m->p, &trial, &goal, f)
		    : 1;
	if (r > 0)
		take(m, &text, &with);
	return r;
}

static int add_menuentry(struct menu *m, const struct grub_start *now, struct fault *f)
{
	change_start *const changes[] = {
		m->makes_default ? grub_start_by_name : grub_start_as_is,
		grub_start_by_name, grub_start_by_text};
	_cleanup_(buffer_done) struct buffer entry = {0};
	size_t positions[POSITIONS_MAX + 1], count = 0;
	int r = list_positions(m, positions, &count, f);

	if (r < 0)
		return r;
	if (new_menuentry(m, now, &entry) < 0)
		return fault_no_memory(f);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(changes); i++)
		for (size_t n = 0; r == 0 && n < count; n++)
			r = try_position(m, now, &entry, positions[n], changes[i], f);
	return r;
}

static int start_working(struct menu *m, const struct grub_start *now, struct fault *f)
{
	_cleanup_(grub_change_done) struct grub_change with = {0};
	_cleanup_(buffer_done) struct buffer same = {0};
	const struct grub_menuentry *item = item_of(now, m->working);
	const struct grub_trial trial = {.cfg = m->before};
	struct grub_goal goal;
	int r;

	if (!item)
		return 0;
	goal = (struct grub_goal){.file = item->file, .at = item->at, .is_new = true};
	r = grub_start_by_name(&with, m->p, &trial, &goal, f);
	if (r == 0)
		r = grub_start_by_text(&with, m->p, &trial, &goal, f);
	take(m, &same, &with);
	return r;
}

static int refuse_default(const struct menu *m, struct fault *f)
{
	fault_errno(f, ENOTSUP, m->path, "make kernel %s the default entry",
		m->p->plan->release);
	fault_reason(f, "the menu of %s starts another entry whatever it is told", m->path);
	fault_hint(f, "add --keep-default, and choose the entry in GRUB's menu at the next boot");
	return -ENOTSUP;
}

int menu_write_menuentry(struct menu *m, struct fault *f)
{
	_cleanup_(grub_start_done) struct grub_start now = {0};
	const struct grub_trial trial = {.cfg = m->before};
	int r;

	if (m->working && !m->makes_default)
		return 0;
	r = grub_start_find(&now, m->p, &trial, f);
	if (r >= 0 && !m->working && now.menu.bad_line > 0)
		return refuse_menu(m, &now, f);
	if (r >= 0)
		r = m->working ? start_working(m, &now, f) : add_menuentry(m, &now, f);
	if (r < 0)
		return r;
	if (r == 0)
		return refuse_default(m, f);
	m->boots = m->makes_default;
	return 0;
}
