/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New menuentries: what is read of them is what was to be said. */
#include "formats/grub_cfg.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static const struct grub_menuentry_template entry = {.title = "It's {new}",
	.id = "gnulinux-2-advanced-0a1b",
	.class = "red",
	.device_uuid = "0a1b",
	.linux_word = "linux16",
	.linux_path = "/vmlinuz-2",
	.options = "ro a;b=c\\d #x dyndbg=\"file drivers/usb/* +p\" $tuned_params",
	.initrd = "/initramfs-2.img"};

static void check(const struct buffer *text, const char *title)
{
	_cleanup_(grub_cfg_done) struct grub_cfg c = {0};

	assert_int_equal(grub_cfg_parse(&c, buffer_bytes(text), NULL), 0);
	assert_int_equal(c.bad_line, 0);
	assert_int_equal(c.count, 1);
	assert_string_equal(c.items[0].title, title);
	assert_string_equal(c.items[0].id, entry.id);
	assert_string_equal(c.items[0].linux_word, "linux16");
	assert_string_equal(c.items[0].linux_path, entry.linux_path);
	assert_string_equal(c.items[0].options,
		"ro a;b=c\\d #x \"dyndbg=file drivers/usb/* +p\" $tuned_params");
	assert_int_equal(c.items[0].initrd.count, 1);
	assert_string_equal(c.items[0].initrd.items[0], entry.initrd);
	assert_int_equal(c.items[0].at, 0);
	assert_int_equal(c.items[0].behind, text->size - 1);
	assert_non_null(strstr(text->data, "initrd16 "));
}

static void from_nothing(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	(void)state;
	assert_int_equal(grub_menuentry_write(&text, &entry), 0);
	check(&text, entry.title);
	assert_non_null(strstr(text.data, "--fs-uuid --set=root 0a1b\n"));
}

static void from_another(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	(void)state;
	assert_int_equal(
		grub_menuentry_clone(&text,
			BYTES("menuentry 'RHEL (1) 7' --class red $menuentry_id_option "
			      "'gnulinux-1-advanced-0a1b' {\n\tload_video\n\tlinux16 "
			      "/vmlinuz-1 old\n\tinitrd16 /initramfs-1.img\n}"),
			"1", "2", &(struct grub_menuentry_template){.linux_word = "linux16",
				.linux_path = entry.linux_path, .options = entry.options,
				.initrd = entry.initrd}),
		0);
	assert_non_null(strstr(text.data, "\tload_video\n\tlinux16 /vmlinuz-2 ro"));
}

static void knows_where_items_begin(void **state)
{
	_cleanup_(grub_cfg_done) struct grub_cfg c = {0};

	(void)state;
	assert_int_equal(grub_cfg_parse(&c, BYTES("set a=1\nmenuentry a {\n}\nsubmenu s "
						  "{\nmenuentry b {\n}\n}\nif x; then\n"
						  "menuentry c {\n}\nfi\nmenuentry d {\n}\n"),
				 NULL),
		0);
	assert_int_equal(c.top_count, 4);
	assert_int_equal(c.tops[0].at, 8);
	assert_int_equal(c.tops[1].at, 24);
	assert_false(c.tops[1].is_conditional);
	assert_true(c.tops[2].is_conditional);
	assert_false(c.tops[3].is_conditional);
	assert_string_equal(c.items[1].number, "1>0");
	assert_int_equal(c.items[0].at, 8);
	assert_int_equal(c.items[0].behind, 23);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_nothing),
		cmocka_unit_test(from_another),
		cmocka_unit_test(knows_where_items_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
