/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB scripts: words, quotes, what ends a command. */
#include "../../../rescue/formats/grub_script.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

static const struct {
	const char *text, *words; /* words joined by |, commands by what ends them */
} cases[] = {
	{"a b\nc", "a|b;c;"},
	{"a;b ; c", "a;b;c;"},
	{"  # comment\na#b # c\n", ";a#b;"},
	{"a 'b  c' \"d $e ${f}\"", "a|b  c|d $e ${f};"},
	{"a b\\ c \\'d", "a|b c|'d;"},
	{"a\\\nb c", "ab|c;"},
	{"a \\\n b", "a|b;"},
	{"\"x\\\"y\\$z\\n\"", "x\"y$z\\n;"},
	{"'it'\"'\"'s'", "it's;"},
	{"menuentry x {\n a\n}", "menuentry|x{;a;}"},
	{"x{y}", "x{y}"},
	{"a '' \"\"", "a||;"},
	{"a 'two\nlines'\nb", "a|two\nlines;b;"},
	{"${a b}c", "${a b}c;"},
	{"$", "$;"},
	{"a $\"b c\" d", "a|b c|d;"},
	{"a\r\nb\r\n", "a;b;"},
};

static void dump(struct buffer *out, const struct grub_command *c)
{
	for (size_t i = 0; i < c->words.count; i++)
		assert_return_code(
			buffer_printf(out, "%s%s", i > 0 ? "|" : "", c->words.items[i]),
			0);
	assert_return_code(buffer_puts(out, c->end == GRUB_COMMAND_OPEN    ? "{"
					    : c->end == GRUB_COMMAND_CLOSE ? "}"
									   : ";"),
		0);
}

static int read_all(const char *text, struct buffer *out)
{
	struct grub_script s = {.in = {(const uint8_t *)text, strlen(text)}, .line = 1};
	int r;

	for (;;) {
		_cleanup_(grub_command_done) struct grub_command c = {0};

		r = grub_script_next(&s, &c);
		if (r <= 0)
			return r;
		dump(out, &c);
	}
}

static void reads_commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(buffer_done) struct buffer out = {0};

		assert_int_equal(read_all(cases[i].text, &out), 0);
		if (!text_equal(out.data, cases[i].words))
			fail_msg("%s: %s", cases[i].text, out.data);
	}
}

static void refuses(void **state)
{
	static const char *const bad[] = {
		"a | b", "a & b", "a > b", "a < b", "'open", "\"open", "a 'open\nmore"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_(buffer_done) struct buffer out = {0};

		assert_int_equal(read_all(bad[i], &out), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_commands),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
