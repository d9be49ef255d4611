/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payload as a stream: each block is read once, digested, decompressed, digested again
 * and handed on. Nothing of the payload is held but the block at hand.
 */
#include "package_room.h"

#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };

struct payload {
	const struct package *package;
	const struct progress *progress;
	int fd;
	uint64_t at, end;
	struct archive *decoder;
	struct digest *compressed, *decompressed, *md5; /* NULL: nothing to compare with */
	struct fault fault; /* of the file, met below the decoder */
	int error;
	bool at_end;
	uint8_t block[BLOCK];
};

/* ---- the file, below the decoder -------------------------------------------------------- */

static int file_failed(struct payload *payload, int error)
{
	const char *path = payload->package->path;

	if (error)
		payload->error = fault_errno(&payload->fault, error, path, "read %s", path);
	else
		payload->error = package_bad_digest(&payload->fault, payload->package,
						    "it is shorter than it was");
	archive_set_error(payload->decoder, error, "read error");
	return -1;
}

static ssize_t read_block(struct archive *decoder, void *data, const void **ret)
{
	struct payload *payload = data;
	size_t wanted = (size_t)MIN_OF(payload->end - payload->at, (uint64_t)BLOCK);
	ssize_t n;

	(void)decoder;
	*ret = payload->block;
	if (!wanted)
		return 0;
	do
		n = read(payload->fd, payload->block, wanted);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return file_failed(payload, n ? errno : 0);
	if (payload->compressed)
		digest_update(payload->compressed, payload->block, (size_t)n);
	if (payload->md5)
		digest_update(payload->md5, payload->block, (size_t)n);
	payload->at += (uint64_t)n;
	progress_report(payload->progress, payload->package->nevra,
			payload->at - payload->package->payload_offset,
			payload->end - payload->package->payload_offset);
	return n;
}

