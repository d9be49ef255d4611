/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel exports: its image tells, else the lists that its package keeps beside it. */
#include "judge_room.h"

#include "formats/linux_image.h"

#include <errno.h>

/* Symbols and lists alike are kept as the kernel's; modules tell of themselves. */
static int take(void *data, const struct kernel_symbol *s)
{
	struct symbols *symbols = data;
	struct symbol *symbol;

	if (s->module && !text_equal(s->module, "vmlinux"))
		return 0;
	symbol = symbols_want(symbols, s->name);
	return symbol ? symbols_set(symbols, symbol, s, OWNER_KERNEL) : -ENOMEM;
}

static int unpack(struct buffer *ret, struct buffer *raw, size_t limit)
{
	enum compression c = compression_detect(buffer_bytes(raw));

	if (c == COMPRESSION_NONE) {
		*ret = TAKE_STRUCT(*raw);
		return 0;
	}
	return decompress(c, buffer_bytes(raw), limit, ret);
}

static int from_payload(struct symbols *s, struct loader *l, const struct image_payload *p,
			const char *version)
{
	l->wants_all_versions = version && strstr(version, "(debian-kernel@");
	if (kernel_keys_copy(&l->keys, &p->keys) < 0)
		return -ENOMEM;
	return symvers_exports(buffer_bytes(&p->exports), take, s, NULL);
}

/* Of a package, say: nobody has unpacked it before. */
static int from_image(struct symbols *s, struct loader *l, const struct files *files,
		      const char *path)
{
	_cleanup_(image_payload_done) struct image_payload payload = {0};
	_cleanup_(buffer_done) struct buffer file = {0};
	_cleanup_free_ char *version = NULL;
	struct linux_image image;
	int r = files_read(files, path, LINUX_IMAGE_MAX_SIZE, &file);

	if (r >= 0)
		r = linux_image_parse(&image, buffer_bytes(&file), NULL);
	if (r >= 0)
		r = image_payload_read(&payload, &image, NULL);
	if (r < 0)
		return r;
	version = strndup((const char *)image.version.data, image.version.size);
	return version ? from_payload(s, l, &payload, version) : -ENOMEM;
}

static int from_list(struct symbols *s, const struct files *files, const char *path,
		     enum symbol_source kind)
{
	_cleanup_(buffer_done) struct buffer raw = {0}, text = {0};
	int r = files_read(files, path, SYMVERS_MAX_SIZE, &raw);

	if (r >= 0)
		r = unpack(&text, &raw, SYMVERS_MAX_SIZE);
	if (r < 0)
		return r;
	return kind == SYMBOLS_SYMVERS ? symvers_exports(buffer_bytes(&text), take, s, NULL)
				       : system_map_exports(buffer_bytes(&text), take, s, NULL);
}

/* A source that fails half-way leaves nothing behind. */
static int settle(struct symbols *s, int r, const char *path, enum symbol_source kind)
{
	if (r < 0) {
		symbols_done(s);
		return r == -ENOMEM ? r : 0;
	}
	log_line("symbols of the kernel: %zu from %s", s->count, path);
	return symbols_settle(s, kind, path);
}

static int try_list(struct symbols *s, const struct files *files, char *take_path,
		    enum symbol_source kind)
{
	_cleanup_free_ char *path = take_path;

	return path ? settle(s, from_list(s, files, path, kind), path, kind) : -ENOMEM;
}

static int from_lists(struct symbols *s, const struct files *files, const struct kernel *k)
{
	static const char *const suffixes[] = {"gz", "xz", "zst"};
	int r = 0;

	for (size_t i = 0; r >= 0 && !s->source && i < ARRAY_SIZE(suffixes); i++)
		r = try_list(s, files, text_printf("%s/symvers.%s", k->modules.path, suffixes[i]),
			       SYMBOLS_SYMVERS);
	for (size_t i = 0; r >= 0 && !s->source && i < ARRAY_SIZE(suffixes); i++)
		r = try_list(s, files, text_printf("/boot/symvers-%s.%s", k->release,
			       suffixes[i]), SYMBOLS_SYMVERS);
	if (r >= 0 && !s->source)
		r = try_list(s, files, text_printf("%s/build/Module.symvers", k->modules.path),
			       SYMBOLS_SYMVERS);
	if (r >= 0 && !s->source)
		r = try_list(s, files, text_printf("/boot/System.map-%s", k->release),
			       SYMBOLS_SYSTEM_MAP);
	if (r >= 0 && !s->source)
		r = try_list(s, files, text_printf("%s/System.map", k->modules.path),
			       SYMBOLS_SYSTEM_MAP);
	return r;
}

static int from_kernel(struct symbols *s, struct loader *l, const struct files *files,
		       const struct kernel *k, const char *image)
{
	if (!files->count && k->image.payload.exports.size)
		return from_payload(s, l, &k->image.payload, k->image.version);
	return from_image(s, l, files, image);
}

int symbols_of_kernel(struct symbols *ret, struct loader *l, const struct files *files,
		      const struct kernel *k)
{
	const char *image = k->image.state == PART_OK ? k->image.path : k->image.spare;
	int r = image ? settle(ret, from_kernel(ret, l, files, k, image), image,
			       SYMBOLS_IMAGE) : 0;

	return r < 0 || ret->source ? r : from_lists(ret, files, k);
}
