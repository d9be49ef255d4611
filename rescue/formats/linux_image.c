/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel image says of itself before anything is decompressed. */
#include "formats/linux_image.h"

#include "formats/elf_module.h"

#include <errno.h>

static const char doing[] = "read the kernel image";

static uint32_t le16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* A part of the input, or nothing where it does not lie within it. */
static bool part_of(struct bytes in, uint64_t offset, uint64_t size, struct bytes *ret)
{
	if (offset > in.size || size > in.size - offset)
		return false;
	*ret = (struct bytes){in.data + offset, (size_t)size};
	return true;
}

/* The COFF machine number behind the PE signature; 0: the image is no EFI program. */
static unsigned pe_machine(struct bytes in)
{
	enum { AT_PE_OFFSET = 0x3c, PE_PREFIX = 6 };
	struct bytes pe;

	if (in.size < AT_PE_OFFSET + 4 || memcmp(in.data, "MZ", 2))
		return 0;
	if (!part_of(in, le32(in.data + AT_PE_OFFSET), PE_PREFIX, &pe) ||
	    memcmp(pe.data, "PE\0", 4))
		return 0;
	return le16(pe.data + 4);
}

static const char *pe_arch(unsigned machine)
{
	switch (machine) {
	case 0x014c:
		return "i386";
	case 0x8664:
		return "x86_64";
	case 0xaa64:
		return "aarch64";
	default:
		return NULL;
	}
}

/* ---- x86: Documentation/arch/x86/boot.rst ------------------------------------------- */

enum {
	AT_SETUP_SECTORS = 0x1f1,
	AT_SYSTEM_SIZE = 0x1f4,
	AT_BOOT_FLAG = 0x1fe,
	AT_MAGIC = 0x202,
	AT_PROTOCOL = 0x206,
	AT_VERSION_POINTER = 0x20e,
	AT_EXTENDED_FLAGS = 0x236,
	AT_PAYLOAD_OFFSET = 0x248,
	AT_PAYLOAD_SIZE = 0x24c,
	X86_HEADER_END = 0x268,
	SECTOR = 512
};

static bool is_bzimage(struct bytes in)
{
	return in.size >= X86_HEADER_END && le16(in.data + AT_BOOT_FLAG) == 0xaa55 &&
	       !memcmp(in.data + AT_MAGIC, "HdrS", 4);
}

/* "6.1.0-18-amd64 (builder@host) #1 SMP …": the first word. Empty where it is unsound. */
static void read_release(struct linux_image *image, struct bytes setup)
{
	size_t at = le16(setup.data + AT_VERSION_POINTER), size = 0;

	if (!at || at + SECTOR >= setup.size)
		return;
	at += SECTOR;
	while (at + size < setup.size && setup.data[at + size] > ' ' &&
	       setup.data[at + size] < 0x7f)
		size++;
	if (at + size == setup.size || size >= sizeof(image->release))
		return;
	memcpy(image->release, setup.data + at, size);
	image->version = (struct bytes){setup.data + at,
		strnlen((const char *)setup.data + at, setup.size - at)};
}

static const char *x86_arch(const struct linux_image *image, struct bytes in)
{
	enum { FLAG_KERNEL_64 = 1 };

	if (image->protocol < 0x020c)
		return pe_arch(pe_machine(in));
	return le16(in.data + AT_EXTENDED_FLAGS) & FLAG_KERNEL_64 ? "x86_64" : "i386";
}

static int parse_bzimage(struct linux_image *image, struct bytes in, struct fault *f)
{
	unsigned sectors = in.data[AT_SETUP_SECTORS] ? in.data[AT_SETUP_SECTORS] : 4;
	size_t setup_size = (sectors + 1) * (size_t)SECTOR;
	struct bytes setup, system;

	image->kind = IMAGE_BZIMAGE;
	image->protocol = le16(in.data + AT_PROTOCOL);
	if (!part_of(in, 0, setup_size, &setup))
		return fault_damaged(f, doing, "the image ends within its set-up code");
	/* 32 bits wide since protocol 2.04, counted in 16 bytes. */
	if (image->protocol >= 0x0204 &&
	    !part_of(in, setup_size, 16ull * le32(in.data + AT_SYSTEM_SIZE), &system))
		return fault_damaged(f, doing, "the image is cut short: %zu bytes are left",
				     in.size);
	read_release(image, setup);
	image->arch = x86_arch(image, in);
	image->efi_stub = pe_machine(in) != 0;
	if (image->protocol < 0x0208)
		return 0;
	if (!part_of(in, setup_size + (uint64_t)le32(in.data + AT_PAYLOAD_OFFSET),
		     le32(in.data + AT_PAYLOAD_SIZE), &image->payload))
		return fault_damaged(f, doing, "the payload lies outside the image");
	image->compression = compression_detect(image->payload);
	return 0;
}

