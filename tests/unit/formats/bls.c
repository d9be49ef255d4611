/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BLS entries: tests/data/bls, variables as GRUB expands them, writing. */
#include "formats/bls.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static void dump_as(struct buffer *ret, struct bytes input, enum bls_dialect dialect)
{
	_cleanup_(strings_done) struct strings initrd = {0};
	struct bls_entry e;
	int r = bls_parse(&e, input, dialect, NULL);

	if (r < 0) {
		buffer_printf(ret, "%s\n", errno_name(-r));
		return;
	}
	for (size_t i = 0; i < e.count; i++)
		buffer_printf(ret, "%u: [%s] [%s]\n", e.items[i].line, e.items[i].key,
			e.items[i].value);
	assert_int_equal(bls_get_all(&e, "initrd", &initrd), 0);
	for (size_t i = 0; i < initrd.count; i++)
		buffer_printf(ret, "initrd %s\n", initrd.items[i]);
	if (e.stopped_line > 0)
		buffer_printf(ret, "stopped at %u\n", e.stopped_line);
	if (e.fatal_line > 0)
		buffer_printf(ret, "gives up at %u\n", e.fatal_line);
	bls_done(&e);
}

/* As EL9 reads it, and each other loader that reads it otherwise. */
static void dump(struct buffer *ret, struct bytes input)
{
	static const char *const names[] = {"EL8", "EL9", "blsuki", "systemd-boot"};
	_cleanup_(buffer_done) struct buffer usual = {0};

	dump_as(&usual, input, BLS_EL9);
	buffer_append(ret, usual.data, usual.size);
	for (enum bls_dialect d = BLS_EL8; d <= BLS_SYSTEMD; d++) {
		_cleanup_(buffer_done) struct buffer text = {0};

		dump_as(&text, input, d);
		if (!text_equal(text.data, usual.data))
			buffer_printf(ret, "-- %s\n%s", names[d], text.data ? text.data : "");
	}
}

static void reads_cases(void **state)
{
	(void)state;
	run_cases("bls", dump);
}

static void takes_the_first_of_equal_keys(void **state)
{
	_cleanup_(bls_done) struct bls_entry e = {0};

	(void)state;
	assert_int_equal(bls_parse(&e, BYTES("options a\noptions b\n"), BLS_EL9, NULL), 0);
	assert_string_equal(bls_get(&e, "options"), "a");
	assert_null(bls_get(&e, "linux"));
}

static void has_limits(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	struct bls_entry e = {.count = 77};

	(void)state;
	for (int i = 0; i < 10001; i++)
		assert_return_code(buffer_puts(&text, "a b\n"), 0);
	assert_int_equal(bls_parse(&e, buffer_bytes(&text), BLS_EL9, NULL), -E2BIG);
	while (text.size <= BLS_MAX_SIZE)
		assert_return_code(
			buffer_puts(&text, "# 3456789 123456789 123456789\n"), 0);
	assert_int_equal(bls_parse(&e, buffer_bytes(&text), BLS_EL9, NULL), -EFBIG);
	assert_int_equal(e.count, 77);
}

/*
 * Derived from expand_val() and field_append() of blscfg.c; kernelopts and tuned are set.
 */
static const struct {
	const char *value, *expanded;
} expansions[] = {
	{"root=x ro", "root=x ro"},
	{"$kernelopts", "root=y ro "},
	{"$kernelopts $tuned", "root=y ro isolcpus=1 "},
	{"$kernelopts $unset", "root=y ro "},
	{"$unset", NULL},      /* falls back to default_kernelopts */
	{"$unset $unset", ""}, /* does not */
	{"$unset $tuned", "isolcpus=1 "},
	{"$unset ro", "ro"},
	{"a$tuned,b", "aisolcpus=1 ,b"},
	{"cost=5$", "cost=5"},
	{"", NULL},
};

static const char *variable(void *data, const char *name)
{
	(void)data;
	if (strcmp(name, "kernelopts") == 0)
		return "root=y ro";
	return strcmp(name, "tuned") == 0 ? "isolcpus=1" : NULL;
}

static void expands(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expansions); i++) {
		_cleanup_free_ char *text = NULL;

		assert_int_equal(
			bls_expand(&text, expansions[i].value, variable, NULL), 0);
		if (!text_equal(text, expansions[i].expanded))
			fail_msg("[%s] gives [%s]", expansions[i].value,
				text ? text : "NULL");
	}
}

static void writes_what_it_reads(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(bls_done) struct bls_entry e = {0};
	const struct bls_template t = {
		.title = "Rocky Linux (5.14.0-1.el9.x86_64) 9.4",
		.version = "5.14.0-1.el9.x86_64",
		.linux_path = "/vmlinuz-5.14.0-1.el9.x86_64",
		.initrd = "/initramfs-5.14.0-1.el9.x86_64.img",
		.options = "root=UUID=1 ro",
		.grub_users = "$grub_users",
		.grub_arg = "--unrestricted",
		.grub_class = "rocky",
	};

	(void)state;
	assert_int_equal(bls_write(&text, &t), 0);
	assert_string_equal(text.data, "title Rocky Linux (5.14.0-1.el9.x86_64) 9.4\n"
				       "version 5.14.0-1.el9.x86_64\n"
				       "linux /vmlinuz-5.14.0-1.el9.x86_64\n"
				       "initrd /initramfs-5.14.0-1.el9.x86_64.img\n"
				       "options root=UUID=1 ro\n"
				       "grub_users $grub_users\n"
				       "grub_arg --unrestricted\n"
				       "grub_class rocky\n");
	assert_int_equal(bls_parse(&e, buffer_bytes(&text), BLS_EL9, NULL), 0);
	assert_int_equal(e.count, 8);
	assert_int_equal(e.stopped_line, 0);
	assert_string_equal(bls_get(&e, "options"), t.options);
}

static void refuses_what_grub_would_not_read_back(void **state)
{
	static const char *const values[] = {"", " a", "\ta", "a\nb", "a\tb", "a\x7f"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct buffer text = {.size = 77};

		assert_int_equal(
			bls_write(&text, &(struct bls_template){.title = values[i]}),
			-EINVAL);
		assert_int_equal(text.size, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(takes_the_first_of_equal_keys),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(expands),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(refuses_what_grub_would_not_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
