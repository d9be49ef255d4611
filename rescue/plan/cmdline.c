/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel command line of a new entry: what kernel-install would take for it, another
 * entry of the same root, the files that it reads, grubenv's kernelopts, /etc/default/grub, and last what fstab tells.
 * Never the rescue medium's own.
 */
#include "planner.h"

#include "formats/cmdline.h"

#include <errno.h>

/* A BLS entry's variables mean nothing to a loader that does not read it. */
static bool is_readable(const struct inventory *inv, const struct entry *e)
{
	return e->kind != ENTRY_BLS || (inv->loader != LOADER_MENUENTRIES &&
					       inv->loader != LOADER_GRUB_LEGACY &&
					       inv->loader != LOADER_EXTLINUX);
}

const struct entry *planner_template(const struct planner *p)
{
	const struct inventory *inv = p->inv;
	const struct entry *first = NULL;

	for (size_t i = 0; i < inv->entry_count; i++) {
		const struct entry *e = &inv->entries[i];

		if (!e->is_of_this_root || !e->raw_options || !is_readable(inv, e))
			continue;
		if (e->is_default)
			return e;
		if (!first)
			first = e;
	}
	return first;
}

/* How this system's root is named on a command line; NULL: not known, or no memory. */
static char *root_word(const struct system *s)
{
	if (s->root.uuid)
		return text_printf("root=UUID=%s", s->root.uuid);
	if (s->root.source)
		return text_printf("root=%s", s->root.source);
	return NULL;
}

static bool names_root(const struct cmdline *c, const struct system *s)
{
	_cleanup_free_ char *root = cmdline_get(c, "root");
	_cleanup_free_ char *uuid = NULL;

	if (!root)
		return false;
	uuid = s->root.uuid ? text_printf("UUID=%s", s->root.uuid) : NULL;
	if (uuid && strcasecmp(root, uuid) == 0)
		return true;
	/* fstab may name the UUID that the root had before it was copied. */
	return text_equal(root, s->root.source) && !(uuid && text_starts(root, "UUID="));
}

/* Without rootflags= the kernel mounts the default subvolume, which seldom is the root. */
static bool names_subvolume(const struct cmdline *c, const struct system *s)
{
	_cleanup_free_ char *flags = cmdline_get(c, "rootflags");
	_cleanup_free_ char *name = flags ? mount_option(flags, "subvol") : NULL;
	_cleanup_free_ char *number = flags ? mount_option(flags, "subvolid") : NULL;
	uint64_t id;

	if (!s->subvolume)
		return true;
	if (name)
		return strcmp(name + strspn(name, "/"), s->subvolume) == 0;
	if (number)
		return s->subvolume_id == 0 || (text_to_u64(number, UINT64_MAX, &id) &&
						       id == s->subvolume_id);
	return s->is_default_subvolume;
}

/* Takes rootflags= off the words: " rootflags=…,subvol=…"; "" where there is no subvolume. */
static char *subvolume_word(struct cmdline *c, const struct system *s)
{
	_cleanup_free_ char *flags = s->subvolume ? cmdline_get(c, "rootflags") : NULL;
	_cleanup_free_ char *name = flags ? mount_option(flags, "subvol") : NULL;

	if (!s->subvolume)
		return strdup("");
	if (cmdline_remove(c, "rootflags") < 0)
		return NULL;
	if (!flags || !*flags || name) /* another root's subvolume, and its options */
		return text_printf(" rootflags=subvol=%s", s->subvolume);
	return text_printf(" rootflags=%s,subvol=%s", flags, s->subvolume);
}

