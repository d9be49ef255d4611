/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digests and sizes: those of the header are compared, those of the payload are kept. */
#include "package_room.h"

#include <errno.h>
#include <strings.h>

/* A package while its headers are at hand. */
struct subject {
	struct package *package;
	const struct rpm_header *signature, *main;
};

/* ---- of the header -------------------------------------------------------------------- */

/* The package is read on, so that it can be told what it claims to be. 0 or -ENOMEM. */
static int _printf_(2, 3) damaged(struct package *p, const char *text, ...)
{
	char reason[128];
	va_list list;

	va_start(list, text);
	vsnprintf(reason, sizeof(reason), text, list);
	va_end(list);
	p->header_digests = DIGESTS_BAD;
	if (!p->damage)
		p->damage = strdup(reason);
	return p->damage ? 0 : -ENOMEM;
}

static int check_header_digest(struct subject *s, uint32_t tag,
			       enum digest_algorithm algorithm)
{
	struct package *p = s->package;
	char actual[DIGEST_HEX_SIZE];
	const char *expected;
	int r = rpm_header_text(s->signature, tag, &expected);

	if (r == -ENOENT)
		return 0;
	digest_of(algorithm, s->main->whole, actual);
	if (r < 0 || strcasecmp(actual, expected))
		return damaged(p, "its header is not the one that was built");
	if (p->header_digests == DIGESTS_ABSENT)
		p->header_digests = DIGESTS_OK;
	return 0;
}

static int check_header_digests(struct subject *s, struct fault *f)
{
	static const struct {
		uint32_t tag;
		enum digest_algorithm algorithm;
	} tags[] = {
		{SIGTAG_SHA1, DIGEST_SHA1},
		{SIGTAG_SHA256, DIGEST_SHA256},
		{SIGTAG_SHA3_256, DIGEST_SHA3_256},
	};
	int r = 0;

	s->package->header_digests = DIGESTS_ABSENT;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(tags); i++)
		r = check_header_digest(s, tags[i].tag, tags[i].algorithm);
	return r < 0 ? fault_no_memory(f) : 0;
}

/* How many bytes follow the signature header; format 6 tells the payload's alone. */
static int expected_size(struct subject *s, uint64_t *ret)
{
	const struct package *p = s->package;

	if (rpm_header_number(s->signature, SIGTAG_LONG_SIZE, ret) == 0 ||
	    rpm_header_number(s->signature, SIGTAG_SIZE, ret) == 0)
		return 0;
	if (rpm_header_number(s->main, TAG_PAYLOAD_SIZE, ret) < 0 ||
	    *ret > INT64_MAX)
		return -ENOENT;
	*ret += p->payload_offset - p->header_offset;
	return 0;
}

/* A cut copy is seen at once. */
static int check_size(struct subject *s, struct fault *f)
{
	struct package *p = s->package;
	uint64_t size, actual = p->file_size - p->header_offset;
	int r = 0;

	if (expected_size(s, &size) < 0)
		return 0;
	if (actual < size)
		r = damaged(p, "%llu bytes are missing at its end",
			    (unsigned long long)(size - actual));
	if (actual > size)
		r = damaged(p, "%llu bytes too many follow its payload",
			    (unsigned long long)(actual - size));
	return r < 0 ? fault_no_memory(f) : 0;
}

/* ---- of the payload ------------------------------------------------------------------- */

static int take_md5(char **ret, const struct rpm_header *signature)
{
	struct bytes md5;
	struct buffer hex = {0};
	int r = rpm_header_binary(signature, SIGTAG_MD5, &md5);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (md5.size != digest_size(DIGEST_MD5))
		return -EBADMSG;
	for (size_t i = 0; r == 0 && i < md5.size; i++)
		r = buffer_printf(&hex, "%02x", md5.data[i]);
	if (r == 0)
		*ret = buffer_steal(&hex);
	buffer_done(&hex);
	return r;
}

/* The first of an array: rpm keeps the oldest of these digests in arrays of one. */
static int take_digest(struct payload_digest *ret, const struct rpm_header *h, uint32_t tag,
		       enum digest_algorithm algorithm)
{
	const char *text;
	int r = rpm_header_text(h, tag, &text);

	ret->algorithm = algorithm;
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	ret->hex = strdup(text);
	return ret->hex ? 0 : -ENOMEM;
}

static int take_digests(struct subject *s, uint64_t first)
{
	const struct {
		enum digest_algorithm algorithm;
		uint32_t payload, archive;
	} tags[PACKAGE_PAYLOAD_DIGESTS] = {
		{(enum digest_algorithm)first, TAG_PAYLOAD_DIGEST, TAG_ARCHIVE_DIGEST},
		{DIGEST_SHA512, TAG_PAYLOAD_SHA512, TAG_ARCHIVE_SHA512},
		{DIGEST_SHA3_256, TAG_PAYLOAD_SHA3_256, TAG_ARCHIVE_SHA3_256},
	};
	struct package *p = s->package;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(tags); i++) {
		r = take_digest(&p->payload_digests[i], s->main, tags[i].payload,
				tags[i].algorithm);
		if (r == 0)
			r = take_digest(&p->archive_digests[i], s->main, tags[i].archive,
					tags[i].algorithm);
	}
	return r;
}

static int take_payload_digests(struct subject *s, struct fault *f)
{
	struct package *p = s->package;
	uint64_t algorithm = DIGEST_SHA256;
	int r = rpm_header_number(s->main, TAG_PAYLOAD_DIGEST_ALGORITHM, &algorithm);

	if ((r < 0 && r != -ENOENT) || algorithm > INT_MAX || !digest_is_known((int)algorithm))
		return package_refuse(f, p, "its payload digest is of an unknown kind");
	r = take_digests(s, algorithm);
	if (r == 0)
		r = take_md5(&p->md5, s->signature);
	if (r == -ENOMEM)
		return fault_no_memory(f);
	if (rpm_header_number(s->main, TAG_ARCHIVE_SIZE, &p->archive_size) < 0)
		p->archive_size = 0;
	return r < 0 ? package_refuse(f, p, "its digests are damaged") : 0;
}

int package_take_integrity(struct package *p, const struct rpm_header *signature,
			   const struct rpm_header *main, struct fault *f)
{
	struct subject s = {p, signature, main};
	int r = check_header_digests(&s, f);

	if (r == 0)
		r = check_size(&s, f);
	return r < 0 ? r : take_payload_digests(&s, f);
}
