/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listing an initramfs: its parts in every order, each compression, each kind of damage.
 */
#include "patient.h"
#include "decompress.h"

#include <lz4.h>
#include <minilzo.h>
#include <sys/wait.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATH "/boot/initramfs.img"

static const char *const early[] = {"kernel/x86/microcode/GenuineIntel.bin", NULL};
static const char *const names[] = {
	"init", "./bin/sh", "/usr/lib/modules/1.0/a.ko", NULL};

static int list(struct patient *p, const struct buffer *file, struct strings *ret,
	struct fault *f)
{
	tree_file(&p->tree, PATH, file->data ? file->data : "", file->size);
	return initramfs_list(ret, &p->sys.target, PATH, f);
}

static void check(struct patient *p, const struct buffer *file, bool with_early)
{
	_cleanup_(strings_done) struct strings found = {0};
	_cleanup_free_ struct fault *f = calloc(1, sizeof(*f));

	if (list(p, file, &found, f) < 0)
		fail_msg("%s", f->reason);
	assert_int_equal(found.count, with_early ? 4 : 3);
	assert_string_equal(found.items[found.count - 3], "init");
	assert_string_equal(found.items[found.count - 2], "bin/sh");
	assert_string_equal(found.items[found.count - 1], "usr/lib/modules/1.0/a.ko");
	if (with_early)
		assert_string_equal(found.items[0], early[0]);
}

static void check_damaged(struct patient *p, const struct buffer *file, int error)
{
	struct strings found = {.count = 77};
	_cleanup_free_ struct fault *f = calloc(1, sizeof(*f));

	assert_int_equal(list(p, file, &found, f), error);
	assert_true(f->reason[0]);
	assert_string_equal(f->path, PATH);
	assert_int_equal(found.count, 77);
}

static void lists_parts(void **state)
{
	struct patient *p = patient_new(NULL);
	_cleanup_(buffer_done) struct buffer plain = {0}, b = {0};

	(void)state;
	append_cpio(&plain, names);
	check(p, &plain, false);
	append_gzip(&b, plain.data, plain.size);
	check(p, &b, false);
	append_zeros(&b, 3000); /* a boot loader's padding */
	check(p, &b, false);
	append(&b, "signed by nobody", 16); /* junk: the kernel warns only */
	check(p, &b, false);
	b.size = 0;
	append_cpio(&b, early);
	append_zeros(&b, 512 - b.size % 512);
	append_gzip(&b, plain.data, plain.size);
	check(p, &b, true);
	b.size = 0;
	append_cpio(&b, early);
	append(&b, plain.data, plain.size); /* no padding, not compressed */
	check(p, &b, true);
	b.size = 0;
	append_gzip(&b, "", 0);
	append(&b, plain.data, plain.size);
	check_damaged(p, &b, -EBADMSG); /* a compressed nothing is no archive */
	patient_free(p);
}

/* gzip, plain and gzip again, each behind the end of the other. */
static void lists_what_follows_a_compressed_part(void **state)
{
	struct patient *p = patient_new(NULL);
	_cleanup_(buffer_done) struct buffer plain = {0}, first = {0}, b = {0};
	_cleanup_(strings_done) struct strings found = {0};

	(void)state;
	append_cpio(&plain, names);
	append_cpio(&first, early);
	append_gzip(&b, first.data, first.size);
	append_zeros(&b, -b.size & 3);
	append(&b, plain.data, plain.size);
	check(p, &b, true);
	append_gzip(&b, plain.data, plain.size);
	assert_int_equal(list(p, &b, &found, NULL), 0);
	assert_int_equal(found.count, 7);
	patient_free(p);
}

static void check_with(struct patient *p, const char *program)
{
	_cleanup_(buffer_done) struct buffer plain = {0}, b = {0};
	_cleanup_(strings_done) struct strings found = {0};
	int in = memfd_create("in", 0), out[2];
	pid_t child;

	append_cpio(&plain, names);
	assert_return_code(fd_write_all(in, plain.data, plain.size), 0);
	assert_return_code(lseek(in, 0, SEEK_SET), 0);
	assert_return_code(pipe(out), 0);
	child = fork();
	if (child == 0) {
		dup2(in, 0);
		dup2(out[1], 1);
		execlp(program, program, "-c", NULL);
		_exit(127);
	}
	close(in);
	close(out[1]);
	assert_return_code(fd_read_all(out[0], 1 << 20, &b), 0);
	close(out[0]);
	waitpid(child, NULL, 0);
	if (b.size == 0)
		return; /* not installed here */
	check(p, &b, false);
	b.size -= b.size / 3;
	check_damaged(p, &b, -EBADMSG);
}

