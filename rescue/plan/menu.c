/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new entry in a menu that is one file: GRUB legacy, extlinux, menuentries in grub.cfg.
 * Everything else in that file stays byte for byte.
 */
#include "planner.h"

#include "formats/extlinux.h"
#include "formats/grub_cfg.h"
#include "formats/grub_legacy.h"

#include <ctype.h>
#include <errno.h>

/* What shall be done, and the text that comes of it. */
struct menu {
	struct planner *p;
	const char *path;
	struct buffer head; /* of a menu that is made anew */
	struct bytes before; /* its text, or that of the file that is there */
	const struct entry *working; /* NULL: a new one is made */
	bool makes_default;
	char *title, *linux_path, *initrd, *options; /* as the loader sees them */
	const char *origin;	     /* of the options */
	struct buffer text;	     /* empty: the file stays */
	char *saved;		     /* what grubenv shall say; NULL: as it is */
	bool boots;		     /* the default entry works then */
};

static void menu_done(struct menu *m)
{
	free(m->title);
	free(m->linux_path);
	free(m->initrd);
	free(m->options);
	free(m->saved);
	buffer_done(&m->text);
	buffer_done(&m->head);
}

/* GRUB 2 looks for a menu that is gone, and there were no BLS entries. */
static bool lost_menu(const struct planner *p)
{
	return p->inv->loader == LOADER_NONE && planner_lost_grub_cfg(p);
}

bool planner_has_menu(const struct planner *p)
{
	const struct inventory *inv = p->inv;

	if (lost_menu(p))
		return true;
	return inv->grub_cfg && inv->loader_config.size > 0 &&
	       (inv->loader == LOADER_MENUENTRIES || inv->loader == LOADER_GRUB_LEGACY ||
		       inv->loader == LOADER_EXTLINUX);
}

/* grub.conf#3 → 3, grub.cfg#1>0 → "1>0". */
static const char *number_of(const struct entry *e)
{
	const char *hash = strrchr(e->id, '#');

	return hash ? hash + 1 : "0";
}

/* ---- GRUB legacy ------------------------------------------------------------------ */

/* The stanza's own root, as a stanza of this root has it; none: where the menu lies. */
static const char *legacy_root(const struct inventory *inv, const struct grub_legacy *g)
{
	for (size_t i = 0; i < inv->entry_count; i++)
		for (size_t n = 0; n < g->count; n++)
			if (inv->entries[i].is_of_this_root && g->items[n].root &&
				inv->entries[i].line == g->items[n].line)
				return g->items[n].root;
	return NULL;
}

static int write_legacy(struct menu *m, struct fault *f)
{
	const struct inventory *inv = m->p->inv;
	_cleanup_(grub_legacy_done) struct grub_legacy g = {0};
	int r = grub_legacy_parse(&g, m->before, f);
	struct grub_legacy_stanza s = {.title = m->title, .linux_path = m->linux_path,
		.options = m->options, .initrd = m->initrd};
	unsigned now = 0;

	if (r < 0)
		return r;
	s.root = legacy_root(inv, &g);
	if (inv->default_entry >= 0)
		now = (unsigned)strtoul(
			      number_of(&inv->entries[inv->default_entry]), NULL, 10) + 1;
	if (!m->working)
		r = grub_legacy_insert(&m->text, &g, &s, m->makes_default ? 0 : now);
	else if (m->makes_default)
		r = grub_legacy_set_default(&m->text, &g,
			(unsigned)strtoul(number_of(m->working), NULL, 10));
	m->boots = m->makes_default;
	return r < 0 ? fault_no_memory(f) : 0;
}

/* ---- extlinux --------------------------------------------------------------------- */

static int write_extlinux(struct menu *m, struct fault *f)
{
	_cleanup_(extlinux_done) struct extlinux x = {0};
	int r = extlinux_parse(&x, m->before, f);
	const struct extlinux_template t = {.label = m->title, .linux_path = m->linux_path,
		.options = m->options, .initrd = m->initrd};

	if (r < 0)
		return r;
	if (!m->working)
		r = extlinux_insert(&m->text, &x, &t,
			m->makes_default ? EXTLINUX_MAKE_DEFAULT : EXTLINUX_KEEP_DEFAULT);
	else if (m->makes_default)
		r = extlinux_set_default(&m->text, &x,
			x.items[strtoul(number_of(m->working), NULL, 10) % x.count].label);
	m->boots = m->makes_default;
	return r < 0 ? fault_no_memory(f) : 0;
}

/* ---- grub.cfg --------------------------------------------------------------------- */

static const struct grub_menuentry *item_of(const struct grub_cfg *c, const struct entry *e)
{
	for (size_t i = 0; i < c->count; i++)
		if (e->kind == ENTRY_GRUB2 && text_equal(c->items[i].number, number_of(e)))
			return &c->items[i];
	return NULL;
}

