/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a newc archive, field by field, as the kernel's unpacker takes them. */
#include "../../../rescue/generate/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Positions of the eight-digit fields behind the magic number. */
enum {
	INODE,
	MODE,
	UID,
	GID,
	LINKS,
	MTIME,
	SIZE,
	MAJOR,
	MINOR,
	RMAJOR,
	RMINOR,
	NAMESIZE
};
#define HEADER 110

struct image {
	struct buffer bytes;
	size_t at;
};

static unsigned long field(const struct image *i, int number)
{
	char text[9] = "";

	memcpy(text, i->bytes.data + i->at + 6 + 8 * number, 8);
	return strtoul(text, NULL, 16);
}

/* Steps over one entry that must be as told. */
static void expect(
	struct image *i, const char *name, unsigned long mode, const char *data)
{
	const char *found = i->bytes.data + i->at + HEADER;
	size_t size = strlen(data), start;

	assert_true(i->at + HEADER <= i->bytes.size);
	assert_memory_equal(i->bytes.data + i->at, "070701", 6);
	assert_string_equal(found, name);
	assert_int_equal(field(i, NAMESIZE), strlen(name) + 1);
	assert_int_equal(field(i, MODE), mode);
	assert_int_equal(field(i, SIZE), size);
	assert_int_equal(
		field(i, UID) | field(i, GID) | field(i, MAJOR) | field(i, MINOR), 0);
	start = (i->at + HEADER + strlen(name) + 1 + 3) & ~(size_t)3;
	assert_memory_equal(i->bytes.data + start, data, size);
	i->at = (start + size + 3) & ~(size_t)3;
}

static void write_sample(struct cpio *c)
{
	struct fault f;

	assert_int_equal(cpio_directory(c, "dev", &f), 0);
	assert_int_equal(cpio_character_device(c, "dev/console", 0600, 5, 1, &f), 0);
	assert_int_equal(cpio_file(c, "a/b/c", 0640,
				 (struct bytes){(const uint8_t *)"hello", 5}, &f),
		0);
	assert_int_equal(cpio_file(c, "a/b/d", 0644, (struct bytes){0}, &f), 0);
	assert_int_equal(cpio_finish(c, &f), 0);
}

static void every_entry(void **state)
{
	struct image image = {0};
	struct cpio c;
	int fd = memfd_create("cpio", 0);

	(void)state;
	assert_int_equal(cpio_open(&c, fd, CPIO_PLAIN, 0x12345678, NULL), 0);
	write_sample(&c);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fd, 1 << 20, &image.bytes), 0);
	assert_int_equal(c.written, image.bytes.size);
	expect(&image, "dev", 040755, "");
	assert_int_equal(field(&image, RMAJOR), 5);
	assert_int_equal(field(&image, RMINOR), 1);
	assert_int_equal(field(&image, MTIME), 0x12345678);
	assert_int_equal(field(&image, LINKS), 1);
	expect(&image, "dev/console", 020600, "");
	expect(&image, "a", 040755, "");
	expect(&image, "a/b", 040755, "");
	expect(&image, "a/b/c", 0100640, "hello");
	expect(&image, "a/b/d", 0100644, "");
	expect(&image, "TRAILER!!!", 0, "");
	cpio_done(&c);
	buffer_done(&image.bytes);
	close(fd);
}

static void gzip_without_a_time(void **state)
{
	struct buffer bytes = {0};
	struct cpio c;
	int fd = memfd_create("cpio", 0);

	(void)state;
	assert_int_equal(cpio_open(&c, fd, CPIO_GZIP, 1, NULL), 0);
	write_sample(&c);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fd, 1 << 20, &bytes), 0);
	assert_memory_equal(bytes.data, "\x1f\x8b\x08\0\0\0\0\0", 8);
	assert_int_equal(c.written, bytes.size);
	cpio_done(&c);
	buffer_done(&bytes);
	close(fd);
}

static void the_first_error_is_told(void **state)
{
	static uint8_t data[200000];
	struct cpio c;
	struct fault f;
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	assert_int_equal(cpio_open(&c, fd, CPIO_PLAIN, 1, NULL), 0);
	assert_int_equal(
		cpio_file(&c, "a", 0644, (struct bytes){data, sizeof(data)}, NULL), 0);
	assert_int_equal(cpio_file(&c, "b", 0644, (struct bytes){data, 1}, &f), -ENOSPC);
	assert_int_equal(cpio_finish(&c, &f), -ENOSPC);
	cpio_done(&c);
	close(fd);
}

/* Given up: nothing more may reach the file, not even an end that makes it look whole. */
static void what_is_given_up_has_no_end(void **state)
{
	struct buffer bytes = {0};
	struct cpio c;
	int fd = memfd_create("cpio", 0);

	(void)state;
	assert_int_equal(cpio_open(&c, fd, CPIO_PLAIN, 1, NULL), 0);
	assert_int_equal(cpio_directory(&c, "a", NULL), 0);
	cpio_done(&c);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fd, 1 << 20, &bytes), 0);
	assert_int_equal(bytes.size, 0);
	buffer_done(&bytes);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_entry),
		cmocka_unit_test(gzip_without_a_time),
		cmocka_unit_test(the_first_error_is_told),
		cmocka_unit_test(what_is_given_up_has_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
