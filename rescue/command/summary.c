/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bare rescue on one screen: of each system what it is, the worst findings, the verdict and
 * the next step. What does not fit is counted; rescue verify tells all of it.
 */
#include "session.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SCREEN_WIDTH = 80, SCREEN_HEIGHT = 25 };

struct screen {
	size_t width, height;
};

/* One system: rows that must be there, and findings of which some may be left out. */
struct part {
	struct strings head, tail;
	struct strings *findings; /* each folded, errors first */
	size_t count, errors, shown;
	size_t room; /* rows for findings */
};

static size_t number_of(const char *variable, size_t otherwise)
{
	const char *text = getenv(variable);
	uint64_t number;

	return text && text_to_u64(text, 1000, &number) && number >= 20 ? number : otherwise;
}

static struct screen screen_size(void)
{
	struct winsize size = {0};
	struct screen s = {SCREEN_WIDTH, SCREEN_HEIGHT};

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
		size.ws_col >= 20 && size.ws_row >= 10)
		s = (struct screen){size.ws_col, size.ws_row};
	return (struct screen){number_of("COLUMNS", s.width), number_of("LINES", s.height)};
}

/* ---- folding -------------------------------------------------------------------------- */

/* Cells on a terminal: bytes that only continue a character take none. */
static size_t cells_of(const char *text)
{
	size_t cells = 0;

	for (; *text; text++)
		cells += ((unsigned char)*text & 0xc0) != 0x80;
	return cells;
}

/* Breaks text between its words; rows behind the first are indented. */
static int fold(struct strings *ret, const char *text, size_t width)
{
	_cleanup_free_ char *copy = strdup(text);
	_cleanup_(buffer_done) struct buffer row = {0};
	int r = copy ? 0 : -ENOMEM;

	for (char *rest = copy, *word; r >= 0 && (word = strsep(&rest, " "));) {
		if (row.size && cells_of(row.data) + 1 + cells_of(word) > width) {
			r = strings_add(ret, row.data);
			row.size = 0;
			if (r >= 0)
				r = buffer_printf(&row, "  %s", word);
		} else {
			r = buffer_printf(&row, "%s%s", row.size ? " " : "", word);
		}
	}
	return r < 0 || !row.size ? r : strings_add(ret, row.data);
}

/* A row that is wider than the screen takes several. */
static size_t rows_of(const struct strings *rows, size_t width)
{
	size_t sum = 0;

	for (size_t i = 0; i < rows->count; i++)
		sum += MAX_OF((cells_of(rows->items[i]) + width - 1) / width, (size_t)1);
	return sum;
}

static int fold_escaped(struct strings *ret, size_t width, char *take_text)
{
	_cleanup_free_ char *text = take_text;
	_cleanup_(buffer_done) struct buffer escaped = {0};

	if (!text || buffer_puts_escaped(&escaped, text) < 0)
		return -ENOMEM;
	return fold(ret, escaped.data ? escaped.data : "", width);
}

/* A command is never broken: it shall be copied. */
static int add_command(struct strings *ret, const char *text)
{
	_cleanup_(buffer_done) struct buffer escaped = {0};

	if (buffer_puts_escaped(&escaped, text) < 0)
		return -ENOMEM;
	return strings_add(ret, escaped.data);
}

/* ---- one system ------------------------------------------------------------------------- */

static int make_head(struct part *part, const struct session *s, const struct patient *p,
		     size_t width)
{
	const struct system *sys = p->system;
	const char *root = sys->by_directory ? s->options.scope.root : sys->root.device_path;

	return fold_escaped(&part->head, width, text_printf("%s  %s, root on %s", sys->id,
		sys->os_pretty_name ? sys->os_pretty_name : "Linux", root ? root : "?"));
}

