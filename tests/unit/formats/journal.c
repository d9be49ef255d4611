/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Journals come back as they were written; no changed, missing or foreign byte passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "cases.h"
#include "digest.h"
#include "formats/journal.h"

#include <errno.h>
#include <sys/stat.h>

static void add_step(
	struct journal *j, const char *path, const char *staged, const char *displaced)
{
	struct journal_step *s = journal_add_step(j);

	s->path = strdup(path);
	s->staged = staged ? strdup(staged) : NULL;
	s->displaced = displaced ? strdup(displaced) : NULL;
}

static void make(struct journal *j)
{
	struct journal_parent *p;

	*j = (struct journal){.version = JOURNAL_VERSION,
		.transaction = strdup("0001-9f3a"),
		.system = strdup("rhel9-3f2a"),
		.release = strdup("5.14.0-1.el9.x86_64"),
		.time = 1700000000,
		.operations = 9,
		.state = JOURNAL_PREPARED};
	p = journal_add_parent(j);
	*p = (struct journal_parent){
		strdup("/"), -5, INT64_MIN + 1, 999999999, 0, INT64_MAX, 7};
	add_step(j, "/boot/grub2/grubenv", "/boot/grub2/.rescue-0001-9f3a-0",
		"/boot/grub2/.rescue-0001-9f3a-1");
	j->steps[0].before = (struct journal_object){S_IFREG | 0644, 1024, 12, -3, 4, 0};
	j->steps[0].after = (struct journal_object){
		S_IFREG | 0644, UINT64_MAX, UINT64_MAX, INT64_MAX, 999999999, UINT32_MAX};
	add_step(j, "/boot/odd name\\with\ttab\n", "/boot/.rescue-0001-9f3a-2", NULL);
	add_step(j, "/boot/new", "/boot/.rescue-0001-9f3a-3", NULL);
	j->steps[2].created_dir = true;
	add_step(j, "/boot/gone", NULL, "/boot/.rescue-0001-9f3a-4");
}

static void write_text(struct buffer *ret, const struct journal *j)
{
	assert_int_equal(journal_write(ret, j), 0);
}

static void comes_back_as_written(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0}, again = {0};
	_cleanup_(journal_done) struct journal j = {0}, back = {0};
	struct fault f = {0};

	(void)state;
	make(&j);
	write_text(&text, &j);
	if (journal_parse(&back, buffer_bytes(&text), &f) < 0)
		fail_msg("%s in\n%s", f.reason, text.data);
	assert_string_equal(back.transaction, "0001-9f3a");
	assert_int_equal(back.state, JOURNAL_PREPARED);
	assert_int_equal(back.operations, 9);
	assert_int_equal(back.time, 1700000000);
	assert_int_equal(back.parent_count, 1);
	assert_int_equal(back.parents[0].mtime_s, INT64_MIN + 1);
	assert_int_equal(back.step_count, 4);
	assert_string_equal(back.steps[1].path, "/boot/odd name\\with\ttab\n");
	assert_null(back.steps[1].displaced);
	assert_true(back.steps[2].created_dir);
	assert_null(back.steps[3].staged);
	assert_memory_equal(
		&back.steps[0].after, &j.steps[0].after, sizeof(struct journal_object));
	write_text(&again, &back);
	assert_string_equal(text.data, again.data);
}

static void every_state_comes_back(void **state)
{
	(void)state;
	for (int i = 0; i < JOURNAL_STATES; i++) {
		_cleanup_(buffer_done) struct buffer text = {0};
		_cleanup_(journal_done) struct journal j = {0}, back = {0};

		make(&j);
		j.state = (enum journal_state)i;
		free(j.release);
		j.release = NULL;
		write_text(&text, &j);
		assert_int_equal(journal_parse(&back, buffer_bytes(&text), NULL), 0);
		assert_int_equal(back.state, i);
		assert_null(back.release);
	}
}

static void no_changed_byte_passes(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(journal_done) struct journal j = {0};

	(void)state;
	make(&j);
	write_text(&text, &j);
	for (size_t i = 0; i < text.size; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			_cleanup_(journal_done) struct journal back = {0};
			char kept = text.data[i];

			text.data[i] = (char)(text.data[i] ^ (1 << bit));
			if (journal_parse(&back, buffer_bytes(&text), NULL) >= 0)
				fail_msg("byte %zu bit %u passes", i, bit);
			text.data[i] = kept;
		}
}

