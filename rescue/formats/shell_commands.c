/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words are read one after another; what is not a keyword where one may stand is a command. */
#include "formats/shell_commands.h"

#include <errno.h>

enum token {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_SEPARATOR,
	TOKEN_OPEN, /* a subshell, or the () of a function */
	TOKEN_SUBSTITUTION,
	TOKEN_CLOSE, /* of either */
	TOKEN_REDIRECTION
};
enum { MAX_DEPTH = 32 };

/* A command that waits for the one within it. */
struct outer {
	struct buffer command;
	bool in_double;
	char close; /* ")" or "`" */
};

struct script {
	const char *begin, *at, *end;
	struct buffer word;    /* of TOKEN_WORD */
	struct buffer command; /* so far */
	struct strings *commands;
	struct outer outers[MAX_DEPTH];
	size_t depth;
	char *here;	 /* the word that ends a here-document which follows this line */
	bool is_quoted;	 /* a part of the word was */
	bool in_double;	 /* quotes, whose commands are read too */
	bool at_pattern; /* of case: up to its parenthesis there is no command */
	int r;		 /* -ENOMEM sticks */
};

static void put(struct script *s, struct buffer *to, const char *text, size_t size)
{
	if (s->r == 0)
		s->r = buffer_append(to, text, size);
}

/* ---- words ---------------------------------------------------------------------------- */

static void skip_line(struct script *s)
{
	while (s->at < s->end && *s->at != '\n')
		s->at++;
}

/* Behind the line of "<<WORD": the lines up to WORD are nobody's commands. */
static void skip_here_document(struct script *s)
{
	size_t size = strlen(s->here);

	while (s->at < s->end) {
		const char *line = s->at;

		skip_line(s);
		while (line < s->at && *line == '\t')
			line++;
		if ((size_t)(s->at - line) == size && !memcmp(line, s->here, size))
			break;
		s->at += s->at < s->end;
	}
	free(s->here);
	s->here = NULL;
}

static void take_single_quoted(struct script *s)
{
	const char *begin = ++s->at;

	while (s->at < s->end && *s->at != '\'')
		s->at++;
	put(s, &s->word, begin, (size_t)(s->at - begin));
	s->at += s->at < s->end;
	s->is_quoted = true;
}

/* "$(", or a "`" that opens or closes. */
static bool is_substitution(const struct script *s)
{
	return *s->at == '`' || (*s->at == '$' && s->at + 1 < s->end && s->at[1] == '(');
}

static void take_word(struct script *s)
{
	s->word.size = 0;
	s->is_quoted = false;
	while (s->at < s->end && !is_substitution(s)) {
		if (*s->at == '"') {
			s->in_double = !s->in_double;
			s->is_quoted = true;
			s->at++;
		} else if (!s->in_double && *s->at == '\'') {
			take_single_quoted(s);
		} else if (*s->at == '\\' && s->at + 1 < s->end) {
			put(s, &s->word, s->at + 1, s->at[1] != '\n');
			s->at += 2;
		} else if (!s->in_double && strchr(" \t\r\n;&|()<>", *s->at)) {
			break;
		} else {
			put(s, &s->word, s->at++, 1);
		}
	}
	put(s, &s->word, "", 0);
}

static void skip_blanks(struct script *s)
{
	while (s->at < s->end && strchr(" \t\r", *s->at))
		s->at++;
}

static enum token next_token(struct script *s)
{
	char c;

	if (!s->in_double)
		skip_blanks(s);
	if (s->at == s->end || s->r < 0)
		return TOKEN_END;
	if (is_substitution(s)) {
		c = *s->at;
		s->at += c == '`' ? 1 : 2;
		return c == '`' && s->depth && s->outers[s->depth - 1].close == '`'
			       ? TOKEN_CLOSE
			       : TOKEN_SUBSTITUTION;
	}
	c = *s->at;
	if (s->in_double || !strchr("\n;&|()<>#", c)) {
		take_word(s);
		return TOKEN_WORD;
	}
	if (c == '#') {
		skip_line(s);
		return next_token(s);
	}
	s->at++;
	if (c == '\n' && s->here)
		skip_here_document(s);
	if (c == '<' || c == '>' || (c == '&' && s->at < s->end && *s->at == '>'))
		return TOKEN_REDIRECTION;
	return c == '(' ? TOKEN_OPEN : c == ')' ? TOKEN_CLOSE : TOKEN_SEPARATOR;
}

/* ---- commands --------------------------------------------------------------------------- */

static void end_command(struct script *s)
{
	if (s->command.size && s->r == 0)
		s->r = strings_add(s->commands, s->command.data);
	s->command.size = 0;
}

