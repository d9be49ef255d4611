/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a signed module, and as a kernel that holds certificates. */
#include "formats/module_signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t sum(struct bytes b)
{
	size_t n = b.size;

	for (size_t i = 0; i < b.size; i++)
		n += b.data[i];
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct kernel_keys keys = {0};
	struct module_signature s;
	struct bytes a = {0}, b = {0};
	size_t n = 0;

	module_signature_parse(&s, in);
	n += sum(s.content) + sum(s.issuer) + sum(s.serial) + sum(s.key_id) + sum(s.value) +
	     sum(s.attributes) + sum(s.signed_attributes) + sum(s.message_digest);
	if (ecdsa_numbers(in, &a, &b))
		n += sum(a) + sum(b);
	if (kernel_keys_find(&keys, in) != 0 || s.content.size > size)
		abort();
	for (size_t i = 0; i < keys.count; i++) {
		const struct kernel_key *k = &keys.items[i];

		n += sum(k->issuer) + sum(k->serial) + sum(k->key_id) + sum(k->modulus) +
		     sum(k->exponent) + sum(k->point) + kernel_key_made(k, &s);
	}
	kernel_keys_done(&keys);
	if (n == SIZE_MAX)
		abort();
	return 0;
}
