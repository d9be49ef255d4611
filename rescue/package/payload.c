/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payload as a stream: the file is read once, digested as it is and decompressed.
 * Every digest that the package has of those bytes is compared at their end, and the
 * signatures over header and payload are verified.
 */
#include "package_room.h"

#include "decompress.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sched.h>
#include <unistd.h>

enum { READ_SIZE = 256 * 1024, MAX_THREADS = 8 };

/* A digest that runs beside the reading, and what it must become. */
struct running {
	struct digest *digest;
	const char *expected; /* NULL: of a seal */
	const struct package_seal *seal;
	struct openpgp_signature signature;
	struct openpgp_key key;
};

struct payload {
	const struct package *package;
	int fd;
	uint64_t at, end;
	struct decompressor *decompressor;
	struct running *running;
	size_t running_count;
	struct bytes input; /* of buffer, not yet decompressed */
	uint8_t buffer[READ_SIZE];
};

/* ---- digests ------------------------------------------------------------------------------ */

static void digest_bytes(struct payload *payload, const void *data, size_t size)
{
	for (size_t i = 0; i < payload->running_count; i++)
		digest_update(payload->running[i].digest, data, size);
}

static int add_running(struct payload *payload, struct digest *digest, const char *expected)
{
	payload->running[payload->running_count++] =
		(struct running){.digest = digest, .expected = expected};
	return digest ? 0 : -ENOMEM;
}

static int add_seal(struct payload *payload, const struct package_seal *seal)
{
	struct running *r = &payload->running[payload->running_count];
	int error = openpgp_signature_parse(&r->signature, buffer_bytes(&seal->signature));

	if (error == 0)
		error = openpgp_key_parse(&r->key, buffer_bytes(&seal->key));
	if (error < 0)
		return error;
	r->seal = seal;
	r->digest = signature_begin(&r->signature);
	payload->running_count++;
	return r->digest ? 0 : -ENOMEM;
}

/* MD5 and seals begin at the main header. */
static int digest_header(struct payload *payload, struct fault *f)
{
	const struct package *p = payload->package;

	for (uint64_t at = p->header_offset; at < p->payload_offset;) {
		size_t wanted = (size_t)MIN_OF(p->payload_offset - at, (uint64_t)READ_SIZE);
		ssize_t n = pread(payload->fd, payload->buffer, wanted, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(f, errno, p->path, "read %s", p->path);
		if (n == 0)
			return package_bad_digest(f, p, "it is shorter than it was");
		digest_bytes(payload, payload->buffer, (size_t)n);
		at += (uint64_t)n;
	}
	return 0;
}

static int prepare_digests(struct payload *payload, struct fault *f)
{
	const struct package *p = payload->package;
	int r = 0;

	payload->running = calloc(1 + p->seal_count + PACKAGE_PAYLOAD_DIGESTS,
				  sizeof(*payload->running));
	if (!payload->running)
		return fault_no_memory(f);
	if (p->md5)
		r = add_running(payload, digest_new(DIGEST_MD5), p->md5);
	for (size_t i = 0; r == 0 && i < p->seal_count; i++)
		r = add_seal(payload, &p->seals[i]);
	if (r == 0 && payload->running_count)
		r = digest_header(payload, f);
	else if (r < 0)
		return fault_no_memory(f);
	for (size_t i = 0; r == 0 && i < PACKAGE_PAYLOAD_DIGESTS; i++) {
		const struct payload_digest *d = &p->payload_digests[i];

		if (d->hex)
			r = add_running(payload, digest_new(d->algorithm), d->hex);
	}
	return r == -ENOMEM ? fault_no_memory(f) : r;
}

static int compare(const struct payload *payload, struct running *r, struct fault *f)
{
	const struct package *p = payload->package;
	char actual[DIGEST_HEX_SIZE];

	if (r->seal) {
		if (signature_end(&r->signature, &r->key, r->digest))
			return 0;
		fault_named(f, FAULT_BAD_SIGNATURE, p->path, "use package",
			    "the signature over header and payload of %s is bad", p->nevra);
		return -EINVAL;
	}
	digest_hex(r->digest, actual);
	if (!strcasecmp(actual, r->expected))
		return 0;
	return package_bad_digest(f, p, "the digest of its payload differs");
}

/* ---- the file ------------------------------------------------------------------------------- */

static int read_more(struct payload *payload, struct fault *f)
{
	const struct package *p = payload->package;
	size_t wanted = (size_t)MIN_OF(payload->end - payload->at, (uint64_t)READ_SIZE);
	ssize_t n;

	do
		n = read(payload->fd, payload->buffer, wanted);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fault_errno(f, errno, p->path, "read %s", p->path);
	if (n == 0)
		return package_bad_digest(f, p, "it is shorter than it was");
	digest_bytes(payload, payload->buffer, (size_t)n);
	payload->at += (uint64_t)n;
	payload->input = (struct bytes){payload->buffer, (size_t)n};
	return 0;
}

/* Only the compression that the header names: a payload of another kind is damaged. */
static int find_compression(enum compression *ret, const struct package *p, struct fault *f)
{
	static const enum compression known[] = {COMPRESSION_NONE, COMPRESSION_GZIP,
		COMPRESSION_BZIP2, COMPRESSION_LZMA, COMPRESSION_XZ, COMPRESSION_ZSTD};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(compression_name(known[i]), p->payload_compressor))
			continue;
		*ret = known[i];
		return 0;
	}
	return package_refuse(f, p, "its payload is compressed with %s, which is unknown here",
			      p->payload_compressor);
}

