/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Payload archives: each format, in pieces of any size, cut and bent. */
#include "formats/rpm_cpio.h"
#include "rpms.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* All events as a text; -EBADMSG, or whether the input may end there. */
static int read_archive(struct bytes in, size_t piece, struct buffer *ret)
{
	static struct rpm_cpio c;

	memset(&c, 0, sizeof(c));
	for (size_t at = 0; at < in.size; at += piece) {
		struct bytes part = {in.data + at, MIN_OF(piece, in.size - at)}, data;
		int event;

		while ((event = rpm_cpio_next(&c, &part, &data)) != RPM_CPIO_MORE) {
			if (event < 0) {
				assert_non_null(c.damage);
				return event;
			}
			if (event == RPM_CPIO_MEMBER && c.stripped)
				rpm_cpio_expect(&c, c.index * 8);
			if (event == RPM_CPIO_MEMBER)
				buffer_printf(ret, "%s#%u:", c.name, c.stripped ? c.index : 0);
			if (event == RPM_CPIO_DATA)
				buffer_printf(ret, "%.*s", (int)data.size, (char *)data.data);
			if (event == RPM_CPIO_END)
				buffer_puts(ret, ";");
			if (event == RPM_CPIO_TRAILER)
				buffer_puts(ret, "!");
		}
	}
	return rpm_cpio_may_end(&c);
}

static const struct {
	const char *name, *events;
} cases[] = {
	{"newc", "./lib/modules/V/a.ko#0:content;./l#0:target;./d#0:;!"},
	{"crc", "./a#0:abc;!"},
	{"stripped", "#0:;#1:;#2:;!"},
	{"rest", "!"},
};

static struct bytes load(struct buffer *b, const char *name)
{
	_cleanup_free_ char *path = text_printf("tests/fuzz/rpm_cpio.corpus/%s", name);

	file_load(path, b);
	return buffer_bytes(b);
}

static void reads_every_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t piece = 1; piece < 200; piece += 6) {
			_cleanup_(buffer_done) struct buffer b = {0}, events = {0};
			struct bytes in = load(&b, cases[i].name);

			assert_int_equal(read_archive(in, piece, &events), 1);
			assert_string_equal(events.data, cases[i].events);
		}
	}
}

static void a_cut_archive_may_not_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		_cleanup_(buffer_done) struct buffer b = {0};
		struct bytes in = load(&b, cases[i].name);

		/* Padding behind the trailer may lack. */
		for (size_t size = 0; size + 4 < in.size; size++) {
			_cleanup_(buffer_done) struct buffer events = {0};

			assert_int_equal(read_archive((struct bytes){in.data, size}, 64,
						      &events),
					 0);
		}
	}
}

static void refuse(const char *name, size_t at, const char *bytes)
{
	_cleanup_(buffer_done) struct buffer b = {0}, events = {0};
	struct bytes in = load(&b, name);

	memcpy(b.data + at, bytes, strlen(bytes));
	assert_int_equal(read_archive(in, 50, &events), -EBADMSG);
}

static void refuses_bent_headers(void **state)
{
	(void)state;
	refuse("newc", 0, "070707"); /* another format */
	refuse("newc", 14, "00g");   /* a mode that is no number */
	refuse("newc", 94, "00000000");	  /* a name of no bytes */
	refuse("newc", 94, "00001001");	  /* of 4,097 */
	refuse("newc", 94, "00000014");	  /* that goes on behind its NUL */
	refuse("crc", 102, "00000001");
	refuse("stripped", 6, "-0000001");
}

/* A bomb behind the trailer. */
static void too_much_may_not_follow(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0}, events = {0};
	static const char zeros[4096];

	(void)state;
	load(&b, "rest");
	for (size_t i = 0; i < RPM_CPIO_MAX_REST / sizeof(zeros); i++)
		assert_int_equal(buffer_append(&b, zeros, sizeof(zeros)), 0);
	assert_int_equal(read_archive(buffer_bytes(&b), 65536, &events), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_format),
		cmocka_unit_test(a_cut_archive_may_not_end),
		cmocka_unit_test(refuses_bent_headers),
		cmocka_unit_test(too_much_may_not_follow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
