/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One module's file: from the patient or a package, packed or not, one after another. */
#include "../../../rescue/verify/opened.h"
#include "made_module.h"
#include "tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include <cmocka.h>

struct fixture {
	struct tree tree;
	struct target target;
	struct files files;
	struct made_module made;
	struct buffer packed;
};

static void pack(struct fixture *x)
{
	z_stream z = {.next_in = x->made.data, .avail_in = (uInt)x->made.size};

	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 16 + 15, 8, 0), Z_OK);
	assert_int_equal(buffer_reserve(&x->packed, deflateBound(&z, x->made.size)), 0);
	z.next_out = (Bytef *)x->packed.data;
	z.avail_out = (uInt)x->packed.capacity;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	x->packed.size = z.total_out;
	deflateEnd(&z);
}

static int setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	x->made = (struct made_module){.is_64 = true, .vermagic = "6.1.0 SMP ",
		.this_module = 64};
	made_module(&x->made);
	pack(x);
	tree_make(&x->tree, "d 0755 /m/directory.ko\nf 0644 /m/text.ko =no module\n"
			    "f 0644 /m/empty.ko\n");
	tree_file(&x->tree, "/m/plain.ko", x->made.data, x->made.size);
	tree_file(&x->tree, "/m/packed.ko.gz", x->packed.data, x->packed.size);
	tree_file(&x->tree, "/m/cut.ko.gz", x->packed.data, x->packed.size / 2);
	x->target.fd = x->tree.fd;
	x->files.target = &x->target;
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	files_done(&x->files);
	buffer_done(&x->packed);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

/* The error or reason that is expected, else the version magic. */
static void check(const struct opened *o, int error, const char *reason)
{
	assert_int_equal(o->error, error);
	assert_string_equal(o->fault.reason, reason);
	if (error == 0)
		assert_string_equal(elf_module_info(&o->elf, "vermagic", 0), "6.1.0 SMP ");
}

static void reads_one_after_another(void **state)
{
	static const struct {
		const char *path;
		int error;
		const char *reason;
	} cases[] = {
		{"/m/plain.ko", 0, ""}, {"/m/none.ko", -ENOENT, ""},
		{"/m/packed.ko.gz", 0, ""}, {"/m/cut.ko.gz", -EBADMSG, ""},
		{"/m/packed.ko.gz", 0, ""}, {"/m/directory.ko", -EINVAL, ""},
		{"/m/text.ko", -EBADMSG, "it is not an ELF file"},
		{"/m/empty.ko", -EBADMSG, "it is not an ELF file"}, {"/m/plain.ko", 0, ""},
	};
	_cleanup_(opened_done) struct opened o = {0};
	_cleanup_(unpacker_done) struct unpacker u = {0};
	struct fixture *x = *state;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		enum opened_extent extent = i % 2 ? OPENED_WHOLE : OPENED_TABLES;

		opened_read(&o, &u, &x->files, cases[i / 2].path, extent);
		check(&o, cases[i / 2].error, cases[i / 2].reason);
	}
	assert_int_equal(o.bytes.size, x->made.size);
	assert_memory_equal(o.bytes.data, x->made.data, x->made.size);
}

static void brought_files_come_first(void **state)
{
	_cleanup_(opened_done) struct opened o = {0};
	_cleanup_(unpacker_done) struct unpacker u = {0};
	struct fixture *x = *state;
	struct buffer copy = {0};

	assert_int_equal(buffer_append(&copy, x->packed.data, x->packed.size), 0);
	assert_int_equal(files_bring(&x->files, "/m/text.ko", &copy), 0);
	for (int i = 0; i < 2; i++) {
		opened_read(&o, &u, &x->files, "/m/text.ko", OPENED_TABLES);
		check(&o, 0, "");
	}
	assert_int_equal(x->files.items[0].content.size, x->packed.size);
}

static void parses_what_was_read_elsewhere(void **state)
{
	_cleanup_(opened_done) struct opened o = {0};
	struct fixture *x = *state;
	struct buffer raw = {0};

	assert_int_equal(buffer_append(&raw, x->packed.data, x->packed.size), 0);
	opened_parse(&o, &raw);
	check(&o, 0, "");
	assert_null(raw.data);
	opened_parse(&o, &raw);
	check(&o, -EBADMSG, "it is not an ELF file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_after_another),
		cmocka_unit_test(parses_what_was_read_elsewhere),
		cmocka_unit_test(brought_files_come_first),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
