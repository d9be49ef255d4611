/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payload as it lies in the file, in a pipeline of its own: read, and beside that held
 * against every digest and every seal that the package has of those bytes.
 */
#include "package_room.h"

#include "proofs.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct intake {
	const struct package *package;
	int fd;
	uint64_t at;
	struct proofs proofs;
	struct pipeline *pipeline;
};

void intake_close(struct intake *in)
{
	if (!in)
		return;
	pipeline_free(in->pipeline); /* first: its threads use the others */
	proofs_done(&in->proofs);
	safe_close(in->fd);
	free(in);
}

static void intake_close_p(struct intake **in)
{
	intake_close(*in);
}

/* Up to `wanted` bytes of the file, at least one. */
static ssize_t read_some(struct intake *in, void *to, size_t wanted, struct fault *f)
{
	const struct package *p = in->package;
	ssize_t n;

	do
		n = pread(in->fd, to, wanted, (off_t)in->at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fault_errno(f, errno, p->path, "read %s", p->path);
	if (n == 0)
		return package_bad_digest(f, p, "it is shorter than it was");
	in->at += (uint64_t)n;
	return n;
}

static int read_block(void *data, struct block *b, struct fault *f)
{
	struct intake *in = data;

	while (b->size < BLOCK_SIZE && in->at < in->package->file_size) {
		uint64_t left = in->package->file_size - in->at;
		ssize_t n = read_some(in, b->data + b->size,
				      (size_t)MIN_OF(left, (uint64_t)BLOCK_SIZE - b->size), f);

		if (n < 0)
			return (int)n;
		b->size += (size_t)n;
	}
	b->position = in->at;
	return b->size > 0;
}

/* MD5 and seals begin at the main header. */
static int prove_header(struct intake *in, struct fault *f)
{
	_cleanup_free_ char *part = malloc(BLOCK_SIZE);
	const struct package *p = in->package;

	if (!part)
		return fault_no_memory(f);
	for (in->at = p->header_offset; in->at < p->payload_offset;) {
		uint64_t left = p->payload_offset - in->at;
		ssize_t n = read_some(in, part, (size_t)MIN_OF(left, (uint64_t)BLOCK_SIZE), f);

		if (n < 0)
			return (int)n;
		proofs_update(&in->proofs, part, (size_t)n);
	}
	return 0;
}

static int prepare_proofs(struct intake *in, struct fault *f)
{
	const struct package *p = in->package;
	int r = p->md5 ? proofs_add_digest(&in->proofs, DIGEST_MD5, p->md5) : 0;

	for (size_t i = 0; r == 0 && i < p->seal_count; i++)
		r = proofs_add_seal(&in->proofs, &p->seals[i]);
	if (r < 0)
		return fault_no_memory(f);
	if (in->proofs.count)
		r = prove_header(in, f);
	if (r < 0)
		return r;
	in->at = p->payload_offset;
	return proofs_add_digests(&in->proofs, p->payload_digests) < 0 ? fault_no_memory(f) : 0;
}

static int start(struct intake *in, struct fault *f)
{
	const struct pipeline_stage stages[] = {{read_block, in}, {proofs_check, &in->proofs}};
	int r;

	in->fd = package_open(in->package, f);
	if (in->fd < 0)
		return in->fd;
	(void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	r = prepare_proofs(in, f);
	if (r < 0)
		return r;
	r = pipeline_start(&in->pipeline, stages, ARRAY_SIZE(stages));
	return r < 0 ? fault_no_memory(f) : 0;
}

int intake_open(struct intake **ret, const struct package *p, struct fault *f)
{
	_cleanup_(intake_close_p) struct intake *in = calloc(1, sizeof(*in));
	int r;

	if (!in)
		return fault_no_memory(f);
	*in = (struct intake){.package = p, .fd = -1, .proofs = {.package = p, .what = "payload"}};
	r = start(in, f);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(in);
	return 0;
}

struct pipeline *intake_pipeline(struct intake *in)
{
	return in->pipeline;
}
