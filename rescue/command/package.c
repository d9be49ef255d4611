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

/* The payload's digests are only known when all of it has been read. */
static int check_payloads(struct session *s, struct fault *f)
{
	static const struct package_sink nothing = {drop_begin, drop_data, drop_begin, NULL};

	for (size_t i = 0; i < s->packages.count; i++) {
		struct package *p = &s->packages.packages[i];
		int r = package_stream(p, &nothing, NULL, f);

		if (r < 0 && f->code == FAULT_BAD_DIGEST) {
			p->header_digests = DIGESTS_BAD;
			memset(f, 0, sizeof(*f));
		} else if (r < 0) {
			return r;
		}
		s->has_errors = s->has_errors || p->header_digests == DIGESTS_BAD ||
				p->signature == SIGNATURE_BAD;
	}
	return 0;
}

static void print(const struct package_sets *sets)
{
	static const char *const heads[] = {"PACKAGE", "KERNEL", "PART", "DIGESTS", "SIGNATURE"};
	_cleanup_(table_free_p) struct table *t = table_new();

	for (size_t i = 0; t && i < ARRAY_SIZE(heads); i++)
		table_column(t, heads[i], 0);
	for (size_t i = 0; t && i < sets->count; i++) {
		const struct package *p = &sets->packages[i];
		const char *cells[] = {p->nevra, p->release ? p->release : "-",
			package_part_name(p->part), digests_state_name(p->header_digests),
			signature_state_name(p->signature)};

		table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (t)
		table_print(t, stdout, 0, is_ascii());
}

static int run(struct session *s, struct fault *f)
{
	int r;

	if (!s->options.operands.count) {
		fault_named(f, FAULT_USAGE, NULL, "understand the command line",
			"package needs RPM files or directories");
		return -EINVAL;
	}
	r = package_sets_read(&s->packages, &s->options.operands, NULL, f);
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
	json_null(j, "key");
	json_null(j, "algorithm");
	json_close_object(j);
	json_number(j, "files", p->file_count);
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
	.summary = "identity, kernel release and digests of RPM files",
	.run = run,
	.json = json,
};
