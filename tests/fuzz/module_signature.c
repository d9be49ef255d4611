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

static int visit(void *data, const struct kernel_key *k)
{
	size_t *n = data;

	*n += sum(k->issuer) + sum(k->serial) + sum(k->key_id) + sum(k->modulus) +
	      sum(k->exponent);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct module_signature s;
	size_t n = 0;

	module_signature_parse(&s, in);
	n += sum(s.content) + sum(s.issuer) + sum(s.serial) + sum(s.key_id) + sum(s.value) +
	     sum(s.attributes) + sum(s.signed_attributes) + sum(s.message_digest);
	if (kernel_keys_visit(in, visit, &n) != 0 || s.content.size > size)
		abort();
	return 0;
}
