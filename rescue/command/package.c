/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue package: what RPM files are, and whether their bytes are whole. */
#include "session.h"
#include "table.h"

#include <errno.h>

/* Every byte is read and digested; nothing is kept. */
static int drop_begin(void *data, const struct package_file *file, struct fault *f)
{
	(void)data, (void)file, (void)f;
	return 0;
}

static int drop_data(void *data, const void *bytes, size_t size, struct fault *f)
{
	(void)data, (void)bytes, (void)size, (void)f;
	return 0;
}

/* What its payload disproves becomes part of the answer; all else ends the command. */
static int check_payload(struct package *p, const struct progress *bar, struct fault *f)
{
	static const struct package_sink nothing = {drop_begin, drop_data, drop_begin, NULL};
	int r = package_stream(p, &nothing, bar, f);

	/* The oldest have one digest, of header and payload together. */
	if (r >= 0 && p->header_digests == DIGESTS_ABSENT && p->md5)
		p->header_digests = DIGESTS_OK;
	if (r >= 0)
		return 0;
	if (f->code == FAULT_BAD_DIGEST)
		p->header_digests = DIGESTS_BAD;
	else if (f->code == FAULT_BAD_SIGNATURE)
		p->signature = SIGNATURE_BAD;
	else
		return r;
	if (!p->damage)
		p->damage = strdup(f->reason);
	memset(f, 0, sizeof(*f));
	return p->damage ? 0 : fault_no_memory(f);
}

/* The payload's digests are only known when all of it has been read. */
static int check_payloads(struct session *s, struct fault *f)
{
	const struct progress bar = progress_bar(s);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < s->packages.count; i++) {
		struct package *p = &s->packages.packages[i];

		if (p->header_digests != DIGESTS_BAD)
			r = check_payload(p, &bar, f);
		s->has_errors = s->has_errors || p->header_digests == DIGESTS_BAD ||
				p->signature == SIGNATURE_BAD;
	}
	progress_bar_end(s);
	return r;
}

static void put_fact(const struct package *p, const char *text)
{
	_cleanup_(buffer_done) struct buffer line = {0};

	if (buffer_puts_escaped(&line, p->nevra) >= 0 && buffer_puts(&line, ": ") >= 0 &&
	    buffer_puts_escaped(&line, text) >= 0)
		puts(line.data);
}

/* Who signed, and why that does not count where it does not. */
static void print_signature(const struct package *p)
{
	_cleanup_free_ char *text = NULL;

	if (p->signature == SIGNATURE_UNSIGNED)
		return;
	text = text_printf("signed %s by key %s%s%s",
		p->signature_algorithm ? p->signature_algorithm : "in an unknown way",
		p->signature_key ? p->signature_key : "unknown",
		p->signature_problem ? ": " : "",
		p->signature_problem ? signature_problem_text(p->signature_problem) : "");
	if (text)
		put_fact(p, text);
}

/* "its scripts are not run: nobody does sed, weak-modules" */
static void print_scripts(const struct package *p, const char *who, const struct strings *names)
{
	_cleanup_(buffer_done) struct buffer line = {0};
	int r = buffer_printf(&line, "its scripts are not run: %s", who);

	for (size_t i = 0; r == 0 && i < names->count; i++)
		r = buffer_printf(&line, "%s%s", i ? ", " : "", names->items[i]);
	if (r == 0 && names->count)
		put_fact(p, line.data);
}

static void print(const struct package_sets *sets)
{
	static const char *const heads[] = {"PACKAGE", "KERNEL", "PART", "DIGESTS", "SIGNATURE"};
	_cleanup_(table_free_p) struct table *t = table_new();

	for (size_t i = 0; t && i < ARRAY_SIZE(heads); i++)
		table_column(t, heads[i], 0);
	for (size_t i = 0; t && i < sets->count; i++) {
		const struct package *p = &sets->packages[i];
		const char *flavour = p->release ? package_flavour(p->release) : NULL;
		_cleanup_free_ char *part = text_printf("%s%s%s", package_part_name(p->part),
			flavour ? ", " : "", flavour ? flavour : "");
		const char *cells[] = {p->nevra, p->release ? p->release : "-",
			part ? part : "", digests_state_name(p->header_digests),
			signature_state_name(p->signature)};

		table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (t)
		table_print(t, stdout, 0, is_ascii());
	for (size_t i = 0; i < sets->count; i++) {
		if (sets->packages[i].damage)
			put_fact(&sets->packages[i], sets->packages[i].damage);
		print_signature(&sets->packages[i]);
		print_scripts(&sets->packages[i], "\"restore\" does what they do with ",
			&sets->packages[i].replaced);
		print_scripts(&sets->packages[i], "nobody does what they do with ",
			&sets->packages[i].not_done);
	}
}

/* Whose keys vouch: the system's that the scope names, where it names one. */
static int choose_system(struct session *s, const struct target **ret, struct fault *f)
{
	const struct options *o = &s->options;
	struct system *system = NULL;
	int r;

	if (!o->scope.root && !o->scope.images.count && !o->scope.devices.count && !o->system)
		return 0;
	r = session_choose(s, &system, f);
	if (r >= 0)
		*ret = &system->target;
	return r;
}

static int run(struct session *s, struct fault *f)
{
	const struct target *patient = NULL;
	int r = choose_system(s, &patient, f);

	if (r < 0)
		return r;
	if (!s->options.operands.count) {
		fault_named(f, FAULT_USAGE, NULL, "understand the command line",
			"package needs RPM files or directories");
		return -EINVAL;
	}
	r = package_sets_read(&s->packages, &s->options.operands, patient, &s->options.keys, f);
	s->has_packages = r >= 0;
	if (r >= 0)
		r = check_payloads(s, f);
	if (r >= 0 && !s->options.json)
		print(&s->packages);
	return r;
}

static void json_package(struct json *j, const struct package *p)
{
	json_object(j, NULL);
	json_text(j, "path", p->path);
	json_text(j, "nevra", p->nevra);
	json_text(j, "arch", p->arch);
	json_text(j, "release", p->release);
	json_text(j, "part", package_part_name(p->part));
	json_object(j, "payload");
	json_text(j, "format", p->payload_format);
	json_text(j, "compression", p->payload_compressor);
	json_number(j, "size", p->file_size - p->payload_offset);
	json_close_object(j);
	json_text(j, "digests", digests_state_name(p->header_digests));
	json_object(j, "signature");
	json_text(j, "state", signature_state_name(p->signature));
	json_text(j, "key", p->signature_key);
	json_text(j, "algorithm", p->signature_algorithm);
	json_close_object(j);
	json_number(j, "files", p->listed_files);
	json_close_object(j);
}

static void json(const struct session *s, struct json *j)
{
	if (!s->has_packages) {
		json_null(j, "packages");
		return;
	}
	json_array(j, "packages");
	for (size_t i = 0; i < s->packages.count; i++)
		json_package(j, &s->packages.packages[i]);
	json_close_array(j);
}

const struct command command_package = {
	.name = "package",
	.operands = "RPM|DIR...",
	.summary = "identity, kernel release, digests, signature",
	.options = OPTIONS_KEY,
	.run = run,
	.json = json,
};
