/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real modules: modinfo and modprobe --show-modversions say the same of each. Below
 * RESCUE_MODULES, for modules of other machines and ages, else those of the lab's kernel.
 */
#include "decompress.h"
#include "formats/module_versions.h"
#include "rpms.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What kmod takes from the signature behind the module, not from .modinfo. */
static const char *const of_signatures[] = {"sig_id", "signer", "sig_key", "sig_hashalgo",
	"signature"};

static struct strings paths;
static size_t modules, infos, versions, machines[2][2];

struct read_module {
	struct buffer bytes;
	struct elf_module elf;
};

static void read_module(struct read_module *ret, const char *path)
{
	struct buffer raw = {0};
	struct fault f = {0};
	enum compression c;

	file_load(path, &raw);
	c = compression_detect(buffer_bytes(&raw));
	if (c == COMPRESSION_NONE)
		ret->bytes = TAKE_STRUCT(raw);
	else
		assert_int_equal(decompress(c, buffer_bytes(&raw), ELF_MODULE_MAX_SIZE,
				 &ret->bytes), 0);
	buffer_done(&raw);
	if (elf_module_parse(&ret->elf, buffer_bytes(&ret->bytes), &f) < 0)
		fail_msg("%s: %s", path, f.reason);
	machines[ret->elf.is_64][ret->elf.is_big_endian]++;
}

static char *say(const char *command, const char *path)
{
	return program_output((const char *[]){"sh", "-c", command, "sh", path, NULL});
}

static bool is_of_signature(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(of_signatures); i++)
		if (strcmp(of_signatures[i], name) == 0)
			return true;
	return false;
}

/* Parameters are left out: it makes one line of two fields of each. */
static const char say_infos[] =
	"modinfo -0 \"$1\" | tr '\\n\\0' ' \\n' | sed '/^[a-z]*: /d'";

/* Lines "name=value", line ends within a value made blanks; names in the module's order. */
static void compare_infos(const char *path, const struct elf_module *m)
{
	_cleanup_free_ char *text = say(say_infos, path);
	_cleanup_(strings_done) struct strings names = {0};

	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		char *value = strchr(line, '=');
		_cleanup_free_ char *ours = NULL;
		const char *found;
		size_t n = 0;

		if (!value)
			continue;
		*value++ = '\0';
		if (is_of_signature(line))
			continue;
		for (size_t i = 0; i < names.count; i++)
			n += strcmp(names.items[i], line) == 0;
		found = elf_module_info(m, line, n);
		ours = found ? strdup(found) : NULL;
		for (char *at = ours; at && (at = strchr(at, '\n'));)
			*at = ' ';
		if (!text_equal(ours, value))
			fail_msg("%s: %s #%zu: %s, modinfo: %s", path, line, n,
				ours ? ours : "-", value);
		assert_int_equal(strings_add(&names, line), 0);
		infos++;
	}
	for (size_t i = 0; i < names.count; i++) {
		size_t n = 0;

		for (size_t k = 0; k < names.count; k++)
			n += strcmp(names.items[i], names.items[k]) == 0;
		if (elf_module_info(m, names.items[i], n))
			fail_msg("%s: more of %s than modinfo has", path, names.items[i]);
	}
}

static void compare_versions(const char *path, const struct elf_module *m)
{
	_cleanup_free_ char *text = say(
		"modprobe --show-modversions \"$1\" 2>/dev/null || :", path);
	struct module_versions v;
	size_t count = 0;

	assert_int_equal(module_versions_open(&v, m, NULL), 0);
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		unsigned long theirs;
		uint32_t crc = 0;
		char *name;

		if (!*line)
			continue;
		theirs = strtoul(line, &name, 16);
		assert_int_equal(*name, '\t');
		if (!module_versions_find(&v, name + 1, &crc) || crc != theirs)
			fail_msg("%s: %s: %08x, modprobe: %08lx", path, name + 1, crc, theirs);
		count++;
	}
	if (count != v.count)
		fail_msg("%s: %zu versions, modprobe: %zu", path, v.count, count);
	versions += count;
}

static int count_import(void *data, const struct module_import *i)
{
	size_t *count = data;

	*count += *i->name != '\0';
	return 0;
}

static int count_export(void *data, const struct kernel_symbol *s)
{
	size_t *count = data;

	*count += *s->name != '\0';
	return 0;
}

/* Nothing to compare with, but each is readable to the end. */
static void read_symbols(const char *path, const struct elf_module *m)
{
	size_t imports = 0, exports = 0;
	struct module_versions v;
	struct fault f = {0};

	assert_int_equal(module_versions_open(&v, m, NULL), 0);
	if (module_imports(&v, count_import, &imports, &f) < 0 ||
		module_exports(m, count_export, &exports, &f) < 0)
		fail_msg("%s: %s", path, f.reason);
}

static int take_path(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)walk;
	return type != FTW_F || !strstr(path, ".ko") ? 0 : strings_add(&paths, path);
}

static char *directory(void)
{
	const char *named = getenv("RESCUE_MODULES");
	char *path = named ? strdup(named) : program_output((const char *[]){"bash", "-c",
		". tests/lib/lab.sh && printf %s \"$(lab_kernel small)\"", NULL});

	assert_non_null(path);
	return path;
}

static void of_every_module(void **state)
{
	_cleanup_free_ char *where = directory();

	(void)state;
	assert_int_equal(nftw(where, take_path, 16, FTW_PHYS), 0);
	for (size_t i = 0; i < paths.count; i++) {
		struct read_module m = {0};

		read_module(&m, paths.items[i]);
		compare_infos(paths.items[i], &m.elf);
		compare_versions(paths.items[i], &m.elf);
		read_symbols(paths.items[i], &m.elf);
		buffer_done(&m.bytes);
		modules++;
	}
	strings_done(&paths);
	print_message("%zu modules (64-bit little-endian %zu, big %zu; 32-bit little %zu, big "
		      "%zu): %zu fields as modinfo, %zu versions as modprobe\n", modules,
		machines[true][false], machines[true][true], machines[false][false],
		machines[false][true], infos, versions);
	assert_true(modules > 10 && infos > modules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_every_module)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
