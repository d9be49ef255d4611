/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An entry for systemd-boot, as 90-loaderentry.install of its kernel-install writes it,
 * and loader.conf where another entry would start.
 */
#include "planner.h"

#include "formats/bls.h"
#include "formats/cmdline.h"
#include "formats/loader_conf.h"

#include <ctype.h>
#include <errno.h>

static const char *pretty_name(const struct system *s)
{
	return s->os_pretty_name ? s->os_pretty_name : s->os_name ? s->os_name : "Linux";
}

/* The path as it is on the file system that holds the entry. */
static const char *path_there(const struct systemd_boot *s, const char *path)
{
	return text_starts(path, s->root) ? path + strlen(s->root) : path;
}

/* kernel-install tells the system its identity where the entry's name comes from that. */
static bool is_named_by_machine(const struct planner *p)
{
	const char *id = p->inv->system->machine_id;

	return id && text_equal(id, p->inv->entry_token);
}

static char *with_machine_id(const struct planner *p, const char *options)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};

	if (!is_named_by_machine(p) || cmdline_parse(&c, options) < 0 ||
		cmdline_has(&c, "systemd.machine_id"))
		return strdup(options);
	return text_printf(
		"%s systemd.machine_id=%s", options, p->inv->system->machine_id);
}

static int write_entry(const struct planner *p, struct buffer *ret, const char *initramfs,
	const char *options)
{
	const struct systemd_boot *s = &p->inv->systemd;
	const struct system *sys = p->inv->system;
	_cleanup_free_ char *image = inventory_image_path(p->inv, p->plan->release);
	_cleanup_free_ char *line = with_machine_id(p, options);
	struct bls_template entry = {
		.title = pretty_name(sys),
		.version = p->plan->release,
		.machine_id = is_named_by_machine(p) ? sys->machine_id : NULL,
		.sort_key = sys->os_id,
		.linux_path = image ? path_there(s, image) : NULL,
		.initrd = path_there(s, initramfs),
		.options = line,
	};

	return image && line ? bls_write(ret, &entry) : -ENOMEM;
}

/* ---- which entry starts ----------------------------------------------------------- */

/* It will stand in the menu: entries without their kernel do not. */
static bool will_be_shown(const struct planner *p, const struct entry *e)
{
	return e->is_read && e->linux_path && planner_will_exist(p, e->linux_path);
}

/* How early it is asked for: by a variable of the firmware, by loader.conf, or not. */
static int rank(const struct planner *p, const char *name)
{
	const char *const patterns[] = {p->inv->systemd.asked, p->inv->systemd.wanted};

	for (int i = 0; i < (int)ARRAY_SIZE(patterns); i++)
		if (patterns[i] && name && loader_conf_matches(patterns[i], name))
			return i;
	return (int)ARRAY_SIZE(patterns);
}

static bool comes_first(
	const struct planner *p, const struct bls_sort *a, const struct bls_sort *b)
{
	int a_rank = rank(p, a->id), b_rank = rank(p, b->id);

	return a_rank == b_rank ? bls_compare_systemd(a, b) < 0 : a_rank < b_rank;
}

/* Nothing that is written into loader.conf changes what that variable asks for. */
static bool is_asked_for_another(const struct planner *p, const struct bls_sort *mine)
{
	for (size_t i = 0; i < p->inv->entry_count; i++) {
		const struct entry *e = &p->inv->entries[i];

		if (will_be_shown(p, e) && !text_equal(e->loader_name, mine->id) &&
			rank(p, e->loader_name) == 0)
			return rank(p, mine->id) != 0;
	}
	return false;
}

static bool starts_by_itself(const struct planner *p, const struct bls_sort *mine)
{
	const struct inventory *inv = p->inv;

	for (size_t i = 0; i < inv->entry_count; i++) {
		const struct entry *e = &inv->entries[i];
		const struct bls_sort other = entry_sort(e);

		if (will_be_shown(p, e) && !text_equal(other.id, mine->id) &&
			comes_first(p, &other, mine))
			return false;
	}
	return true;
}

static int save_default(struct planner *p, const char *name, struct fault *f)
{
	const struct systemd_boot *s = &p->inv->systemd;
	_cleanup_(buffer_done) struct buffer content = {0};
	struct operation *op;
	int r = loader_conf_set_default(&content, buffer_bytes(&s->conf), name);

	if (r == -EINVAL) {
		fault_errno(f, EINVAL, s->conf_path, "make %s the default entry", name);
		return r;
	}
	if (r >= 0)
		r = planner_add(p, OP_DEFAULT, s->conf_path, 0644, content.size, &op,
			"%s",
			p->options->default_choice == DEFAULT_SET
				? "it was asked to become the default entry"
				: "another entry would start, which does not boot");
	if (r < 0)
		return fault_no_memory(f);
	op->content = TAKE_STRUCT(content);
	return 0;
}

static int choose_default(struct planner *p, const struct bls_sort *mine, struct fault *f)
{
	bool boots = planner_default_boots(p);
	int r = 0;

	if (starts_by_itself(p, mine)) {
		p->plan->boots = true;
		return 0;
	}
	if (!is_asked_for_another(p, mine) &&
		(p->options->default_choice == DEFAULT_SET ||
			(p->options->default_choice == DEFAULT_AUTO && !boots))) {
		r = save_default(p, mine->id, f);
		boots = true;
	}
	p->plan->boots = r >= 0 && boots;
	return r;
}

/* What systemd-boot calls the entry of that id. */
static char *loader_name(const char *id)
{
	char *name = text_printf("%s.conf", id);

	for (char *c = name; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return name;
}

int planner_systemd_boot(struct planner *p, const struct entry *working,
	const char *initramfs, struct fault *f)
{
	const struct system *sys = p->inv->system;
	_cleanup_free_ char *id =
		text_printf("%s-%s", p->inv->entry_token, p->plan->release);
	_cleanup_free_ char *name = id ? loader_name(id) : NULL;
	struct bls_sort mine = {name, sys->os_id,
		is_named_by_machine(p) ? sys->machine_id : NULL, p->plan->release, -1,
		-1};
	int r = 0;

	if (!name)
		return fault_no_memory(f);
	if (working)
		mine = entry_sort(working);
	else if (initramfs)
		r = planner_add_bls(p, id, initramfs, write_entry, f);
	else
		return 0; /* an entry without the initramfs it needs would be a trap */
	return r < 0 ? r : choose_default(p, &mine, f);
}