/* What more words of a command may follow. */
static bool is_keyword(const char *word)
{
	static const char *const keywords[] = {"if", "then", "else", "elif", "fi", "do", "done",
					       "while", "until", "esac", "{", "}", "!"};

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (!strcmp(word, keywords[i]))
			return true;
	}
	return false;
}

static bool is_assignment(const char *word)
{
	size_t size = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_");

	return size && word[size] == '=';
}

/* "for x in", "case $x in": a name, or what is compared. */
static void skip_head(struct script *s, bool is_case)
{
	enum token token;

	do
		token = next_token(s);
	while (token == TOKEN_WORD && (s->is_quoted || !text_equal(s->word.data, "in")));
	s->at_pattern = is_case;
	/* The list of "for" reads like a command that does nothing. */
	if (!is_case)
		put(s, &s->command, ":", 1);
}

/* Up to the parenthesis, or the end of the last one. */
static void skip_pattern(struct script *s, enum token token)
{
	if (token == TOKEN_CLOSE || (token == TOKEN_WORD && text_equal(s->word.data, "esac")))
		s->at_pattern = false;
}

static void add_word(struct script *s)
{
	const char *word = s->word.data;

	if (!s->word.size)
		return;
	if (!s->command.size && !s->is_quoted) {
		if (is_keyword(word))
			return;
		if (!strcmp(word, "for") || !strcmp(word, "case")) {
			skip_head(s, word[0] == 'c');
			return;
		}
	}
	if (!s->command.size && is_assignment(word))
		return;
	if (s->command.size)
		put(s, &s->command, " ", 1);
	put(s, &s->command, word, s->word.size);
}

/* ">&2", "2>/dev/null", "<<EOF": the target is no word of the command. */
static void skip_redirection(struct script *s)
{
	bool is_here = s->at < s->end && s->at[-1] == '<' && *s->at == '<';
	size_t size = s->command.size;

	if (size > 1 && strchr("0123456789", s->command.data[size - 1]) &&
	    s->command.data[size - 2] == ' ' && s->at[-2] != ' ')
		s->command.data[s->command.size -= 2] = '\0'; /* the number of what is */
	while (s->at < s->end && strchr("<>&-", *s->at))
		s->at++;
	if (next_token(s) == TOKEN_WORD && is_here && s->word.size && !s->here) {
		s->here = strdup(s->word.data);
		s->r = s->here ? s->r : -ENOMEM;
	}
}

/* The one at hand waits, unless it is "name" of "name()". */
static void open_command(struct script *s, enum token token)
{
	struct outer *outer = &s->outers[s->depth];

	if (s->depth == MAX_DEPTH) {
		s->at = s->end; /* no script of this world */
		return;
	}
	if (token == TOKEN_OPEN)
		s->command.size = 0;
	outer->command = TAKE_STRUCT(s->command);
	outer->in_double = s->in_double;
	outer->close = s->at[-1] == '`' ? '`' : ')';
	s->in_double = false;
	s->depth++;
}

static void close_command(struct script *s)
{
	struct outer *outer;

	end_command(s);
	if (!s->depth)
		return;
	outer = &s->outers[--s->depth];
	buffer_done(&s->command);
	s->command = TAKE_STRUCT(outer->command);
	s->in_double = outer->in_double;
}

static void separate(struct script *s)
{
	end_command(s);
	s->at_pattern = s->at - 2 >= s->begin && s->at[-1] == ';' && s->at[-2] == ';';
}

static void read_commands(struct script *s)
{
	enum token token;

	while ((token = next_token(s)) != TOKEN_END) {
		if (s->at_pattern)
			skip_pattern(s, token);
		else if (token == TOKEN_WORD)
			add_word(s);
		else if (token == TOKEN_REDIRECTION)
			skip_redirection(s);
		else if (token == TOKEN_OPEN || token == TOKEN_SUBSTITUTION)
			open_command(s, token);
		else if (token == TOKEN_CLOSE)
			close_command(s);
		else
			separate(s);
	}
	while (s->depth)
		close_command(s);
	end_command(s);
}

int shell_commands(struct strings *ret, struct bytes in)
{
	_cleanup_(strings_done) struct strings commands = {0};
	const char *begin = (const char *)in.data;
	struct script s = {.begin = begin, .at = begin, .commands = &commands};

	if (in.size > SHELL_MAX_SIZE)
		return -EFBIG;
	s.end = in.size ? begin + strnlen(begin, in.size) : begin;
	read_commands(&s);
	buffer_done(&s.word);
	buffer_done(&s.command);
	free(s.here);
	if (s.r < 0)
		return s.r;
	*ret = TAKE_STRUCT(commands);
	return 0;
}
