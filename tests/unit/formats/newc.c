/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpio streams: in pieces of every size, each kind of damage. */
#include "formats/newc.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

static void append_zeros(struct buffer *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		assert_return_code(buffer_append(b, "", 1), 0);
}

static void append_member(struct buffer *b, const char *name, const char *data)
{
	/* inode, mode, uid, gid, links, mtime, size, four device numbers, name size,
	 * check */
	assert_return_code(
		buffer_printf(b,
			"070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx"
			"%08x%s",
			1, 0100644, 0, 0, 1, 0, strlen(data), 0, 0, 0, 0,
			strlen(name) + 1, 0, name),
		0);
	append_zeros(b, 1);
	append_zeros(b, -b->size & 3);
	assert_return_code(buffer_puts(b, data), 0);
	append_zeros(b, -b->size & 3);
}

static void make_archive(struct buffer *b)
{
	append_member(b, "a", "");
	append_member(b, "dir/bb", "12345");
	append_member(b, "TRAILER!!!", "");
}

static int take(void *data, const char *name, uint32_t mode, uint64_t size)
{
	assert_int_equal(mode, 0100644);
	return buffer_printf(data, "%s %d\n", name, (int)size);
}

/* Fed in pieces; what newc_feed answered last. */
static int feed(
	struct newc *n, const struct buffer *in, size_t piece, struct buffer *names)
{
	size_t at = 0, used;
	int r = 0;

	while (r == 0 && at < in->size) {
		size_t size = MIN_OF(piece, in->size - at);

		r = newc_feed(n, (struct bytes){(uint8_t *)in->data + at, size}, &used,
			take, names);
		at += used;
	}
	return r;
}

static void reads_in_pieces(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	make_archive(&b);
	append_zeros(&b, 300);
	make_archive(&b);
	for (size_t piece = 1; piece <= b.size; piece++) {
		_cleanup_(buffer_done) struct buffer names = {0};
		struct newc n = {0};

		assert_int_equal(feed(&n, &b, piece, &names), 0);
		assert_true(newc_may_end(&n));
		assert_int_equal(n.members, 4);
		assert_int_equal(n.archives, 2);
		assert_string_equal(names.data, "a 0\ndir/bb 5\na 0\ndir/bb 5\n");
	}
}

static void knows_where_it_may_end(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	make_archive(&b);
	for (size_t size = 0; size < b.size; size++) {
		_cleanup_(buffer_done) struct buffer names = {0};
		struct buffer part = {b.data, size, 0};
		struct newc n = {0};

		assert_int_equal(feed(&n, &part, 64, &names), 0);
		assert_false(newc_may_end(&n));
	}
}

static void stops_at_other_data(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0}, names = {0};
	struct newc n = {0};
	size_t used, size;

	(void)state;
	make_archive(&b);
	append_zeros(&b, 7);
	size = b.size;
	assert_return_code(buffer_puts(&b, "\x1f\x8b\x08"), 0);
	assert_int_equal(newc_feed(&n, buffer_bytes(&b), &used, take, &names), 1);
	assert_int_equal(used, size);
	assert_true(newc_may_end(&n));
}

static void check_damaged(const char *data, size_t size)
{
	_cleanup_(buffer_done) struct buffer names = {0};
	struct buffer b = {(char *)data, size, 0};
	struct newc n = {0};

	assert_int_equal(feed(&n, &b, size, &names), -EBADMSG);
	assert_non_null(n.damage);
}

static void tells_damage(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	check_damaged("not cpio", 8);
	check_damaged("0 and more of it, but neither a header nor anything else that "
		      "could be read "
		      "as one by anybody, whoever it is....",
		118);
	make_archive(&b);
	b.data[5] = '9';
	check_damaged(b.data, b.size); /* magic */
	b.data[5] = '1';
	b.data[60] = 'x';
	check_damaged(b.data, b.size); /* digits */
	b.data[60] = '0';
	memcpy(b.data + 94, "00001000", 8); /* name of 4,096 bytes */
	check_damaged(b.data, b.size);
	memcpy(b.data + 94, "00000000", 8);
	check_damaged(b.data, b.size);
	memcpy(b.data + 94, "00000002", 8);
	b.data[111] = 'x'; /* the name does not end */
	check_damaged(b.data, b.size);
	b.data[111] = '\0';
	b.data[112] = 'x'; /* where the next header should be */
	check_damaged(b.data, b.size);
}

static int refuse(void *data, const char *name, uint32_t mode, uint64_t size)
{
	(void)data, (void)name, (void)mode, (void)size;
	return -ENOMEM;
}

static void hands_on_what_member_answers(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	struct newc n = {0};
	size_t used;

	(void)state;
	make_archive(&b);
	assert_int_equal(newc_feed(&n, buffer_bytes(&b), &used, refuse, NULL), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_pieces),
		cmocka_unit_test(knows_where_it_may_end),
		cmocka_unit_test(stops_at_other_data),
		cmocka_unit_test(tells_damage),
		cmocka_unit_test(hands_on_what_member_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