static void knows_compressions(void **state)
{
	static const char *const programs[] = {"gzip", "bzip2", "lzma", "xz", "zstd"};
	struct patient *p = patient_new(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		check_with(p, programs[i]);
	patient_free(p);
}

static void append_number(struct buffer *b, uint32_t value, bool big)
{
	uint8_t bytes[4];

	for (size_t i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * (big ? 3 - i : i));
	append(b, bytes, 4);
}

/* Two blocks, as lz4 -l and lzop make them of more than they take at once. */
static void append_blocks(struct buffer *b, enum compression c, const struct buffer *plain)
{
	static char out[65536], work[LZO1X_1_MEM_COMPRESS];
	size_t half = plain->size / 2;
	bool lzo = c == COMPRESSION_LZO;

	append(b, lzo ? "\x89LZO\0\r\n\x1a\n\x10\x30\x20\xa0\x09\x40\x01\x05\0\0\0\0"
			"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" : "\x02\x21\x4c\x18",
		lzo ? 38 : 4);
	for (size_t at = 0; at < plain->size; at += half) {
		size_t size = MIN_OF(half, plain->size - at);
		lzo_uint n = 0;

		if (lzo)
			lzo1x_1_compress((uint8_t *)plain->data + at, size, (uint8_t *)out, &n,
				work);
		else
			n = (lzo_uint)LZ4_compress_default(plain->data + at, out, (int)size,
				sizeof(out));
		assert_true(n > 0 && n < size);
		if (lzo)
			append_number(b, (uint32_t)size, true);
		append_number(b, (uint32_t)n, lzo);
		append(b, out, n);
	}
	if (lzo)
		append_number(b, 0, true);
}

static void unpacks_blocks(void **state)
{
	static const enum compression kinds[] = {COMPRESSION_LZ4, COMPRESSION_LZO};
	struct patient *p = patient_new(NULL);
	_cleanup_(buffer_done) struct buffer plain = {0}, b = {0};

	(void)state;
	append_cpio(&plain, names);
	append_zeros(&plain, plain.size & 1);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		b.size = 0;
		append_blocks(&b, kinds[i], &plain);
		check(p, &b, false);
		append_zeros(&b, 512 - b.size % 512);
		check(p, &b, false);
		append_cpio(&b, early); /* behind the padding another archive */
		_cleanup_(strings_done) struct strings found = {0};
		assert_int_equal(list(p, &b, &found, NULL), 0);
		assert_int_equal(found.count, 4);
		/* The early part first, as boot loaders get it from dracut. */
		b.size = 0;
		append_cpio(&b, early);
		append_zeros(&b, 512 - b.size % 512);
		append_blocks(&b, kinds[i], &plain);
		check(p, &b, true);
		b.size -= plain.size / 20;
		check_damaged(p, &b, -EBADMSG);
	}
	patient_free(p);
}

static void tells_blocks_that_are_none(void **state)
{
	struct patient *p = patient_new(NULL);
	struct buffer lz4 = {(char *)"\x02\x21\x4c\x18xxxxxxxxxxxx", 16, 0};
	struct buffer lzo = {(char *)"\x89LZO\x00\r\n\x1a\nxxxxxxx", 16, 0};

	(void)state;
	check_damaged(p, &lz4, -EBADMSG);
	check_damaged(p, &lzo, -EBADMSG);
	patient_free(p);
}

/* However little is cut off, it is noticed. */
static void tells_the_truncated(void **state)
{
	struct patient *p = patient_new(NULL);
	_cleanup_(buffer_done) struct buffer plain = {0}, b = {0};

	(void)state;
	append_cpio(&plain, names);
	for (size_t cut = 4; cut < plain.size; cut += 13) {
		struct buffer part = {plain.data, plain.size - cut, 0};

		check_damaged(p, &part, -EBADMSG);
	}
	append_gzip(&b, plain.data, plain.size);
	for (size_t cut = 1; cut < b.size; cut += 7) {
		struct buffer part = {b.data, b.size - cut, 0};

		check_damaged(p, &part, -EBADMSG);
	}
	patient_free(p);
}

static void tells_the_damaged(void **state)
{
	struct patient *p = patient_new(NULL);
	_cleanup_(buffer_done) struct buffer plain = {0}, b = {0};
	struct buffer empty = {0}, text = {(char *)"no initramfs", 12, 0};

	(void)state;
	check_damaged(p, &empty, -EBADMSG);
	check_damaged(p, &text, -EBADMSG);
	append_zeros(&b, 4096);
	check_damaged(p, &b, -EBADMSG);
	append_cpio(&plain, names);
	plain.data[300] ^= 1; /* somewhere in a name or a header */
	b.size = 0;
	append_gzip(&b, plain.data, plain.size);
	plain.data[300] ^= 1;
	b.size = 0;
	append_gzip(&b, plain.data, plain.size);
	b.data[b.size - 8] ^= 1; /* its checksum */
	check_damaged(p, &b, -EBADMSG);
	b.data[b.size - 8] ^= 1;
	check(p, &b, false);
	patient_free(p);
}

static void refuses_other_files(void **state)
{
	struct patient *p = patient_new("d 0755 /boot/dir\np 0644 /boot/fifo\n");
	struct strings found = {0};

	(void)state;
	assert_int_equal(
		initramfs_list(&found, &p->sys.target, "/boot/none", NULL), -ENOENT);
	assert_int_equal(
		initramfs_list(&found, &p->sys.target, "/boot/dir", NULL), -EINVAL);
	assert_int_equal(
		initramfs_list(&found, &p->sys.target, "/boot/fifo", NULL), -EINVAL);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_parts),
		cmocka_unit_test(lists_what_follows_a_compressed_part),
		cmocka_unit_test(knows_compressions),
		cmocka_unit_test(unpacks_blocks),
		cmocka_unit_test(tells_blocks_that_are_none),
		cmocka_unit_test(tells_the_truncated),
		cmocka_unit_test(tells_the_damaged),
		cmocka_unit_test(refuses_other_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