static unsigned processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)MIN_OF(CPU_COUNT(&set), MAX_THREADS);
}

void payload_close(struct payload *payload)
{
	if (!payload)
		return;
	decompressor_free(payload->decompressor);
	for (size_t i = 0; i < payload->running_count; i++)
		digest_free(payload->running[i].digest);
	free(payload->running);
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
	enum compression compression = COMPRESSION_NONE;
	int r = find_compression(&compression, p, f);

	if (r < 0)
		return r;
	payload->fd = package_open(p, f);
	if (payload->fd < 0)
		return payload->fd;
	if (lseek(payload->fd, (off_t)p->payload_offset, SEEK_SET) < 0)
		return fault_errno(f, errno, p->path, "read %s", p->path);
	(void)posix_fadvise(payload->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	r = prepare_digests(payload, f);
	if (r < 0)
		return r;
	r = decompressor_new(&payload->decompressor, compression, processors());
	return r < 0 ? fault_no_memory(f) : 0;
}

int payload_open(struct payload **ret, const struct package *p, struct fault *f)
{
	_cleanup_(payload_close_p) struct payload *payload = calloc(1, sizeof(*payload));
	int r;

	if (!payload)
		return fault_no_memory(f);
	payload->package = p;
	payload->fd = -1;
	payload->at = p->payload_offset;
	payload->end = p->file_size;
	r = open_payload(payload, f);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(payload);
	return 0;
}

static int end_payload(struct payload *payload, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < payload->running_count; i++)
		r = compare(payload, &payload->running[i], f);
	return r;
}

static int decoder_failed(const struct payload *payload, int error, struct fault *f)
{
	if (error == -ENOMEM)
		return fault_no_memory(f);
	return package_bad_digest(f, payload->package, "its payload is damaged: %s",
				  error == -EFBIG ? "it needs too much memory to decompress"
						  : "it cannot be decompressed");
}

int payload_fill(void *data, struct block *b, struct fault *f)
{
	struct payload *payload = data;

	while (b->size < BLOCK_SIZE) {
		bool at_end = payload->at == payload->end;
		ssize_t n;
		int r;

		if (!payload->input.size && !at_end) {
			r = read_more(payload, f);
			if (r < 0)
				return r;
			at_end = payload->at == payload->end;
		}
		n = decompressor_read(payload->decompressor, &payload->input,
				      at_end ? INPUT_ENDS : INPUT_GOES_ON, b->data + b->size,
				      BLOCK_SIZE - b->size);
		if (n < 0)
			return decoder_failed(payload, (int)n, f);
		b->size += (size_t)n;
		if (!n && at_end && !payload->input.size)
			break;
	}
	b->position = payload->at;
	return b->size ? 1 : end_payload(payload, f);
}