/* Puts this system's root= (and subvolume) in front where the text names none or another. */
static int with_root(char **ret, const char *text, const struct system *s)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	_cleanup_free_ char *root = NULL, *rest = NULL, *flags = NULL;
	int r = cmdline_parse(&c, text);

	if (r < 0)
		return r;
	if (names_root(&c, s) && names_subvolume(&c, s))
		return (*ret = strdup(text)) ? 0 : -ENOMEM;
	root = root_word(s);
	if (!root)
		return -ENODATA;
	flags = subvolume_word(&c, s);
	rest = flags && cmdline_remove(&c, "root") >= 0 ? cmdline_text(&c) : NULL;
	if (!rest)
		return -ENOMEM;
	*ret = text_printf("%s%s%s%s", root, flags, *rest ? " " : "", rest);
	return *ret ? 0 : -ENOMEM;
}

static int no_root(const struct planner *p, struct fault *f)
{
	fault_errno(f, ENODATA, NULL, "write a boot entry for kernel %s", p->plan->release);
	fault_reason(f, "nothing tells how the kernel finds the root file system");
	fault_hint(f, "give the kernel command line: --options \"root=UUID=… ro\"");
	return -ENODATA;
}

/* What kernel-install writes into entries of its own kind, where it is of this root. */
static const char *configured(const struct planner *p, const char **ret_origin)
{
	const struct cmdline_sources *from = &p->inv->cmdline;
	const char *text = from->etc_kernel_cmdline;
	_cleanup_(cmdline_done) struct cmdline c = {0};
	enum loader_rules rules = p->inv->loader;

	*ret_origin = "/etc/kernel/cmdline";
	if (!text || (rules != LOADER_BLSCFG_EL9 && rules != LOADER_BLSUKI &&
			     rules != LOADER_SYSTEMD_BOOT))
		return NULL;
	if (cmdline_parse(&c, text) < 0 || !names_root(&c, p->inv->system) ||
		!names_subvolume(&c, p->inv->system))
		return NULL;
	return text;
}

/* Another entry's; systemd-boot knows no variables. */
static const char *of_template(const struct planner *p, const char **ret_origin)
{
	const struct entry *e = planner_template(p);

	*ret_origin = "another boot entry";
	if (!e)
		return NULL;
	return p->inv->systemd.root && e->options ? e->options : e->raw_options;
}

/* Sources whose root= may be another's, or missing. -ENODATA: nothing tells the root. */
static int of_sources(const struct planner *p, char **ret, const char **ret_origin)
{
	const struct cmdline_sources *from = &p->inv->cmdline;
	const struct {
		const char *text, *origin;
	} sources[] = {
		{from->etc_kernel_cmdline, "/etc/kernel/cmdline"},
		{from->usr_kernel_cmdline, "/usr/lib/kernel/cmdline"},
		{from->kernelopts, "kernelopts in grubenv"},
		{from->default_grub, "/etc/default/grub"},
		{"ro", "fstab"},
	};
	int r = -ENODATA;

	for (size_t i = 0; i < ARRAY_SIZE(sources) && r == -ENODATA; i++) {
		if (!sources[i].text || !*sources[i].text)
			continue;
		*ret_origin = sources[i].origin;
		r = with_root(ret, sources[i].text, p->inv->system);
	}
	return r;
}

int planner_cmdline(const struct planner *p, char **ret, char **ret_origin,
		    struct fault *f)
{
	_cleanup_free_ char *text = NULL, *from = NULL;
	const char *asked = p->options->cmdline, *origin = "--options";
	const char *found = asked ? asked : configured(p, &origin);
	int r = 0;

	if (!found)
		found = of_template(p, &origin);
	if (!found)
		r = of_sources(p, &text, &origin);
	else if (!(text = strdup(found)))
		r = -ENOMEM;
	if (r == -ENODATA)
		return no_root(p, f);
	from = r < 0 ? NULL : strdup(origin);
	if (r >= 0)
		r = from ? 0 : -ENOMEM;
	if (r >= 0 && !asked)
		r = planner_check_words(p, &text, &from);
	if (r < 0)
		return fault_no_memory(f);
	*ret = TAKE_PTR(text);
	*ret_origin = TAKE_PTR(from);
	return 0;
}
