/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program that starts the system once its root is mounted: init= of the command line, or
 * the usual ones in the order of dracut, systemd and our own initramfs. A shell is tried
 * behind them, too, and is no system.
 */
#include "verify_rules.h"

#include "formats/cmdline.h"
#include "formats/elf_library.h"

#include <errno.h>

static const char *const usual[] = {
	"/sbin/init", "/usr/lib/systemd/systemd", "/lib/systemd/systemd"};

static int set_problem(char **ret, char *take)
{
	*ret = take;
	return take ? 0 : -ENOMEM;
}

static bool is_program_file(const struct target *t, const char *path)
{
	struct stat st;

	return target_stat(t, path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

/* Of "#! /bin/sh -e": /bin/sh. */
static char *script_interpreter(struct bytes in)
{
	const char *line = (const char *)in.data + 2, *end = line + in.size - 2;
	const char *stop;

	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	for (stop = line; stop < end && *stop && !strchr(" \t\r\n", *stop); stop++)
		;
	return strndup(line, (size_t)(stop - line));
}

static int judge_content(const struct target *t, struct bytes in, char **ret)
{
	_cleanup_free_ char *interpreter = NULL;
	struct elf_library program;
	int r;

	if (in.size > 2 && memcmp(in.data, "#!", 2) == 0) {
		interpreter = script_interpreter(in);
	} else {
		r = elf_library_parse(&program, in, NULL);
		if (r < 0)
			return r == -ENOMEM ? r : set_problem(ret, strdup("is no program, or a "
									  "damaged one"));
		interpreter = strdup(program.interpreter ? program.interpreter : "");
	}
	if (!interpreter)
		return -ENOMEM;
	if (!*interpreter || is_program_file(t, interpreter))
		return 0;
	return set_problem(ret, text_printf("wants %s, which is not there", interpreter));
}

/* What keeps it from being started, behind its name; NULL: nothing that is known. */
static int judge_program(const struct target *t, const char *path, char **ret)
{
	_cleanup_(buffer_done) struct buffer file = {0};
	struct stat st;
	int r = target_stat(t, path, &st);

	if (r == -ENOMEM)
		return r;
	if (r < 0 || !S_ISREG(st.st_mode))
		return set_problem(ret, strdup(r < 0 ? "is not there" : "is no file"));
	if (!(st.st_mode & 0111))
		return set_problem(ret, strdup("may not be executed"));
	r = target_read(t, path, ELF_LIBRARY_MAX_SIZE, &file, NULL);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return judge_content(t, buffer_bytes(&file), ret);
}

/* init= of what starts next; *ret NULL: there is none. */
static int asked_program(const struct inventory *inv, char **ret)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	const struct entry *e =
		inv->default_entry >= 0 ? &inv->entries[inv->default_entry] : NULL;
	int r = e && e->options ? cmdline_parse(&c, e->options) : 0;

	if (r < 0 || !cmdline_has(&c, "init"))
		return r == -ENOMEM ? r : 0;
	*ret = cmdline_get(&c, "init");
	return *ret ? 0 : -ENOMEM;
}

static int report(struct rules *r, enum severity severity, const char *path,
		  const char *problem)
{
	return findings_add(&r->v->findings, "init-missing", severity, NULL, path,
		"%s %s: %s", path, problem, severity == SEVERITY_ERROR
			? "nothing starts the system behind its kernel"
			: "init= of the default entry asks for it");
}

int rules_first_program(struct rules *r)
{
	const struct target *t = &r->inv->system->target;
	_cleanup_free_ char *asked = NULL, *first = NULL, *problem = NULL;
	int rc = asked_program(r->inv, &asked);

	/* /usr may be what is not there. */
	if (rc < 0 || t->fd < 0 || !r->inv->system->complete)
		return rc;
	if (asked)
		rc = judge_program(t, asked, &problem);
	if (rc >= 0 && problem)
		rc = report(r, SEVERITY_WARNING, asked, problem);
	for (size_t i = 0; rc >= 0 && i < ARRAY_SIZE(usual); i++) {
		free(TAKE_PTR(problem));
		rc = judge_program(t, usual[i], &problem);
		if (rc < 0 || !problem)
			return rc;
		if (i == 0)
			first = TAKE_PTR(problem);
	}
	return rc < 0 ? rc : report(r, SEVERITY_ERROR, usual[0], first);
}
