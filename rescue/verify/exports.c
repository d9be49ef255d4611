/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel exports: its image tells, else the lists that its package keeps beside it. */
#include "judge.h"

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

static int from_vmlinux(struct symbols *s, struct loader *l, struct bytes vmlinux)
{
	int r = kernel_keys_visit(vmlinux, loader_keys_add, &l->keys);

	return r < 0 ? r : elf_kernel_exports(vmlinux, take, s, NULL);
}

static int from_image(struct symbols *s, struct loader *l, const struct files *files,
		      const char *path)
{
	static const char debian[] = "(debian-kernel@";
	_cleanup_(buffer_done) struct buffer file = {0}, vmlinux = {0};
	struct linux_image image;
	int r = files_read(files, path, LINUX_IMAGE_MAX_SIZE, &file);

	if (r >= 0)
		r = linux_image_parse(&image, buffer_bytes(&file), NULL);
	if (r < 0)
		return r;
	l->wants_all_versions = image.version.size && memmem(image.version.data,
		image.version.size, debian, sizeof(debian) - 1);
	if (image.compression == COMPRESSION_NONE)
		return from_vmlinux(s, l, image.payload);
	r = decompress(image.compression, image.payload, LINUX_IMAGE_MAX_PAYLOAD, &vmlinux);
	buffer_done(&file);
	file = (struct buffer){0};
	return r < 0 ? r : from_vmlinux(s, l, buffer_bytes(&vmlinux));
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
	s->source = kind;
	log_line("symbols of the kernel: %zu from %s", s->count, path);
	return 0;
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

int symbols_of_kernel(struct symbols *ret, struct loader *l, const struct files *files,
		      const struct kernel *k)
{
	const char *image = k->image.state == PART_OK ? k->image.path : k->image.spare;
	int r = image ? settle(ret, from_image(ret, l, files, image), image, SYMBOLS_IMAGE) : 0;

	return r < 0 || ret->source ? r : from_lists(ret, files, k);
}
