/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk with a partition table, as a file in memory: libblkid's walk and what is made of
 * it, then what each partition holds. The input: 4 bytes, how many sectors the disk has; a
 * byte, how many of the following sectors lie at its end (the other GPT); the sectors.
 * GPT's checksums are set right, so that they stop nothing.
 */
#include "../../rescue/locate/local.h"

#include <sys/mman.h>
#include <unistd.h>

#define SECTOR 512
#define MAX_SECTORS (1u << 22) /* 2 GiB, of holes */
#define GPT_HEADER 92
#define MAX_BYTES (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t get(const uint8_t *at, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static void put(uint8_t *at, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t crc32_of_gpt(const uint8_t *at, size_t size)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < size; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* first: the disk's sector that the bytes begin with. */
static void seal(uint8_t *at, size_t size, uint64_t first)
{
	for (size_t n = 0; n + SECTOR <= size; n += SECTOR) {
		uint8_t *header = at + n;
		uint64_t entries = get(header + 72, 8) - first;
		uint64_t bytes = get(header + 80, 4) * get(header + 84, 4);
		uint64_t length = get(header + 12, 4);

		if (memcmp(header, "EFI PART", 8) != 0 || length < GPT_HEADER ||
			length > SECTOR)
			continue;
		if (entries < size / SECTOR && bytes <= size - entries * SECTOR)
			put(header + 88, crc32_of_gpt(at + entries * SECTOR, bytes), 4);
		put(header + 16, 0, 4);
		put(header + 16, crc32_of_gpt(header, length), 4);
	}
}

static void check(const struct landscape *l, uint64_t size)
{
	size_t parts = 0;

	for (size_t i = 0; i < l->device_count; i++) {
		const struct device *d = &l->devices[i];

		if (d->parent >= (int)i || (i > 0 && d->parent != 0))
			abort();
		if (d->size > 0 && (d->offset > size || d->size > size - d->offset))
			abort();
		parts += d->type == DEVICE_PART;
	}
	if (parts > MAX_PARTITIONS)
		abort();
}

static void scan(const char *path, uint64_t size)
{
	struct landscape l = {0};
	const int first = 0;
	struct device disk = {.parent = -1, .type = DEVICE_IMAGE, .system = -1, .size = size};

	disk.path = strdup("disk.img");
	disk.backing = strdup(path);
	if (disk.path && disk.backing && landscape_add_device(&l, &disk) == 0 &&
		partitions_scan(&l, &first, 1) == 0 && contents_scan(&l) == 0)
		check(&l, size);
	landscape_done(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t sectors[MAX_BYTES];
	_cleanup_close_ int fd = -1;
	uint64_t total, tail;
	char path[64];

	if (size < 5 || size - 5 > MAX_BYTES)
		return 0;
	total = MAX_OF(get(data, 4) % MAX_SECTORS, (uint64_t)1);
	tail = data[4];
	size -= 5;
	memcpy(sectors, data + 5, size);
	tail = MIN_OF(MIN_OF(tail, total) * SECTOR, size / SECTOR * SECTOR);
	fd = memfd_create("disk", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)(total * SECTOR)) < 0)
		abort();
	seal(sectors, size - tail, 0);
	seal(sectors + size - tail, tail, total - tail / SECTOR);
	if (pwrite(fd, sectors, MIN_OF(size - tail, total * SECTOR), 0) < 0 ||
		pwrite(fd, sectors + size - tail, tail, (off_t)(total * SECTOR - tail)) < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	scan(path, total * SECTOR);
	return 0;
}
