/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A patient for the tests of this room: a tree, the system that stands in it, and the
 * files that no manifest can hold (kernel images, initramfs).
 */
#ifndef TESTS_INVENTORY_PATIENT_H
#define TESTS_INVENTORY_PATIENT_H

#include "inventory.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>
#include <zlib.h>

#include "tree.h"

#define V "5.14.0-427.13.1.el9_4.x86_64"
#define OLD "5.14.0-70.el9.x86_64"
#define MID "1a2b3c4d5e6f708192a3b4c5d6e7f809"
#define UUID "0f1e2d3c-1111-4222-8333-445566778899"

struct patient {
	const struct readings *known; /* of earlier ones */
	struct tree tree;
	struct system sys;
	struct inventory inv;
};

/* An EL9 system on one file system, of which fstab names the root. */
#define EL9_MANIFEST                                                                     \
	"f 0644 /etc/fstab =UUID=" UUID " / ext4 defaults 1 1\n"                         \
	"f 0444 /etc/machine-id =" MID "\n"                                              \
	"d 0755 /usr/lib/modules\n"                                                      \
	"l /lib usr/lib\n"                                                               \
	"d 0700 /boot/loader/entries\n"                                                  \
	"f 0644 /boot/grub2/grub.cfg <<END\n"                                            \
	"load_env\n"                                                                     \
	"set default=\"${saved_entry}\"\n"                                               \
	"blscfg\n"                                                                       \
	"END\n"

static inline void patient_fstab(struct patient *p, const char *text)
{
	struct fstab t;

	assert_int_equal(
		fstab_parse(
			&t, (struct bytes){(const uint8_t *)text, strlen(text)}, NULL),
		0);
	fstab_done(&p->sys.fstab);
	p->sys.fstab = t;
}

/* manifest: added to EL9_MANIFEST. */
static inline struct patient *patient_new(const char *manifest)
{
	struct patient *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	tree_make(&p->tree, EL9_MANIFEST);
	if (manifest)
		tree_add(&p->tree, manifest);
	p->sys = (struct system){
		.id = (char *)"rhel9-3f2a",
		.os_id = (char *)"rhel",
		.os_version_id = (char *)"9.4",
		.root = {.device = -1, .mountpoint = (char *)"/", .present = true},
		.boot = {.device = -1, .mountpoint = (char *)"/boot", .present = true},
		.by_directory = true,
		.target = {.fd = p->tree.fd},
	};
	p->inv.default_entry = -1;
	patient_fstab(p, "UUID=" UUID " / ext4 defaults 1 1\n");
	return p;
}

static inline void patient_read(struct patient *p)
{
	struct fault *f = calloc(1, sizeof(*f));

	inventory_done(&p->inv);
	if (inventory_read(&p->inv, &p->sys, p->known, f) < 0)
		fail_msg("inventory_read: %s: %s", f->doing, f->reason);
	free(f);
}

static inline void patient_free(struct patient *p)
{
	inventory_done(&p->inv);
	fstab_done(&p->sys.fstab);
	tree_remove(&p->tree);
	free(p);
}

static inline struct kernel *patient_kernel(const struct patient *p, const char *release)
{
	struct kernel *k = inventory_find_kernel(&p->inv, release);

	if (!k)
		fail_msg("no kernel %s", release);
	return k;
}

static inline struct entry *patient_entry(const struct patient *p, const char *id)
{
	for (size_t i = 0; i < p->inv.entry_count; i++)
		if (strcmp(p->inv.entries[i].id, id) == 0)
			return &p->inv.entries[i];
	fail_msg("no entry %s", id);
	return NULL;
}

static inline bool has_finding(const struct patient *p, const char *subject)
{
	for (size_t i = 0; i < p->inv.findings.count; i++)
		if (text_equal(p->inv.findings.items[i].subject, subject))
			return true;
	return false;
}

/* ---- files ------------------------------------------------------------------------ */

static inline void put_le(struct buffer *b, size_t at, uint64_t value, int size)
{
	for (int i = 0; i < size; i++)
		b->data[at + (size_t)i] = (char)(value >> (8 * i));
}

static inline void append(struct buffer *b, const void *data, size_t size)
{
	assert_return_code(buffer_append(b, data, size), 0);
}

static inline void append_zeros(struct buffer *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		append(b, "", 1);
}

