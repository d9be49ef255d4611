/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot sectors told apart, and what is embedded in GRUB's image. */
#include "formats/boot_code.h"

#include "decompress.h"

#include <errno.h>

#define CODE_SIZE 440	/* of a disk; then its signature and its partitions */
#define AT_PARTITIONS 446
#define AT_NAME 3	/* of whoever made a partition's boot sector */
#define AT_STAGE1_VERSION 0x3e /* GRUB 0.97's compatibility version: 3.x */
#define AT_KERNEL_SECTOR 0x5c  /* GRUB 2 */
#define BLOCK_SIZE 12	       /* at the end of GRUB's first sector, the first one last */

/* Behind the image's first sector, which is loaded to LOADED_AT. */
#define LOADED_AT 0x8200u
#define AT_COMPRESSED 0x08
#define AT_UNCOMPRESSED 0x0c
#define AT_PROGRAM 0x200 /* beyond these numbers */

#define MODULES_MAGIC "mimg"
#define TYPE_CONFIG 2
#define TYPE_PREFIX 3

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* ---- the sector ------------------------------------------------------------------- */

static bool has_text(const uint8_t *in, const char *text)
{
	return memmem(in, CODE_SIZE, text, strlen(text)) != NULL;
}

/* What mbr.bin of syslinux, Debian's mbr, fdisk's of DOS and Windows say when it fails. */
static bool starts_partition(const uint8_t *in)
{
	return has_text(in, "perating system") || has_text(in, "nvalid partition table");
}

static enum boot_code code_of(const uint8_t *in)
{
	static const uint8_t nothing[CODE_SIZE];

	if (in[510] != 0x55 || in[511] != 0xaa || memcmp(in, nothing, CODE_SIZE) == 0)
		return BOOT_CODE_NONE;
	if (memcmp(in + AT_NAME, "SYSLINUX", 8) == 0 || memcmp(in + AT_NAME, "EXTLINUX", 8) == 0)
		return BOOT_CODE_SYSLINUX;
	/* Both end with "GRUB \0Geom\0Hard Disk"; the jump over their data tells them apart. */
	if (has_text(in, "GRUB ") && has_text(in, "Geom")) {
		if (in[0] == 0xeb && in[1] == 0x63)
			return BOOT_CODE_GRUB2;
		if (in[0] == 0xeb && in[1] == 0x48 && in[AT_STAGE1_VERSION] == 3)
			return BOOT_CODE_GRUB_LEGACY;
		return BOOT_CODE_OTHER;
	}
	return starts_partition(in) ? BOOT_CODE_PARTITION : BOOT_CODE_OTHER;
}

void boot_sector_parse(struct boot_sector *ret, const uint8_t in[BOOT_SECTOR_SIZE])
{
	*ret = (struct boot_sector){.code = code_of(in)};
	if (ret->code == BOOT_CODE_GRUB2)
		ret->next = le64(in + AT_KERNEL_SECTOR);
	for (size_t i = 0; i < 4 && ret->active == 0; i++) {
		const uint8_t *partition = in + AT_PARTITIONS + 16 * i;

		if (partition[0] == 0x80 && partition[4] != 0)
			ret->active = le32(partition + 8);
	}
}

/* ---- the image -------------------------------------------------------------------- */

size_t grub_image_blocks(
	struct boot_blocks ret[GRUB_IMAGE_MAX_BLOCKS], const uint8_t in[BOOT_SECTOR_SIZE])
{
	size_t count = 0;
	uint32_t sectors = 0;

	if (!memmem(in, BOOT_SECTOR_SIZE, "loading", 7))
		return 0;
	for (size_t at = BOOT_SECTOR_SIZE - BLOCK_SIZE; count < GRUB_IMAGE_MAX_BLOCKS && at > 0;
		at -= BLOCK_SIZE) {
		uint32_t size = in[at + 8] | (uint32_t)in[at + 9] << 8;

		if (size == 0)
			break;
		sectors += size;
		if (sectors > GRUB_IMAGE_MAX_SIZE / BOOT_SECTOR_SIZE)
			return 0;
		ret[count++] = (struct boot_blocks){le64(in + at), size};
	}
	return count;
}

/*
 * The program names the end of itself, where what it unpacks begins:
 *   mov $END, %esi; push %edi; mov UNCOMPRESSED, %ecx
 */
