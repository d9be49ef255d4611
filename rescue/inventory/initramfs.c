/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists an initramfs as the kernel unpacks it: plain cpio archives (early microcode),
 * zeros, compressed archives, in any order. libarchive unpacks; programs of its own
 * choice (lzop, lz4, …) are never run, so only the filters that are linked in are
 * allowed, and those two are unpacked here.
 */
#include "digest.h"
#include "formats/newc.h"
#include "inventory.h"

#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define CHUNK_SIZE (256 * 1024)
#define INITRAMFS_MAX_SIZE ((uint64_t)2 * 1024 * 1024 * 1024)
#define BLOCKS_MAX_SIZE ((size_t)1024 * 1024 * 1024) /* held in memory */
#define CHUNK_MAX_SIZE ((size_t)64 * 1024 * 1024)   /* lzop's largest block */
#define UNPACKED_MAX_SIZE ((uint64_t)8 * 1024 * 1024 * 1024)

struct listing {
	int fd;
	uint64_t size, offset; /* of the next byte that libarchive asks for */
	struct strings *names;
	struct newc cpio;
	char chunk[CHUNK_SIZE];
	struct fault *fault;
	const char *path;
};

static void archive_done(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

static void listing_free(struct listing **l)
{
	if (*l)
		safe_close((*l)->fd);
	free(*l);
}

static int bad(struct listing *l, const char *why)
{
	int r = fault_errno(l->fault, EBADMSG, l->path, "read %s", l->path);

	fault_reason(l->fault, "%s", why);
	return r;
}

static int add_member(void *data, const char *name, uint32_t mode, uint64_t size)
{
	struct listing *l = data;

	(void)mode;
	(void)size;
	if (text_starts(name, "./"))
		name += 2;
	while (*name == '/')
		name++;
	return strings_add(l->names, name);
}

/* 0, 1 with *ret_used (see newc_feed), or -errno with the fault set. */
static int feed(struct listing *l, struct bytes in, size_t *ret_used)
{
	int r = newc_feed(&l->cpio, in, ret_used, add_member, l);

	if (r == -EBADMSG)
		return bad(l, l->cpio.damage);
	return r == -ENOMEM ? fault_no_memory(l->fault) : r;
}

/* Bytes read at offset into the chunk; fewer only at the end of the file. */
static ssize_t read_at(struct listing *l, uint64_t offset, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = pread(
			l->fd, l->chunk + have, size - have, (off_t)(offset + have));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(l->fault, errno, l->path, "read %s", l->path);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* ---- compressed ------------------------------------------------------------------- */

static la_ssize_t give_chunk(struct archive *a, void *data, const void **ret)
{
	struct listing *l = data;
	ssize_t size = read_at(l, l->offset, sizeof(l->chunk));

	if (size < 0) {
		archive_set_error(a, (int)-size, "it cannot be read");
		return ARCHIVE_FATAL;
	}
	*ret = l->chunk;
	l->offset += (uint64_t)size;
	return size;
}

static struct archive *open_archive(struct listing *l)
{
	struct archive *a = archive_read_new();

	if (!a)
		return NULL;
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_raw(a);
	archive_read_open(a, l, NULL, give_chunk, NULL);
	return a;
}

static const char *archive_reason(struct archive *a)
{
	const char *text = archive_error_string(a);

	return text ? text : "its compression is damaged";
}

/* gzip keeps its own sums, which libarchive does not compare: CRC-32 and size, little
 * endian. */
static int check_gzip(struct listing *l, uint64_t end, uint32_t crc, uint64_t unpacked)
{
	const uint8_t *sums = (const uint8_t *)l->chunk;
	uint32_t told[2];

	if (end < 8 || read_at(l, end - 8, 8) != 8)
		return 0;
	for (size_t i = 0; i < 2; i++)
		told[i] = (uint32_t)sums[4 * i] | (uint32_t)sums[4 * i + 1] << 8 |
			  (uint32_t)sums[4 * i + 2] << 16 |
			  (uint32_t)sums[4 * i + 3] << 24;
	/* Of another size: these are the sums of the last of several gzip members. */
	if (told[1] == (uint32_t)unpacked && told[0] != crc)
		return bad(l, "its gzip checksum is wrong");
	return 0;
}

/* Feeds what libarchive unpacks. */
static int feed_unpacked(
	struct listing *l, struct archive *a, uint32_t *crc, uint64_t *unpacked)
{
	struct archive_entry *entry;
	const void *block;
	size_t size, used;
	la_int64_t at;
	int r = archive_read_next_header(a, &entry);

	if (r != ARCHIVE_OK)
		return bad(l, archive_reason(a));
	while ((r = archive_read_data_block(a, &block, &size, &at)) == ARCHIVE_OK) {
		struct bytes in = {block, size};

		*unpacked += size;
		if (*unpacked > UNPACKED_MAX_SIZE)
			return bad(l, "it unpacks to more than 8 GiB");
		*crc = crc32_of(in, *crc);
		r = feed(l, in, &used);
		if (r != 0)
			return r < 0 ? r
				     : bad(l, "something else follows in the archive");
	}
	return r == ARCHIVE_EOF ? 0 : bad(l, archive_reason(a));
}

static int read_compressed(struct listing *l, uint64_t start, uint64_t *ret_end)
{
	_cleanup_(archive_done) struct archive *a = NULL;
	uint64_t unpacked = 0;
	uint32_t crc = 0;
	int r;

	l->offset = start;
	a = open_archive(l);
	if (!a)
		return fault_no_memory(l->fault);
	r = feed_unpacked(l, a, &crc, &unpacked);
	if (r < 0)
		return r;
	*ret_end = start + (uint64_t)archive_filter_bytes(a, -1);
	if (archive_filter_code(a, 0) == ARCHIVE_FILTER_GZIP)
		r = check_gzip(l, *ret_end, crc, unpacked);
	if (r >= 0 && !newc_may_end(&l->cpio))
		r = bad(l, "its archive ends too early");
	return r;
}

/* ---- compressed in blocks, which libarchive leaves to programs of the host ----------- */

/* From start to the end of the file. */
static int read_rest(struct listing *l, uint64_t start, struct buffer *ret)
{
	if (l->size - start > BLOCKS_MAX_SIZE)
		return bad(l, "it is larger than 1 GiB");
	if (lseek(l->fd, (off_t)start, SEEK_SET) < 0)
		return fault_errno(l->fault, errno, l->path, "read %s", l->path);
	int r = fd_read_all(l->fd, BLOCKS_MAX_SIZE, ret);

	return r < 0 ? fault_errno(l->fault, -r, l->path, "read %s", l->path) : 0;
}

static int read_blocks(struct listing *l, enum compression c, uint64_t start, uint64_t *ret_end)
{
	_cleanup_(buffer_done) struct buffer rest = {0}, block = {0};
	struct block_stream s;
	uint64_t unpacked = 0;
	int r = read_rest(l, start, &rest);

	if (r < 0)
		return r;
	r = block_stream_open(&s, c, buffer_bytes(&rest));
	while (r == 0 && (r = block_stream_next(&s, CHUNK_MAX_SIZE, &block)) == 0) {
		size_t used;

		unpacked += block.size;
		r = feed(l, buffer_bytes(&block), &used);
		if (r < 0)
			return r;
		if (r == 1)
			return bad(l, "something else follows in the archive");
		if (unpacked > UNPACKED_MAX_SIZE)
			return bad(l, "it unpacks to more than 8 GiB");
		block.size = 0;
	}
	if (r == -ENOMEM)
		return fault_no_memory(l->fault);
	if (r < 0)
		return bad(l, "its compression is damaged");
	*ret_end = l->size - s.in.size;
	return newc_may_end(&l->cpio) ? 0 : bad(l, "its archive ends too early");
}

/* ---- the whole file --------------------------------------------------------------- */

static int read_plain(struct listing *l, uint64_t start, uint64_t *ret_end)
{
	for (;;) {
		ssize_t size = read_at(l, start, sizeof(l->chunk));
		size_t used;
		int r;

		if (size < 0)
			return (int)size;
		r = feed(l, (struct bytes){(uint8_t *)l->chunk, (size_t)size}, &used);
		if (r < 0)
			return r;
		start += used;
		*ret_end = start;
		if (r == 1)
			return 0;
		if (size == 0)
			return newc_may_end(&l->cpio) ? 0 : bad(l, "it ends too early");
	}
}

/* The first byte at or behind offset that is not zero, or the end. */
static int skip_zeros(struct listing *l, uint64_t *offset)
{
	for (;;) {
		ssize_t size = read_at(l, *offset, sizeof(l->chunk));

		if (size <= 0)
			return (int)size;
		for (ssize_t i = 0; i < size; i++, (*offset)++)
			if (l->chunk[i] != '\0')
				return 0;
	}
}

/* One part, from its first byte. 1: what is here is no part of an initramfs. */
static int read_part(struct listing *l, uint64_t start, uint64_t *ret_end)
{
	ssize_t size = read_at(l, start, 16);
	struct bytes head = {(uint8_t *)l->chunk, size > 0 ? (size_t)size : 0};
	enum compression c = compression_detect(head);

	if (size < 0)
		return (int)size;
	if (newc_is_magic(head))
		return read_plain(l, start, ret_end);
	if (c == COMPRESSION_NONE || c == COMPRESSION_UNKNOWN)
		return 1;
	if (c == COMPRESSION_LZO || c == COMPRESSION_LZ4)
		return read_blocks(l, c, start, ret_end);
	return read_compressed(l, start, ret_end);
}

static int read_parts(struct listing *l)
{
	uint64_t offset = 0;
	int r;

	for (;;) {
		r = skip_zeros(l, &offset);
		if (r < 0 || offset >= l->size)
			break;
		r = read_part(l, offset, &offset);
		if (r == 1 && l->cpio.archives > 0)
			return 0; /* a signature, say: the kernel warns and goes on */
		if (r == 1)
			return bad(l, "it is neither a cpio archive nor compressed");
		if (r < 0)
			break;
	}
	if (r >= 0 && l->cpio.archives == 0)
		r = bad(l, "it is empty");
	return r;
}

int initramfs_list(
	struct strings *ret, const struct target *t, const char *path, struct fault *f)
{
	int fd = target_open(t, path, O_RDONLY | O_NONBLOCK, f);

	return fd < 0 ? fd : initramfs_list_file(ret, fd, path, f);
}

int initramfs_list_file(struct strings *ret, int take_fd, const char *path, struct fault *f)
{
	_cleanup_close_ int fd = take_fd;
	_cleanup_(listing_free) struct listing *l = calloc(1, sizeof(*l));
	_cleanup_(strings_done) struct strings names = {0};
	struct stat st;
	int r;

	if (!l)
		return fault_no_memory(f);
	l->fault = f;
	l->path = path;
	l->names = &names;
	l->fd = TAKE_FD(fd);
	if (fstat(l->fd, &st) < 0)
		return fault_errno(f, errno, path, "read %s", path);
	if (!S_ISREG(st.st_mode))
		return fault_errno(f, EINVAL, path, "read %s", path);
	l->size = (uint64_t)st.st_size;
	if (l->size > INITRAMFS_MAX_SIZE)
		return fault_errno(f, EFBIG, path, "read %s", path);
	r = read_parts(l);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(names);
	return 0;
}
