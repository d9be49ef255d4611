/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a root lies on, and so what an initramfs must open: by the devices below it, by
 * the names in fstab, by crypttab.
 */
#include "lvm.h"

#include <errno.h>

#define CRYPTTAB "/etc/crypttab"

const char *root_piece_name(enum root_piece p)
{
	static const char *const names[ROOT_PIECES] = {"an LVM volume", "an md array",
		"an encrypted device (LUKS)",
		"an encrypted device (LUKS) that clevis opens", "a multipath device",
		"a bcache device", "a ZFS pool", "an iSCSI disk", "an NFS server",
		"a device that comes over the network", "FIPS mode (fips=1)"};
	size_t i = 0;

	while (i < ROOT_PIECES - 1 && p != 1u << i)
		i++;
	return names[i];
}

/* ---- names ---- */
static bool is_server_path(const char *source)
{
	const char *colon = strstr(source, ":/");

	return source[0] != '/' && colon && colon != source && !strchr(source, '=');
}

unsigned root_source_pieces(const char *source)
{
	static const struct {
		const char *start;
		unsigned piece;
	} known[] = {
		{"/dev/md", PIECE_MD},
		{"/dev/mapper/luks-", PIECE_CRYPT},
		{"/dev/mapper/mpath", PIECE_MULTIPATH},
		{"/dev/bcache", PIECE_BCACHE},
		{"/dev/zd", PIECE_ZFS},
		{"/dev/zvol/", PIECE_ZFS},
		{"zfs:", PIECE_ZFS},
		{"ZFS=", PIECE_ZFS},
		{"iscsi:", PIECE_ISCSI},
		{"nfs:", PIECE_NFS},
		{"nfs4:", PIECE_NFS},
		{"/dev/nfs", PIECE_NFS},
		{"dhcp", PIECE_NFS}, /* and the DHCP server names the rest */
		{"nbd:", PIECE_NETWORK},
		{"/dev/nbd", PIECE_NETWORK},
		{"/dev/rbd", PIECE_NETWORK},
		{"fcoe:", PIECE_NETWORK},
	};

	for (size_t i = 0; source && i < ARRAY_SIZE(known); i++) {
		if (text_starts(source, known[i].start))
			return known[i].piece;
	}
	return source && is_server_path(source) ? PIECE_NFS : 0;
}

static const char *volume_unreachable(const struct landscape *l, int device)
{
	const struct volume *one = volume_of_device(l, device);
	const char *kind;

	if (!one)
		return "a device-mapper volume of an unknown kind";
	kind = volume_unopenable(one->lv);
	if (kind)
		return kind;
	for (size_t i = 0; i < one->group->vg->pv_count; i++) {
		size_t pv = one->group->members[i];
		const char *below =
			pv == VOLUME_PV_MISSING
				? NULL
				: stack_unreachable(l, l->volumes->pvs[pv].device);

		if (below)
			return below;
	}
	return NULL;
}

static unsigned layer_pieces(const struct device *d)
{
	if (d->type == DEVICE_LVM)
		return PIECE_LVM;
	if (d->type == DEVICE_RAID)
		return PIECE_MD;
	return d->type == DEVICE_CRYPT ? d->pieces | PIECE_CRYPT : d->pieces;
}

/* The one by which a stack is called where it has several. */
static const char *name_unreachable(unsigned pieces)
{
	for (unsigned i = ROOT_PIECES; i-- > 0;) {
		if (pieces & ~(unsigned)PIECE_LVM & 1u << i)
			return root_piece_name(1u << i);
	}
	return NULL;
}

const char *stack_unreachable(const struct landscape *l, int device)
{
	/* An LV on an LV on … ends, as sysfs is not trusted. */
	for (size_t i = 0; device >= 0 && i < l->device_count; i++) {
		const struct device *d = &l->devices[device];
		const char *name = name_unreachable(layer_pieces(d));

		if (d->type == DEVICE_LVM)
			return volume_unreachable(l, device);
		if (name)
			return name;
		if (d->mapper_uuid && !text_starts(d->mapper_uuid, "part"))
			return "a device-mapper device of an unknown kind";
		device = d->parent;
	}
	return NULL;
}

static unsigned stack_pieces(const struct landscape *l, int device)
{
	unsigned pieces = 0;

	for (size_t i = 0; device >= 0 && i < l->device_count; i++) {
		const struct volume *one = volume_of_device(l, device);

		pieces |= layer_pieces(&l->devices[device]);
		for (size_t n = 1; one && n < one->group->vg->pv_count; n++) {
			size_t pv = one->group->members[n];

			if (pv != VOLUME_PV_MISSING)
				pieces |= layer_pieces(
					&l->devices[l->volumes->pvs[pv].device]);
		}
		device = l->devices[device].parent;
	}
	return pieces;
}

/* ---- files ---- */
static bool has_option(const struct fstab_line *line, const char *name)
{
	_cleanup_free_ char *value = mount_option(line->options, name);

	return value != NULL;
}

static unsigned line_pieces(const struct fstab_line *line)
{
	unsigned pieces = root_source_pieces(line->source);

	if (text_starts(line->type, "nfs"))
		pieces |= PIECE_NFS;
	if (text_equal(line->type, "zfs"))
		pieces |= PIECE_ZFS;
	if (pieces == 0 && has_option(line, "_netdev"))
		pieces |= PIECE_NETWORK;
	return pieces;
}

/* crypttab(5) has four words a line, as fstab: name, device, key, options. */
static unsigned crypt_pieces(const struct fstab *crypttab, const char *source)
{
	static const char mapper[] = "/dev/mapper/";

	for (size_t i = 0; i < crypttab->count; i++) {
		const struct fstab_line *line = &crypttab->items[i];

		if (!text_starts(source, mapper) ||
			strcmp(source + strlen(mapper), line->source) != 0)
			continue;
		return PIECE_CRYPT | (has_option(line, "_netdev") ? PIECE_CLEVIS : 0u);
	}
	return 0;
}

static int file_pieces(struct system *s)
{
	static const char *const paths[] = {"/", "/usr"};
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(fstab_done) struct fstab crypttab = {0};
	int r = target_read(&s->target, CRYPTTAB, FSTAB_MAX_SIZE, &text, NULL);

	if (r == 0)
		r = fstab_parse(&crypttab, buffer_bytes(&text), NULL);
	if (r == -ENOMEM)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct fstab_line *line = fstab_find(&s->fstab, paths[i]);

		if (line)
			s->pieces |= line_pieces(line) |
				     crypt_pieces(&crypttab, line->source);
	}
	return 0;
}


static void find_unreachable(const struct landscape *l, struct system *s)
{
	s->unreachable = s->by_directory
				 ? backup_unreachable(&s->target, s->root.source)
				 : stack_unreachable(l, s->root.device);
	if (!s->unreachable && s->usr.separate)
		s->unreachable = stack_unreachable(l, s->usr.device);
}

int stack_read(const struct landscape *l, struct system *s)
{
	int r;

	s->pieces = stack_pieces(l, s->root.device);
	if (s->usr.separate)
		s->pieces |= stack_pieces(l, s->usr.device);
	r = file_pieces(s);
	if (r < 0)
		return r;
	r = lvm_report_unlisted(l, s);
	if (r < 0)
		return r;
	find_unreachable(l, s);
	if ((s->pieces & PIECE_CLEVIS) ||
		(name_unreachable(s->pieces) && !s->unreachable))
		s->unreachable = name_unreachable(s->pieces);
	return 0;
}