static size_t packed_at(struct bytes image)
{
	static const uint8_t behind[] = {0x57, 0x8b, 0x0d, 0x0c, 0x82, 0, 0};
	const uint8_t *at;
	uint32_t end;

	if (image.size <= AT_PROGRAM)
		return 0;
	at = memmem(image.data + AT_PROGRAM, image.size - AT_PROGRAM, behind, sizeof(behind));
	if (!at || at[-5] != 0xbe)
		return 0;
	end = le32(at - 4);
	return end > LOADED_AT + AT_PROGRAM && end - LOADED_AT < image.size ? end - LOADED_AT : 0;
}

/* GRUB's LZMA has no header: lc 3, lp 0, pb 2, a dictionary of 64 KiB. */
static int put_header(struct buffer *ret, uint32_t size)
{
	uint8_t header[13] = {0x5d, 0, 0, 1, 0};

	for (size_t i = 0; i < 4; i++)
		header[5 + i] = (uint8_t)(size >> 8 * i);
	return buffer_append(ret, header, sizeof(header));
}

static int unpack(struct buffer *ret, struct bytes image)
{
	_cleanup_(buffer_done) struct buffer packed = {0};
	size_t at = packed_at(image), size;

	if (at == 0)
		return -EBADMSG;
	size = le32(image.data + AT_COMPRESSED);
	if (size > image.size - at || le32(image.data + AT_UNCOMPRESSED) > GRUB_IMAGE_MAX_SIZE)
		return -EBADMSG;
	if (put_header(&packed, le32(image.data + AT_UNCOMPRESSED)) < 0 ||
		buffer_append(&packed, image.data + at, size) < 0)
		return -ENOMEM;
	return decompress(COMPRESSION_LZMA, buffer_bytes(&packed), GRUB_IMAGE_MAX_SIZE, ret);
}

/* The modules behind GRUB's kernel: "mimg", size of this header, of all of it. */
static struct bytes modules_of(struct bytes in)
{
	const uint8_t *at = in.data, *end = in.data + in.size;

	while ((at = memmem(at, (size_t)(end - at), MODULES_MAGIC, 4))) {
		size_t left = (size_t)(end - at);

		if (left >= 12 && le32(at + 4) == 12 && le32(at + 8) >= 12 &&
			le32(at + 8) <= left)
			return (struct bytes){at + 12, le32(at + 8) - 12};
		at++;
	}
	return (struct bytes){0};
}

/* The text of the first module of that type; NULL: there is none. */
static const char *module_text(struct bytes modules, uint32_t type)
{
	while (modules.size > 8) {
		uint32_t size = le32(modules.data + 4);

		if (size <= 8 || size > modules.size)
			return NULL;
		if (le32(modules.data) == type)
			return memchr(modules.data + 8, '\0', size - 8)
				       ? (const char *)modules.data + 8
				       : NULL;
		modules.data += size;
		modules.size -= size;
	}
	return NULL;
}

/* As GRUB does it: the prefix is set, the embedded script runs, then grub.cfg is read. */
static int find_configuration(struct grub_stub *ret, struct bytes modules)
{
	const char *prefix = module_text(modules, TYPE_PREFIX);
	const char *config = module_text(modules, TYPE_CONFIG);
	_cleanup_free_ char *script = NULL;

	if (!prefix || strchr(prefix, '\''))
		return -EBADMSG;
	script = text_printf("set prefix='%s'\n%s\nconfigfile $prefix/grub.cfg\n", prefix,
		config ? config : "");
	if (!script)
		return -ENOMEM;
	return grub_stub_parse(
		ret, (struct bytes){(const uint8_t *)script, strlen(script)});
}

/* A module is an ELF file; symbols of those two that nothing else has. */
static bool holds_symbol(struct bytes modules, const char *name)
{
	return modules.size && memmem(modules.data, modules.size, name, strlen(name) + 1);
}

int grub_image_parse(struct grub_stub *ret, struct bytes image, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer unpacked = {0};
	struct bytes modules = {0};
	int r = unpack(&unpacked, image);

	if (r >= 0) {
		modules = modules_of(buffer_bytes(&unpacked));
		r = find_configuration(ret, modules);
	}
	if (r >= 0) {
		ret->has_normal = holds_symbol(modules, "grub_normal_init_page");
		ret->has_blscfg = holds_symbol(modules, "blscfg");
	}
	if (r == -ENOMEM)
		return fault_no_memory(f);
	return r < 0 ? fault_errno(f, EBADMSG, NULL, "read GRUB's image") : 0;
}
