/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot loader configurations as projects keep them for their own tests, where they lie
 * beside this tree (../shared/fixtures/bootcfg): each is read, or refused with a line
 * number; what is written without an edit is what was read. Skipped where there are none.
 */
#include "formats/extlinux.h"
#include "formats/grub_cfg.h"
#include "formats/grub_legacy.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#define FIXTURES "../shared/fixtures/bootcfg"

static size_t grub_cfgs, menus, labels;

static void read_grub_cfg(const char *path, struct bytes in)
{
	_cleanup_(grub_cfg_done) struct grub_cfg c = {0};

	assert_return_code(grub_cfg_parse(&c, in, NULL), 0);
	if (c.count == 0 && c.bad_line == 0 && !c.has_blscfg && c.assignment_count == 0)
		print_message("%s: nothing is read of it\n", path);
	for (size_t i = 0; i < c.count; i++) {
		const struct grub_menuentry *m = &c.items[i];

		if (m->behind <= m->at || m->behind > in.size ||
			memcmp(in.data + m->at, "menuentry", 9) != 0 ||
			in.data[m->behind - 1] != '}')
			fail_msg("%s line %u: bytes %zu to %zu", path, m->line, m->at,
				m->behind);
	}
	grub_cfgs++;
}

static void assert_same(const char *path, const struct buffer *again, struct bytes in)
{
	if (again->size != in.size || memcmp(again->data, in.data, in.size) != 0)
		fail_msg("%s: written otherwise than read", path);
}

static void read_menu(const char *path, struct bytes in)
{
	_cleanup_(grub_legacy_done) struct grub_legacy g = {0}, after = {0};
	_cleanup_(buffer_done) struct buffer again = {0}, more = {0};
	const struct grub_legacy_stanza s = {.title = "new", .linux_path = "/k"};

	assert_return_code(grub_legacy_parse(&g, in, NULL), 0);
	assert_return_code(grub_legacy_write(&again, &g), 0);
	assert_same(path, &again, in);
	assert_return_code(grub_legacy_insert(&more, &g, &s, g.default_entry + 1), 0);
	assert_return_code(grub_legacy_parse(&after, buffer_bytes(&more), NULL), 0);
	assert_int_equal(after.count, g.count + 1);
	assert_int_equal(after.default_entry, g.default_entry + 1);
	menus++;
}

static void read_extlinux(const char *path, struct bytes in)
{
	_cleanup_(extlinux_done) struct extlinux x = {0}, after = {0};
	_cleanup_(buffer_done) struct buffer again = {0}, more = {0};
	const struct extlinux_template t = {.label = "new", .linux_path = "/k"};

	assert_return_code(extlinux_parse(&x, in, NULL), 0);
	assert_return_code(extlinux_write(&again, &x), 0);
	assert_same(path, &again, in);
	assert_return_code(extlinux_insert(&more, &x, &t, EXTLINUX_MAKE_DEFAULT), 0);
	assert_return_code(extlinux_parse(&after, buffer_bytes(&more), NULL), 0);
	assert_int_equal(after.count, x.count + 1);
	assert_int_equal(extlinux_default(&after), 0);
	labels++;
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	const char *name = path + at->base;
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_close_ int fd = kind == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	(void)st;
	if (fd < 0 || fd_read_all(fd, GRUB_CFG_MAX_SIZE, &text) < 0 || text.size == 0)
		return 0;
	if (strstr(name, "grub2") || strstr(name, "GRUB2") || text_ends(name, ".cfg"))
		read_grub_cfg(path, buffer_bytes(&text));
	else if (strstr(name, "extlinux"))
		read_extlinux(path, buffer_bytes(&text));
	else if (text_starts(name, "grub.") || strstr(name, "GRUB1") ||
		 strstr(name, "GRUB_CONF"))
		read_menu(path, buffer_bytes(&text));
	return 0;
}

static void reads_all(void **state)
{
	(void)state;
	if (access(FIXTURES, R_OK) != 0)
		skip();
	assert_int_equal(nftw(FIXTURES, visit, 16, FTW_PHYS), 0);
	assert_true(grub_cfgs > 0 && menus > 0 && labels > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