/* Appended: data as one gzip member. */
static inline void append_gzip(struct buffer *b, const void *data, size_t size)
{
	uint8_t out[65536];
	z_stream z = {.next_in = (Bytef *)data,
		.avail_in = (uInt)size,
		.next_out = out,
		.avail_out = sizeof(out)};

	assert_int_equal(
		deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	append(b, out, z.total_out);
	deflateEnd(&z);
}

/* An x86 bzImage of that release, whose payload is some gzip data. */
static inline void make_image(struct buffer *b, const char *release)
{
	_cleanup_(buffer_done) struct buffer payload = {0};
	char text[4096];
	size_t system_size;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * i % 251);
	append_gzip(&payload, text, sizeof(text));
	system_size = (256 + payload.size + 15) / 16 * 16;
	append_zeros(b, 1024 + system_size);
	b->data[0x1f1] = 1;
	put_le(b, 0x1f4, system_size / 16, 4);
	put_le(b, 0x1fe, 0xaa55, 2);
	memcpy(b->data + 0x202, "HdrS", 4);
	put_le(b, 0x206, 0x020f, 2);
	put_le(b, 0x20e, 0x100, 2);
	put_le(b, 0x236, 1, 2);
	put_le(b, 0x248, 256, 4);
	put_le(b, 0x24c, payload.size, 4);
	snprintf(b->data + 0x300, 128, "%s (a@b) #1 SMP", release);
	memcpy(b->data + 1024 + 256, payload.data, payload.size);
}

static inline void add_image(struct patient *p, const char *path, const char *release)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	make_image(&b, release);
	tree_file(&p->tree, path, b.data, b.size);
}

static inline void append_member(struct buffer *b, const char *name, const char *data)
{
	size_t size = data ? strlen(data) : 0;

	assert_return_code(
		buffer_printf(b,
			"070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx"
			"%08x%s",
			1, data ? 0100644 : 040755, 0, 0, 1, 0, size, 0, 0, 0, 0,
			strlen(name) + 1, 0, name),
		0);
	append_zeros(b, 1);
	append_zeros(b, -b->size & 3);
	if (data)
		append(b, data, size);
	append_zeros(b, -b->size & 3);
}

/* A newc archive of those names (each holds its own name), with its trailer. */
static inline void append_cpio(struct buffer *b, const char *const *names)
{
	for (; *names; names++)
		append_member(b, *names, *names);
	append_member(b, "TRAILER!!!", NULL);
}

/* Microcode in front, padding, the rest in gzip: what dracut makes. */
static inline void make_initramfs(struct buffer *b, const char *release)
{
	_cleanup_(buffer_done) struct buffer main_part = {0};
	_cleanup_free_ char *module =
		text_printf("usr/lib/modules/%s/kernel/fs/ext4/ext4.ko.xz", release);
	_cleanup_free_ char *other = text_printf(
		"usr/lib/modules/%s/kernel/drivers/block/virtio-blk.ko.xz", release);

	append_cpio(
		b, (const char *const[]){"kernel/x86/microcode/GenuineIntel.bin", NULL});
	append_zeros(b, 512 - b->size % 512);
	append_cpio(
		&main_part, (const char *const[]){"init", "bin/sh", module, other, NULL});
	append_gzip(b, main_part.data, main_part.size);
}

static inline void add_initramfs(struct patient *p, const char *path, const char *release)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	make_initramfs(&b, release);
	tree_file(&p->tree, path, b.data, b.size);
}

static inline void add_text(struct patient *p, const char *path, const char *text)
{
	tree_file(&p->tree, path, text, strlen(text));
}

/* An index without a name in it: magic number, version, root. */
static inline void add_binary_index(struct patient *p, const char *release, const char *name)
{
	static const char index[] = "\xb0\x07\xf4\x57\0\2\0\1\x20\0\0\x0c\0\0";
	_cleanup_free_ char *path = text_printf("/usr/lib/modules/%s/%s", release, name);

	tree_file(&p->tree, path, index, sizeof(index));
}

/* Image, modules with their index, initramfs, entry: all that a kernel needs. */
static inline void add_kernel(struct patient *p, const char *release)
{
	_cleanup_free_ char *manifest =
		text_printf("f 0600 /usr/lib/modules/%1$s/kernel/fs/ext4/ext4.ko.xz\n"
			    "f 0600 /usr/lib/modules/%1$s/kernel/lib/crc16.ko.xz\n"
			    "f 0644 /usr/lib/modules/%1$s/modules.dep <<END\n"
			    "kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko.xz\n"
			    "kernel/lib/crc16.ko.xz:\n"
			    "END\n"
			    "f 0644 /usr/lib/modules/%1$s/modules.order <<END\n"
			    "kernel/lib/crc16.ko\n"
			    "kernel/fs/ext4/ext4.ko\n"
			    "END\n"
			    "f 0644 /boot/loader/entries/" MID "-%1$s.conf <<END\n"
			    "title Linux (%1$s)\n"
			    "version %1$s\n"
			    "linux /boot/vmlinuz-%1$s\n"
			    "initrd /boot/initramfs-%1$s.img\n"
			    "options root=UUID=" UUID " ro\n"
			    "END\n",
			release);
	_cleanup_free_ char *image = text_printf("/boot/vmlinuz-%s", release);
	_cleanup_free_ char *initramfs = text_printf("/boot/initramfs-%s.img", release);

	tree_add(&p->tree, manifest);
	add_binary_index(p, release, "modules.dep.bin");
	add_binary_index(p, release, "modules.alias.bin");
	add_image(p, image, release);
	add_initramfs(p, initramfs, release);
}

#endif
