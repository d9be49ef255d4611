/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Volume groups as text: tests/data/lvm_metadata (linear_and_striped was written by lvm2,
 * the others are after its manner), limits, and what must be refused.
 */
#include "formats/lvm.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static void dump_lv(struct buffer *ret, const struct lvm_lv *lv)
{
	buffer_printf(ret, "lv [%s] %s %s%s%s%s, %llu extents\n", lv->name, lv->uuid,
		lvm_kind_name(lv->kind), lv->is_visible ? "" : " hidden",
		lv->is_writable ? "" : " read-only",
		lv->has_snapshots ? " with snapshots" : "",
		(unsigned long long)lv->extents);
	for (size_t i = 0; i < lv->segment_count; i++) {
		const struct lvm_segment *s = &lv->segments[i];

		buffer_printf(ret, "  %llu+%llu", (unsigned long long)s->start,
			(unsigned long long)s->count);
		for (size_t n = 0; n < s->stripe_count; n++)
			buffer_printf(ret, " pv %zu:%llu", s->stripes[n].pv,
				(unsigned long long)s->stripes[n].first);
		if (s->stripe_size > 0)
			buffer_printf(ret, " by %llu",
				(unsigned long long)s->stripe_size);
		buffer_puts(ret, "\n");
	}
}

static void dump(struct buffer *ret, struct bytes input)
{
	_cleanup_(lvm_vg_done) struct lvm_vg vg = {0};
	struct fault *f = calloc(1, sizeof(*f));
	int r = lvm_vg_parse(&vg, input, f);

	if (r < 0) {
		buffer_printf(ret, "%s %s\n", errno_name(-r), f->reason);
		free(f);
		return;
	}
	buffer_printf(ret, "vg [%s] %s seqno %llu, extents of %llu%s\n", vg.name, vg.uuid,
		(unsigned long long)vg.seqno, (unsigned long long)vg.extent_size,
		vg.is_exported ? ", exported" : "");
	for (size_t i = 0; i < vg.pv_count; i++)
		buffer_printf(ret, "pv [%s] %s on [%s], %llu extents from %llu\n",
			vg.pvs[i].name, vg.pvs[i].uuid,
			vg.pvs[i].device ? vg.pvs[i].device : "-",
			(unsigned long long)vg.pvs[i].extents,
			(unsigned long long)vg.pvs[i].start);
	for (size_t i = 0; i < vg.lv_count; i++)
		dump_lv(ret, &vg.lvs[i]);
	free(f);
}

static void reads_cases(void **state)
{
	(void)state;
	run_cases("lvm_metadata", dump);
}

static void finds_volumes(void **state)
{
	static const char text[] =
		"v { id = \"aaaaaa-bbbb-cccc-dddd-eeee-ffff-000001\" seqno = 1 "
		"extent_size = 8 logical_volumes { a { id = "
		"\"aaaaaa-bbbb-cccc-dddd-eeee-ffff-000002\" segment_count = 0 } } }"
		"contents = \"Text Format Volume Group\" version = 1";
	_cleanup_(lvm_vg_done) struct lvm_vg vg = {0};

	(void)state;
	assert_int_equal(lvm_vg_parse(&vg, BYTES(text), NULL), 0);
	assert_non_null(lvm_vg_find(&vg, "a"));
	assert_null(lvm_vg_find(&vg, "b"));
	/* Every shorter text is refused, and never read beyond its end. */
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		_cleanup_free_ uint8_t *copy = malloc(n + 1);
		struct lvm_vg none = {0};

		memcpy(copy, text, n);
		copy = realloc(copy, MAX_OF(n, (size_t)1));
		assert_int_equal(
			lvm_vg_parse(&none, (struct bytes){copy, n}, NULL), -EBADMSG);
	}
}

/* count times "aN{}" in the section of that name. */
static int parse_many(const char *section, const char *item, size_t count)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(lvm_vg_done) struct lvm_vg vg = {0};

	buffer_printf(&text,
		"v { id = \"aaaaaa-bbbb-cccc-dddd-eeee-ffff-000001\" seqno = 1 "
		"extent_size = 8 %s {",
		section);
	for (size_t i = 0; i < count; i++) {
		buffer_printf(&text, "a%zu { id = \"aaaaaa-bbbb-cccc-dddd-eeee-ffff-%06zu\" ",
			i, i);
		buffer_printf(&text, "%s }", item);
	}
	buffer_puts(&text, "} } contents = \"Text Format Volume Group\" version = 1");
	return lvm_vg_parse(&vg, buffer_bytes(&text), NULL);
}

static void obeys_limits(void **state)
{
	_cleanup_free_ uint8_t *large = calloc(1, LVM_MAX_TEXT + 1);
	const char *pv = "pe_start = 1 pe_count = 1";
	struct lvm_vg vg = {0};

	(void)state;
	assert_int_equal(parse_many("physical_volumes", pv, LVM_MAX_PVS), 0);
	assert_int_equal(parse_many("physical_volumes", pv, LVM_MAX_PVS + 1), -E2BIG);
	assert_int_equal(
		parse_many("logical_volumes", "segment_count = 0", LVM_MAX_LVS), 0);
	assert_int_equal(
		parse_many("logical_volumes", "segment_count = 0", LVM_MAX_LVS + 1),
		-E2BIG);
	assert_int_equal(
		lvm_vg_parse(&vg, (struct bytes){large, LVM_MAX_TEXT + 1}, NULL), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(finds_volumes),
		cmocka_unit_test(obeys_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
