/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a cpio stream; in one piece and in many it must read the same. */
#include "formats/newc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(void *data, const char *name, uint32_t mode, uint64_t size)
{
	return buffer_printf(data, "%s %x %llu\n", name, mode, (unsigned long long)size);
}

static int read_in_pieces(
	struct bytes in, size_t piece, struct newc *n, struct buffer *names)
{
	size_t at = 0, used;
	int r = 0;

	while (r == 0 && at < in.size) {
		struct bytes part = {in.data + at, MIN_OF(piece, in.size - at)};

		r = newc_feed(n, part, &used, take, names);
		if (used > part.size || (r == 0 && used != part.size))
			abort();
		at += used;
	}
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct buffer whole = {0}, pieces = {0};
	struct newc a = {0}, b = {0};

	if (read_in_pieces(in, size, &a, &whole) != read_in_pieces(in, 7, &b, &pieces) ||
		newc_may_end(&a) != newc_may_end(&b) ||
		!text_equal(whole.data, pieces.data))
		abort();
	buffer_done(&whole);
	buffer_done(&pieces);
	return 0;
}
