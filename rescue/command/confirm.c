/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking before writing, stopping on Ctrl-C, showing how far a long work is. */
#include "session.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

bool can_ask(const struct session *s)
{
	return !s->options.json && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool is_provisional(const struct session *s, const struct system *sys)
{
	return !sys->writable && !s->applied && findings_has(&sys->findings, "filesystem-dirty");
}

void tell_provisional(const struct session *s, const struct system *sys)
{
	if (!s->options.json && is_provisional(s, sys))
		puts("The plan is provisional: a file system is dirty, and the repair would "
		     "replay its journal and plan again.");
}

int confirm(const struct session *s, const char *question, struct fault *f)
{
	char answer[16];

	if (s->options.yes)
		return 1;
	if (!can_ask(s)) {
		fault_named(f, FAULT_CONFIRMATION_NEEDED, NULL, s->command->name,
			"nobody can be asked here whether to go on");
		fault_hint(f, "look at the plan, then add --yes");
		return -EINVAL;
	}
	fflush(stdout);
	fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(answer, sizeof(answer), stdin))
		return 0;
	return answer[0] == 'y' || answer[0] == 'Y';
}

static void on_interrupt(int number)
{
	(void)number;
	apply_interrupt();
}

void catch_interrupts(void)
{
	struct sigaction action = {.sa_handler = on_interrupt};
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

#define BAR_WIDTH 30
#define BAR_COLUMNS (21 + 3 + BAR_WIDTH + 5 + 1 + 18) /* all of it: 78 */
#define BAR_NANOSECONDS 100000000 /* at most ten a second */

struct bar {
	struct timespec last, begun;
	uint64_t begun_at; /* how far the work was then */
	char what[64];	   /* the work that this was the beginning of */
	bool drawn, complete;
};

static int64_t nanoseconds(const struct timespec *from, const struct timespec *to)
{
	return (int64_t)(to->tv_sec - from->tv_sec) * 1000000000 + (to->tv_nsec - from->tv_nsec);
}

static void begin(struct bar *bar, const char *what, uint64_t done)
{
	clock_gettime(CLOCK_MONOTONIC, &bar->begun);
	bar->begun_at = done;
	bar->complete = false;
	snprintf(bar->what, sizeof(bar->what), "%s", what);
}

static bool is_due(struct bar *bar, bool last)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!last && nanoseconds(&bar->last, &now) < BAR_NANOSECONDS)
		return false;
	bar->last = now;
	return true;
}

/* " 120 MiB/s 1:05": empty until there is something to judge by. */
static const char *rate_text(const struct bar *bar, uint64_t done, uint64_t total,
			     char text[32])
{
	int64_t passed = nanoseconds(&bar->begun, &bar->last) / 1000000;
	uint64_t moved = done - bar->begun_at, rate, left;
	char size[16];

	text[0] = '\0';
	if (passed < 500 || !moved || done < bar->begun_at)
		return text;
	rate = MAX_OF(moved * 1000 / (uint64_t)passed, (uint64_t)1);
	left = MIN_OF((total - done) / rate, (uint64_t)5999);
	snprintf(text, 32, "%s/s %u:%02u", size_text(rate, size), (unsigned)(left / 60),
		(unsigned)(left % 60));
	return text;
}

static void draw(void *data, const char *what, uint64_t done, uint64_t total)
{
	struct bar *bar = data;
	char text[32], line[BAR_WIDTH + 1];
	unsigned filled = total ? (unsigned)(done * BAR_WIDTH / total) : 0;

	if (strncmp(bar->what, what, sizeof(bar->what) - 1) != 0)
		begin(bar, what, done);
	if (!is_due(bar, total && done >= total && !bar->complete))
		return;
	bar->complete = total && done >= total;
	for (unsigned i = 0; i < BAR_WIDTH; i++)
		line[i] = i < filled ? '#' : '.';
	line[BAR_WIDTH] = '\0';
	bar->drawn = true;
	if (total)
		fprintf(stderr, "\r%-21.21s [%s] %3u%% %-18s", what, line,
			(unsigned)(done * 100 / total), rate_text(bar, done, total, text));
	else
		fprintf(stderr, "\r%-21.21s %-36s", what, size_text(done, text));
}

static struct bar the_bar;

struct progress progress_bar(const struct session *s)
{
	bool shown = !s->options.json && !s->options.quiet && isatty(STDERR_FILENO);

	return (struct progress){shown ? draw : NULL, &the_bar};
}

void progress_bar_end(const struct session *s)
{
	(void)s;
	if (the_bar.drawn)
		fprintf(stderr, "\r%*s\r", BAR_COLUMNS, "");
	memset(&the_bar, 0, sizeof(the_bar));
}
