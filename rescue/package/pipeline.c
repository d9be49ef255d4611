/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stages side by side: a thread fills blocks, a second one checks them, the caller takes
 * them. A ring of few blocks lies between, so memory stays what it is however large the
 * stream; whoever is ahead waits. A block is taken only when it was checked, and what goes
 * wrong at one is told behind all blocks before it. Where no thread can be made, the
 * caller does the work of all three.
 */
#include "pipeline.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>

enum { BLOCKS = 8, THREAD_STACK = 256 * 1024 };

struct pipeline {
	struct pipeline_stage fill, check;
	struct block blocks[BLOCKS];
	size_t filled, checked, taken; /* how many so far */
	bool no_more_filled, no_more_checked;
	int error; /* behind the last block checked; 0: the end */
	struct fault fault;
	int fill_error; /* behind the last block filled */
	struct fault fill_fault;
	bool stopped; /* nobody takes any more */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	pthread_t threads[2];
	unsigned thread_count;
};

/* ---- one turn of a stage ------------------------------------------------------------------ */

/* The answer of a stage at a block. 1: done; 0: no more; < 0: failed. */
static int do_fill(struct pipeline *p)
{
	struct block *b = &p->blocks[p->filled % BLOCKS];

	b->size = 0;
	return p->fill.work(p->fill.data, b, &p->fill_fault);
}

static int do_check(struct pipeline *p)
{
	return p->check.work(p->check.data, &p->blocks[p->checked % BLOCKS], &p->fault);
}

/* Behind the last block: what ended the stage before, else this stage's last word. */
static void end_check(struct pipeline *p)
{
	if (p->fill_error < 0) {
		p->error = p->fill_error;
		p->fault = p->fill_fault;
	} else {
		p->error = p->check.work(p->check.data, NULL, &p->fault);
	}
}

/* ---- threads -------------------------------------------------------------------------------- */

static void announce(struct pipeline *p)
{
	pthread_cond_broadcast(&p->moved);
	pthread_mutex_unlock(&p->lock);
}

static void *fill_blocks(void *data)
{
	struct pipeline *p = data;
	int r;

	do {
		pthread_mutex_lock(&p->lock);
		while (!p->stopped && p->filled - p->taken >= BLOCKS)
			pthread_cond_wait(&p->moved, &p->lock);
		r = p->stopped ? 0 : 1;
		pthread_mutex_unlock(&p->lock);
		if (r)
			r = do_fill(p);
		pthread_mutex_lock(&p->lock);
		if (r > 0)
			p->filled++;
		else
			p->no_more_filled = true;
		p->fill_error = MIN_OF(r, 0);
		announce(p);
	} while (r > 0);
	return NULL;
}

/* 1: there is one; 0: none will come; -1: nobody takes any more. */
static int wait_filled(struct pipeline *p)
{
	int r;

	pthread_mutex_lock(&p->lock);
	while (!p->stopped && p->checked == p->filled && !p->no_more_filled)
		pthread_cond_wait(&p->moved, &p->lock);
	r = p->stopped ? -1 : p->checked < p->filled;
	pthread_mutex_unlock(&p->lock);
	return r;
}

static void *check_blocks(void *data)
{
	struct pipeline *p = data;
	int r = 0, more = 1;

	while (r >= 0 && (more = wait_filled(p)) > 0) {
		r = do_check(p);
		pthread_mutex_lock(&p->lock);
		if (r >= 0)
			p->checked++;
		announce(p);
	}
	if (r >= 0 && more == 0)
		end_check(p);
	pthread_mutex_lock(&p->lock);
	if (r < 0)
		p->error = r;
	p->no_more_checked = true;
	announce(p);
	return NULL;
}

/* Signals belong to the thread that can act on them. */
static int start_thread(struct pipeline *p, void *(*run)(void *))
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int r = pthread_attr_init(&attributes);

	if (r)
		return -r;
	pthread_attr_setstacksize(&attributes, MAX_OF(THREAD_STACK, PTHREAD_STACK_MIN));
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&p->threads[p->thread_count], &attributes, run, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (!r)
		p->thread_count++;
	return -r;
}

static void stop_threads(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopped = true;
	announce(p);
	while (p->thread_count)
		pthread_join(p->threads[--p->thread_count], NULL);
}

/* Both or none: with one alone the caller would wait for what nobody does. */
static void start_threads(struct pipeline *p)
{
	if (start_thread(p, check_blocks) < 0)
		return;
	if (start_thread(p, fill_blocks) == 0)
		return;
	stop_threads(p);
	p->stopped = p->no_more_checked = false;
}

/* ---- the caller's end ------------------------------------------------------------------------- */

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	if (p->thread_count)
		stop_threads(p);
	for (size_t i = 0; i < BLOCKS; i++)
		free(p->blocks[i].data);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->moved);
	free(p);
}

void pipeline_free_p(struct pipeline **p)
{
	pipeline_free(*p);
	*p = NULL;
}

int pipeline_start(struct pipeline **ret, struct pipeline_stage fill,
		   struct pipeline_stage check)
{
	_cleanup_(pipeline_free_p) struct pipeline *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->fill = fill;
	p->check = check;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->moved, NULL);
	for (size_t i = 0; i < BLOCKS; i++) {
		p->blocks[i].data = malloc(BLOCK_SIZE);
		if (!p->blocks[i].data)
			return -ENOMEM;
	}
	start_threads(p);
	*ret = TAKE_PTR(p);
	return 0;
}

/* Without threads. As a stage's work. */
static int work_alone(struct pipeline *p)
{
	int r;

	if (p->no_more_checked)
		return p->error;
	r = do_fill(p);
	p->fill_error = MIN_OF(r, 0);
	if (r > 0) {
		p->filled++;
		r = do_check(p);
		p->checked += r >= 0;
		p->error = MIN_OF(r, 0);
		p->no_more_checked = r < 0;
		return r < 0 ? r : 1;
	}
	p->no_more_checked = true;
	end_check(p);
	return p->error;
}

static int wait_checked(struct pipeline *p)
{
	int r;

	pthread_mutex_lock(&p->lock);
	while (p->taken == p->checked && !p->no_more_checked)
		pthread_cond_wait(&p->moved, &p->lock);
	r = p->taken < p->checked ? 1 : p->error;
	pthread_mutex_unlock(&p->lock);
	return r;
}

int pipeline_take(struct pipeline *p, const struct block **ret, struct fault *f)
{
	int r = p->thread_count ? wait_checked(p) : work_alone(p);

	if (r > 0)
		*ret = &p->blocks[p->taken % BLOCKS];
	if (r < 0 && f)
		*f = p->fault;
	return r;
}

void pipeline_give_back(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	p->taken++;
	announce(p);
}
