/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot sectors and images: GRUB 2's own (its boot.img, what its grub-mkimage makes), and
 * small ones in the shape of GRUB legacy's and syslinux's.
 */
#include "formats/boot_code.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tree.h"

#define GRUB_BOOT_IMG "/usr/lib/grub/i386-pc/boot.img"

static void make_sector(uint8_t ret[BOOT_SECTOR_SIZE], size_t at, const char *text, size_t size)
{
	memset(ret, 0, BOOT_SECTOR_SIZE);
	ret[0] = 0xeb;
	memcpy(ret + at, text, size);
	ret[510] = 0x55;
	ret[511] = 0xaa;
}

static void assert_code(const uint8_t in[BOOT_SECTOR_SIZE], enum boot_code expected)
{
	struct boot_sector s;

	boot_sector_parse(&s, in);
	assert_int_equal(s.code, expected);
}

static void sectors_told_apart(void **state)
{
	static const char grub[] = "GRUB \0Geom\0Hard Disk\0Read\0 Error";
	uint8_t in[BOOT_SECTOR_SIZE] = {0};

	(void)state;
	assert_code(in, BOOT_CODE_NONE);
	make_sector(in, 0x17f, grub, sizeof(grub));
	assert_code(in, BOOT_CODE_OTHER);
	in[1] = 0x48;
	assert_code(in, BOOT_CODE_OTHER);
	in[0x3e] = 3;
	assert_code(in, BOOT_CODE_GRUB_LEGACY);
	in[511] = 0;
	assert_code(in, BOOT_CODE_NONE);
	make_sector(in, 3, "EXTLINUX", 8);
	assert_code(in, BOOT_CODE_SYSLINUX);
	make_sector(in, 3, "SYSLINUX", 8);
	assert_code(in, BOOT_CODE_SYSLINUX);
	make_sector(in, 0x130, "Missing operating system.", 25);
	assert_code(in, BOOT_CODE_PARTITION);
	make_sector(in, 0x130, "Invalid partition table", 23);
	assert_code(in, BOOT_CODE_PARTITION);
	make_sector(in, 3, "NTFS    ", 8);
	assert_code(in, BOOT_CODE_OTHER);
	/* Text in the partition table is no program. */
	make_sector(in, 445, "GRUB \0Geom", 10);
	assert_int_not_equal(in[0], 0);
	assert_code(in, BOOT_CODE_OTHER);
}

static void the_active_partition(void **state)
{
	uint8_t in[BOOT_SECTOR_SIZE];
	struct boot_sector s;

	(void)state;
	make_sector(in, 0x130, "Missing operating system.", 25);
	in[446 + 4] = 0x83;
	in[446 + 8] = 1;
	boot_sector_parse(&s, in);
	assert_int_equal(s.active, 0);
	in[446 + 16] = 0x80;
	boot_sector_parse(&s, in);
	assert_int_equal(s.active, 0); /* marked, but not there */
	in[446 + 16 + 4] = 0x83;
	in[446 + 16 + 9] = 8;
	boot_sector_parse(&s, in);
	assert_int_equal(s.active, 2048);
}

static size_t read_whole(const char *path, uint8_t *ret, size_t limit)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(buffer_done) struct buffer text = {0};

	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, limit, &text), 0);
	memcpy(ret, text.data, text.size);
	return text.size;
}

static void grub_2s_own_sector(void **state)
{
	uint8_t in[BOOT_SECTOR_SIZE];
	struct boot_sector s;

	(void)state;
	assert_int_equal(read_whole(GRUB_BOOT_IMG, in, sizeof(in)), sizeof(in));
	boot_sector_parse(&s, in);
	assert_int_equal(s.code, BOOT_CODE_GRUB2);
	assert_int_equal(s.next, 1);
	/* The data of the partition that it stands in, which may be another loader's. */
	memset(in + 3, 3, 0x57);
	assert_code(in, BOOT_CODE_GRUB2);
}

static void run(char *const argv[])
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static uint8_t image[256 * 1024];

/* An image as grub-install makes it; its size. */
static size_t make_image(struct tree *t, const char *prefix, const char *config)
{
	char out[160], script[160];
	char *argv[] = {(char *)"grub-mkimage", (char *)"-O", (char *)"i386-pc", (char *)"-p",
		(char *)prefix, (char *)"-o", out, (char *)"biosdisk", (char *)"ext2",
		(char *)"search_fs_uuid", config ? (char *)"-c" : NULL, script, NULL};

	snprintf(out, sizeof(out), "%s/core.img", t->path);
	snprintf(script, sizeof(script), "%s/script", t->path);
	if (config)
		tree_file(t, "/script", config, strlen(config));
	run(argv);
	return read_whole(out, image, sizeof(image));
}

