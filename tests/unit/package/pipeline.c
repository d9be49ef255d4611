/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks side by side: in order, faults behind what was good, and an early end. */
#include "../../../rescue/package/pipeline.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { NONE = 1000000 }; /* never */

struct source {
	size_t count, fail_fill, fail_check, fail_again, filled, checked, again;
	bool ended, early;
};

static int fill(void *data, struct block *b, struct fault *f)
{
	struct source *s = data;

	if (s->filled == s->fail_fill)
		return fault_errno(f, EIO, NULL, "fill");
	if (s->filled == s->count)
		return 0;
	memset(b->data, (int)s->filled++, 16);
	b->size = 16;
	return 1;
}

static int check(void *data, struct block *b, struct fault *f)
{
	struct source *s = data;

	s->ended = s->ended || !b;
	if (s->checked == s->fail_check)
		return fault_errno(f, EBADMSG, NULL, "check");
	s->checked += b != NULL;
	return 0;
}

/* A stage behind it: never ahead of it. */
static int check_again(void *data, struct block *b, struct fault *f)
{
	struct source *s = data;

	if (s->again == s->fail_again)
		return fault_errno(f, EPROTO, NULL, "check again");
	s->again += b != NULL;
	s->early = s->early || s->again > s->checked;
	return 0;
}

/* Blocks taken; *ret: what the pipeline answered at last. */
static size_t run(struct source *s, size_t leave, int *ret, struct fault *f)
{
	const struct pipeline_stage stages[] = {{fill, s}, {check, s}, {check_again, s}};
	_cleanup_(pipeline_free_p) struct pipeline *p = NULL;
	const struct block *b;
	size_t taken = 0;

	assert_int_equal(pipeline_start(&p, stages, ARRAY_SIZE(stages)), 0);
	while (taken < leave && (*ret = pipeline_take(p, &b, f)) > 0) {
		assert_int_equal(b->size, 16);
		assert_int_equal((uint8_t)b->data[15], (uint8_t)taken);
		taken++;
		pipeline_give_back(p);
	}
	return taken;
}

static void all_ways(void)
{
	static const struct {
		size_t count, fail_fill, fail_check, fail_again, leave, taken;
		int answer;
	} cases[] = {
		{0, NONE, NONE, NONE, NONE, 0, 0},
		{1, NONE, NONE, NONE, NONE, 1, 0},
		{1000, NONE, NONE, NONE, NONE, 1000, 0},
		{1000, 100, NONE, NONE, NONE, 100, -EIO},
		{1000, NONE, 100, NONE, NONE, 100, -EBADMSG},
		{1000, 101, 100, NONE, NONE, 100, -EBADMSG}, /* the earlier one is told */
		{1000, 0, NONE, NONE, NONE, 0, -EIO},
		{100, NONE, 100, NONE, NONE, 100, -EBADMSG}, /* the last word */
		{1000, NONE, NONE, 100, NONE, 100, -EPROTO},
		{1000, 101, NONE, 100, NONE, 100, -EPROTO},
		{1000, NONE, 100, 101, NONE, 100, -EBADMSG},
		{100, NONE, NONE, 100, NONE, 100, -EPROTO},
		{1000, NONE, NONE, NONE, 5, 5, 1},
		{1000, NONE, NONE, NONE, 0, 0, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct source s = {.count = cases[i].count, .fail_fill = cases[i].fail_fill,
				   .fail_check = cases[i].fail_check,
				   .fail_again = cases[i].fail_again};
		struct fault f = {0};
		int r = 1;

		assert_int_equal(run(&s, cases[i].leave, &r, &f), cases[i].taken);
		assert_int_equal(r, cases[i].answer);
		assert_int_equal(f.error, r < 0 ? -r : 0);
		assert_false(s.early);
		if (!r)
			assert_true(s.ended);
	}
}

static void with_threads(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++)
		all_ways();
}

/* Where the system grants no thread. Root is above that limit. */
static void without_threads(void **state)
{
	struct rlimit none = {0, 0}, before;

	(void)state;
	getrlimit(RLIMIT_NPROC, &before);
	none.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_NPROC, &none);
	all_ways();
	setrlimit(RLIMIT_NPROC, &before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_threads),
		cmocka_unit_test(without_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