/* A menuentry of this root that names its release in its title, and is no rescue one. */
static const struct grub_menuentry *model_of(
	const struct planner *p, const struct grub_cfg *c, const char **ret_release)
{
	for (size_t i = 0; i < p->inv->entry_count; i++) {
		const struct entry *e = &p->inv->entries[i];
		const struct grub_menuentry *item = item_of(c, e);

		if (!item || !e->is_of_this_root || e->kernel < 0 || !item->linux_word ||
			item->hypervisor || item->behind == 0 || (item->id && strstr(item->id, "recovery")))
			continue;
		*ret_release = p->inv->kernels[e->kernel].release;
		if (strstr(item->title, *ret_release))
			return item;
	}
	return NULL;
}

/* The text of a new menuentry alone. */
static int new_menuentry(struct menu *m, const struct grub_cfg *c, struct buffer *ret)
{
	const struct system *s = m->p->inv->system;
	const struct bytes all = m->before;
	const struct place *place = s->boot.separate ? &s->boot : &s->root;
	const char *old = NULL, *release = m->p->plan->release;
	const struct grub_menuentry *model = model_of(m->p, c, &old);
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

/* What the menu's `default` comes from when nothing is to be started just once. */
static const char *default_text(const struct grub_cfg *c)
{
	for (size_t i = c->assignment_count; i-- > 0;)
		if (strcmp(c->assignments[i].name, "default") == 0 &&
			!strstr(c->assignments[i].value, "next_entry"))
			return c->assignments[i].value;
	return "0";
}

static bool is_number(const char *text)
{
	return isdigit((unsigned char)text[0]);
}

/* Where a new menuentry goes so that numbers still say what they said, or now say it. */
static size_t place_for(const struct menu *m, const struct grub_cfg *c)
{
	const char *text = default_text(c), *saved = m->p->inv->saved_entry;
	bool by_saved = strstr(text, "saved_entry");
	bool by_number = by_saved ? saved && is_number(saved) : is_number(text);
	unsigned long number = 0;

	if (!m->makes_default && by_number)
		return m->before.size;
	if (m->makes_default && !by_saved && by_number)
		number = strtoul(text, NULL, 0);
	if (number < c->top_count && !c->tops[number].is_conditional)
		return c->tops[number].at;
	return m->before.size;
}

static int insert(struct menu *m, size_t at, const struct buffer *entry)
{
	const struct bytes all = m->before;
	int r = buffer_append(&m->text, all.data, at);

	if (r >= 0 && at > 0 && all.data[at - 1] != '\n')
		r = buffer_puts(&m->text, "\n");
	if (r >= 0)
		r = buffer_append(&m->text, entry->data, entry->size);
	return r < 0 ? r : buffer_append(&m->text, all.data + at, all.size - at);
}

/* What grubenv says so that item starts; *ret NULL: grub.cfg does not ask grubenv. */
static int saved_text(char **ret, const struct grub_cfg *c, const struct grub_menuentry *item)
{
	bool nested = strchr(item->number, '>');
	const char *name = nested ? item->number : item->id ? item->id : item->title;

	*ret = strstr(default_text(c), "saved_entry") ? strdup(name) : NULL;
	return *ret || !strstr(default_text(c), "saved_entry") ? 0 : -ENOMEM;
}

/* The new menuentry as it stands in the new text; NULL: it does not say what it should. */
static const struct grub_menuentry *find_new(
	const struct menu *m, const struct grub_cfg *after, const struct grub_cfg *before)
{
	if (after->count != before->count + 1 || after->bad_line != 0)
		return NULL;
	for (size_t i = 0; i < after->count; i++)
		if (text_equal(after->items[i].linux_path, m->linux_path) &&
			!strchr(after->items[i].number, '>') && after->items[i].behind > 0)
			return &after->items[i];
	return NULL;
}

static int refuse_menu(const struct menu *m, const struct grub_cfg *before, struct fault *f)
{
	int r = fault_errno(f, EBADMSG, m->path, "add an entry to %s", m->path);

	if (before->bad_line > 0)
		fault_reason(f, "GRUB itself refuses line %u", before->bad_line);
	return r;
}

/* The menu starts the new item by itself: by its place, or by what grubenv will say. */
static bool is_chosen(const struct menu *m, const struct grub_cfg *c,
	const struct grub_menuentry *item)
{
	const char *text = default_text(c), *saved = m->p->inv->saved_entry;

	if (m->saved)
		return true;
	if (strstr(text, "saved_entry"))
		return saved && (text_equal(saved, item->id) || text_equal(saved, item->title));
	return text_equal(text, item->number) || text_equal(text, item->id);
}

static int add_menuentry(struct menu *m, const struct grub_cfg *before, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer entry = {0};
	_cleanup_(grub_cfg_done) struct grub_cfg after = {0};
	const struct grub_menuentry *item;
	int r = new_menuentry(m, before, &entry);

	if (r >= 0)
		r = insert(m, place_for(m, before), &entry);
	if (r < 0)
		return fault_no_memory(f);
	r = grub_cfg_parse(&after, buffer_bytes(&m->text), f);
	if (r < 0)
		return r;
	item = find_new(m, &after, before);
	if (!item)
		return refuse_menu(m, before, f);
	if (m->makes_default && !is_chosen(m, &after, item) &&
		saved_text(&m->saved, &after, item) < 0)
		return fault_no_memory(f);
	m->boots = is_chosen(m, &after, item);
	return 0;
}

static int write_menuentry(struct menu *m, struct fault *f)
{
	_cleanup_(grub_cfg_done) struct grub_cfg c = {0};
	const struct grub_menuentry *item;
	int r = grub_cfg_parse(&c, m->before, f);

	if (r < 0)
		return r;
	if (!m->working)
		return add_menuentry(m, &c, f);
	item = m->makes_default ? item_of(&c, m->working) : NULL;
	if (item && saved_text(&m->saved, &c, item) < 0)
		return fault_no_memory(f);
	m->boots = m->saved;
	return 0;
}

/* ---- all of them ------------------------------------------------------------------ */

static bool wants_default(const struct planner *p, const struct entry *working)
{
	if (p->options->default_choice == DEFAULT_KEEP || (working && working->is_default))
		return false;
	return p->options->default_choice == DEFAULT_SET || !planner_default_boots(p);
}

static int fill(struct menu *m, const char *initramfs, struct fault *f)
{
	const struct system *s = m->p->inv->system;
	_cleanup_free_ char *image = text_printf("/boot/vmlinuz-%s", m->p->plan->release);
	int r = planner_cmdline(m->p, &m->options, &m->origin, f);

	if (r < 0)
		return r;
	m->title = planner_title(m->p);
	m->linux_path = image ? system_loader_path(s, image) : NULL;
	m->initrd = system_loader_path(s, initramfs);
	return m->title && m->linux_path && m->initrd ? 0 : fault_no_memory(f);
}

/* The menu that is there; where it is gone, the head of a new one. */
static int find_text(struct menu *m)
{
	const struct inventory *inv = m->p->inv;
	int r = lost_menu(m->p) ? grub_cfg_write_head(&m->head) : 0;

	m->path = inv->grub_cfg ? inv->grub_cfg : planner_lost_grub_cfg(m->p);
	m->before = buffer_bytes(lost_menu(m->p) ? &m->head : &inv->loader_config);
	return r;
}

static int write_menu(struct menu *m, struct fault *f)
{
	switch (m->p->inv->loader) {
	case LOADER_GRUB_LEGACY:
		return write_legacy(m, f);
	case LOADER_EXTLINUX:
		return write_extlinux(m, f);
	default:
		return write_menuentry(m, f);
	}
}

static int add_operations(struct menu *m, struct fault *f)
{
	const char *path = m->path;
	const struct snapshot *now = inventory_observed(m->p->inv, path);
	struct operation *op;
	int r = 0;

	if (m->text.size > 0 && S_ISLNK(now->mode)) {
		r = fault_errno(f, ELOOP, path, "add an entry to %s", path);
		fault_reason(f, "it is a link to another file, which must be kept");
		return r;
	}
	if (m->text.size > 0) {
		r = planner_add(m->p, OP_ENTRY, path, now->exists ? now->mode & 07777 : 0600,
			m->text.size, &op, "%s%s",
			m->working ? "the present default entry does not boot"
				   : "the command line comes from ",
			m->working ? "" : m->origin);
		if (r < 0)
			return fault_no_memory(f);
		op->content = TAKE_STRUCT(m->text);
	}
	return m->saved ? planner_save_default(m->p, m->saved, f) : 0;
}

int planner_menu(struct planner *p, const struct entry *working, const char *initramfs,
	struct fault *f)
{
	_cleanup_(menu_done) struct menu m = {.p = p, .working = working};
	int r = 0;

	if (!working && !initramfs)
		return 0; /* an entry without the initramfs it needs would be a trap */
	m.makes_default = wants_default(p, working);
	if (find_text(&m) < 0)
		return fault_no_memory(f);
	if (!working)
		r = fill(&m, initramfs, f);
	if (r >= 0)
		r = write_menu(&m, f);
	if (r >= 0)
		r = add_operations(&m, f);
	p->plan->boots = r >= 0 && (m.boots || planner_default_boots(p) ||
					   (working && working->is_default));
	return r;
}
