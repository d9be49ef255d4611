/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Payloads of real RPMs: the bytes that rpm2cpio gives, and no changed bit passes. */
#include "package.h"
#include "rpms.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Collects what a stream brings: one text of names, and the files' bytes behind them. */
struct collector {
	struct buffer text;
	size_t begun, ended, bytes;
	const char *skip;	 /* name ending whose data is not wanted */
	const char *stop;	 /* name ending at which the sink gives up */
};

static int begin(void *data, const struct package_file *file, struct fault *f)
{
	struct collector *c = data;

	if (c->stop && text_ends(file->path, c->stop))
		return fault_errno(f, ENOSPC, file->path, "write %s", file->path);
	c->begun++;
	assert_int_equal(buffer_printf(&c->text, "\n%s %o ", file->path, file->mode), 0);
	return c->skip && text_ends(file->path, c->skip);
}

static int take(void *data, const void *bytes, size_t size, struct fault *f)
{
	struct collector *c = data;

	(void)f;
	c->bytes += size;
	return buffer_append(&c->text, bytes, size);
}

static int end(void *data, const struct package_file *file, struct fault *f)
{
	struct collector *c = data;

	(void)file;
	(void)f;
	c->ended++;
	return 0;
}

static int stream(struct collector *c, const char *path, struct fault *f)
{
	const struct package_sink sink = {begin, take, end, c};
	_cleanup_(package_done) struct package p = {0};
	int r = package_read(&p, NULL, path, f);

	return r < 0 ? r : package_stream(&p, &sink, NULL, f);
}

/* As many bytes as cpio unpacks, the files of the header and no ghost. */
static void compare_with_cpio(const char *path)
{
	_cleanup_free_ char *listing = NULL, *command = NULL;
	_cleanup_(buffer_done) struct buffer ours = {0};
	_cleanup_(package_done) struct package p = {0};
	struct collector c = {0};
	struct fault f = {0};

	if (stream(&c, path, &f) < 0)
		fail_msg("%s: %s", path, f.reason);
	assert_int_equal(package_read(&p, NULL, path, NULL), 0);
	command = text_printf("rpm2cpio '%s' | cpio -i --quiet --to-stdout | wc -c", path);
	listing = program_output((const char *[]){"sh", "-c", command, NULL});
	assert_int_equal(strtoull(listing, NULL, 10), c.bytes);
	assert_int_equal(c.begun, c.ended);
	for (size_t i = 0; i < p.file_count; i++) {
		bool ghost = p.files[i].flags & PACKAGE_FILE_GHOST;
		_cleanup_free_ char *line = text_printf("\n%s %o ", p.files[i].path,
							p.files[i].mode);

		assert_int_equal(!ghost, memmem(c.text.data, c.text.size, line,
						strlen(line)) != NULL);
		c.begun -= !ghost;
	}
	assert_int_equal(c.begun, 0);
	buffer_done(&c.text);
}

static void streams_every_layout_and_compressor(void **state)
{
	static const char *const folders[] = {"el7", "el8", "el9", "fedora", "other-arch",
					      "compressors", "hardlinks", "no-kernel",
					      "old-digests"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_cleanup_(strings_done) struct strings paths = {0};

		rpms_list(&paths, folders[i]);
		for (size_t k = 0; k < paths.count; k++)
			compare_with_cpio(paths.items[k]);
	}
}

static void hard_links_bring_data_once(void **state)
{
	_cleanup_free_ char *path = rpms_find("hardlinks", "kernel-core");
	_cleanup_(package_done) struct package p = {0};
	struct collector c = {0};
	uint32_t inode = 0;
	size_t links = 0;

	(void)state;
	assert_int_equal(stream(&c, path, NULL), 0);
	assert_int_equal(package_read(&p, NULL, path, NULL), 0);
	for (size_t i = 0; i < p.file_count; i++) {
		if (p.files[i].links != 3)
			continue;
		assert_true(!inode || inode == p.files[i].inode);
		inode = p.files[i].inode;
		links++;
	}
	assert_int_equal(links, 3);
	assert_non_null(memmem(c.text.data, c.text.size, "linked-a 100644 \n/", 18));
	assert_non_null(memmem(c.text.data, c.text.size, "linked-c 100644 one inode\n", 26));
	assert_non_null(memmem(c.text.data, c.text.size, "empty 100644 \n", 14));
	buffer_done(&c.text);
}

static void skips_and_stops_as_the_sink_says(void **state)
{
	_cleanup_free_ char *path = rpms_find("el9", "kernel-core");
	struct collector all = {0}, some = {.skip = "/vmlinuz"}, none = {.stop = "/vmlinuz"};
	struct fault f = {0};

	(void)state;
	assert_int_equal(stream(&all, path, NULL), 0);
	assert_int_equal(stream(&some, path, NULL), 0);
	assert_true(some.bytes + 1000 < all.bytes);
	assert_int_equal(some.ended, all.ended);
	assert_int_equal(stream(&none, path, &f), -ENOSPC);
	assert_int_equal(f.error, ENOSPC);
	buffer_done(&all.text);
	buffer_done(&some.text);
	buffer_done(&none.text);
}

