/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the inventory of one system; each file of this room reads one part of it. */
#include "reader.h"

#include <errno.h>

void draft_done(struct draft *d)
{
	entry_done(&d->entry);
	free(d->release);
	free(d->number);
	*d = (struct draft){0};
}

void reader_done(struct reader *r)
{
	inventory_done(&r->inv);
	grub_cfg_done(&r->cfg);
	grub_menu_done(&r->menu);
	free(r->grub_prefix);
	free(r->named_cfg);
	grub_legacy_done(&r->legacy);
	extlinux_done(&r->extlinux);
	grubenv_done(&r->env);
	grubenv_done(&r->raw_env);
	for (size_t i = 0; i < r->draft_count; i++)
		draft_done(&r->drafts[i]);
	free(r->drafts);
	strings_done(&r->boot);
	strings_done(&r->releases);
}

int reader_cannot_read(struct reader *r, const char *path, int error)
{
	if (error == -ENOENT || error == -ENOTDIR)
		return 0;
	return findings_add(&r->inv.findings, "device-unreadable", SEVERITY_WARNING, NULL,
		path, "cannot read %s: %s", path, strerror(-error));
}

int reader_text(struct reader *r, const char *path, size_t limit, char **ret)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = target_read(r->t, path, limit, &text, NULL);

	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	*ret = buffer_steal(&text);
	return *ret ? 0 : -ENOMEM;
}

int reader_list(struct reader *r, const char *path, struct strings *ret)
{
	int error = target_list(r->t, path, ret, NULL);

	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	return 0;
}

bool reader_is_directory(const struct reader *r, const char *path)
{
	struct stat st;

	return target_stat(r->t, path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* In this order: each step uses what those before it found. */
static int read_all(struct reader *r)
{
	static int (*const steps[])(struct reader *) = {
		read_surroundings,
		read_loader,
		check_esp,
		check_esp_programs,
		read_cmdline_sources,
		read_spaces,
		read_entries,
		check_entries,
		order_entries,
		read_entry_token,
		read_systemd_boot,
		read_releases,
		read_kernels,
		link_entries,
		find_default,
		read_clues,
		read_cached_rpms,
		read_generator,
		publish_entries,
	};
	int error = 0;

	for (size_t i = 0; error >= 0 && i < ARRAY_SIZE(steps); i++)
		error = steps[i](r);
	if (error >= 0)
		error = inventory_observe(&r->inv);
	return error == -E2BIG ? reader_cannot_read(r, "/boot", error) : error;
}

int inventory_read(struct inventory *ret, const struct system *sys,
		   const struct readings *known, struct fault *f)
{
	_cleanup_(reader_done) struct reader r = {
		.sys = sys, .t = &sys->target, .known = known};
	int error;

	r.inv.system = sys;
	r.inv.default_entry = -1;
	error = read_all(&r);
	if (error == -ENOMEM)
		return fault_no_memory(f);
	if (error < 0) {
		fault_errno(f, -error, NULL, "take the inventory");
		fault_system(f, sys->id);
		return error;
	}
	r.inv.grubenv = TAKE_STRUCT(r.env);
	*ret = TAKE_STRUCT(r.inv);
	return 0;
}
