/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a device holds: file system, UUID, label (libblkid), and whether it was left
 * unclean, which libblkid does not tell.
 * Superblocks: Linux fs/ext4/ext4.h, fs/btrfs/btrfs_tree.h, fs/fat (msdos_fs.h); OpenZFS
 * include/sys/vdev_impl.h, module/nvpair/nvpair.c (nvs_header_t).
 */
#include "formats/luks.h"
#include "local.h"
#include "thread.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LUKS_START 4096
#define EXT_SUPERBLOCK 1024
#define EXT_STATE 0x3a
#define EXT_COMPAT 0x5c
#define EXT_INCOMPAT 0x60
#define EXT_RO_COMPAT 0x64
#define EXT_LAST_ORPHAN 0xe8
#define EXT_VALID 0x1              /* s_state: it was unmounted */
#define EXT_HAS_JOURNAL 0x4        /* compat */
#define EXT_NEEDS_RECOVERY 0x4     /* incompat */
#define EXT_ORPHAN_PRESENT 0x10000 /* ro_compat */
#define BTRFS_LOG_ROOT (65536 + 0x60)
#define FAT_STATE 0x25 /* FAT12, FAT16 */
#define FAT32_STATE 0x41
#define FAT_DIRTY 0x1
#define ZFS_LABEL ((uint64_t)256 * 1024) /* two at the start, two at the end */
#define ZFS_LIST 16384			 /* vdev_label_t.vl_vdev_phys */

static void probe_done(blkid_probe *pr)
{
	blkid_free_probe(*pr);
}

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool ext_is_unclean(const struct device *d, int fd)
{
	uint8_t sb[1024];

	if (device_read(d, fd, EXT_SUPERBLOCK, sb, sizeof(sb)) != sizeof(sb))
		return false;
	if (le32(sb + EXT_LAST_ORPHAN) != 0 ||
		(le32(sb + EXT_RO_COMPAT) & EXT_ORPHAN_PRESENT))
		return true;
	if (le32(sb + EXT_COMPAT) & EXT_HAS_JOURNAL)
		return le32(sb + EXT_INCOMPAT) & EXT_NEEDS_RECOVERY;
	return !(sb[EXT_STATE] & EXT_VALID);
}

static bool btrfs_is_unclean(const struct device *d, int fd)
{
	static const uint8_t none[8];
	uint8_t log_root[8];

	return device_read(d, fd, BTRFS_LOG_ROOT, log_root, sizeof(log_root)) == 8 &&
	       memcmp(log_root, none, sizeof(none)) != 0;
}

static bool fat_is_unclean(const struct device *d, int fd)
{
	uint8_t sector[512];

	if (device_read(d, fd, 0, sector, sizeof(sector)) != sizeof(sector))
		return false;
	/* FAT32 has no 16-bit count of sectors in a FAT. */
	if (sector[0x16] == 0 && sector[0x17] == 0)
		return sector[FAT32_STATE] & FAT_DIRTY;
	return sector[FAT_STATE] & FAT_DIRTY;
}

static bool is_unclean(const struct device *d, int fd)
{
	if (text_starts(d->fstype, "ext"))
		return ext_is_unclean(d, fd);
	if (strcmp(d->fstype, "btrfs") == 0)
		return btrfs_is_unclean(d, fd);
	return strcmp(d->fstype, "vfat") == 0 && fat_is_unclean(d, fd);
}

