/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an EFI program. */
#include "formats/module_signature.h"
#include "formats/pe_image.h"
#include "formats/shim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, part;
	uint8_t digest[PE_DIGEST_SIZE];
	struct kernel_keys keys = {0};
	struct module_signature s;
	struct kernel_key key;
	struct shim shim;

	/* What is signed cannot be shorter than its headers. */
	if (pe_is_signed(in) && size < 0x40)
		abort();
	if (pe_signature(&part, in) && pkcs7_parse(&s, part))
		while (certificate_parse(&key, &s.certificates))
			free(certificate_name(key.subject));
	if (pe_digest(digest, in) > 0 && size < 0x40)
		abort();
	if (pe_section(&part, in, ".vendor_cert") && part.size > size)
		abort();
	if (shim_parse(&shim, in) && shim_certificates(&keys, &shim) < 0)
		abort();
	kernel_keys_done(&keys);
	return 0;
}
