/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The condition of a GRUB script (GRUB: grub-core/commands/test.c). */
#include "grub_run.h"

#include <ctype.h>

#define MAX_DEPTH 100 /* of parentheses, as GRUB has it */

struct test {
	const struct strings *words;
	size_t at, end;
	unsigned depth;
	const struct grub_world *world;
};

static enum grub_answer answer_of(bool yes)
{
	return yes ? GRUB_YES : GRUB_NO;
}

static enum grub_answer both(enum grub_answer a, enum grub_answer b)
{
	if (a == GRUB_NO || b == GRUB_NO)
		return GRUB_NO;
	return a == GRUB_YES && b == GRUB_YES ? GRUB_YES : GRUB_UNKNOWN;
}

static enum grub_answer either(enum grub_answer a, enum grub_answer b)
{
	return grub_answer_not(both(grub_answer_not(a), grub_answer_not(b)));
}

enum grub_answer grub_answer_not(enum grub_answer a)
{
	return a == GRUB_UNKNOWN ? a : answer_of(a == GRUB_NO);
}

static long number_of(const char *text)
{
	bool negative = *text == '-';
	unsigned long number = strtoul(text + negative, NULL, 0);
	long value = (long)MIN_OF(number, (unsigned long)INT32_MAX);

	return isdigit((unsigned char)text[negative]) ? negative ? -value : value : 0;
}

/* false: that is no operator of two operands. */
static bool compare(const char *a, const char *operator, const char *b, bool *ret)
{
	static const char *const names[] = {"<", "<=", ">", ">=", "=", "==", "!=", "-lt",
		"-le", "-gt", "-ge", "-eq", "-eq", "-ne"};
	size_t n = 0;
	long order;

	while (n < ARRAY_SIZE(names) && strcmp(operator, names[n]) != 0)
		n++;
	if (n == ARRAY_SIZE(names))
		return false;
	order = n < 7 ? strcmp(a, b) : number_of(a) - number_of(b);
	switch (n % 7) {
	case 0:
		*ret = order < 0;
		break;
	case 1:
		*ret = order <= 0;
		break;
	case 2:
		*ret = order > 0;
		break;
	case 3:
		*ret = order >= 0;
		break;
	case 6:
		*ret = order != 0;
		break;
	default:
		*ret = order == 0;
	}
	return true;
}

/* -d, -e, -f, -s FILE; -n, -z TEXT. false: it is none of them. */
static bool ask(const struct test *t, const char *operator, const char *operand,
	enum grub_answer *ret)
{
	if (operator[0] != '-' || !operator[1] || operator[2] ||
		!strchr("defsnz", operator[1]))
		return false;
	if (operator[1] == 'n' || operator[1] == 'z')
		*ret = answer_of((*operand != '\0') == (operator[1] == 'n'));
	else
		*ret = t->world->exists ? t->world->exists(t->world->data, operand, operator[1])
					: GRUB_UNKNOWN;
	return true;
}

static enum grub_answer judge(struct test *t);

/* One test without the modifiers around it. */
static enum grub_answer judge_one(struct test *t)
{
	char **words = t->words->items + t->at;
	size_t left = t->end - t->at;
	enum grub_answer answer;
	bool yes;

	if (left > 2 && compare(words[0], words[1], words[2], &yes)) {
		t->at += 3;
		return answer_of(yes);
	}
	if (left > 2 && (strncmp(words[1], "-nt", 3) == 0 || strncmp(words[1], "-ot", 3) == 0 ||
				strcmp(words[1], "-pgt") == 0 || strcmp(words[1], "-plt") == 0)) {
		t->at += 3;
		return GRUB_UNKNOWN;
	}
	if (left > 1 && ask(t, words[0], words[1], &answer)) {
		t->at += 2;
		return answer;
	}
	t->at++;
	if (strcmp(words[0], "(") == 0 && t->depth < MAX_DEPTH) {
		t->depth++;
		return judge(t);
	}
	return answer_of(*words[0] != '\0');
}

/* Up to the end, or the parenthesis that closes. */
static enum grub_answer judge(struct test *t)
{
	enum grub_answer any = GRUB_NO, all = GRUB_YES;
	bool inverted = false;

	while (t->at < t->end) {
		const char *word = t->words->items[t->at];
		size_t left = t->end - t->at;
		enum grub_answer answer;
		bool is_operand = left > 2 && compare("", t->words->items[t->at + 1], "",
						      &(bool){false});

		if (!is_operand && strcmp(word, ")") == 0) {
			t->at++;
			break;
		}
		if (!is_operand && strcmp(word, "!") == 0) {
			inverted = !inverted;
		} else if (!is_operand && strcmp(word, "-o") == 0) {
			any = either(any, all);
			all = GRUB_YES;
		} else if (is_operand || strcmp(word, "-a") != 0) {
			answer = judge_one(t);
			all = both(all, inverted ? grub_answer_not(answer) : answer);
			inverted = false;
			continue;
		}
		t->at++;
	}
	return either(any, all);
}

enum grub_answer grub_test(const struct strings *words, const struct grub_world *world)
{
	struct test t = {.words = words, .at = 1, .end = words->count, .world = world};

	if (t.end > 1 && strcmp(words->items[t.end - 1], "]") == 0)
		t.end--;
	return judge(&t);
}