static unsigned role_of_contents(const char *fstype)
{
	static const struct {
		const char *fstype;
		unsigned role;
	} roles[] = {
		{"swap", ROLE_SWAP},
		{"swsuspend", ROLE_SWAP},
		{"LVM2_member", ROLE_LVM_PV},
		{"LVM1_member", ROLE_LVM_PV},
		{"mpath_member", ROLE_MULTIPATH},
		{"bcache", ROLE_BCACHE},
		{"zfs_member", ROLE_ZFS},
		{"crypto_LUKS", ROLE_LUKS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		if (strcmp(roles[i].fstype, fstype) == 0)
			return roles[i].role;
	}
	/* md's own, and what controllers write: isw_raid_member, ddf_raid_member, … */
	return text_ends(fstype, "_raid_member") ? ROLE_RAID_MEMBER : 0;
}

/* 0, also where the probe does not have that value; -ENOMEM. */
static int take_value(char **ret, blkid_probe pr, const char *name)
{
	const char *value;

	if (*ret || blkid_probe_lookup_value(pr, name, &value, NULL) < 0)
		return 0;
	*ret = strdup(value);
	return *ret ? 0 : -ENOMEM;
}

static bool starts_zfs_list(const struct device *d, int fd, uint64_t label)
{
	/* XDR; 0 or 1, the writer's byte order; nothing else in these four bytes. */
	uint8_t start[4];

	return device_read(d, fd, label + ZFS_LIST, start, sizeof(start)) == sizeof(start) &&
	       start[0] == 1 && start[1] <= 1 && start[2] == 0 && start[3] == 0;
}

/*
 * libblkid reads a MiB of each device for ZFS, more than for all else. Only where one of
 * the four labels has its list of values is that worth while.
 */
static bool may_be_zfs(const struct device *d, int fd)
{
	const uint64_t end = d->size / ZFS_LABEL * ZFS_LABEL;

	if (end < 4 * ZFS_LABEL)
		return false;
	return starts_zfs_list(d, fd, 0) || starts_zfs_list(d, fd, ZFS_LABEL) ||
	       starts_zfs_list(d, fd, end - 2 * ZFS_LABEL) ||
	       starts_zfs_list(d, fd, end - ZFS_LABEL);
}

/* 0 something or nothing found, -EILSEQ several contradicting signatures, -EIO. */
static int probe_superblock(struct device *d, int fd)
{
	static char zfs[] = "zfs_member", *const types[] = {zfs, NULL};
	_cleanup_(probe_done) blkid_probe pr = blkid_new_probe();
	int r;

	if (!pr)
		return -ENOMEM;
	device_read_ahead(d, fd);
	if (blkid_probe_set_device(
		    pr, fd, (blkid_loff_t)d->offset, (blkid_loff_t)d->size) < 0)
		return -EIO;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(
		pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL);
	if (!may_be_zfs(d, fd))
		blkid_probe_filter_superblocks_type(pr, BLKID_FLTR_NOTIN, (char **)types);
	errno = 0;
	r = blkid_do_safeprobe(pr);
	if (r != 0)
		return r == 1 ? 0 : r == -2 ? -EILSEQ : errno ? -errno : -EIO;
	r = take_value(&d->fstype, pr, "TYPE");
	if (r == 0)
		r = take_value(&d->uuid, pr, "UUID");
	if (r == 0)
		r = take_value(&d->label, pr, "LABEL");
	return r;
}

/* What the partition table says of a partition, as far as sysfs leads to its disk. */
static int probe_entry(struct device *d, int fd)
{
	_cleanup_(probe_done) blkid_probe pr = blkid_new_probe();
	int r;

	if (!pr)
		return -ENOMEM;
	if (blkid_probe_set_device(pr, fd, 0, 0) < 0)
		return 0;
	blkid_probe_enable_superblocks(pr, 0);
	blkid_probe_enable_partitions(pr, 1);
	blkid_probe_set_partitions_flags(pr, BLKID_PARTS_ENTRY_DETAILS);
	if (blkid_do_safeprobe(pr) != 0)
		return 0;
	r = take_value(&d->partuuid, pr, "PART_ENTRY_UUID");
	if (r == 0)
		r = take_value(&d->partlabel, pr, "PART_ENTRY_NAME");
	if (r == 0)
		r = take_value(&d->parttype, pr, "PART_ENTRY_TYPE");
	return r;
}

/* Only what the device says of itself: whether clevis's secrets can be had is not asked. */
static bool is_bound_to_clevis(const struct device *d, int fd)
{
	uint8_t start[LUKS_START];
	ssize_t got = device_read(d, fd, 0, start, sizeof(start));
	uint64_t size = got < 0 ? 0
				: luks_header_size((struct bytes){start, (size_t)got});
	_cleanup_free_ uint8_t *header = size > 0 ? malloc(size) : NULL;

	got = header ? device_read(d, fd, 0, header, size) : -1;
	return got > 0 && luks_is_bound_to_clevis((struct bytes){header, (size_t)got});
}

static int probe_contents(struct device *d, int fd)
{
	int r = probe_superblock(d, fd);

	if (r < 0 || !d->fstype)
		return r;
	d->roles |= role_of_contents(d->fstype);
	if ((d->roles & ROLE_LUKS) && is_bound_to_clevis(d, fd))
		d->pieces |= PIECE_CLEVIS;
	d->unclean = is_unclean(d, fd);
	return 0;
}

int device_probe(struct device *ret, const char *path, struct fault *f)
{
	_cleanup_(device_done) struct device d = {.parent = -1, .system = -1};
	_cleanup_close_ int fd = -1;
	int r;

	d.path = strdup(path);
	d.backing = strdup(path);
	if (!d.path || !d.backing)
		return fault_no_memory(f);
	fd = device_open(&d, O_RDONLY, f);
	if (fd < 0)
		return fd;
	if (ioctl(fd, BLKGETSIZE64, &d.size) < 0)
		return fault_errno(f, errno, path, "find the size of %s", path);
	r = probe_contents(&d, fd);
	if (r == -EILSEQ)
		r = 0;
	if (r == 0)
		r = probe_entry(&d, fd);
	if (r < 0)
		return fault_errno(f, -r, path, "read %s", path);
	*ret = TAKE_STRUCT(d);
	return 0;
}

static int report_unreadable(struct landscape *l, const struct device *d, int error)
{
	if (error == ENOMEM)
		return -ENOMEM;
	if (error == EILSEQ)
		return findings_add(&l->findings, "device-unreadable", SEVERITY_WARNING,
			NULL, d->path,
			"%s carries signatures of several file systems at once", d->path);
	return findings_add(&l->findings, "device-unreadable", SEVERITY_WARNING, NULL,
		d->path, "%s cannot be read: %s", d->path, strerror(error));
}

static bool is_worth_probing(const struct device *d)
{
	return !device_is_extended(d) && d->size > 0 && !d->is_divided && !d->is_inactive;
}

/* Devices are waited for side by side: each is asked by one thread alone. */
struct probing {
	struct device *devices;
	int *results; /* of each: 0 or -errno */
};

static void probe_one(void *data, size_t i)
{
	struct probing *p = data;
	struct device *d = &p->devices[i];
	_cleanup_close_ int fd = -1;

	if (!is_worth_probing(d))
		return;
	fd = device_open(d, O_RDONLY, NULL);
	p->results[i] = fd < 0 ? fd : probe_contents(d, fd);
}

int contents_scan(struct landscape *l)
{
	return contents_scan_from(l, 0);
}

int contents_scan_from(struct landscape *l, size_t first)
{
	const size_t count = l->device_count - first;
	_cleanup_free_ int *results = calloc(count + 1, sizeof(*results));
	struct probing p = {l->devices + first, results};

	if (!results)
		return -ENOMEM;
	log_line("probing %zu devices", count);
	blkid_init_debug(0); /* what libblkid would do at the first probe */
	threads_each_waiting(count, probe_one, &p);
	for (size_t i = 0; i < count; i++) {
		struct device *d = &p.devices[i];

		if (results[i] < 0 && report_unreadable(l, d, -results[i]) < 0)
			return -ENOMEM;
		/* The running kernel has replayed it, and shows the result. */
		if (d->unclean && l->mounts && mounts_present(l->mounts, d))
			d->unclean = false;
	}
	return 0;
}