static int make_findings(struct part *part, const struct session *s, const struct patient *p,
			 size_t width)
{
	const struct findings *fs = &p->verification.findings;

	part->findings = calloc(fs->count ? fs->count : 1, sizeof(*part->findings));
	if (!part->findings)
		return -ENOMEM;
	for (size_t i = 0; i < fs->count; i++) {
		const struct finding *f = &fs->items[i];

		if (f->severity == SEVERITY_INFO ||
			(s->options.quiet && f->severity != SEVERITY_ERROR))
			continue;
		if (fold_escaped(&part->findings[part->count++], width, text_printf(
			"%s: %s [%s]", severity_name(f->severity), f->message, f->code)) < 0)
			return -ENOMEM;
		part->errors += f->severity == SEVERITY_ERROR;
	}
	return 0;
}

static int make_wanted(struct part *part, const struct session *s, const struct patient *p,
		       size_t width)
{
	_cleanup_free_ char *command = session_command_line(s, "restore", p->system->id);
	_cleanup_free_ char *line = command ? text_printf("  %s DIRECTORY", command) : NULL;
	_cleanup_(buffer_done) struct buffer names = {0};
	int r = line ? fold(&part->tail, "Next step: bring these packages here, then run", width)
		     : -ENOMEM;

	if (r >= 0)
		r = add_command(&part->tail, line);
	for (size_t i = 0; r >= 0 && i < p->verification.wanted.count; i++)
		r = buffer_printf(&names, "%s%s", i ? ", " : "Wanted: ",
			p->verification.wanted.items[i]);
	return r < 0 ? r : fold_escaped(&part->tail, width, buffer_steal(&names));
}

static int make_tail(struct part *part, const struct session *s, const struct patient *p,
		     size_t width)
{
	static const char *const words[] = {"it will boot.",
		"it will boot, but something is wrong.", "it will NOT boot."};
	const struct finding *step = session_next_step(p);
	_cleanup_free_ char *line = NULL, *closer = NULL;
	int r = fold_escaped(&part->tail, width, text_printf("%s: %s", p->system->id,
		words[p->verification.verdict]));

	if (r < 0 || p->verification.verdict == VERDICT_BOOTABLE)
		return r;
	if (!step && p->verification.wanted.count)
		return make_wanted(part, s, p, width);
	if (!step) /* nothing here mends it: see what it is */
		closer = session_command_line(s, "verify", p->system->id);
	line = text_printf("Next step: %s", step ? step->remedy : closer ? closer : "");
	return line ? add_command(&part->tail, line) : -ENOMEM;
}

/* Another system may lie on what could be opened: that it is there belongs on the screen. */
static int make_beside(struct strings *ret, const struct session *s, size_t width)
{
	_cleanup_free_ char *more = NULL;
	const struct finding *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < s->landscape.findings.count; i++) {
		const struct finding *f = &s->landscape.findings.items[i];

		if (!f->remedy || s->options.quiet)
			continue;
		first = first ? first : f;
		count++;
	}
	if (!first)
		return 0;
	more = count > 1 ? text_printf(" (and %zu more)", count - 1) : strdup("");
	return more ? fold_escaped(ret, width, text_printf("Beside this: %s%s; rescue locate "
			"tells how to open it", first->message, more)) : -ENOMEM;
}

static void parts_free(struct part *parts, size_t count)
{
	for (size_t i = 0; parts && i < count; i++) {
		strings_done(&parts[i].head);
		strings_done(&parts[i].tail);
		for (size_t n = 0; parts[i].findings && n < parts[i].count; n++)
			strings_done(&parts[i].findings[n]);
		free(parts[i].findings);
	}
	free(parts);
}

/* ---- all of them ------------------------------------------------------------------------ */

/* What all findings take, or as many of the first as fit with a row for the others. */
static size_t choose(struct part *part, size_t width)
{
	size_t all = 0, used = 0;

	for (size_t i = 0; i < part->count; i++)
		all += rows_of(&part->findings[i], width);
	part->shown = part->count;
	if (all <= part->room)
		return all;
	for (part->shown = 0; part->shown < part->count; part->shown++) {
		size_t rows = rows_of(&part->findings[part->shown], width);

		if (used + rows + 1 > part->room)
			break;
		used += rows;
	}
	return used + 1;
}

