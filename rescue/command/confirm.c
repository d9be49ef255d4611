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
#define BAR_NANOSECONDS 100000000 /* at most ten a second */

struct bar {
	struct timespec last;
	bool drawn;
};

static bool is_due(struct bar *bar, bool last)
{
	struct timespec now;
	int64_t passed;

	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = (int64_t)(now.tv_sec - bar->last.tv_sec) * 1000000000 +
		 (now.tv_nsec - bar->last.tv_nsec);
	if (!last && passed < BAR_NANOSECONDS)
		return false;
	bar->last = now;
	return true;
}

static void draw(void *data, const char *what, uint64_t done, uint64_t total)
{
	struct bar *bar = data;
	char text[16], line[BAR_WIDTH + 1];
	unsigned filled = total ? (unsigned)(done * BAR_WIDTH / total) : 0;

	if (!is_due(bar, total && done >= total))
		return;
	for (unsigned i = 0; i < BAR_WIDTH; i++)
		line[i] = i < filled ? '#' : '.';
	line[BAR_WIDTH] = '\0';
	bar->drawn = true;
	if (total)
		fprintf(stderr, "\r%-24.24s [%s] %3u%%", what, line,
			(unsigned)(done * 100 / total));
	else
		fprintf(stderr, "\r%-24.24s %-36s", what, size_text(done, text));
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
		fprintf(stderr, "\r%*s\r", 24 + BAR_WIDTH + 9, "");
	the_bar.drawn = false;
}
