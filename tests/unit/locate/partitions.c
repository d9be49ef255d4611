/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images as devices: tables, file systems, damage. Nothing is mounted, no root needed. */
#include "images.h"

#include "../../../rescue/locate/local.h"

static void look(struct landscape *ret, const char *path)
{
	_cleanup_(strings_done) struct strings images = {0};
	struct fault f = {0};

	*ret = (struct landscape){0};
	assert_int_equal(strings_add(&images, path), 0);
	assert_int_equal(images_scan(ret, &images, &f), 0);
}

static const struct device *partition(const struct landscape *l, unsigned number)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if (l->devices[i].number == number && l->devices[i].type == DEVICE_PART)
			return &l->devices[i];
	}
	fail_msg("no partition %u", number);
	return NULL;
}

static void test_gpt(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};
	const struct device *d;

	make_image(i, "image_system $d/gpt.img boot=separate");
	look(&l, image_path(i, "gpt.img"));
	assert_int_equal(l.device_count, 5);
	assert_int_equal(l.devices[0].type, DEVICE_IMAGE);
	assert_true(l.devices[0].is_divided);
	assert_null(l.devices[0].fstype);
	d = partition(&l, 1);
	assert_true(text_ends(d->path, "/gpt.img1"));
	assert_string_equal(d->backing, i->path);
	assert_string_equal(d->fstype, "ext4");
	assert_string_equal(d->parttype, "0fc63daf-8483-4772-8e79-3d69d8477de4");
	assert_int_equal(strlen(d->partuuid), 36);
	assert_int_equal(d->parent, 0);
	assert_int_equal(d->offset, 1024 * 1024);
	assert_int_equal(d->size, 8 * 1024 * 1024);
	assert_false(d->unclean);
	assert_int_equal(l.findings.count, 0);
}

static void test_types(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	make_image(i, "image_table $d/types.img gpt 8 <<-EOT\n"
		      "size=1MiB, type=uefi, name=\"the ESP\"\n"
		      "size=1MiB, type=21686148-6449-6E6F-744E-656564454649\n"
		      "size=1MiB, type=swap\nEOT");
	make_image(i, "image_swap $d/types.img 3");
	look(&l, image_path(i, "types.img"));
	assert_int_equal(partition(&l, 1)->roles, ROLE_ESP);
	assert_string_equal(partition(&l, 1)->partlabel, "the ESP");
	assert_int_equal(partition(&l, 2)->roles, ROLE_BIOS_BOOT);
	assert_int_equal(partition(&l, 3)->roles, ROLE_SWAP);
}

static void test_logical(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	make_image(i, "image_system $d/mbr.img label=mbr logical=yes boot=separate");
	look(&l, image_path(i, "mbr.img"));
	assert_int_equal(l.device_count, 4);
	assert_true(device_is_extended(partition(&l, 1)));
	assert_null(partition(&l, 1)->fstype);
	assert_string_equal(partition(&l, 5)->fstype, "ext4");
	assert_int_equal(partition(&l, 5)->offset, 9 * 1024 * 1024);
	assert_string_equal(partition(&l, 5)->parttype, "0x83");
	assert_true(text_ends(partition(&l, 5)->partuuid, "-05"));
}

/* A name that ends in a digit gets a p, as the kernel and sfdisk do. */
static void test_name_with_digit(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	make_image(i, "image_table $d/disk0 mbr 4 <<<'size=1MiB'");
	look(&l, image_path(i, "disk0"));
	assert_true(text_ends(partition(&l, 1)->path, "/disk0p1"));
}

static void put(uint8_t *at, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(number >> (8 * i));
}

/* The table that sfdisk made, as a disk with sectors of 4096 bytes would have it. */
static void write_4096(const char *from, const char *to)
{
	static uint8_t disk[8 * 1024 * 1024];
	uint8_t *header = disk + 4096, *entry = disk + 2 * 4096;
	_cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int out = open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_int_equal(pread(in, disk, 512, 0), 512);
	assert_int_equal(pread(in, header, 512, 512), 512);
	assert_int_equal(pread(in, entry, 128 * 128, 1024), 128 * 128);
	put(entry + 32, 256, 8); /* first and last sector: 2 MiB at 1 MiB */
	put(entry + 40, 767, 8);
	put(header + 32, 2047, 8); /* where the other header is */
	put(header + 40, 6, 8);    /* first and last that may be used */
	put(header + 48, 2042, 8);
	put(header + 72, 2, 8);
	put(header + 88, crc32_of((struct bytes){entry, 128 * 128}, 0), 4);
	put(header + 16, 0, 4);
	put(header + 16, crc32_of((struct bytes){header, 92}, 0), 4);
	assert_int_equal(fd_write_all(out, disk, sizeof(disk)), 0);
}

static void test_sectors_of_4096(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};
	char from[128];

	make_image(i, "image_table $d/512.img gpt 8 <<<'start=1MiB, size=2MiB'");
	snprintf(from, sizeof(from), "%s", image_path(i, "512.img"));
	write_4096(from, image_path(i, "4096.img"));
	look(&l, i->path);
	assert_int_equal(l.device_count, 2);
	assert_int_equal(partition(&l, 1)->offset, 1024 * 1024);
	assert_int_equal(partition(&l, 1)->size, 2 * 1024 * 1024);
}

