/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of scripts as kernel packages have them, and of what a shell allows. */
#include "formats/shell_commands.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	const char *script, *commands; /* each followed by a line end */
} cases[] = {
	{"", ""},
	{"depmod -a 5.14", "depmod -a 5.14\n"},
	{"/sbin/depmod -a\n\n# dracut\nexit 0 # now\n", "/sbin/depmod -a\nexit 0\n"},
	{"a; b && c || d | e & f", "a\nb\nc\nd\ne\nf\n"},
	{"if [ -f /x ]; then\n\tdracut -f\nelse true; fi", "[ -f /x ]\ndracut -f\ntrue\n"},
	{"! grep -q a b", "grep -q a b\n"},
	{"X=1 Y=\"two words\" run it", "run it\n"},
	{"X=$(date +%s)\nrun", "date +%s\nrun\n"},
	{"[ `uname -i` == \"x86 64\" ]", "uname -i\n[ == x86 64 ]\n"},
	{"echo \"at $(hostname) now\"\nnext", "hostname\necho at   now\nnext\n"},
	{"a $(b \"$(c; d)\" e) f\ng", "c\nd\nb e\na f\ng\n"},
	{"a `b; c` d", "b\nc\na d\n"},
	{"sed -i -e 's/a;b/c|d/' /f", "sed -i -e s/a;b/c|d/ /f\n"},
	{"cp \"/lib/a b\" /c\\ d", "cp /lib/a b /c d\n"},
	{"run \\\n  on", "run on\n"},
	{"run >/dev/null 2>&1 <in && next &>/dev/null", "run\nnext\n"},
	{"for f in a b; do rm $f; done", ": a b\nrm $f\n"},
	{"for f in $(ls); do rm $f; done", "ls\n:\nrm $f\n"},
	{"while read x; do y; done", "read x\ny\n"},
	{"case $1 in a|b) c ;; d|e) f; g ;; *) h ;; esac; i", "c\nf\ng\nh\ni\n"},
	{"f() {\n  a\n}\nf", "a\nf\n"},
	{"(a; b)", "a\nb\n"},
	{"cat <<EOF\ndracut\nEOF\ndepmod", "cat\ndepmod\n"},
	{"cat <<-'EOF' >/x\n\tdracut\n\tEOF\ndepmod", "cat\ndepmod\n"},
	{"'if' \"then\"", "if then\n"},
	{"echo 'open", "echo open\n"},
};

static void finds_commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes in = {(const uint8_t *)cases[i].script, strlen(cases[i].script)};
		struct strings commands = {0};
		struct buffer text = {0};

		assert_int_equal(shell_commands(&commands, in), 0);
		assert_int_equal(buffer_puts(&text, ""), 0);
		for (size_t k = 0; k < commands.count; k++)
			assert_int_equal(buffer_printf(&text, "%s\n", commands.items[k]), 0);
		if (strcmp(text.data, cases[i].commands) != 0)
			fail_msg("%s: %s", cases[i].script, text.data);
		buffer_done(&text);
		strings_done(&commands);
	}
}

static void has_a_limit(void **state)
{
	static uint8_t large[SHELL_MAX_SIZE + 1];
	struct strings commands;

	(void)state;
	assert_int_equal(shell_commands(&commands, (struct bytes){large, sizeof(large)}),
			 -EFBIG);
	assert_int_equal(shell_commands(&commands, (struct bytes){large, 1000}), 0);
	assert_int_equal(commands.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_commands),
		cmocka_unit_test(has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
