/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules read by threads: all of them, in order, whatever state each is in. */
#include "../../../rescue/verify/read_ahead.h"
#include "made_module.h"
#include "tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <zlib.h>

#include <cmocka.h>

enum { MODULES = 200 };

/* The number tells what it is: own or not, plain, packed, damaged, a link to nowhere. */
enum kind { OWN, OTHERS, PACKED, CUT, DANGLING, KINDS };

struct fixture {
	struct tree tree;
	struct target target;
	struct files files;
	struct module_tree modules;
};

static void write_module(struct fixture *x, const char *path, size_t number)
{
	static struct made_module made;
	static uint8_t packed[sizeof(made.data)];
	char vermagic[32];
	z_stream z = {.avail_out = sizeof(packed), .next_out = packed};

	snprintf(vermagic, sizeof(vermagic), "number %zu", number);
	made = (struct made_module){.is_64 = true, .vermagic = vermagic, .this_module = 64};
	made_module(&made);
	if (number % KINDS == PACKED) {
		z.next_in = made.data;
		z.avail_in = (uInt)made.size;
		assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 16 + 15, 8, 0), Z_OK);
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		deflateEnd(&z);
		tree_file(&x->tree, path, packed, z.total_out);
	} else {
		tree_file(&x->tree, path, made.data,
			  number % KINDS == CUT ? made.size / 2 : made.size);
	}
}

static int setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	tree_make(&x->tree, "d 0755 /lib/modules/V/kernel\nd 0755 /lib/modules/V/extra\n");
	x->target.fd = x->tree.fd;
	x->files.target = &x->target;
	x->modules.path = (char *)"/lib/modules/V";
	for (size_t i = 0; i < MODULES; i++) {
		char relative[64], path[128], line[160];

		snprintf(relative, sizeof(relative), "%s/%03zu.ko",
			 i % KINDS == OTHERS ? "extra" : "kernel", i);
		snprintf(path, sizeof(path), "/lib/modules/V/%s", relative);
		snprintf(line, sizeof(line), "l %s nowhere\n", path);
		assert_int_equal(strings_add(&x->modules.files, relative), 0);
		if (i % KINDS == DANGLING)
			tree_add(&x->tree, line);
		else
			write_module(x, path, i);
	}
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	strings_done(&x->modules.files);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

static void check(const struct opened *o, size_t number, enum opened_extent extent)
{
	char vermagic[32];

	snprintf(vermagic, sizeof(vermagic), "number %zu", number);
	switch (number % KINDS) {
	case CUT:
		assert_int_equal(o->error, -EBADMSG);
		assert_string_equal(o->fault.reason, "a section lies outside the file");
		break;
	case DANGLING:
		assert_int_equal(o->error, -ENOENT);
		assert_int_equal(o->bytes.size, 0);
		break;
	default:
		assert_int_equal(o->error, 0);
		assert_string_equal(elf_module_info(&o->elf, "vermagic", 0), vermagic);
		if (extent == OPENED_WHOLE || number % KINDS != OWN)
			assert_memory_equal(o->bytes.data, ELFMAG, SELFMAG);
	}
}

static void read_some(struct fixture *x, size_t leave, enum opened_extent extent)
{
	_cleanup_(read_ahead_stop) struct read_ahead *r = NULL;

	assert_int_equal(read_ahead_start(&r, &x->files, &x->modules, extent), 0);
	for (size_t i = 0; i < MIN_OF(leave, (size_t)MODULES); i++)
		check(read_ahead_next(r), i, extent);
	if (leave > MODULES) {
		assert_null(read_ahead_next(r));
		assert_null(read_ahead_next(r));
	}
}

static void all_ways(struct fixture *x)
{
	static const size_t leave[] = {0, 1, 15, 16, 17, MODULES, MODULES + 1};

	for (size_t i = 0; i < ARRAY_SIZE(leave); i++) {
		read_some(x, leave[i], OPENED_TABLES);
		read_some(x, leave[i], OPENED_WHOLE);
	}
}

static void reads_in_order(void **state)
{
	for (unsigned i = 0; i < 10; i++)
		all_ways(*state);
}

/* Where the system grants no thread. Root is above that limit. */
static void reads_without_threads(void **state)
{
	struct rlimit none = {0, 0}, before;

	getrlimit(RLIMIT_NPROC, &before);
	none.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_NPROC, &none);
	all_ways(*state);
	setrlimit(RLIMIT_NPROC, &before);
}

static void reads_an_empty_tree(void **state)
{
	struct fixture *x = *state;
	_cleanup_(read_ahead_stop) struct read_ahead *r = NULL;
	const struct module_tree none = {.path = (char *)"/lib/modules/V"};

	assert_int_equal(read_ahead_start(&r, &x->files, &none, OPENED_TABLES), 0);
	assert_null(read_ahead_next(r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_order),
		cmocka_unit_test(reads_without_threads),
		cmocka_unit_test(reads_an_empty_tree),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
