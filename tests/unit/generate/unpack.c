/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A batch of modules: each unpacked into its own place, each with its own failure. */
#include "../../../rescue/generate/unpack.h"

#include "../../../rescue/generate/gzip.h"
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define V "5.0"

static void add_gzip(struct tree *t, const char *path, const char *text)
{
	int fd = openat(t->fd, path, O_WRONLY | O_CREAT, 0644);
	struct gzip g;

	assert_int_equal(gzip_open(&g, fd), 0);
	assert_int_equal(
		gzip_write(&g, (struct bytes){(const uint8_t *)text, strlen(text)}), 0);
	assert_int_equal(gzip_finish(&g), 0);
	gzip_done(&g);
	close(fd);
}

/* Every other one is packed; some are missing or damaged. */
static void make_modules(struct tree *t, struct module_set *set)
{
	tree_make(t, "d /kernel\n");
	set->dep.items = calloc(UNPACK_BATCH, sizeof(*set->dep.items));
	set->dep.count = UNPACK_BATCH;
	for (size_t i = 0; i < UNPACK_BATCH; i++) {
		const char *suffix = i % 2 ? ".gz" : "";
		_cleanup_free_ char *text = text_printf("module %zu", i);

		set->dep.items[i].path = text_printf("kernel/%zu.ko%s", i, suffix);
		if (i % 16 == 15)
			continue; /* it is not there */
		if (i % 16 == 13)
			tree_file(t, set->dep.items[i].path, "\x1f\x8b\x08 damaged", 12);
		else if (i % 2)
			add_gzip(t, set->dep.items[i].path, text);
		else
			tree_file(t, set->dep.items[i].path, text, strlen(text));
	}
}

static void check(const struct unpacked *u)
{
	_cleanup_free_ char *text = text_printf("module %zu", u->item);

	if (u->item % 16 == 15) {
		assert_int_equal(u->result, -ENOENT);
		assert_int_equal(u->fault.error, ENOENT);
	} else if (u->item % 16 == 13) {
		assert_int_equal(u->result, -EBADMSG);
		assert_non_null(strstr(u->fault.doing, "decompress"));
	} else {
		assert_int_equal(u->result, 0);
		assert_string_equal(u->data.data, text);
	}
}

static void each_for_itself(void **state)
{
	struct unpack_batch *batch = calloc(1, sizeof(*batch));
	struct staged staged;
	struct module_set set = {.staged = &staged};
	struct tree t;

	(void)state;
	make_modules(&t, &set);
	assert_int_equal(staged_init(&staged, t.fd, V, NULL, NULL), 0);
	for (size_t i = 0; i < UNPACK_BATCH; i++)
		batch->items[batch->count++].item = UNPACK_BATCH - 1 - i;
	unpack_run(&set, batch);
	for (size_t i = 0; i < batch->count; i++)
		check(&batch->items[i]);
	unpack_batch_done(batch);
	assert_int_equal(batch->count, 0);
	unpack_run(&set, batch); /* nothing to do */
	batch->items[batch->count++].item = 2;
	unpack_run(&set, batch); /* what was emptied is used again */
	check(&batch->items[0]);
	unpack_batch_free_p(&batch);
	module_set_done(&set);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
