/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads: that they run, that signals pass them by, how many are of use. */
#include "thread.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

static void *look(void *data)
{
	sigset_t *blocked = data;

	pthread_sigmask(SIG_SETMASK, NULL, blocked);
	return blocked;
}

static void runs_without_signals(void **state)
{
	sigset_t inside, before, after;
	pthread_t thread;
	void *answer;

	(void)state;
	sigemptyset(&inside);
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(thread_start(&thread, look, &inside), 0);
	assert_int_equal(pthread_join(thread, &answer), 0);
	assert_ptr_equal(answer, &inside);
	assert_true(sigismember(&inside, SIGINT));
	assert_true(sigismember(&inside, SIGTERM));
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
}

static void counts_processors_it_may_use(void **state)
{
	cpu_set_t all, one;
	int first = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	while (!CPU_ISSET(first, &all))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	assert_int_equal(thread_useful(1), 1);
	assert_int_equal(thread_useful(1000), CPU_COUNT(&all));
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(thread_useful(1000), 1);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static void count(void *data, size_t index)
{
	unsigned char *times = data;

	times[index]++;
}

static void every_index_once(size_t limit)
{
	unsigned char times[1001] = {0};

	threads_each(limit, count, times);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		assert_int_equal(times[i], i < limit);
}

static void shares_work(void **state)
{
	cpu_set_t all, one;
	int first = 0;

	(void)state;
	every_index_once(0);
	every_index_once(1);
	every_index_once(1000);
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	while (!CPU_ISSET(first, &all))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	every_index_once(1000);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

/* Two that wait for each other: each has a thread of its own, whatever the processors. */
static void meet(void *data, size_t index)
{
	(void)index;
	pthread_barrier_wait(data);
}

static void waits_side_by_side(void **state)
{
	pthread_barrier_t both;
	unsigned char times[1001] = {0};

	(void)state;
	assert_int_equal(pthread_barrier_init(&both, NULL, 2), 0);
	threads_each_waiting(2, meet, &both);
	pthread_barrier_destroy(&both);
	threads_each_waiting(1000, count, times);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		assert_int_equal(times[i], i < 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_without_signals),
		cmocka_unit_test(counts_processors_it_may_use),
		cmocka_unit_test(shares_work),
		cmocka_unit_test(waits_side_by_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