static void where_images_lead(void **state)
{
	static const struct {
		const char *prefix, *config, *uuid, *path;
	} cases[] = {
		{"(hd0,msdos1)/grub2", NULL, NULL, "/grub2/grub.cfg"},
		{"(,gpt2)/boot/grub", NULL, NULL, "/boot/grub/grub.cfg"},
		{"/grub2", "search.fs_uuid 6b1d-22 root hd0,msdos1 \n"
			   "set prefix=($root)'/boot/grub'\n",
			"6b1d-22", "/boot/grub/grub.cfg"},
	};
	struct tree t;

	(void)state;
	tree_make(&t, "");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t size = make_image(&t, cases[i].prefix, cases[i].config);
		struct boot_blocks blocks[GRUB_IMAGE_MAX_BLOCKS];
		struct grub_stub s = {0};

		assert_int_equal(grub_image_blocks(blocks, image), 1);
		assert_int_equal(blocks[0].first, 2); /* as it is before it is installed */
		assert_int_equal(blocks[0].count, (size - 1) / BOOT_SECTOR_SIZE);
		assert_int_equal(grub_image_parse(&s,
					 (struct bytes){image + BOOT_SECTOR_SIZE,
						 size - BOOT_SECTOR_SIZE},
					 NULL),
			0);
		assert_true(text_equal(s.uuid, cases[i].uuid));
		assert_string_equal(s.path, cases[i].path);
		assert_false(s.has_normal || s.has_blscfg);
		grub_stub_done(&s);
	}
	tree_remove(&t);
}

/* Cut, and with each of its first numbers spoiled. */
static void images_that_are_damaged(void **state)
{
	struct tree t;
	struct fault f = {0};
	size_t size;

	(void)state;
	tree_make(&t, "");
	size = make_image(&t, "/grub2", NULL);
	for (size_t left = 0; left < size - BOOT_SECTOR_SIZE; left += 997) {
		struct grub_stub s = {0};
		uint8_t *cut = test_malloc(left);

		memcpy(cut, image + BOOT_SECTOR_SIZE, left);
		assert_int_equal(grub_image_parse(&s, (struct bytes){cut, left}, &f), -EBADMSG);
		test_free(cut);
	}
	for (size_t at = BOOT_SECTOR_SIZE + 8; at < BOOT_SECTOR_SIZE + 16; at++) {
		struct grub_stub s = {0};
		uint8_t was = image[at];

		image[at] = 0xff;
		if (grub_image_parse(&s, (struct bytes){image + BOOT_SECTOR_SIZE,
						 size - BOOT_SECTOR_SIZE}, &f) < 0)
			assert_int_equal(f.error, EBADMSG);
		grub_stub_done(&s);
		image[at] = was;
	}
	tree_remove(&t);
}

static void blocks_have_limits(void **state)
{
	struct boot_blocks blocks[GRUB_IMAGE_MAX_BLOCKS];
	uint8_t in[BOOT_SECTOR_SIZE];

	(void)state;
	memset(in, 1, sizeof(in));
	assert_int_equal(grub_image_blocks(blocks, in), 0); /* no such sector */
	memcpy(in, "loading", 7);
	assert_int_equal(grub_image_blocks(blocks, in), 0); /* more than any image has */
	memset(in + 7, 0, sizeof(in) - 7);
	assert_int_equal(grub_image_blocks(blocks, in), 0);
	for (size_t i = 1; i <= GRUB_IMAGE_MAX_BLOCKS + 1; i++) {
		in[BOOT_SECTOR_SIZE - 12 * i] = (uint8_t)i;
		in[BOOT_SECTOR_SIZE - 12 * i + 8] = 2;
		assert_int_equal(grub_image_blocks(blocks, in),
			i > GRUB_IMAGE_MAX_BLOCKS ? GRUB_IMAGE_MAX_BLOCKS : i);
	}
	assert_int_equal(blocks[39].first, 40);
	assert_int_equal(blocks[39].count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sectors_told_apart),
		cmocka_unit_test(the_active_partition),
		cmocka_unit_test(grub_2s_own_sector),
		cmocka_unit_test(where_images_lead),
		cmocka_unit_test(images_that_are_damaged),
		cmocka_unit_test(blocks_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