/* rpm's MD5 begins at the main header. */
static int digest_header(struct payload *payload, struct fault *f)
{
	const struct package *p = payload->package;

	for (uint64_t at = p->header_offset; at < p->payload_offset;) {
		size_t wanted = (size_t)MIN_OF(p->payload_offset - at, (uint64_t)BLOCK);
		ssize_t n = pread(payload->fd, payload->block, wanted, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(f, errno, p->path, "read %s", p->path);
		if (n == 0)
			return package_bad_digest(f, p, "it is shorter than it was");
		digest_update(payload->md5, payload->block, (size_t)n);
		at += (uint64_t)n;
	}
	return 0;
}

/* ---- the decoder ------------------------------------------------------------------------- */

/* Only the compression that the header names: a payload of another kind is damaged. */
static int choose_decoder(struct archive *decoder, const struct package *p, struct fault *f)
{
	static const struct {
		const char *name;
		int (*support)(struct archive *);
	} decoders[] = {
		{"none", archive_read_support_filter_none},
		{"gzip", archive_read_support_filter_gzip},
		{"bzip2", archive_read_support_filter_bzip2},
		{"lzma", archive_read_support_filter_lzma},
		{"xz", archive_read_support_filter_xz},
		{"zstd", archive_read_support_filter_zstd},
	};

	for (size_t i = 0; i < ARRAY_SIZE(decoders); i++) {
		if (strcmp(decoders[i].name, p->payload_compressor))
			continue;
		/* ARCHIVE_WARN: it would run a program instead. */
		if (decoders[i].support(decoder) == ARCHIVE_OK)
			return 0;
		return fault_no_memory(f);
	}
	return package_refuse(f, p, "its payload is compressed with %s, which is unknown here",
			      p->payload_compressor);
}

/* A failure of the decoder: memory, the file below it, or else the data. */
static int decoder_failed(struct payload *payload, struct fault *f)
{
	const char *why = archive_error_string(payload->decoder);

	if (payload->error) {
		if (f)
			*f = payload->fault;
		return payload->error;
	}
	if (archive_errno(payload->decoder) == ENOMEM)
		return fault_no_memory(f);
	return package_bad_digest(f, payload->package, "its payload is damaged: %s",
				  why ? why : "it cannot be decompressed");
}

static int open_decoder(struct payload *payload, struct fault *f)
{
	struct archive_entry *entry;
	int r;

	payload->decoder = archive_read_new();
	if (!payload->decoder)
		return fault_no_memory(f);
	if (archive_read_support_format_raw(payload->decoder) != ARCHIVE_OK)
		return fault_no_memory(f);
	r = choose_decoder(payload->decoder, payload->package, f);
	if (r < 0)
		return r;
	if (archive_read_open(payload->decoder, payload, NULL, read_block, NULL) ||
	    archive_read_next_header(payload->decoder, &entry))
		return decoder_failed(payload, f);
	return 0;
}

/* ---- digests ------------------------------------------------------------------------------ */

static int want_digest(struct digest **ret, const char *expected, enum digest_algorithm a)
{
	if (!expected)
		return 0;
	*ret = digest_new(a);
	return *ret ? 0 : -ENOMEM;
}

static int prepare_digests(struct payload *payload, struct fault *f)
{
	const struct package *p = payload->package;
	int r = want_digest(&payload->compressed, p->payload_digest, p->payload_algorithm);

	if (r == 0)
		r = want_digest(&payload->decompressed, p->archive_digest,
				p->payload_algorithm);
	if (r == 0 && !p->payload_digest)
		r = want_digest(&payload->md5, p->md5, DIGEST_MD5);
	if (r < 0)
		return fault_no_memory(f);
	return payload->md5 ? digest_header(payload, f) : 0;
}

static int compare_digest(const struct payload *payload, struct digest *d,
			  const char *expected, const char *of, struct fault *f)
{
	char actual[DIGEST_HEX_SIZE];

	if (!d)
		return 0;
	digest_hex(d, actual);
	if (!strcasecmp(actual, expected))
		return 0;
	return package_bad_digest(f, payload->package, "the digest of its %s differs", of);
}

/* ---- the stream --------------------------------------------------------------------------- */

void payload_close(struct payload *payload)
{
	if (!payload)
		return;
	archive_read_free(payload->decoder);
	digest_free(payload->compressed);
	digest_free(payload->decompressed);
	digest_free(payload->md5);
	safe_close(payload->fd);
	free(payload);
}

void payload_close_p(struct payload **payload)
{
	payload_close(*payload);
}

static int open_payload(struct payload *payload, struct fault *f)
{
	const struct package *p = payload->package;
	int r;

	payload->fd = package_open(p, f);
	if (payload->fd < 0)
		return payload->fd;
	if (lseek(payload->fd, (off_t)p->payload_offset, SEEK_SET) < 0)
		return fault_errno(f, errno, p->path, "read %s", p->path);
	(void)posix_fadvise(payload->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	r = prepare_digests(payload, f);
	return r < 0 ? r : open_decoder(payload, f);
}

int payload_open(struct payload **ret, const struct package *p,
		 const struct progress *progress, struct fault *f)
{
	_cleanup_(payload_close_p) struct payload *payload = calloc(1, sizeof(*payload));
	int r;

	if (!payload)
		return fault_no_memory(f);
	payload->package = p;
	payload->progress = progress;
	payload->fd = -1;
	payload->at = p->payload_offset;
	payload->end = p->file_size;
	r = open_payload(payload, f);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(payload);
	return 0;
}

int payload_next(struct payload *payload, struct bytes *ret, struct fault *f)
{
	const void *data = NULL;
	int64_t offset;
	size_t size = 0;
	int r;

	do {
		if (payload->at_end)
			return 0;
		r = archive_read_data_block(payload->decoder, &data, &size, &offset);
		if (r != ARCHIVE_OK && r != ARCHIVE_EOF)
			return decoder_failed(payload, f);
		payload->at_end = r == ARCHIVE_EOF;
	} while (!size);
	if (payload->decompressed)
		digest_update(payload->decompressed, data, size);
	*ret = (struct bytes){data, size};
	return 1;
}

/* Decoders stop at the end of their stream: what follows it in the file is digested too. */
static int read_rest(struct payload *payload, struct fault *f)
{
	struct bytes block;
	const void *data;
	int r;

	do
		r = payload_next(payload, &block, f);
	while (r > 0);
	while (r == 0 && payload->at < payload->end) {
		if (read_block(payload->decoder, payload, &data) < 0)
			r = decoder_failed(payload, f);
	}
	return r;
}

int payload_finish(struct payload *payload, struct fault *f)
{
	const struct package *p = payload->package;
	int r = read_rest(payload, f);

	if (r == 0)
		r = compare_digest(payload, payload->compressed, p->payload_digest, "payload", f);
	if (r == 0)
		r = compare_digest(payload, payload->decompressed, p->archive_digest,
				   "decompressed payload", f);
	if (r == 0)
		r = compare_digest(payload, payload->md5, p->md5, "content", f);
	return r;
}
