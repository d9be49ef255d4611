/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partition tables, read by libblkid from the disk or image itself: the kernel at hand
 * may know nothing of partitions.
 */
#include "local.h"
#include "thread.h"

#include <blkid/blkid.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>

#define SECTOR 512 /* libblkid's unit, whatever the disk's is */
#define GPT_ESP "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define GPT_BIOS_BOOT "21686148-6449-6e6f-744e-656564454649"
#define MBR_ESP "0xef"

static void probe_done(blkid_probe *pr)
{
	blkid_free_probe(*pr);
}

bool device_is_extended(const struct device *d)
{
	return text_equal(d->parttype, "0x5") || text_equal(d->parttype, "0xf") ||
	       text_equal(d->parttype, "0x85");
}

static int copy_text(char **ret, const char *text)
{
	if (!text || !*text)
		return 0;
	free(*ret);
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

static int describe(struct device *d, blkid_partition par)
{
	int r = copy_text(&d->partuuid, blkid_partition_get_uuid(par));

	if (r == 0)
		r = copy_text(&d->partlabel, blkid_partition_get_name(par));
	if (r == 0)
		r = copy_text(&d->parttype, blkid_partition_get_type_string(par));
	if (r == 0 && !d->parttype) {
		d->parttype =
			text_printf("0x%x", (unsigned)blkid_partition_get_type(par));
		r = d->parttype ? 0 : -ENOMEM;
	}
	if (r < 0)
		return r;
	if (text_equal(d->parttype, GPT_ESP) || text_equal(d->parttype, MBR_ESP))
		d->roles |= ROLE_ESP;
	if (text_equal(d->parttype, GPT_BIOS_BOOT))
		d->roles |= ROLE_BIOS_BOOT;
	return 0;
}

static int find_partition(const struct landscape *l, int disk, unsigned number)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if (l->devices[i].parent == disk && l->devices[i].type == DEVICE_PART &&
			l->devices[i].number == number)
			return (int)i;
	}
	return -1;
}

/* As sfdisk and the kernel name it: disk.img1, but nvme0n1p1. */
static char *partition_path(const char *disk, unsigned number)
{
	size_t size = strlen(disk);
	bool digit = size > 0 && isdigit((unsigned char)disk[size - 1]);

	return text_printf("%s%s%u", disk, digit ? "p" : "", number);
}

/* Cut to what the disk has; a table that says more is one of a larger disk. */
static int fit(struct landscape *l, struct device *part, uint64_t end_of_disk)
{
	uint64_t start = part->offset, missing;

	if (start <= end_of_disk && part->size <= end_of_disk - start)
		return 0;
	missing = part->size - (start < end_of_disk ? end_of_disk - start : 0);
	part->size -= missing;
	if (device_is_extended(part)) /* its logical ones tell it themselves */
		return 0;
	return findings_add(&l->findings, "device-unreadable", SEVERITY_WARNING, NULL,
		part->path,
		"%s is cut short: its last %llu bytes lie beyond the end of the disk",
		part->path, (unsigned long long)missing);
}

static int add_partition(struct landscape *l, int disk, blkid_partition par)
{
	const struct device *on = &l->devices[disk];
	blkid_loff_t start = blkid_partition_get_start(par);
	blkid_loff_t size = blkid_partition_get_size(par);
	struct device d = {
		.parent = disk,
		.type = DEVICE_PART,
		.system = -1,
		.number = (unsigned)blkid_partition_get_partno(par),
	};
	int r = -ENOMEM;

	if (start < 0 || size < 0 || start > INT64_MAX / SECTOR / 2 ||
		size > INT64_MAX / SECTOR / 2)
		return 0;
	d.offset = on->offset + (uint64_t)start * SECTOR;
	d.size = (uint64_t)size * SECTOR;
	d.path = partition_path(on->path, d.number);
	d.backing = strdup(on->backing);
	if (d.path && d.backing)
		r = describe(&d, par);
	if (r == 0)
		r = fit(l, &d, on->offset + on->size);
	if (r < 0) {
		device_done(&d);
		return r;
	}
	r = landscape_add_device(l, &d);
	return r < 0 ? r : 0;
}

static int apply_list(struct landscape *l, int disk, blkid_partlist list)
{
	int count = list ? blkid_partlist_numof_partitions(list) : 0;
	size_t known = 0;

	for (size_t i = 0; i < l->device_count; i++)
		known +=
			l->devices[i].parent == disk && l->devices[i].type == DEVICE_PART;
	for (int i = 0; i < count && i < MAX_PARTITIONS; i++) {
		blkid_partition par = blkid_partlist_get_partition(list, i);
		unsigned number = (unsigned)blkid_partition_get_partno(par);
		int r = 0, part = find_partition(l, disk, number);

		if (part >= 0)
			r = describe(&l->devices[part], par);
		else if (known == 0)
			r = add_partition(l, disk, par);
		if (r < 0)
			return r;
	}
	l->devices[disk].is_divided = count > 0;
	return 0;
}

