/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads read and unpack modules into a ring of few; the caller takes them in the order of
 * the tree, so what is judged never depends on who was faster. Where threads cannot be made,
 * the caller reads each when it comes to it.
 */
#include "read_ahead.h"

#include "thread.h"

#include <errno.h>

/* A power of two: room for readers to go on while the caller is at one. */
enum { RING = 16, MAX_THREADS = 4 };

struct read_ahead {
	const struct files *files;
	const struct module_tree *tree;
	enum opened_extent extent;
	struct unpacker unpacker; /* where there is no thread */
	struct opened ring[RING];
	bool is_read[RING];
	size_t claimed; /* files that some thread reads, or has read */
	size_t taken;	/* files that the caller is done with */
	bool is_lent;	/* it looks at the next of them */
	bool stopped;
	pthread_mutex_t lock;
	pthread_cond_t read, given_back;
	pthread_t threads[MAX_THREADS];
	size_t thread_count;
};

bool module_is_third_party(const char *relative)
{
	return !text_starts(relative, "kernel/");
}

static void read_one(struct read_ahead *r, struct unpacker *u, size_t index)
{
	const char *relative = r->tree->files.items[index];
	_cleanup_free_ char *path = text_printf("%s/%s", r->tree->path, relative);
	struct opened *o = &r->ring[index % RING];

	if (!path)
		o->error = -ENOMEM;
	else
		opened_read(o, u, r->files, path,
			    module_is_third_party(relative) ? OPENED_WHOLE : r->extent);
}

/* With the lock held. Whether there is one to read. */
static bool claim(struct read_ahead *r, size_t *ret)
{
	while (!r->stopped && r->claimed < r->tree->files.count &&
	       r->claimed - r->taken >= RING)
		pthread_cond_wait(&r->given_back, &r->lock);
	if (r->stopped || r->claimed >= r->tree->files.count)
		return false;
	*ret = r->claimed++;
	return true;
}

static void *run(void *data)
{
	_cleanup_(unpacker_done) struct unpacker unpacker = {0};
	struct read_ahead *r = data;
	size_t index;

	pthread_mutex_lock(&r->lock);
	while (claim(r, &index)) {
		pthread_mutex_unlock(&r->lock);
		read_one(r, &unpacker, index);
		pthread_mutex_lock(&r->lock);
		r->is_read[index % RING] = true;
		pthread_cond_signal(&r->read);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

int read_ahead_start(struct read_ahead **ret, const struct files *files,
		     const struct module_tree *tree, enum opened_extent extent)
{
	struct read_ahead *r = calloc(1, sizeof(*r));
	size_t wanted = MIN_OF(thread_useful(MAX_THREADS), tree->files.count);

	if (!r)
		return -ENOMEM;
	r->files = files;
	r->tree = tree;
	r->extent = extent;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->read, NULL);
	pthread_cond_init(&r->given_back, NULL);
	while (r->thread_count < wanted &&
	       thread_start(&r->threads[r->thread_count], run, r) == 0)
		r->thread_count++;
	*ret = r;
	return 0;
}

/* Half of the ring at once: nobody wakes for a single place. */
static void give_back(struct read_ahead *r)
{
	r->is_read[r->taken % RING] = false;
	r->taken++;
	if (r->taken % (RING / 2) == 0)
		pthread_cond_broadcast(&r->given_back);
}

struct opened *read_ahead_next(struct read_ahead *r)
{
	size_t index;

	pthread_mutex_lock(&r->lock);
	if (r->is_lent)
		give_back(r);
	r->is_lent = r->taken < r->tree->files.count;
	index = r->taken;
	while (r->is_lent && r->thread_count && !r->is_read[index % RING])
		pthread_cond_wait(&r->read, &r->lock);
	pthread_mutex_unlock(&r->lock);
	if (!r->is_lent)
		return NULL;
	if (!r->thread_count)
		read_one(r, &r->unpacker, index);
	return &r->ring[index % RING];
}

void read_ahead_stop(struct read_ahead **take_r)
{
	struct read_ahead *r = TAKE_PTR(*take_r);

	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stopped = true;
	pthread_cond_broadcast(&r->given_back);
	pthread_mutex_unlock(&r->lock);
	for (size_t i = 0; i < r->thread_count; i++)
		pthread_join(r->threads[i], NULL);
	for (size_t i = 0; i < RING; i++)
		opened_done(&r->ring[i]);
	unpacker_done(&r->unpacker);
	pthread_cond_destroy(&r->given_back);
	pthread_cond_destroy(&r->read);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