/* Rows that the errors of these take, or a row that counts what there is otherwise. */
static size_t rows_of_errors(const struct part *parts, size_t count, size_t width)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n < parts[i].errors; n++)
			sum += rows_of(&parts[i].findings[n], width);
		sum += parts[i].count > parts[i].errors;
	}
	return sum;
}

/*
 * Worst first: of an even share what one does not need is left to the next, and errors go
 * before the warnings of those that boot. One row is the prompt's; fixed: what others take.
 */
static void share_rows(struct part *parts, size_t count, size_t fixed,
		       const struct screen *screen)
{
	size_t left;

	fixed += count;
	for (size_t i = 0; i < count; i++)
		fixed += rows_of(&parts[i].head, screen->width) +
			 rows_of(&parts[i].tail, screen->width);
	left = screen->height > fixed ? screen->height - fixed : 0;
	for (size_t i = 0; i < count; i++) {
		size_t later = rows_of_errors(parts + i + 1, count - i - 1, screen->width);
		size_t used;

		parts[i].room = MAX_OF(left / (count - i), (size_t)1);
		if (left > later)
			parts[i].room = MAX_OF(parts[i].room, left - later);
		used = choose(&parts[i], screen->width);
		left -= MIN_OF(used, left);
	}
}

static const char *color_of(const struct session *s, const char *row)
{
	static const struct {
		const char *words, *color;
	} colors[] = {{"error:", "\033[31m"}, {"warning:", "\033[33m"},
		{": it will NOT boot.", "\033[31m"}, {": it will boot, but", "\033[33m"},
		{": it will boot.", "\033[32m"}};

	for (size_t i = 0; is_colored(s) && i < ARRAY_SIZE(colors); i++)
		if (colors[i].words[0] == ':' ? strstr(row, colors[i].words) != NULL
					      : text_starts(row, colors[i].words))
			return colors[i].color;
	return NULL;
}

static void print_rows(const struct session *s, const struct strings *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		const char *color = i == 0 ? color_of(s, rows->items[i]) : NULL;

		printf("%s%s%s\n", color ? color : "", rows->items[i], color ? "\033[0m" : "");
	}
}

/* One row, which choose() counts; where the whole command is too long for that, its name. */
static void print_more(const struct session *s, size_t count, const struct patient *p,
		       size_t width)
{
	_cleanup_free_ char *command = session_command_line(s, "verify", p->system->id);
	_cleanup_free_ char *row = command
		? text_printf("  ... and %zu more: %s", count, command) : NULL;

	if (row && cells_of(row) <= width)
		puts(row);
	else
		printf("  ... and %zu more: rescue verify\n", count);
}

static void print_part(const struct session *s, const struct part *part,
		       const struct patient *p, size_t width)
{
	print_rows(s, &part->head);
	for (size_t i = 0; i < part->shown; i++)
		print_rows(s, &part->findings[i]);
	if (part->shown < part->count)
		print_more(s, part->count - part->shown, p, width);
	print_rows(s, &part->tail);
}

int text_summary(const struct session *s)
{
	const struct screen screen = screen_size();
	_cleanup_(strings_done) struct strings beside = {0};
	size_t count = s->patient_count;
	struct part *parts = calloc(count ? count : 1, sizeof(*parts));
	int r = parts ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < count; i++) {
		r = make_head(&parts[i], s, &s->patients[i], screen.width);
		if (r >= 0)
			r = make_findings(&parts[i], s, &s->patients[i], screen.width);
		if (r >= 0)
			r = make_tail(&parts[i], s, &s->patients[i], screen.width);
	}
	if (r >= 0)
		r = make_beside(&beside, s, screen.width);
	if (r >= 0)
		share_rows(parts, count, rows_of(&beside, screen.width), &screen);
	for (size_t i = 0; r >= 0 && i < count; i++) {
		print_part(s, &parts[i], &s->patients[i], screen.width);
		if (i + 1 < count)
			putchar('\n');
	}
	if (r >= 0)
		print_rows(s, &beside);
	parts_free(parts, count);
	return r;
}
