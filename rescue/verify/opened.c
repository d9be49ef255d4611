/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading one module, whole or only the tables that tell what it needs and gives. */
#include "opened.h"

#include <errno.h>
#include <unistd.h>

/* Nearly all modules fit into it; a few have ten MiB and more. */
enum { KEPT_ROOM = 1024 * 1024 };

void opened_done(struct opened *o)
{
	buffer_done(&o->bytes);
}

void unpacker_done(struct unpacker *u)
{
	decompressor_free(u->decompressor);
	buffer_done(&u->raw);
	*u = (struct unpacker){0};
}

/* Module after module of a tree is compressed in one way. */
static int unpack(struct unpacker *u, enum compression c, struct bytes in, struct buffer *b)
{
	int r = 0;

	if (u->compression != c) {
		decompressor_free(TAKE_PTR(u->decompressor));
		r = decompressor_new(&u->decompressor, c, 1);
		u->compression = r < 0 ? COMPRESSION_UNKNOWN : c;
	}
	return r < 0 ? r : decompressor_whole(u->decompressor, in, ELF_MODULE_MAX_SIZE, b);
}

/* What is not compressed changes places with what o held before. */
static int parse_raw(struct opened *o, struct unpacker *u, struct buffer *raw)
{
	enum compression c = compression_detect(buffer_bytes(raw));
	struct buffer before = o->bytes;
	int r;

	if (c == COMPRESSION_NONE) {
		o->bytes = *raw;
		*raw = before;
	} else {
		r = unpack(u, c, buffer_bytes(raw), &o->bytes);
		if (r < 0) {
			o->bytes.size = 0;
			return fault_errno(&o->fault, -r, NULL, "decompress the module");
		}
	}
	return elf_module_parse(&o->elf, buffer_bytes(&o->bytes), &o->fault);
}

void opened_parse(struct opened *o, struct buffer *take_raw)
{
	_cleanup_(unpacker_done) struct unpacker u = {0};

	o->fault.reason[0] = '\0';
	o->error = parse_raw(o, &u, take_raw);
	buffer_done(take_raw);
}

/* ---- from a file ------------------------------------------------------------------------ */

struct module_file {
	int fd;
	char *window; /* as large as the file */
};

static int bring(void *data, size_t offset, size_t size)
{
	const struct module_file *file = data;

	while (size) {
		ssize_t n = pread(file->fd, file->window + offset, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO; /* it became shorter */
		offset += (size_t)n;
		size -= (size_t)n;
	}
	return 0;
}

static void shrink(struct buffer *b)
{
	if (b->capacity > KEPT_ROOM)
		buffer_done(b);
}

static int read_tables(struct opened *o, int fd, size_t size)
{
	struct module_file file = {.fd = fd};

	o->bytes.size = 0;
	if (buffer_reserve(&o->bytes, size) < 0)
		return -ENOMEM;
	o->bytes.size = size;
	file.window = o->bytes.data;
	return elf_module_parse_parts(&o->elf, buffer_bytes(&o->bytes),
				      &(struct elf_parts){bring, &file}, &o->fault);
}

static int read_whole(struct opened *o, struct unpacker *u, int fd, size_t size)
{
	int r;

	u->raw.size = 0;
	if (buffer_reserve(&u->raw, size) < 0)
		return -ENOMEM;
	u->raw.size = size;
	u->raw.data[size] = '\0';
	r = bring(&(struct module_file){fd, u->raw.data}, 0, size);
	if (r >= 0)
		r = parse_raw(o, u, &u->raw);
	shrink(&u->raw);
	return r;
}

static int read_file(struct opened *o, struct unpacker *u, const struct target *t,
		     const char *path, enum opened_extent extent)
{
	_cleanup_close_ int fd = target_open_file(t, path, ELF_MODULE_MAX_SIZE, NULL);
	uint8_t head[16];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	n = extent == OPENED_TABLES ? pread(fd, head, sizeof(head), 0) : 0;
	if (n > 0 && compression_detect((struct bytes){head, (size_t)n}) == COMPRESSION_NONE)
		return read_tables(o, fd, (size_t)st.st_size);
	return read_whole(o, u, fd, (size_t)st.st_size);
}

static int read_brought(struct opened *o, struct unpacker *u, const struct buffer *content)
{
	_cleanup_(buffer_done) struct buffer raw = {0};

	if (buffer_append(&raw, content->data ? content->data : "", content->size) < 0)
		return -ENOMEM;
	return parse_raw(o, u, &raw);
}

void opened_read(struct opened *o, struct unpacker *u, const struct files *files,
		 const char *path, enum opened_extent extent)
{
	const struct buffer *brought = files_brought(files, path);

	shrink(&o->bytes);
	o->fault.reason[0] = '\0';
	o->error = brought ? read_brought(o, u, brought)
			   : read_file(o, u, files->target, path, extent);
	if (o->error < 0 && !o->fault.reason[0])
		o->bytes.size = 0;
}
