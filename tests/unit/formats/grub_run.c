/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grub.cfg that runs: tests/data/grub_run, in a small world of its own; limits. */
#include "formats/grub_cfg.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static const char *variable(void *data, const char *name)
{
	(void)data;
	if (strcmp(name, "prefix") == 0 || strcmp(name, "config_directory") == 0)
		return "(boot)/grub2";
	if (strcmp(name, "root") == 0)
		return "boot";
	if (strcmp(name, "grub_platform") == 0)
		return "pc";
	if (strcmp(name, "cmdpath") == 0)
		return grub_script_unknown;
	return text_starts(name, "feature_") ? "y" : NULL;
}

static const struct {
	const char *path, *text;
} files[] = {
	{"(boot)/grub2/grubenv", "# GRUB Environment Block\nsaved_entry=gnulinux-simple\n"
				 "kernelopts=root=a ro\ntuned_initrd=/tuned.img\n"
				 "prev_saved_entry=previous\n"},
	{"(boot)/grub2/custom.cfg", "set timeout=1\nmenuentry custom {\n linux /custom\n}\n"},
	{"(boot)/vmlinuz", "x"},
};

static const char *find(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (text_ends(files[i].path, path))
			return files[i].text;
	return NULL;
}

static int read_file(void *data, const char *path, struct buffer *ret)
{
	const char *text = find(path);

	(void)data;
	return text ? buffer_puts(ret, text) : -ENOENT;
}

static enum grub_answer exists(void *data, const char *path, char kind)
{
	(void)data;
	return find(path) && kind != 'd' ? GRUB_YES : GRUB_NO;
}

static enum grub_answer search(void *data, const char *by, const char *what, const char **ret)
{
	bool yes = strcmp(by, "file") == 0 ? find(what) != NULL
					   : strcmp(what, "1111") == 0 || strcmp(what, "BOOT") == 0;

	(void)data;
	*ret = yes ? "boot" : NULL;
	return yes ? GRUB_YES : GRUB_NO;
}

static const struct grub_world world = {variable, read_file, exists, search, NULL};

static const char *or_none(const char *text)
{
	return text ? text : "-";
}

static void dump_item(struct buffer *ret, const struct grub_menuentry *m)
{
	buffer_printf(ret, "%s%s%u: %s %s[%s]", m->file ? m->file : "", m->file ? " " : "", m->line,
		m->number, m->is_submenu ? "submenu " : "", m->title);
	if (m->id)
		buffer_printf(ret, " id [%s]", m->id);
	if (m->linux_path)
		buffer_printf(ret, " %u: %s [%s] [%s] raw [%s]", m->linux_line, m->linux_word,
			m->linux_path, or_none(m->options), or_none(m->raw_options));
	for (size_t n = 0; n < m->initrd.count; n++)
		buffer_printf(ret, " initrd [%s]", m->initrd.items[n]);
	buffer_printf(ret, "%s%s\n", m->hypervisor ? " under " : "",
		m->hypervisor ? m->hypervisor : "");
}

/* Where it stands is where it stands in the file, also in submenus and functions. */
static void assert_stands_there(const struct grub_menuentry *m, struct bytes input)
{
	const char *word = m->is_submenu ? "submenu" : "menuentry";

	assert_true(m->behind > m->at && m->behind <= input.size);
	assert_memory_equal(input.data + m->at, word, strlen(word));
	assert_int_equal(input.data[m->behind - 1], '}');
}

static void dump(struct buffer *ret, struct bytes input)
{
	struct grub_menu m;
	int r = grub_cfg_run(&m, input, &world, NULL);

	if (r < 0) {
		buffer_printf(ret, "%s\n", errno_name(-r));
		return;
	}
	for (size_t i = 0; i < m.variable_count; i++)
		buffer_printf(ret, "%s=%s\n", m.variables[i].name, m.variables[i].value);
	for (size_t i = 0; i < m.count; i++) {
		dump_item(ret, &m.items[i]);
		if (!m.items[i].file)
			assert_stands_there(&m.items[i], input);
	}
	if (m.has_blscfg)
		buffer_printf(ret, "blscfg at %zu [%s]\n", m.blscfg_index, or_none(m.blscfg_path));
	if (m.bad_line > 0)
		buffer_printf(ret, "bad line %u\n", m.bad_line);
	grub_menu_done(&m);
}

static void runs_cases(void **state)
{
	(void)state;
	run_cases("grub_run", dump);
}

static int run_repeated(const char *text, int times)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_(grub_menu_done) struct grub_menu m = {0};

	for (int i = 0; i < times; i++)
		assert_return_code(buffer_puts(&b, text), 0);
	return grub_cfg_run(&m, buffer_bytes(&b), &world, NULL);
}

static void has_limits(void **state)
{
	(void)state;
	assert_int_equal(run_repeated("menuentry a { linux /a }\n", GRUB_CFG_MAX_ENTRIES), 0);
	assert_int_equal(
		run_repeated("menuentry a { linux /a }\n", GRUB_CFG_MAX_ENTRIES + 1), -E2BIG);
	assert_int_equal(run_repeated("true\n", GRUB_CFG_MAX_COMMANDS + 1), -E2BIG);
	assert_int_equal(run_repeated("source /grub2/custom.cfg\n", GRUB_CFG_MAX_FILES + 1),
		-E2BIG);
	assert_int_equal(run_repeated("# 3456789 123456789 123456789 1\n", 131073), -EFBIG);
	assert_int_equal(run_repeated("if true; then ", 1000), 0); /* refused, as GRUB does */
	/* A function that calls itself twice, 64 deep, ends at the limit of commands. */
	assert_int_equal(run_repeated("function f { f; f; }\nf\n", 1), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_cases),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
