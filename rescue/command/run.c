/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program behind main: parse, run one command, say what became of it. */
#include "session.h"

#include <errno.h>
#include <locale.h>
#include <unistd.h>

const struct command *const commands[] = {&command_diagnose, &command_locate,
	&command_inventory, &command_verify, &command_restore, &command_undo, &command_history,
	&command_package, &command_initramfs, &command_platform, &command_help, NULL};

/* The end of what a program of the system wrote before it failed. */
static void print_output(const struct fault *f)
{
	char lines[sizeof(f->output)], *rest = lines, *line;

	memcpy(lines, f->output, sizeof(lines));
	while ((line = strsep(&rest, "\n"))) {
		_cleanup_(buffer_done) struct buffer text = {0};

		if (*line && buffer_puts_escaped(&text, line) >= 0)
			fprintf(stderr, "  | %s\n", text.data);
	}
}

static void print_fault(const struct fault *f)
{
	static const char *const states[] = {NULL, "nothing was changed", "changes were undone"};
	_cleanup_(buffer_done) struct buffer plain = {0}, text = {0};

	if (fault_describe(f, &plain) < 0 || buffer_puts_escaped(&text, plain.data) < 0) {
		fprintf(stderr, "rescue: out of memory\n");
		return;
	}
	fprintf(stderr, "rescue: %s\n", text.data);
	text.size = 0;
	if (f->hint[0] && buffer_puts_escaped(&text, f->hint) >= 0)
		fprintf(stderr, "  hint: %s\n", text.data);
	if (f->state == STATE_INCOMPLETE)
		fprintf(stderr, "  state: run \"rescue undo%s%s\"\n", f->transaction[0] ? " " : "",
			f->transaction);
	else if (states[f->state])
		fprintf(stderr, "  state: %s\n", states[f->state]);
	print_output(f);
}

static int print_json(const struct session *s, const struct fault *f)
{
	_cleanup_(json_done) struct json j = {0};
	const char *name = !s->command ? NULL : s->command->name[0] ? s->command->name
								    : "diagnose";
	int r;

	json_object(&j, NULL);
	json_text(&j, "rescue", RESCUE_VERSION);
	json_text(&j, "command", name);
	json_fault(&j, f);
	if (s->command && s->command->json)
		s->command->json(s, &j);
	json_close_object(&j);
	r = json_finish(&j);
	if (r < 0)
		return r;
	fwrite(j.out.data, 1, j.out.size, stdout);
	return 0;
}

/* What was asked is only done when it has reached its reader (/dev/full). */
static int close_output(void)
{
	int failed = fflush(stdout) != 0 || ferror(stdout);

	if (fclose(stdout) != 0 || failed)
		return errno ? -errno : -EIO;
	return 0;
}

static int exit_code(const struct session *s, const struct fault *f)
{
	if (f->code != FAULT_NONE)
		return fault_exit_code(f);
	return s->has_errors ? 1 : 0;
}

static bool asks_for_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int run_command(struct session *s, struct fault *f)
{
	if (s->options.log && log_open(s->options.log) < 0)
		return fault_errno(f, errno, s->options.log, "open the log %s", s->options.log);
	if (s->options.verbose)
		log_verbose();
	log_line("rescue %s: %s %s", RESCUE_VERSION, s->command->name[0] ? s->command->name
		: "diagnose", s->options.scope_text);
	if (s->options.version || s->options.help) {
		strings_done(&s->options.operands);
		return command_help.run(s, f);
	}
	return s->command->run(s, f);
}

int command_main(int argc, char **argv)
{
	_cleanup_(session_done) struct session s = {0};
	struct fault f = {0};
	bool json = asks_for_json(argc, argv);
	int code, r;

	setlocale(LC_ALL, "");
	r = options_parse(&s.options, &s.command, argc, argv, &f);
	if (r >= 0)
		r = run_command(&s, &f);
	if (r < 0 && f.code == FAULT_NONE)
		fault_errno(&f, -r, NULL, "go on");
	if (f.code != FAULT_NONE && s.command && s.command->writes && f.state == STATE_LOOKED &&
		f.code != FAULT_USAGE)
		f.state = STATE_UNCHANGED;
	if (json && print_json(&s, &f) < 0)
		fault_no_memory(&f);
	if (f.code != FAULT_NONE)
		print_fault(&f);
	code = exit_code(&s, &f);
	r = close_output();
	if (r < 0 && f.code == FAULT_NONE) {
		fault_errno(&f, -r, NULL, "write to standard output");
		print_fault(&f);
		code = fault_exit_code(&f);
	}
	log_line("ended with %d", code);
	return code;
}
