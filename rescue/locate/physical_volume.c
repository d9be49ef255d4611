/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One physical volume: its label, and the newest text of its metadata areas. */
#include "volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void physical_volume_done(struct physical_volume *pv)
{
	lvm_vg_done(&pv->vg);
	free(pv->backing);
	*pv = (struct physical_volume){0};
}

struct source {
	int fd;
	uint64_t offset, size;
};

static int read_span(const struct source *s, const struct lvm_span *span, uint8_t *ret)
{
	uint64_t end;

	if (__builtin_add_overflow(span->offset, span->size, &end) || end > s->size)
		return -ENODATA; /* the device ends before */
	for (size_t done = 0; done < span->size;) {
		ssize_t n = pread(s->fd, ret + done, span->size - done,
			(off_t)(s->offset + span->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENODATA;
		done += (size_t)n;
	}
	return 0;
}

static int read_label(const struct source *s, struct lvm_label *ret, struct fault *f)
{
	const struct lvm_span start = {0, MIN_OF(s->size, (uint64_t)LVM_LABEL_SIZE)};
	uint8_t in[LVM_LABEL_SIZE];
	int r = read_span(s, &start, in);

	if (r < 0)
		return fault_errno(f, -r, NULL, "read the LVM label");
	return lvm_label_parse(ret, (struct bytes){in, start.size}, f);
}

static int read_text(const struct source *s, const struct lvm_text *t, struct buffer *ret,
	struct fault *f)
{
	int r = buffer_reserve(ret, (size_t)t->size);

	for (size_t i = 0; r == 0 && i < t->piece_count; i++) {
		r = read_span(s, &t->pieces[i], (uint8_t *)ret->data + ret->size);
		ret->size += (size_t)t->pieces[i].size;
	}
	if (r == 0 && !lvm_text_is_whole(t, buffer_bytes(ret)))
		r = -EBADMSG;
	if (r < 0) {
		fault_errno(f, -r, NULL, "read the LVM metadata");
		if (r == -EBADMSG)
			fault_reason(f, "the checksum of the text is wrong");
	}
	return r;
}

/* 1: the area holds a text, now in *ret. */
static int read_area(const struct source *s, const struct lvm_span *area,
	struct lvm_vg *ret, struct fault *f)
{
	const struct lvm_span head = {area->offset, LVM_AREA_HEADER_SIZE};
	_cleanup_(buffer_done) struct buffer text = {0};
	uint8_t in[LVM_AREA_HEADER_SIZE];
	struct lvm_text t;
	int r = read_span(s, &head, in);

	if (r < 0)
		return fault_errno(f, -r, NULL, "read the LVM metadata area");
	r = lvm_area_parse(&t, (struct bytes){in, sizeof(in)}, area, f);
	if (r < 0 || t.piece_count == 0)
		return r;
	r = read_text(s, &t, &text, f);
	if (r == 0)
		r = lvm_vg_parse(ret, buffer_bytes(&text), f);
	return r < 0 ? r : 1;
}

/* The newest of all areas; one that is whole is enough. */
static int read_areas(const struct source *s, const struct lvm_label *l,
	struct lvm_vg *ret, struct fault *f)
{
	int first = 0;

	for (size_t i = 0; i < l->area_count; i++) {
		struct lvm_vg vg = {0};
		struct fault why = {0};
		int r = read_area(s, &l->areas[i], &vg, &why);

		if (r < 0 && first == 0) {
			first = r;
			if (f)
				*f = why;
		}
		if (r > 0 && (!ret->name || vg.seqno > ret->seqno)) {
			lvm_vg_done(ret);
			*ret = vg;
		} else {
			lvm_vg_done(&vg);
		}
	}
	return ret->name ? 0 : first;
}

int physical_volume_read(struct physical_volume *ret, const char *backing,
	uint64_t offset, uint64_t size, struct fault *f)
{
	_cleanup_(physical_volume_done) struct physical_volume pv = {
		.offset = offset, .size = size, .device = -1, .disk = -1};
	_cleanup_close_ int fd = open(backing, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const struct source s = {fd, offset, size};
	int r;

	if (fd < 0)
		return fault_errno(f, errno, backing, "open %s", backing);
	pv.backing = strdup(backing);
	if (!pv.backing)
		return fault_no_memory(f);
	r = read_label(&s, &pv.label, f);
	if (r == 0)
		r = read_areas(&s, &pv.label, &pv.vg, f);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(pv);
	return 0;
}
