/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts about the system that steer a repair: merged /usr, SELinux, a repair cut short.
 */
#include "reader.h"

#include "selinux.h"

#include <errno.h>

static void read_merged_usr(struct reader *r)
{
	_cleanup_free_ char *link = NULL;
	struct stat st;

	if (target_lstat(r->t, "/lib", &st) == 0 && S_ISLNK(st.st_mode) &&
		target_readlink(r->t, "/lib", &link) == 0)
		r->inv.merged_usr =
			text_ends(link, "usr/lib") || text_ends(link, "usr/lib/");
}

static int read_selinux(struct reader *r)
{
	int error = selinux_policy_type(&r->inv.selinux_type, r->t, NULL);

	r->inv.selinux = r->inv.selinux_type != NULL;
	if (error >= 0)
		error = selinux_lost_policy(&r->inv.lost_policy, r->t, NULL);
	if (error < 0 && error != -ENOMEM)
		return reader_cannot_read(r, "/etc/selinux/config", error);
	return error;
}

/* The journal is there only between the beginning of a transaction and its end. */
static int read_hot_journal(struct reader *r)
{
	static const char path[] = "/.rescue/journal";
	_cleanup_(journal_done) struct journal j = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = target_read(r->t, path, JOURNAL_MAX_SIZE, &text, NULL);

	if (error == -ENOENT || error == -ENOTDIR)
		return 0;
	if (error == -ENOMEM)
		return error;
	r->inv.has_hot_journal = true;
	if (error < 0)
		return reader_cannot_read(r, path, error);
	error = journal_parse(&j, buffer_bytes(&text), NULL);
	if (error == 0)
		r->inv.hot_transaction = TAKE_PTR(j.transaction);
	return error == -ENOMEM ? error : 0;
}

int read_surroundings(struct reader *r)
{
	int error;

	read_merged_usr(r);
	error = read_selinux(r);
	return error < 0 ? error : read_hot_journal(r);
}