static void refuse(const char *folder, const char *name, enum fault_code code,
		   const char *reason)
{
	_cleanup_free_ char *path = rpms_find(folder, name);
	struct collector c = {0};
	struct fault f = {0};

	assert_true(stream(&c, path, &f) < 0);
	if (f.code != code || !strstr(f.reason, reason))
		fail_msg("%s: %s", folder, f.reason);
	buffer_done(&c.text);
}

static void refuses_bad_payloads(void **state)
{
	(void)state;
	refuse("payload-bit", "kernel-core", FAULT_BAD_DIGEST, "");
	refuse("file-swap", "kernel", FAULT_BAD_DIGEST, "its header does not");
	refuse("setuid", "kernel-core", FAULT_NOT_A_PACKAGE, "owner's rights");
	refuse("device", "kernel-core", FAULT_NOT_A_PACKAGE, "device node");
	refuse("through-link", "kernel-core", FAULT_NOT_A_PACKAGE, "through its own link");
}

/* The header was read, then the file changed below it. */
static void notices_a_file_that_changes(void **state)
{
	_cleanup_free_ char *path = rpms_find("el9", "kernel-core"), *copy = NULL;
	_cleanup_(buffer_done) struct buffer whole = {0};
	_cleanup_(package_done) struct package p = {0};
	struct collector c = {0};
	const struct package_sink sink = {begin, take, end, &c};
	struct fault f = {0};

	(void)state;
	file_load(path, &whole);
	copy = file_make(whole.data, whole.size);
	assert_int_equal(package_read(&p, NULL, copy, NULL), 0);
	assert_int_equal(truncate(copy, (off_t)whole.size - 10), 0);
	assert_true(package_stream(&p, &sink, NULL, &f) < 0);
	assert_int_equal(f.code, FAULT_BAD_DIGEST);
	unlink(copy);
	assert_int_equal(package_stream(&p, &sink, NULL, &f), -ENOENT);
	buffer_done(&c.text);
}

/*
 * Bits of a package turned over: from the main header on each is refused. Before it (lead,
 * unused parts of the signature header) the content may also be what it was.
 */
static size_t flip_bits(const char *folder, const char *name, size_t step)
{
	_cleanup_free_ char *path = rpms_find(folder, name), *copy = NULL;
	_cleanup_(buffer_done) struct buffer whole = {0};
	_cleanup_(package_done) struct package p = {0};
	struct collector right = {0};
	size_t flips = 0;
	int fd;

	file_load(path, &whole);
	copy = file_make(whole.data, whole.size);
	fd = open(copy, O_WRONLY | O_CLOEXEC);
	assert_int_equal(stream(&right, copy, NULL), 0);
	assert_int_equal(package_read(&p, NULL, copy, NULL), 0);
	for (size_t bit = 0; bit < whole.size * 8; bit += step, flips++) {
		char byte = (char)(whole.data[bit / 8] ^ (1 << bit % 8));
		struct collector c = {0};
		struct fault f = {0};

		assert_int_equal(pwrite(fd, &byte, 1, (off_t)(bit / 8)), 1);
		if (stream(&c, copy, &f) < 0)
			assert_true(f.code == FAULT_BAD_DIGEST || f.code == FAULT_NOT_A_PACKAGE);
		else if (bit / 8 >= p.header_offset || c.text.size != right.text.size ||
			 memcmp(c.text.data, right.text.data, c.text.size))
			fail_msg("bit %zu of %s changes the content unseen", bit, path);
		buffer_done(&c.text);
		assert_int_equal(pwrite(fd, whole.data + bit / 8, 1, (off_t)(bit / 8)), 1);
	}
	close(fd);
	unlink(copy);
	buffer_done(&right.text);
	return flips;
}

static void no_changed_bit_passes(void **state)
{
	size_t flips = flip_bits("el9", "kernel-core", 9);

	(void)state;
	flips += flip_bits("old-digests", "kernel", 43);
	print_message("%zu packages with one bit turned over\n", flips);
	assert_true(flips >= 10000);
}

static void report(void *data, const char *what, uint64_t done, uint64_t total)
{
	uint64_t *last = data;

	assert_true(text_starts(what, "kernel-core-"));
	assert_true(done > *last && done <= total);
	*last = done == total ? UINT64_MAX - 1 : done;
}

static void tells_its_progress(void **state)
{
	_cleanup_free_ char *path = rpms_find("el9", "kernel-core");
	_cleanup_(package_done) struct package p = {0};
	struct collector c = {0};
	const struct package_sink sink = {begin, take, end, &c};
	uint64_t last = 0;
	const struct progress progress = {report, &last};

	(void)state;
	assert_int_equal(package_read(&p, NULL, path, NULL), 0);
	assert_int_equal(package_stream(&p, &sink, &progress, NULL), 0);
	assert_true(last == UINT64_MAX - 1);
	buffer_done(&c.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_every_layout_and_compressor),
		cmocka_unit_test(hard_links_bring_data_once),
		cmocka_unit_test(skips_and_stops_as_the_sink_says),
		cmocka_unit_test(refuses_bad_payloads),
		cmocka_unit_test(notices_a_file_that_changes),
		cmocka_unit_test(no_changed_bit_passes),
		cmocka_unit_test(tells_its_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