/* ---- others --------------------------------------------------------------------------- */

/* Documentation/arch/arm64/booting.rst; image_size counts memory, not bytes of the file. */
static bool is_arm64(struct bytes in)
{
	enum { AT_ARM64_MAGIC = 56, ARM64_HEADER_SIZE = 64 };

	return in.size >= ARM64_HEADER_SIZE && !memcmp(in.data + AT_ARM64_MAGIC, "ARM\x64", 4);
}

static int parse_arm64(struct linux_image *image, struct bytes in)
{
	image->kind = IMAGE_ARM64;
	image->arch = "aarch64";
	image->payload = in;
	image->compression = COMPRESSION_NONE;
	image->efi_stub = pe_machine(in) != 0;
	return 0;
}

/* drivers/firmware/efi/libstub/zboot-header.S: "MZ", "zimg" at 4, payload's place at 8. */
static bool is_zboot(struct bytes in)
{
	return in.size >= 64 && !memcmp(in.data, "MZ", 2) && !memcmp(in.data + 4, "zimg", 4);
}

static int parse_zboot(struct linux_image *image, struct bytes in, struct fault *f)
{
	image->kind = IMAGE_ZBOOT;
	image->arch = pe_arch(pe_machine(in));
	image->efi_stub = true;
	if (!part_of(in, le32(in.data + 8), le32(in.data + 12), &image->payload))
		return fault_damaged(f, doing, "the payload lies outside the image");
	image->compression = compression_detect(image->payload);
	return 0;
}

/* A bare vmlinux, as ppc64le boots it: the section table is the last thing in the file. */
static int parse_elf(struct linux_image *image, struct bytes in, struct fault *f)
{
	bool is_64 = in.data[4] == 2, is_big = in.data[5] == 2;
	size_t header = is_64 ? 64 : 52;
	uint64_t table, size;
	struct bytes sections;

	if (in.size < header)
		return fault_damaged(f, doing, "the image is cut short: %zu bytes are left",
				     in.size);
	image->kind = IMAGE_ELF;
	image->arch = elf_machine_name(is_big ? (unsigned)in.data[18] << 8 | in.data[19]
					      : le16(in.data + 18), is_64, is_big);
	image->payload = in;
	image->compression = COMPRESSION_NONE;
	if (is_big)
		return 0;
	table = is_64 ? le64(in.data + 40) : le32(in.data + 32);
	size = le16(in.data + header - 6) * (uint64_t)le16(in.data + header - 4);
	if (!part_of(in, table, size, &sections))
		return fault_damaged(f, doing,
				     "the image is cut short: its section table is gone");
	return 0;
}

int linux_image_parse(struct linux_image *ret, struct bytes in, struct fault *f)
{
	struct linux_image image = {.compression = COMPRESSION_UNKNOWN};
	int r;

	if (in.size > LINUX_IMAGE_MAX_SIZE)
		return fault_damaged(f, doing, "%zu bytes are too many for a kernel image",
				     in.size);
	if (is_bzimage(in)) {
		r = parse_bzimage(&image, in, f);
	} else if (is_arm64(in)) {
		r = parse_arm64(&image, in);
	} else if (is_zboot(in)) {
		r = parse_zboot(&image, in, f);
	} else if (in.size >= 52 && !memcmp(in.data, "\x7f" "ELF", 4)) {
		r = parse_elf(&image, in, f);
	} else if (in.size >= 18 && compression_detect(in) == COMPRESSION_GZIP) {
		image.kind = IMAGE_GZIP; /* arm64 Image.gz */
		image.payload = in;
		image.compression = COMPRESSION_GZIP;
		r = 0;
	} else {
		r = fault_damaged(f, doing, "it is not a kernel image");
	}
	if (r < 0)
		return r;
	*ret = image;
	return 0;
}
