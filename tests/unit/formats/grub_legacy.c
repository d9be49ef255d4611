/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB legacy's menu: tests/data/grub_legacy, edits, limits. */
#include "formats/grub_legacy.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static const char *or_none(const char *text)
{
	return text ? text : "-";
}

static const struct grub_legacy_stanza stanza = {.title = "New (2.6.32-754.el6)",
	.root = "(hd0,0)",
	.linux_path = "/vmlinuz-2.6.32-754.el6",
	.options = "ro root=/dev/sda2",
	.initrd = "/initramfs-2.6.32-754.el6.img"};

/* What an edit gives must say the same of every old stanza, one further down. */
static void check_insert(const struct grub_legacy *g)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(grub_legacy_done) struct grub_legacy after = {0};

	assert_return_code(
		grub_legacy_insert(&text, g, &stanza, g->default_entry + 1), 0);
	assert_return_code(grub_legacy_parse(&after, buffer_bytes(&text), NULL), 0);
	assert_int_equal(after.count, g->count + 1);
	assert_string_equal(after.items[0].title, stanza.title);
	assert_string_equal(after.items[0].options, stanza.options);
	assert_int_equal(after.default_entry, g->default_entry + 1);
	assert_int_equal(after.fallback_count, g->fallback_count);
	for (size_t i = 0; i < g->fallback_count; i++)
		assert_int_equal(after.fallback[i], g->fallback[i] + 1);
	for (size_t i = 0; i < g->count; i++)
		assert_string_equal(after.items[i + 1].title, g->items[i].title);
}

static void dump(struct buffer *ret, struct bytes input)
{
	_cleanup_(grub_legacy_done) struct grub_legacy g = {0};
	_cleanup_(buffer_done) struct buffer again = {0};

	assert_return_code(grub_legacy_parse(&g, input, NULL), 0);
	assert_return_code(grub_legacy_write(&again, &g), 0);
	assert_int_equal(again.size, input.size);
	assert_memory_equal(again.size ? again.data : "", input.data, input.size);
	check_insert(&g);
	if (g.default_line)
		buffer_printf(ret, "%u: default %u%s\n", g.default_line, g.default_entry,
			g.default_is_saved ? " saved" : "");
	for (size_t i = 0; i < g.fallback_count; i++)
		buffer_printf(ret, "fallback %u\n", g.fallback[i]);
	for (size_t i = 0; i < g.count; i++) {
		const struct grub_legacy_entry *e = &g.items[i];

		buffer_printf(ret, "%u: [%s] root [%s] linux [%s] options [%s]", e->line,
			e->title, or_none(e->root), or_none(e->linux_path),
			or_none(e->options));
		for (size_t n = 0; n < e->initrd.count; n++)
			buffer_printf(ret, " initrd [%s]", e->initrd.items[n]);
		buffer_printf(ret, "%s%s%s\n", e->hypervisor ? " under " : "",
			e->hypervisor ? e->hypervisor : "",
			e->saves_default ? " savedefault" : "");
	}
}

static void reads_cases(void **state)
{
	(void)state;
	run_cases("grub_legacy", dump);
}

static void assert_edit(const char *before, unsigned default_entry, const char *after)
{
	_cleanup_(grub_legacy_done) struct grub_legacy g = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	const struct grub_legacy_stanza s = {.title = "N", .linux_path = "/k"};

	assert_int_equal(grub_legacy_parse(&g,
				 (struct bytes){(const uint8_t *)before, strlen(before)},
				 NULL),
		0);
	assert_int_equal(grub_legacy_insert(&text, &g, &s, default_entry), 0);
	assert_string_equal(text.data, after);
}

static void edits(void **state)
{
	(void)state;
	assert_edit("# c\ndefault=0\t# x\nfallback 1 2\n\ntitle A\n", 0,
		"# c\ndefault=0\nfallback 2 3\n\ntitle N\n\tkernel /k\ntitle A\n");
	assert_edit("fallback=0\r\ndefault 1 \r\ntitle A\r\nkernel /a", 2,
		"fallback=1\r\ndefault 2 \r\ntitle N\r\n\tkernel /k\r\ntitle A\r\nkernel "
		"/a");
	assert_edit("timeout=5", 0, "timeout=5\ntitle N\n\tkernel /k\n");
	assert_edit("default saved\ntitle A\n", 1,
		"default 1\ntitle N\n\tkernel /k\ntitle A\n");
	assert_edit("title A\n", 1, "default=1\ntitle N\n\tkernel /k\ntitle A\n");
	assert_edit("", 0, "title N\n\tkernel /k\n");
}

static void sets_default(void **state)
{
	_cleanup_(grub_legacy_done) struct grub_legacy g = {0};
	_cleanup_(buffer_done) struct buffer text = {0};

	(void)state;
	assert_int_equal(
		grub_legacy_parse(&g, BYTES("default=1\nfallback=0\ntitle A\ntitle B"), NULL),
		0);
	assert_int_equal(grub_legacy_set_default(&text, &g, 0), 0);
	assert_string_equal(text.data, "default=0\nfallback=0\ntitle A\ntitle B");
}

static void knows_the_saved_number(void **state)
{
	(void)state;
	assert_int_equal(grub_legacy_saved_number(BYTES("12\n#\n#\n#\n#\n")), 12);
	assert_int_equal(grub_legacy_saved_number(BYTES("")), 0);
	assert_int_equal(grub_legacy_saved_number(BYTES("x")), 0);
	assert_int_equal(grub_legacy_saved_number(BYTES("99999999999999")), 99999);
}

static int parse_repeated(const char *text, size_t times)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_(grub_legacy_done) struct grub_legacy g = {0};

	for (size_t i = 0; i < times; i++)
		assert_return_code(buffer_puts(&b, text), 0);
	return grub_legacy_parse(&g, buffer_bytes(&b), NULL);
}

static void has_limits(void **state)
{
	(void)state;
	assert_int_equal(parse_repeated("title a\n", GRUB_LEGACY_MAX_ENTRIES), 0);
	assert_int_equal(parse_repeated("title a\n", GRUB_LEGACY_MAX_ENTRIES + 1), -E2BIG);
	assert_int_equal(
		parse_repeated("# 3456789\n", GRUB_LEGACY_MAX_SIZE / 10 + 1), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(edits),
		cmocka_unit_test(sets_default),
		cmocka_unit_test(knows_the_saved_number),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
