/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a kernel image; payloads that are found are decompressed too. */
#include "formats/linux_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct buffer out = {0};
	struct linux_image image;
	struct fault f = {0};

	if (linux_image_parse(&image, in, &f) < 0) {
		if (!f.reason[0])
			abort();
		return 0;
	}
	if (!memchr(image.release, 0, sizeof(image.release)))
		abort();
	if (image.payload.size && (image.payload.data < data ||
				   image.payload.data + image.payload.size > data + size))
		abort();
	(void)decompress(image.compression, image.payload, 1 << 20, &out);
	buffer_done(&out);
	return 0;
}