static void test_unclean(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	make_image(i, "image_system $d/dirty.img boot=separate usr=separate");
	make_image(i, "image_dirty $d/dirty.img 1");
	make_image(i, "image_orphan $d/dirty.img 2");
	look(&l, image_path(i, "dirty.img"));
	assert_true(partition(&l, 1)->unclean);
	assert_true(partition(&l, 2)->unclean);
	assert_false(partition(&l, 3)->unclean);
}

static void test_unclean_ext2(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0}, after = {0};

	make_image(i, "image_system $d/ext2.img label=none fs=ext2");
	look(&l, image_path(i, "ext2.img"));
	assert_string_equal(l.devices[0].fstype, "ext2");
	assert_false(l.devices[0].unclean);
	make_image(i, "image_unmounted_never $d/ext2.img 0");
	look(&after, image_path(i, "ext2.img"));
	assert_true(after.devices[0].unclean);
}

static void test_hibernated(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	make_image(i, "image_table $d/swap.img mbr 4 <<<'size=2MiB'");
	make_image(i, "image_swap $d/swap.img 1 S1SUSPEND");
	look(&l, image_path(i, "swap.img"));
	assert_string_equal(partition(&l, 1)->fstype, "swsuspend");
	assert_int_equal(partition(&l, 1)->roles, ROLE_SWAP);
}

static void test_garbage(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	make_image(i, "image_noise $d/noise.img 3");
	look(&l, image_path(i, "noise.img"));
	assert_int_equal(l.device_count, 1);
	assert_null(l.devices[0].fstype);
	assert_int_equal(l.findings.count, 0);
}

static void test_cut_short(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	make_image(i, "image_system $d/cut.img");
	assert_int_equal(truncate(image_path(i, "cut.img"), 6 * 1024 * 1024), 0);
	look(&l, i->path);
	/* libblkid and the kernel refuse such a table as a whole. */
	assert_int_equal(l.device_count, 1);
	assert_int_equal(l.findings.count, 1);
	assert_string_equal(l.findings.items[0].code, "device-unreadable");
	assert_non_null(strstr(l.findings.items[0].message, "cut short"));
}

static void test_cut_short_mbr(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	make_image(i, "image_system $d/cutmbr.img label=mbr");
	assert_int_equal(truncate(image_path(i, "cutmbr.img"), 6 * 1024 * 1024), 0);
	look(&l, i->path);
	/* Partitions 2 to 4 are gone as a whole, of 1 some is left. */
	assert_int_equal(
		partition(&l, 1)->size, 6 * 1024 * 1024 - partition(&l, 1)->offset);
	assert_int_equal(partition(&l, 2)->size, 0);
	assert_int_equal(l.findings.count, 4);
}

static void test_foreign_format(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};
	int fd = open(image_path(i, "disk.qcow2"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_int_equal(fd_write_all(fd, "QFI\xfb\0\0\0\3", 8), 0);
	close(fd);
	look(&l, i->path);
	assert_int_equal(l.findings.count, 1);
	assert_non_null(strstr(l.findings.items[0].message, "qcow2"));
	assert_true(text_starts(l.findings.items[0].remedy, "qemu-img convert -f qcow2"));
}

static void test_empty(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	close(open(image_path(i, "empty"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	look(&l, i->path);
	assert_int_equal(l.device_count, 1);
	assert_true(findings_has(&l.findings, "device-unreadable"));
}

static void refuse(const char *path, int error)
{
	_cleanup_(strings_done) struct strings images = {0};
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f = {0};

	strings_add(&images, path);
	assert_int_equal(images_scan(&l, &images, &f), -error);
	assert_int_equal(f.error, error);
	assert_string_equal(f.path, path);
}

static void test_not_images(void **state)
{
	struct images *i = *state;

	refuse(image_path(i, "absent"), ENOENT);
	refuse(i->directory, EISDIR);
	refuse("/dev/null", EINVAL);
}

static void test_named_twice(void **state)
{
	struct images *i = *state;
	_cleanup_(strings_done) struct strings images = {0};
	_cleanup_(landscape_done) struct landscape l = {0};
	char link[160];

	make_image(i, "image_table $d/one.img mbr 4 <<<'size=1MiB'");
	snprintf(link, sizeof(link), "%s/link.img", i->directory);
	assert_int_equal(symlink("one.img", link), 0);
	strings_add(&images, image_path(i, "one.img"));
	strings_add(&images, link);
	assert_int_equal(images_scan(&l, &images, NULL), 0);
	assert_int_equal(l.device_count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gpt),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_logical),
		cmocka_unit_test(test_name_with_digit),
		cmocka_unit_test(test_sectors_of_4096),
		cmocka_unit_test(test_unclean),
		cmocka_unit_test(test_unclean_ext2),
		cmocka_unit_test(test_hibernated),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_cut_short_mbr),
		cmocka_unit_test(test_foreign_format),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_not_images),
		cmocka_unit_test(test_named_twice),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