/* What is found of a table on a disk: by one thread a disk, applied in their order. */
struct table {
	const struct device *disk;
	blkid_probe probe;
	blkid_partlist list; /* the probe's; NULL: none */
	bool is_raid_member;
	bool is_damaged;
	int error; /* -ENOMEM */
};

/* In sectors of that size; 0: those of the device. Whether there are partitions. */
static bool read_list(struct table *t, int fd, unsigned sector)
{
	const struct device *d = t->disk;

	blkid_free_probe(t->probe);
	t->list = NULL;
	t->probe = blkid_new_probe();
	if (!t->probe)
		t->error = -ENOMEM;
	if (!t->probe || blkid_probe_set_device(t->probe, fd, (blkid_loff_t)d->offset,
				 (blkid_loff_t)d->size) < 0)
		return false;
	if (sector > 0)
		blkid_probe_set_sectorsize(t->probe, sector);
	blkid_probe_enable_superblocks(t->probe, 0);
	blkid_probe_enable_partitions(t->probe, 1);
	t->list = blkid_probe_get_partitions(t->probe);
	return t->list && blkid_partlist_numof_partitions(t->list) > 0;
}

/* A header without a usable table: libblkid wants all of it on the disk. */
static bool has_damaged_gpt(const struct device *d, int fd)
{
	char signature[8];

	return device_read(d, fd, SECTOR, signature, sizeof(signature)) ==
		       sizeof(signature) &&
	       memcmp(signature, "EFI PART", sizeof(signature)) == 0;
}

static int report_damaged(struct landscape *l, const struct device *d)
{
	return findings_add(&l->findings, "device-unreadable", SEVERITY_WARNING, NULL,
		d->path, "the partition table (GPT) of %s is damaged, or %s is cut short",
		d->path, d->path);
}

/*
 * A part of an array as a whole. With the array's own data at the front (md 0.90 and 1.0,
 * what controllers write) the array's partition table seems to be this disk's.
 */
static bool is_raid_member(const struct device *d, int fd)
{
	_cleanup_(probe_done) blkid_probe pr = blkid_new_probe();

	if (!pr || blkid_probe_set_device(
			   pr, fd, (blkid_loff_t)d->offset, (blkid_loff_t)d->size) < 0)
		return false;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_filter_superblocks_usage(pr, BLKID_FLTR_ONLYIN, BLKID_USAGE_RAID);
	return blkid_do_safeprobe(pr) == 0 && blkid_probe_has_value(pr, "TYPE");
}

void partitions_ignore(struct landscape *l, int disk)
{
	for (size_t i = 0; i < l->device_count; i++) {
		struct device *d = &l->devices[i];

		if (d->parent == disk && d->type == DEVICE_PART && !d->mapper_uuid)
			d->is_inactive = true;
	}
}

static void read_table(void *data, size_t i)
{
	struct table *t = (struct table *)data + i;
	_cleanup_close_ int fd = device_open(t->disk, O_RDONLY, NULL);

	if (fd < 0)
		return; /* contents_scan says so */
	device_read_ahead(t->disk, fd);
	t->is_raid_member = is_raid_member(t->disk, fd);
	if (t->is_raid_member || read_list(t, fd, 0))
		return;
	/* An image does not tell its sector size: also as of a disk with 4096 bytes. */
	if (t->disk->type == DEVICE_IMAGE && read_list(t, fd, 4096))
		return;
	t->is_damaged = has_damaged_gpt(t->disk, fd);
}

static int apply_table(struct landscape *l, int disk, const struct table *t)
{
	int r = t->error;

	if (t->is_raid_member)
		partitions_ignore(l, disk);
	else if (r == 0)
		r = apply_list(l, disk, t->list);
	if (r == 0 && t->is_damaged)
		r = report_damaged(l, &l->devices[disk]);
	return r < 0 ? r : 0;
}

int partitions_scan(struct landscape *l, const int *disks, size_t count)
{
	_cleanup_free_ struct table *tables = calloc(count + 1, sizeof(*tables));
	int r = tables ? 0 : -ENOMEM;

	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		tables[i].disk = &l->devices[disks[i]];
	log_line("reading the tables of %zu disks", count);
	blkid_init_debug(0); /* what libblkid would do at the first probe */
	threads_each_waiting(count, read_table, tables);
	for (size_t i = 0; i < count; i++) {
		if (r == 0)
			r = apply_table(l, disks[i], &tables[i]);
		blkid_free_probe(tables[i].probe);
	}
	return r;
}
