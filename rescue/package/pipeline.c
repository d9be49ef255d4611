/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stages side by side: a thread fills blocks, others look at them one after another, the
 * caller takes them. They go round in a ring of few, so memory stays what it is however
 * large the stream; whoever is ahead waits. A block is taken only when every stage has
 * passed it, and what goes wrong at one is told behind all blocks before it. Where threads
 * cannot be made, the caller does everybody's work.
 */
#include "pipeline.h"

#include "thread.h"

#include <errno.h>

enum { BLOCKS = 8 };

struct stage {
	struct pipeline *pipeline;
	struct pipeline_stage is;
	size_t done; /* blocks so far */
	bool ended;  /* behind them nothing more comes */
	int error;   /* because of that; 0: the stream's end */
	struct fault fault;
};

struct pipeline {
	struct stage stages[PIPELINE_MAX_STAGES];
	size_t stage_count;
	struct block blocks[BLOCKS];
	size_t taken;
	bool stopped; /* nobody takes any more */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	pthread_t threads[PIPELINE_MAX_STAGES];
	size_t thread_count;
};

/* ---- one stage ------------------------------------------------------------------------- */

static bool is_first(const struct stage *s)
{
	return s == s->pipeline->stages;
}

/* With the lock held. A block to work on, or the end of those before. */
static bool has_turn(const struct stage *s)
{
	if (is_first(s))
		return s->done - s->pipeline->taken < BLOCKS;
	return s->done < s[-1].done || s[-1].ended;
}

/* Behind the last block: what ended the stage before, else this one's last word. */
static int end_stage(struct stage *s)
{
	if (s[-1].error == 0)
		return s->is.work(s->is.data, NULL, &s->fault);
	s->fault = s[-1].fault;
	return s[-1].error;
}

/* 1: a block is done; else the stage has ended with that. */
static int work(struct stage *s, bool has_block)
{
	struct block *b = &s->pipeline->blocks[s->done % BLOCKS];
	int r;

	if (!has_block)
		return end_stage(s);
	if (is_first(s))
		b->size = 0;
	r = s->is.work(s->is.data, b, &s->fault);
	return is_first(s) || r < 0 ? r : 1;
}

/* Whether more may follow. */
static bool take_turn(struct stage *s)
{
	struct pipeline *p = s->pipeline;
	bool has_block;
	int r;

	pthread_mutex_lock(&p->lock);
	has_block = is_first(s) || s->done < s[-1].done;
	pthread_mutex_unlock(&p->lock);
	r = work(s, has_block);
	pthread_mutex_lock(&p->lock);
	s->done += r > 0;
	s->ended = r <= 0;
	s->error = MIN_OF(r, 0);
	pthread_cond_broadcast(&p->moved);
	pthread_mutex_unlock(&p->lock);
	return r > 0;
}

/* ---- threads ------------------------------------------------------------------------------ */

static bool wait_for_turn(struct stage *s)
{
	struct pipeline *p = s->pipeline;
	bool goes_on;

	pthread_mutex_lock(&p->lock);
	while (!p->stopped && !has_turn(s))
		pthread_cond_wait(&p->moved, &p->lock);
	goes_on = !p->stopped;
	pthread_mutex_unlock(&p->lock);
	return goes_on;
}

static void *run_stage(void *data)
{
	struct stage *s = data;

	while (wait_for_turn(s) && take_turn(s))
		;
	return NULL;
}

static void stop_threads(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopped = true;
	pthread_cond_broadcast(&p->moved);
	pthread_mutex_unlock(&p->lock);
	while (p->thread_count)
		pthread_join(p->threads[--p->thread_count], NULL);
}

/* All or none; the one that fills is the last, so that none has worked before. */
static void start_threads(struct pipeline *p)
{
	for (size_t i = p->stage_count; i-- > 0;) {
		if (thread_start(&p->threads[p->thread_count], run_stage, &p->stages[i]) == 0) {
			p->thread_count++;
			continue;
		}
		stop_threads(p);
		p->stopped = false;
		return;
	}
}

/* Without threads each has its turn at one block. */
static void work_alone(struct pipeline *p)
{
	for (size_t i = 0; i < p->stage_count; i++) {
		if (!p->stages[i].ended)
			(void)take_turn(&p->stages[i]);
	}
}

/* ---- the caller's end ------------------------------------------------------------------------- */

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
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

int pipeline_start(struct pipeline **ret, const struct pipeline_stage *stages, size_t count)
{
	_cleanup_(pipeline_free_p) struct pipeline *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->stage_count = count;
	for (size_t i = 0; i < count; i++)
		p->stages[i] = (struct stage){.pipeline = p, .is = stages[i]};
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

int pipeline_take(struct pipeline *p, const struct block **ret, struct fault *f)
{
	const struct stage *last = &p->stages[p->stage_count - 1];
	bool has_block;

	pthread_mutex_lock(&p->lock);
	while (p->taken == last->done && !last->ended) {
		if (p->thread_count) {
			pthread_cond_wait(&p->moved, &p->lock);
			continue;
		}
		pthread_mutex_unlock(&p->lock);
		work_alone(p);
		pthread_mutex_lock(&p->lock);
	}
	has_block = p->taken < last->done;
	pthread_mutex_unlock(&p->lock);
	if (has_block)
		*ret = &p->blocks[p->taken % BLOCKS];
	else if (last->error < 0 && f)
		*f = last->fault;
	return has_block ? 1 : last->error;
}

void pipeline_give_back(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	p->taken++;
	pthread_cond_broadcast(&p->moved);
	pthread_mutex_unlock(&p->lock);
}
