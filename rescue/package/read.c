/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the headers of one RPM file: who it is, and whether its header is what was built. */
#include "package_room.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file while its headers are read. */
struct reader {
	struct package *package;
	struct package_keys *keys; /* NULL: none is known */
	int fd;
	uint64_t at;
	struct buffer signature_bytes, main_bytes;
	struct rpm_header signature, main;
};

static void reader_done(struct reader *r)
{
	safe_close(r->fd);
	buffer_done(&r->signature_bytes);
	buffer_done(&r->main_bytes);
}

/* Appends exactly `size` bytes; what the file cannot hold is never allocated. */
static int read_more(struct reader *reader, size_t size, struct buffer *to, struct fault *f)
{
	struct package *p = reader->package;

	if (size > p->file_size - reader->at)
		return package_refuse(f, p, "it is cut short within its headers");
	if (buffer_reserve(to, size) < 0)
		return fault_no_memory(f);
	while (size) {
		ssize_t n = read(reader->fd, to->data + to->size, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(f, errno, p->path, "read %s", p->path);
		if (n == 0)
			return package_refuse(f, p, "it is cut short within its headers");
		to->size += (size_t)n;
		reader->at += (uint64_t)n;
		size -= (size_t)n;
	}
	to->data[to->size] = '\0';
	return 0;
}

static int open_file(struct reader *reader, struct fault *f)
{
	struct package *p = reader->package;
	struct stat st;

	reader->fd = package_open(p, f);
	if (reader->fd < 0)
		return reader->fd;
	if (fstat(reader->fd, &st) < 0)
		return fault_errno(f, errno, p->path, "read %s", p->path);
	if (!S_ISREG(st.st_mode))
		return package_refuse(f, p, "it is not a regular file");
	p->file_size = (uint64_t)st.st_size;
	return 0;
}

/* The parsers do not know the file's name: their reason is told with it. */
static int refused(struct reader *reader, const struct fault *why, struct fault *f)
{
	return package_refuse(f, reader->package, "%s", why->reason);
}

static int read_lead(struct reader *reader, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer lead = {0};
	struct fault why = {0};
	int r;

	if (reader->package->file_size < RPM_LEAD_SIZE)
		return package_refuse(f, reader->package, "it is not an RPM file");
	r = read_more(reader, RPM_LEAD_SIZE, &lead, f);
	if (r < 0)
		return r;
	return rpm_lead_parse(buffer_bytes(&lead), &why) < 0 ? refused(reader, &why, f) : 0;
}

static int read_header(struct reader *reader, enum rpm_header_kind kind, struct buffer *to,
		       struct rpm_header *ret, struct fault *f)
{
	struct fault why = {0};
	size_t length;
	int r = read_more(reader, RPM_INTRO_SIZE, to, f);

	if (r < 0)
		return r;
	if (rpm_header_length(buffer_bytes(to), kind, &length, &why) < 0)
		return refused(reader, &why, f);
	r = read_more(reader, length, to, f);
	if (r < 0)
		return r;
	if (rpm_header_parse(ret, buffer_bytes(to), kind, &why) < 0)
		return refused(reader, &why, f);
	return 0;
}

/* The signature header is padded to 8 bytes, the main header is not. */
static int read_headers(struct reader *reader, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer padding = {0};
	struct package *p = reader->package;
	int r = read_lead(reader, f);

	if (r >= 0)
		r = read_header(reader, RPM_SIGNATURE_HEADER, &reader->signature_bytes,
				&reader->signature, f);
	if (r >= 0)
		r = read_more(reader, -reader->at & 7, &padding, f);
	if (r < 0)
		return r;
	p->header_offset = reader->at;
	r = read_header(reader, RPM_MAIN_HEADER, &reader->main_bytes, &reader->main, f);
	p->payload_offset = reader->at;
	return r;
}

/* ---- identity ----------------------------------------------------------------------- */

/* Absent ones stay NULL. */
static int take_text(char **ret, const struct rpm_header *h, uint32_t tag)
{
	const char *text;
	int r = rpm_header_text(h, tag, &text);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

static int must_have(struct package *p, char **ret, const struct rpm_header *h, uint32_t tag,
		     struct fault *f)
{
	int r = take_text(ret, h, tag);

	if (r == -ENOMEM)
		return fault_no_memory(f);
	if (r < 0 || !*ret || !(*ret)[0])
		return package_refuse(f, p, "it does not say what it is (tag %u)", tag);
	return 0;
}

static int name_package(struct package *p, const struct rpm_header *h, const char *release)
{
	uint64_t epoch;
	char prefix[32] = "";

	if (rpm_header_number(h, TAG_EPOCH, &epoch) == 0)
		snprintf(prefix, sizeof(prefix), "%llu:", (unsigned long long)epoch);
	p->version_release = text_printf("%s-%s", p->version, release);
	p->nevra = text_printf("%s-%s%s-%s.%s", p->name, prefix, p->version, release, p->arch);
	return p->version_release && p->nevra ? 0 : -ENOMEM;
}

static int take_identity(struct package *p, const struct rpm_header *h, struct fault *f)
{
	_cleanup_free_ char *release = NULL;
	int r = must_have(p, &p->name, h, TAG_NAME, f);

	if (r == 0)
		r = must_have(p, &p->version, h, TAG_VERSION, f);
	if (r == 0)
		r = must_have(p, &release, h, TAG_RELEASE, f);
	if (r == 0)
		r = must_have(p, &p->arch, h, TAG_ARCH, f);
	if (r < 0)
		return r;
	p->is_source = !rpm_header_has(h, TAG_SOURCE_RPM);
	if (rpm_header_number(h, TAG_LONG_SIZE, &p->installed_size) < 0)
		(void)rpm_header_number(h, TAG_SIZE, &p->installed_size);
	return name_package(p, h, release) < 0 ? fault_no_memory(f) : 0;
}

/* rpm writes no compressor for a payload that has none; format 3 meant gzip by that. */
static int take_payload_kind(struct reader *reader, struct fault *f)
{
	struct package *p = reader->package;
	int r = take_text(&p->payload_format, &reader->main, TAG_PAYLOAD_FORMAT);

	if (r == 0)
		r = take_text(&p->payload_compressor, &reader->main, TAG_PAYLOAD_COMPRESSOR);
	if (r == 0 && !p->payload_format)
		r = (p->payload_format = strdup("cpio")) ? 0 : -ENOMEM;
	if (r == 0 && !p->payload_compressor) {
		uint8_t magic[2] = {0};
		bool gzip = pread(reader->fd, magic, sizeof(magic),
				  (off_t)p->payload_offset) == sizeof(magic) &&
			    magic[0] == 0x1f && magic[1] == 0x8b;

		p->payload_compressor = strdup(gzip ? "gzip" : "none");
		r = p->payload_compressor ? 0 : -ENOMEM;
	}
	if (r == -ENOMEM)
		return fault_no_memory(f);
	return r < 0 ? package_refuse(f, p, "its payload is of an unknown kind") : 0;
}

static int take_integrity(struct reader *reader, struct fault *f)
{
	return package_take_integrity(reader->package, &reader->signature, &reader->main, f);
}

static int take_trust(struct reader *reader, struct fault *f)
{
	return package_take_trust(reader->package, &reader->signature, reader->main.whole,
				  reader->fd, reader->keys, f);
}

static int read_package(struct reader *reader, struct fault *f)
{
	static int (*const steps[])(struct reader *, struct fault *) = {
		open_file, read_headers, take_integrity, take_payload_kind, take_trust,
	};
	static int (*const takers[])(struct package *, const struct rpm_header *,
				     struct fault *) = {
		take_identity, package_take_files, package_take_relations,
		package_take_scripts,
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(steps); i++)
		r = steps[i](reader, f);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(takers); i++)
		r = takers[i](reader->package, &reader->main, f);
	if (r >= 0)
		r = package_take_xattrs(reader->package, &reader->signature, &reader->main, f);
	if (r >= 0)
		r = package_take_meaning(reader->package, f);
	/* Nonsense in a header that is known to be damaged has that reason. */
	if (r < 0 && r != -ENOMEM && reader->package->damage)
		return package_bad_digest(f, reader->package, "%s", reader->package->damage);
	return r;
}

int package_read_with(struct package *ret, const struct target *patient, const char *path,
		      struct package_keys *keys, struct fault *f)
{
	_cleanup_(package_done) struct package p = {.path = strdup(path), .patient = patient};
	_cleanup_(reader_done) struct reader reader = {
		.package = &p, .keys = keys, .fd = -1};
	int r;

	if (!p.path)
		return fault_no_memory(f);
	r = read_package(&reader, f);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(p);
	return 0;
}

int package_read(struct package *ret, const struct target *patient, const char *path,
		 struct fault *f)
{
	_cleanup_(package_done) struct package p = {0};
	int r = package_read_with(&p, patient, path, NULL, f);

	if (r < 0)
		return r;
	if (p.header_digests == DIGESTS_BAD)
		return package_bad_digest(f, &p, "%s", p.damage);
	*ret = TAKE_STRUCT(p);
	return 0;
}
