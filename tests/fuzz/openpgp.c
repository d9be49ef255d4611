/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as keys in armor, as packets, as one key, as one signature. */
#include "formats/openpgp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t sink;

/* Every byte that a parser hands out must be there. */
static void touch(struct bytes b)
{
	for (size_t i = 0; i < b.size; i++)
		sink ^= b.data[i];
}

static void parse_key(struct bytes body)
{
	struct openpgp_key k;
	uint8_t prefix[5];
	size_t size;

	if (openpgp_key_parse(&k, body) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(k.numbers); i++)
		touch(k.numbers[i]);
	openpgp_key_prefix(&k, prefix, &size);
	if (size > sizeof(prefix) || k.fingerprint_size > sizeof(k.fingerprint))
		abort();
}

static void parse_signature(struct bytes body)
{
	struct openpgp_signature s;

	if (openpgp_signature_parse(&s, body) < 0)
		return;
	touch(s.hashed);
	touch(s.salt);
	touch(s.numbers[0]);
	touch(s.numbers[1]);
	if (s.trailer_size > sizeof(s.trailer) || s.embedded.size >= body.size)
		abort();
	parse_signature(s.embedded);
}

static void parse_packets(struct bytes in)
{
	struct openpgp_packet p;
	size_t before = in.size;

	while (openpgp_next(&in, &p) > 0) {
		if (in.size >= before || p.tag > 63)
			abort();
		before = in.size;
		if (p.tag == OPENPGP_SIGNATURE)
			parse_signature(p.body);
		else
			parse_key(p.body);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, rest = in;

	parse_packets(in);
	parse_key(in);
	parse_signature(in);
	for (;;) {
		struct buffer block = {0};
		size_t before = rest.size;
		int r = openpgp_dearmor(&block, rest, &rest);

		if (r > 0)
			parse_packets(buffer_bytes(&block));
		buffer_done(&block);
		if (r <= 0)
			return 0;
		if (rest.size >= before)
			abort();
	}
}
