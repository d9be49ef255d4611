/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a payload's archive; in one piece and in many it must read the same. */
#include "formats/rpm_cpio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Data is told by its sum and size: it comes in pieces of any size. */
struct reading {
	struct rpm_cpio cpio;
	struct buffer text;
	uint64_t sum, size;
};

static void tell(struct reading *r, const char *what)
{
	if (buffer_printf(&r->text, "%s %s %x %llx %llx\n", what, r->cpio.name, r->cpio.index,
			  (unsigned long long)r->sum, (unsigned long long)r->size) < 0)
		abort();
	r->sum = r->size = 0;
}

static int feed(struct reading *r, struct bytes in)
{
	for (;;) {
		struct bytes data = {0};
		int event = rpm_cpio_next(&r->cpio, &in, &data);

		if (event == RPM_CPIO_MORE || event < 0) {
			if (event == RPM_CPIO_MORE && in.size)
				abort();
			if (event < 0 && !r->cpio.damage)
				abort();
			return event;
		}
		if (event == RPM_CPIO_MEMBER && r->cpio.stripped)
			rpm_cpio_expect(&r->cpio, r->cpio.index % 64);
		if (event == RPM_CPIO_DATA) {
			r->size += data.size;
			for (size_t i = 0; i < data.size; i++)
				r->sum += data.data[i];
		} else {
			tell(r, event == RPM_CPIO_MEMBER ? "member" : "end");
		}
	}
}

static int read_in_pieces(struct reading *r, struct bytes in, size_t piece)
{
	int event = 0;

	for (size_t at = 0; event >= 0 && at < in.size; at += piece)
		event = feed(r, (struct bytes){in.data + at, MIN_OF(piece, in.size - at)});
	return event;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reading a, b;
	struct bytes in = {data, size};

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	if (read_in_pieces(&a, in, MAX_OF(size, (size_t)1)) != read_in_pieces(&b, in, 7) ||
	    rpm_cpio_may_end(&a.cpio) != rpm_cpio_may_end(&b.cpio) ||
	    !text_equal(a.text.data, b.text.data))
		abort();
	buffer_done(&a.text);
	buffer_done(&b.text);
	return 0;
}
