/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot loader configurations as projects keep them for their own tests, where there are
 * some: below RESCUE_FIXTURES, else ../shared/fixtures/bootcfg. Each is read, or refused
 * with a line number; what is written without an edit is what was read.
 */
#include "formats/extlinux.h"
#include "formats/fstab.h"
#include "formats/grub_cfg.h"
#include "formats/grub_legacy.h"
#include "formats/bls.h"
#include "formats/cmdline.h"
#include "formats/grubenv.h"
#include "formats/shellvars.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#define FIXTURES "../shared/fixtures/bootcfg"

static size_t grub_cfgs, menus, labels, bls_entries, blocks, settings, command_lines,
	tables;

/* It runs as well, in a world without any file. */
static void run_grub_cfg(const char *path, struct bytes in, const struct grub_cfg *c)
{
	_cleanup_(grub_menu_done) struct grub_menu m = {0};
	const struct grub_world world = {0};

	assert_return_code(grub_cfg_run(&m, in, &world, NULL), 0);
	if (m.bad_line != c->bad_line)
		print_message("%s: refused at line %u, run at %u\n", path, c->bad_line,
			m.bad_line);
	for (size_t i = 0; i < m.count; i++)
		if (!m.items[i].is_submenu && !m.items[i].linux_path &&
			m.items[i].initrd.count > 0)
			fail_msg("%s line %u: initrd without linux", path, m.items[i].line);
}

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
	run_grub_cfg(path, in, &c);
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

static void read_bls(const char *path, struct bytes in)
{
	for (enum bls_dialect d = BLS_EL8; d <= BLS_SYSTEMD; d++) {
		_cleanup_(bls_done) struct bls_entry e = {0};

		assert_return_code(bls_parse(&e, in, d, NULL), 0);
		if (!bls_get(&e, "linux") && e.stopped_line == 0)
			fail_msg("%s: no kernel, and no line that hides it", path);
	}
	bls_entries++;
}

/* Either it is a block, and says the same when it is written, or it is refused. */
static void read_block(const char *path, struct bytes in)
{
	_cleanup_(grubenv_done) struct grubenv e = {0}, after = {0};
	_cleanup_(buffer_done) struct buffer again = {0};

	if (grubenv_parse(&e, in, NULL) < 0) {
		print_message("%s: refused\n", path);
	} else if (grubenv_write(&again, &e, NULL) == 0) {
		assert_return_code(grubenv_parse(&after, buffer_bytes(&again), NULL), 0);
		assert_int_equal(after.count, e.count);
	}
	blocks++;
}

static void read_settings(const char *path, struct bytes in)
{
	_cleanup_(shellvars_done) struct shellvars v = {0};

	assert_return_code(shellvars_parse(&v, in, NULL), 0);
	if (v.count == 0)
		fail_msg("%s: nothing is read of it", path);
	settings++;
}

static void read_command_line(const char *path, const char *text)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	_cleanup_free_ char *again = NULL;

	(void)path;
	assert_return_code(cmdline_parse(&c, text), 0);
	again = cmdline_text(&c);
	assert_non_null(again);
	assert_true(c.words.count > 0);
	command_lines++;
}

static void read_fstab(const char *path, struct bytes in)
{
	_cleanup_(fstab_done) struct fstab t = {0};

	assert_return_code(fstab_parse(&t, in, NULL), 0);
	if (t.count == 0 && t.bad_lines == 0)
		fail_msg("%s: nothing is read of it", path);
	tables++;
}

/* insights-core's names do not say of which GRUB they are. */
static void read_either_grub(const char *path, struct bytes in)
{
	if (memmem(in.data, in.size, "menuentry", 9))
		read_grub_cfg(path, in);
	else
		read_menu(path, in);
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	const char *name = path + at->base;
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_close_ int fd = kind == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	(void)st;
	if (fd < 0 || fd_read_all(fd, GRUB_CFG_MAX_SIZE, &text) < 0 || text.size == 0)
		return 0;
	if (strstr(name, "BOOT_LOADER_ENTR"))
		read_bls(path, buffer_bytes(&text));
	else if (strstr(name, "GRUBENV") || strstr(name, "GRUB_ENV") || text_starts(name, "grubenv"))
		read_block(path, buffer_bytes(&text));
	else if (strstr(name, "OS_RELEASE") || strstr(name, "SYSCONFIG") ||
		 text_starts(name, "os-release") || text_ends(path, "etc/default/grub"))
		read_settings(path, buffer_bytes(&text));
	else if (text_starts(name, "grub_test"))
		read_settings(path, buffer_bytes(&text));
	else if (strstr(name, "fstab"))
		read_fstab(path, buffer_bytes(&text));
	else if (strstr(name, "grub_conf_kdump"))
		read_either_grub(path, buffer_bytes(&text));
	else if (strstr(path, "kernel/cmdline") || strstr(name, "CMDLINE_"))
		read_command_line(path, text.data);
	else if (strstr(name, "grub2") || strstr(name, "GRUB2") || text_ends(name, ".cfg"))
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
	const char *named = getenv("RESCUE_FIXTURES"), *folder = named ? named : FIXTURES;

	(void)state;
	if (access(folder, R_OK) != 0) {
		print_message("no fixtures in %s: skipped\n", folder);
		skip();
	}
	assert_int_equal(nftw(folder, visit, 16, FTW_PHYS), 0);
	print_message("%zu grub.cfg, %zu menus, %zu extlinux, %zu BLS entries, %zu environment "
		      "blocks, %zu settings, %zu command lines, %zu fstab\n",
		grub_cfgs, menus, labels, bls_entries, blocks, settings, command_lines,
		tables);
	assert_true(grub_cfgs > 0 && menus > 0 && labels > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
