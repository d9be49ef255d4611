/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listing an initramfs: its parts in every order, each compression, each kind of damage.
 */
#include "patient.h"

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

static void tells_what_it_cannot_unpack(void **state)
{
	struct patient *p = patient_new(NULL);
	struct buffer lz4 = {(char *)"\x02\x21\x4c\x18xxxxxxxxxxxx", 16, 0};
	struct buffer lzo = {(char *)"\x89LZO\x00\r\n\x1a\nxxxxxxx", 16, 0};

	(void)state;
	check_damaged(p, &lz4, -ENOTSUP);
	check_damaged(p, &lzo, -ENOTSUP);
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
		cmocka_unit_test(tells_what_it_cannot_unpack),
		cmocka_unit_test(tells_the_truncated),
		cmocka_unit_test(tells_the_damaged),
		cmocka_unit_test(refuses_other_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
