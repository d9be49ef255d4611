/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The archive of an initramfs, through libarchive. Equal input gives equal bytes. */
#include "archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>

#define BLOCK_SIZE 65536

static void entry_done(struct archive_entry **entry)
{
	archive_entry_free(*entry);
}

/* libarchive's own complaints, or what our write met first. */
static int failed(struct cpio *c, const char *path, struct fault *f)
{
	int error = c->error ? c->error : archive_errno(c->archive), r;

	r = fault_errno(
		f, error > 0 ? error : EIO, NULL, "write %s into the initramfs", path);
	if (error <= 0 && archive_error_string(c->archive))
		fault_reason(f, "%s", archive_error_string(c->archive));
	return r;
}

/* Never fails for libarchive, which then would not free what it holds: the error sticks.
 */
static la_ssize_t write_block(
	struct archive *a, void *data, const void *bytes, size_t size)
{
	struct cpio *c = data;
	int r = 0;

	(void)a;
	if (!c->error && c->is_gzip)
		r = gzip_write(&c->gzip, (struct bytes){bytes, size});
	else if (!c->error)
		r = fd_write_all(c->fd, bytes, size);
	if (r < 0)
		c->error = -r;
	c->written += size;
	return (la_ssize_t)size;
}

static int set_up(struct cpio *c)
{
	struct archive *a = c->archive;

	if (archive_write_set_format_cpio_newc(a) != ARCHIVE_OK ||
		archive_write_set_bytes_per_block(a, BLOCK_SIZE) != ARCHIVE_OK ||
		archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK)
		return -EINVAL;
	return archive_write_open(a, c, NULL, write_block, NULL) == ARCHIVE_OK ? 0 : -EIO;
}

int cpio_open(struct cpio *ret, int fd, enum cpio_kind kind, int64_t mtime,
	struct fault *f)
{
	int r = 0;

	*ret = (struct cpio){.fd = fd, .is_gzip = kind == CPIO_GZIP, .mtime = mtime};
	ret->archive = archive_write_new();
	if (!ret->archive)
		return fault_no_memory(f);
	if (ret->is_gzip)
		r = gzip_open(&ret->gzip, fd);
	ret->error = -r;
	/* libarchive keeps the pointer: the caller must not move *ret. */
	return r < 0 || set_up(ret) < 0 ? failed(ret, "the header", f) : 0;
}

void cpio_done(struct cpio *c)
{
	/* What was not finished ends nowhere. */
	if (!c->error)
		c->error = ECANCELED;
	if (c->archive)
		archive_write_free(c->archive);
	gzip_done(&c->gzip);
	strings_done(&c->directories);
	*c = (struct cpio){.fd = -1};
}

static int add(struct cpio *c, struct archive_entry *e, const char *path, mode_t mode,
	struct bytes data, struct fault *f)
{
	archive_entry_set_pathname(e, path);
	archive_entry_set_mode(e, mode);
	archive_entry_set_mtime(e, c->mtime, 0);
	archive_entry_set_ino64(e, ++c->inodes);
	archive_entry_set_nlink(e, S_ISDIR(mode) ? 2 : 1);
	archive_entry_set_size(e, (la_int64_t)data.size);
	if (archive_write_header(c->archive, e) < ARCHIVE_WARN || c->error)
		return failed(c, path, f);
	if (data.size > 0 && archive_write_data(c->archive, data.data, data.size) !=
				     (la_ssize_t)data.size)
		return failed(c, path, f);
	return 0;
}

static int add_directory(struct cpio *c, const char *path, struct fault *f)
{
	_cleanup_(entry_done) struct archive_entry *e = archive_entry_new();

	if (!e || strings_add(&c->directories, path) < 0)
		return fault_no_memory(f);
	return add(c, e, path, S_IFDIR | 0755, (struct bytes){0}, f);
}

int cpio_directory(struct cpio *c, const char *path, struct fault *f)
{
	for (const char *slash = strchrnul(path, '/');;
		slash = strchrnul(slash + 1, '/')) {
		_cleanup_free_ char *parent = strndup(path, (size_t)(slash - path));
		int r = 0;

		if (!parent)
			return fault_no_memory(f);
		if (!strings_has(&c->directories, parent))
			r = add_directory(c, parent, f);
		if (r < 0 || *slash == '\0')
			return r;
	}
}

static int add_parents(struct cpio *c, const char *path, struct fault *f)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *parent = NULL;

	if (!slash)
		return 0;
	parent = strndup(path, (size_t)(slash - path));
	return parent ? cpio_directory(c, parent, f) : fault_no_memory(f);
}

int cpio_file(
	struct cpio *c, const char *path, mode_t mode, struct bytes data, struct fault *f)
{
	_cleanup_(entry_done) struct archive_entry *e = archive_entry_new();
	int r;

	if (!e)
		return fault_no_memory(f);
	r = add_parents(c, path, f);
	return r < 0 ? r : add(c, e, path, S_IFREG | mode, data, f);
}

int cpio_character_device(struct cpio *c, const char *path, mode_t mode, unsigned major,
	unsigned minor, struct fault *f)
{
	_cleanup_(entry_done) struct archive_entry *e = archive_entry_new();
	int r;

	if (!e)
		return fault_no_memory(f);
	archive_entry_set_rdevmajor(e, major);
	archive_entry_set_rdevminor(e, minor);
	r = add_parents(c, path, f);
	return r < 0 ? r : add(c, e, path, S_IFCHR | mode, (struct bytes){0}, f);
}

int cpio_finish(struct cpio *c, struct fault *f)
{
	int r = archive_write_close(c->archive) == ARCHIVE_OK ? 0 : -EIO;

	if (r == 0 && !c->error && c->is_gzip) {
		c->error = -gzip_finish(&c->gzip);
		c->written = c->gzip.written;
	}
	return r < 0 || c->error ? failed(c, "the end", f) : 0;
}
