/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a variable with signature lists. */
#include "formats/signature_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes in = {data, size};
	struct signature_walk w = {.rest = in};
	struct kernel_keys keys = {0};
	struct efi_signature s;
	size_t total = 0;

	while (signature_walk_next(&s, &w)) {
		total += s.data.size;
		if (s.data.data < data || s.data.data + s.data.size > data + size || total > size)
			abort();
		if (s.kind == EFI_SIGNATURE_SHA256 && !signature_list_has_digest(in, s.data))
			abort();
	}
	if (signature_walk_next(&s, &w)) /* the end stays the end */
		abort();
	if (signature_list_certificates(&keys, in, 1, SIZE_MAX) < 0)
		abort();
	kernel_keys_done(&keys);
	return 0;
}