static void no_missing_byte_passes(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(journal_done) struct journal j = {0};

	(void)state;
	make(&j);
	write_text(&text, &j);
	/* But for the last line end, without which it is still whole. */
	for (size_t size = 0; size + 1 < text.size; size++) {
		_cleanup_(journal_done) struct journal back = {0};
		struct bytes cut = {(const uint8_t *)text.data, size};

		if (journal_parse(&back, cut, NULL) != -EBADMSG)
			fail_msg("%zu bytes pass", size);
	}
}

static void no_line_may_leave_or_come(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0}, twice = {0};
	_cleanup_(journal_done) struct journal j = {0}, back = {0};

	(void)state;
	make(&j);
	write_text(&text, &j);
	buffer_append(&twice, text.data, text.size);
	buffer_puts(&twice, "behind the end\n");
	assert_int_equal(journal_parse(&back, buffer_bytes(&twice), NULL), -EBADMSG);
	for (char *line = text.data; (line = strchr(line, '\n')) && line[1]; line++) {
		const char *next = strchr(line + 1, '\n');

		twice.size = 0;
		buffer_append(&twice, text.data, (size_t)(line + 1 - text.data));
		buffer_puts(&twice, next + 1);
		assert_int_equal(
			journal_parse(&back, buffer_bytes(&twice), NULL), -EBADMSG);
	}
}

static void a_newer_format_is_refused(void **state)
{
	_cleanup_(journal_done) struct journal back = {0};
	struct fault f = {0};

	(void)state;
	assert_int_equal(journal_parse(&back, BYTES("rescue-journal 2\n"), &f), -ENOTSUP);
	assert_non_null(strstr(f.reason, "version 2"));
	assert_int_equal(
		journal_parse(&back, BYTES("rescue-journal x\n"), NULL), -EBADMSG);
	assert_int_equal(journal_parse(&back, BYTES(""), NULL), -EBADMSG);
	assert_int_equal(journal_parse(&back, BYTES("#!/bin/sh\n"), NULL), -EBADMSG);
}

/* Right CRCs do not make a record right: recovery would remove what it names. */
static void names_that_lead_elsewhere_are_refused(void **state)
{
	static const struct {
		const char *path, *staged, *displaced;
	} bad[] = {
		{"boot/x", "/boot/.rescue-0001-9f3a-0", NULL},
		{"/boot/../x", "/boot/.rescue-0001-9f3a-0", NULL},
		{"/boot//x", "/boot/.rescue-0001-9f3a-0", NULL},
		{"/boot/.", "/boot/.rescue-0001-9f3a-0", NULL},
		{"/boot/x", "/boot/vmlinuz", NULL},
		{"/boot/x", "/boot/.rescue-0002-9f3a-0", NULL},
		{"/boot/x", "/../.rescue-0001-9f3a-0", NULL},
		{"/boot/x", "/boot/.rescue-0001-9f3a-0", "/etc/passwd"},
		{"/boot/x", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_(buffer_done) struct buffer text = {0};
		_cleanup_(journal_done) struct journal j = {0}, back = {0};

		make(&j);
		add_step(&j, bad[i].path, bad[i].staged, bad[i].displaced);
		write_text(&text, &j);
		if (journal_parse(&back, buffer_bytes(&text), NULL) != -EBADMSG)
			fail_msg("%s passes", bad[i].path);
	}
}

static void transaction_ids(void **state)
{
	(void)state;
	assert_true(journal_is_transaction_id("0001-9f3a"));
	assert_false(journal_is_transaction_id("001-9f3a"));
	assert_false(journal_is_transaction_id("0001-9f3"));
	assert_false(journal_is_transaction_id("0001-9F3A"));
	assert_false(journal_is_transaction_id("0001-9f3a0"));
	assert_false(journal_is_transaction_id("00019-9f3a"));
	assert_false(journal_is_transaction_id(""));
	assert_false(journal_is_transaction_id("lock"));
}

static void limits_hold(void **state)
{
	struct bytes large = {(const uint8_t *)"", JOURNAL_MAX_SIZE + 1};
	_cleanup_(journal_done) struct journal back = {0};

	(void)state;
	assert_int_equal(journal_parse(&back, large, NULL), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_written),
		cmocka_unit_test(every_state_comes_back),
		cmocka_unit_test(no_changed_byte_passes),
		cmocka_unit_test(no_missing_byte_passes),
		cmocka_unit_test(no_line_may_leave_or_come),
		cmocka_unit_test(a_newer_format_is_refused),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
		cmocka_unit_test(transaction_ids),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
