/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an RPM lead and header; what is accepted must answer every question. */
#include "formats/rpm_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct rpm_header *h, uint32_t tag)
{
	struct strings texts = {0};
	uint64_t *numbers = NULL, number;
	struct bytes binary;
	const char *text;
	size_t count;

	if (rpm_header_text(h, tag, &text) == 0)
		(void)strlen(text);
	(void)rpm_header_texts(h, tag, &texts);
	(void)rpm_header_numbers(h, tag, &numbers, &count);
	(void)rpm_header_number(h, tag, &number);
	if (rpm_header_binary(h, tag, &binary) == 0 &&
	    (binary.data < h->store.data ||
	     binary.data + binary.size > h->store.data + h->store.size))
		abort();
	strings_done(&texts);
	free(numbers);
}

static void parse(struct bytes in, enum rpm_header_kind kind)
{
	struct fault f = {0};
	struct rpm_header h;

	if (rpm_header_parse(&h, in, kind, &f) < 0) {
		if (f.code != FAULT_NOT_A_PACKAGE || !f.reason[0])
			abort();
		return;
	}
	if (h.whole.size > in.size)
		abort();
	for (size_t at = 0; at < MIN_OF(h.index.size, 16 * 64u); at += 16)
		ask(&h, (uint32_t)h.index.data[at] << 24 | (uint32_t)h.index.data[at + 1] << 16 |
			(uint32_t)h.index.data[at + 2] << 8 | h.index.data[at + 3]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};

	(void)rpm_lead_parse(in, NULL);
	parse(in, RPM_MAIN_HEADER);
	parse(in, RPM_SIGNATURE_HEADER);
	return 0;
}
