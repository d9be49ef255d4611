/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a boot sector, the first sector of GRUB's image and the rest of it. */
#include "formats/boot_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t sector[BOOT_SECTOR_SIZE] = {0};
	struct boot_blocks blocks[GRUB_IMAGE_MAX_BLOCKS];
	struct grub_stub stub = {0};
	struct boot_sector s;
	uint64_t sectors = 0;
	size_t count;

	memcpy(sector, data, MIN_OF(size, sizeof(sector)));
	boot_sector_parse(&s, sector);
	if (s.code != BOOT_CODE_GRUB2 && s.next != 0)
		abort();
	count = grub_image_blocks(blocks, sector);
	for (size_t i = 0; i < count; i++)
		sectors += blocks[i].count;
	if (count > GRUB_IMAGE_MAX_BLOCKS || sectors > GRUB_IMAGE_MAX_SIZE / BOOT_SECTOR_SIZE)
		abort();
	if (grub_image_parse(&stub, (struct bytes){data, size}, NULL) >= 0)
		grub_stub_done(&stub);
	return 0;
}
