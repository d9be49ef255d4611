/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot sectors on disks: in the first sector, in that of the active partition, images. */
#include "../../../rescue/locate/local.h"
#include "tree.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SECTOR BOOT_SECTOR_SIZE
#define PARTITION 8 /* where the only partition begins */
#define IMAGE 2	    /* where GRUB's image is put, in two pieces */

struct disk {
	struct tree tree;
	struct device devices[2];
	struct system system;
	struct landscape landscape;
	uint8_t bytes[256 * SECTOR];
	char path[160];
};

static void put_sector(struct disk *d, size_t number, size_t at, const char *text, size_t size)
{
	uint8_t *sector = d->bytes + number * SECTOR;

	sector[0] = 0xeb;
	memcpy(sector + at, text, size);
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

static void set_active(struct disk *d)
{
	d->bytes[446] = 0x80;
	d->bytes[446 + 4] = 0x83;
	d->bytes[446 + 8] = PARTITION;
}

static struct disk *new_disk(void)
{
	struct disk *d = test_calloc(1, sizeof(*d));

	tree_make(&d->tree, "");
	snprintf(d->path, sizeof(d->path), "%s/disk", d->tree.path);
	d->devices[0] = (struct device){.backing = d->path, .path = (char *)"disk",
		.parent = -1, .type = DEVICE_IMAGE, .is_divided = true};
	d->devices[1] = (struct device){.backing = d->path, .path = (char *)"partition",
		.type = DEVICE_PART, .offset = PARTITION * SECTOR};
	d->landscape = (struct landscape){.devices = d->devices, .device_count = 2,
		.systems = &d->system, .system_count = 1};
	return d;
}

static void free_disk(struct disk *d)
{
	tree_remove(&d->tree);
	test_free(d);
}

static void expect(struct disk *d, enum bootloader loader, const char *where, const char *path)
{
	struct bios_start *b = &d->system.bios;

	tree_file(&d->tree, "/disk", d->bytes, sizeof(d->bytes));
	assert_int_equal(bios_start_read(b, &d->landscape, 0), 0);
	assert_int_equal(b->loader, loader);
	assert_true(text_equal(b->where, where));
	assert_null(b->grub.path); /* until it is asked for */
	for (int times = 0; times < 2; times++) {
		assert_int_equal(landscape_read_image(&d->landscape, &d->system), 0);
		assert_true(text_equal(b->grub.path, path));
	}
	bios_start_done(b);
}

static void expect_nothing(struct disk *d, const char *where, const char *obstacle)
{
	struct bios_start *b = &d->system.bios;

	tree_file(&d->tree, "/disk", d->bytes, sizeof(d->bytes));
	assert_int_equal(bios_start_read(b, &d->landscape, 0), 0);
	assert_int_equal(landscape_read_image(&d->landscape, &d->system), 0);
	assert_string_equal(b->where, where);
	assert_string_equal(b->obstacle, obstacle);
	assert_int_equal(another_disk_starts(&d->landscape), b->loader != 0);
	bios_start_done(b);
}

static void none(void **state)
{
	struct disk *d = new_disk();

	(void)state;
	expect_nothing(d, "disk", "holds no program");
	put_sector(d, 0, 3, "unknown", 7);
	expect(d, 0, NULL, NULL);
	assert_true(another_disk_starts(&d->landscape));
	d->devices[0].is_divided = false;
	put_sector(d, 0, 3, "EXTLINUX", 8);
	expect(d, 0, NULL, NULL); /* a bare file system is no disk that a BIOS starts */
	free_disk(d);
}

static void in_the_active_partition(void **state)
{
	struct disk *d = new_disk();

	(void)state;
	put_sector(d, 0, 0x130, "Missing operating system", 24);
	put_sector(d, PARTITION, 3, "EXTLINUX", 8);
	expect(d, 0, NULL, NULL); /* none is marked active */
	set_active(d);
	expect(d, BOOTLOADER_EXTLINUX, "partition", NULL);
	d->bytes[446 + 8] = PARTITION + 1;
	put_sector(d, PARTITION + 1, 3, "unknown", 7);
	expect(d, 0, NULL, NULL);
	d->bytes[446 + 11] = 0x7f; /* beyond the disk */
	expect(d, 0, NULL, NULL);
	free_disk(d);
}

static void grub_legacy(void **state)
{
	static const char text[] = "GRUB \0Geom\0Hard Disk\0Read\0 Error";
	struct disk *d = new_disk();

	(void)state;
	put_sector(d, 0, 0x17f, text, sizeof(text));
	d->bytes[1] = 0x48;
	d->bytes[0x3e] = 3;
	expect(d, BOOTLOADER_GRUB_LEGACY, "disk", NULL);
	free_disk(d);
}

static void run_mkimage(const char *out)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		execlp("grub-mkimage", "grub-mkimage", "-O", "i386-pc", "-p",
			"(hd0,msdos1)/grub2", "-o", out, "biosdisk", "ext2", (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* As grub-install leaves it: the first sector names where the others are. */
static void put_image(struct disk *d)
{
	_cleanup_(buffer_done) struct buffer image = {0};
	_cleanup_close_ int fd = -1;
	char out[160];
	uint8_t *blocks = d->bytes + IMAGE * SECTOR + SECTOR - 24;
	size_t rest;

	snprintf(out, sizeof(out), "%s/core.img", d->tree.path);
	run_mkimage(out);
	fd = open(out, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, sizeof(d->bytes), &image), 0);
	rest = (image.size - SECTOR + SECTOR - 1) / SECTOR;
	assert_true(rest > 20 && image.size < 200 * SECTOR);
	memcpy(d->bytes + IMAGE * SECTOR, image.data, SECTOR);
	memcpy(d->bytes + (IMAGE + 1) * SECTOR, image.data + SECTOR, 4 * SECTOR);
	memcpy(d->bytes + 20 * SECTOR, image.data + 5 * SECTOR, image.size - 5 * SECTOR);
	blocks[12] = IMAGE + 1;
	blocks[12 + 8] = 4;
	blocks[0] = 20;
	blocks[8] = (uint8_t)(rest - 4);
}

static void put_boot_img(struct disk *d)
{
	FILE *file = fopen("/usr/lib/grub/i386-pc/boot.img", "re");

	assert_non_null(file);
	assert_int_equal(fread(d->bytes, 1, SECTOR, file), SECTOR);
	fclose(file);
	d->bytes[0x5c] = IMAGE;
}

static void grub_2_and_its_image(void **state)
{
	struct disk *d = new_disk();

	(void)state;
	put_boot_img(d);
	put_image(d);
	expect(d, BOOTLOADER_GRUB2, "disk", "/grub2/grub.cfg");
	d->bytes[25 * SECTOR] ^= 0x55; /* in what is packed */
	expect(d, BOOTLOADER_GRUB2, "disk", NULL);
	memset(d->bytes + 0x5c, 0xff, 8);
	expect(d, BOOTLOADER_GRUB2, "disk", NULL);
	put_boot_img(d);
	memset(d->bytes + IMAGE * SECTOR, 0, SECTOR);
	expect_nothing(d, "disk", "starts GRUB 2, and its image is gone");
	free_disk(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none),
		cmocka_unit_test(in_the_active_partition),
		cmocka_unit_test(grub_legacy),
		cmocka_unit_test(grub_2_and_its_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
