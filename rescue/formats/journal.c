/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal of a transaction, as text:
 *
 *   rescue-journal 1
 *   1c291ca3 transaction 0001-9f3a
 *   … system ID; release RELEASE; time SECONDS; operations N; state NAME
 *   … parent PATH ATIME NS MTIME NS AFTER NS
 *   … step dir|object PATH STAGED DISPLACED BEFORE×6 AFTER×6
 *   8d777f38 end RECORDS
 *
 * The CRC-32 in front of a record covers its text and goes on from the record before.
 * Words are parted by one blank; "-" is an absent text; blanks, control bytes and
 * backslashes in a text are \xNN.
 */
#include "formats/journal.h"

#include "digest.h"
#include "text_lines.h"

#include <errno.h>
#include <inttypes.h>

#define MAGIC "rescue-journal "
#define CRC_DIGITS 8

const char *journal_state_name(enum journal_state s)
{
	static const char *const names[JOURNAL_STATES] = {
		"staging", "prepared", "committed", "undoing", "undone"};

	return s < JOURNAL_STATES ? names[s] : "unknown";
}

static void step_done(struct journal_step *s)
{
	free(s->path);
	free(s->staged);
	free(s->displaced);
}

void journal_done(struct journal *j)
{
	for (size_t i = 0; i < j->step_count; i++)
		step_done(&j->steps[i]);
	for (size_t i = 0; i < j->parent_count; i++)
		free(j->parents[i].path);
	free(j->steps);
	free(j->parents);
	free(j->transaction);
	free(j->system);
	free(j->release);
	*j = (struct journal){0};
}

struct journal_step *journal_add_step(struct journal *j)
{
	if (vector_grow(&j->steps, &j->step_capacity, j->step_count, sizeof(*j->steps)) <
		0)
		return NULL;
	j->steps[j->step_count] = (struct journal_step){0};
	return &j->steps[j->step_count++];
}

struct journal_parent *journal_add_parent(struct journal *j)
{
	if (vector_grow(&j->parents, &j->parent_capacity, j->parent_count,
		    sizeof(*j->parents)) < 0)
		return NULL;
	j->parents[j->parent_count] = (struct journal_parent){0};
	return &j->parents[j->parent_count++];
}

bool journal_is_transaction_id(const char *text)
{
	return strspn(text, "0123456789") == 4 && text[4] == '-' &&
	       strspn(text + 5, "0123456789abcdef") == 4 && text[9] == '\0';
}

/* ---- writing ---- */

/* Records are collected one by one; the first error sticks. */
struct writer {
	struct buffer *out;
	struct buffer record;
	uint32_t crc;
	size_t records;
	int error;
};

static void put_word(struct writer *w, const char *text)
{
	int r = w->record.size > 0 ? buffer_puts(&w->record, " ") : 0;

	if (r == 0 && !text)
		r = buffer_puts(&w->record, "-");
	for (; r == 0 && text && *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c == '\\' || c == 0x7f)
			r = buffer_printf(&w->record, "\\x%02x", c);
		else
			r = buffer_append(&w->record, text, 1);
	}
	if (r < 0)
		w->error = r;
}

static void put_number(struct writer *w, int64_t number)
{
	if (buffer_printf(&w->record, " %" PRId64, number) < 0)
		w->error = -ENOMEM;
}

static void put_count(struct writer *w, uint64_t number)
{
	if (buffer_printf(&w->record, " %" PRIu64, number) < 0)
		w->error = -ENOMEM;
}

static void end_record(struct writer *w)
{
	w->crc = crc32_of(buffer_bytes(&w->record), w->crc);
	w->records++;
	if (buffer_printf(w->out, "%08" PRIx32 " ", w->crc) < 0 ||
		buffer_append(w->out, w->record.data, w->record.size) < 0 ||
		buffer_puts(w->out, "\n") < 0)
		w->error = -ENOMEM;
	w->record.size = 0;
}

static void put_text_record(struct writer *w, const char *name, const char *text)
{
	if (!text)
		return;
	put_word(w, name);
	put_word(w, text);
	end_record(w);
}

static void put_parent(struct writer *w, const struct journal_parent *p)
{
	put_word(w, "parent");
	put_word(w, p->path);
	put_number(w, p->atime_s);
	put_count(w, p->atime_ns);
	put_number(w, p->mtime_s);
	put_count(w, p->mtime_ns);
	put_number(w, p->after_s);
	put_count(w, p->after_ns);
	end_record(w);
}

static void put_object(struct writer *w, const struct journal_object *o)
{
	put_count(w, o->mode);
	put_count(w, o->size);
	put_count(w, o->inode);
	put_number(w, o->mtime_s);
	put_count(w, o->mtime_ns);
	put_count(w, o->tree);
}

static void put_step(struct writer *w, const struct journal_step *s)
{
	put_word(w, "step");
	put_word(w, s->created_dir ? "dir" : "object");
	put_word(w, s->path);
	put_word(w, s->staged);
	put_word(w, s->displaced);
	put_object(w, &s->before);
	put_object(w, &s->after);
	end_record(w);
}

int journal_write(struct buffer *ret, const struct journal *j)
{
	struct writer w = {.out = ret};

	if (buffer_printf(ret, MAGIC "%u\n", JOURNAL_VERSION) < 0)
		return -ENOMEM;
	put_text_record(&w, "transaction", j->transaction);
	put_text_record(&w, "system", j->system);
	put_text_record(&w, "release", j->release);
	put_word(&w, "time");
	put_number(&w, j->time);
	end_record(&w);
	put_word(&w, "operations");
	put_count(&w, j->operations);
	end_record(&w);
	put_text_record(&w, "state", journal_state_name(j->state));
	for (size_t i = 0; i < j->parent_count; i++)
		put_parent(&w, &j->parents[i]);
	for (size_t i = 0; i < j->step_count; i++)
		put_step(&w, &j->steps[i]);
	put_word(&w, "end");
	put_count(&w, w.records);
	end_record(&w);
	buffer_done(&w.record);
	return w.error;
}

/* ---- parsing ---- */

/* The words of one record; the first error sticks. */
struct reader {
	struct bytes rest;
	int error;
};

static void reader_fail(struct reader *r, int error)
{
	if (r->error == 0)
		r->error = error;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool unescape(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++) {
		if (*in != '\\') {
			*out++ = *in;
			continue;
		}
		if (in[1] != 'x' || hex_digit(in[2]) < 0 || hex_digit(in[3]) < 0)
			return false;
		*out = (char)(hex_digit(in[2]) * 16 + hex_digit(in[3]));
		if (*out++ == '\0')
			return false;
		in += 3;
	}
	*out = '\0';
	return true;
}

/* NULL for "-" and after an error. */
static char *take_text(struct reader *r)
{
	struct bytes word = text_word(&r->rest);
	char *text;

	if (r->error < 0 || text_is(word, "-"))
		return NULL;
	if (word.size == 0 || memchr(word.data, '\0', word.size)) {
		reader_fail(r, -EBADMSG);
		return NULL;
	}
	text = text_of(word);
	if (!text)
		reader_fail(r, -ENOMEM);
	else if (!unescape(text))
		reader_fail(r, -EBADMSG);
	return text;
}

static char *take_required_text(struct reader *r)
{
	char *text = take_text(r);

	if (!text)
		reader_fail(r, -EBADMSG);
	return text;
}

static uint64_t take_count(struct reader *r, uint64_t max)
{
	_cleanup_free_ char *text = text_of(text_word(&r->rest));
	uint64_t number = 0;

	if (!text)
		reader_fail(r, -ENOMEM);
	else if (!text_to_u64(text, max, &number))
		reader_fail(r, -EBADMSG);
	return number;
}

static int64_t take_number(struct reader *r)
{
	struct bytes word = text_word(&r->rest);
	bool negative = word.size > 0 && word.data[0] == '-';
	struct reader digits = {.rest = {word.data + negative, word.size - negative}};
	uint64_t number = take_count(&digits, INT64_MAX);

	if (digits.error < 0)
		reader_fail(r, digits.error);
	return negative ? -(int64_t)number : (int64_t)number;
}

static uint32_t take_nanoseconds(struct reader *r)
{
	return (uint32_t)take_count(r, 999999999);
}

/* Absolute, and without a component that could lead elsewhere. */
static bool path_is_sound(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *at = path; *at;) {
		size_t size = strcspn(++at, "/");

		if ((size == 0 && path[1] != '\0') || (size == 1 && at[0] == '.') ||
			(size == 2 && at[0] == '.' && at[1] == '.'))
			return false;
		at += size;
	}
	return true;
}

/* Recovery removes what these names say: they must be of this transaction's making. */
static bool name_is_ours(const char *path, const char *transaction)
{
	const char *name = strrchr(path, '/');

	return path_is_sound(path) && name && text_starts(name, "/.rescue-") &&
	       transaction && text_starts(name + strlen("/.rescue-"), transaction);
}

static int parse_parent(struct journal *j, struct reader *r)
{
	struct journal_parent *p = journal_add_parent(j);

	if (!p)
		return -ENOMEM;
	p->path = take_required_text(r);
	p->atime_s = take_number(r);
	p->atime_ns = take_nanoseconds(r);
	p->mtime_s = take_number(r);
	p->mtime_ns = take_nanoseconds(r);
	p->after_s = take_number(r);
	p->after_ns = take_nanoseconds(r);
	if (r->error == 0 && !path_is_sound(p->path))
		return -EBADMSG;
	return r->error;
}

static void take_object(struct reader *r, struct journal_object *o)
{
	o->mode = (mode_t)take_count(r, 0177777);
	o->size = take_count(r, UINT64_MAX);
	o->inode = take_count(r, UINT64_MAX);
	o->mtime_s = take_number(r);
	o->mtime_ns = take_nanoseconds(r);
	o->tree = (uint32_t)take_count(r, UINT32_MAX);
}

static int parse_step(struct journal *j, struct reader *r)
{
	struct journal_step *s = journal_add_step(j);
	struct bytes kind = text_word(&r->rest);

	if (!s)
		return -ENOMEM;
	s->created_dir = text_is(kind, "dir");
	s->path = take_required_text(r);
	s->staged = take_text(r);
	s->displaced = take_text(r);
	take_object(r, &s->before);
	take_object(r, &s->after);
	if (r->error < 0)
		return r->error;
	if ((!s->created_dir && !text_is(kind, "object")) || !path_is_sound(s->path) ||
		(!s->staged && !s->displaced) ||
		(s->staged && !name_is_ours(s->staged, j->transaction)) ||
		(s->displaced && !name_is_ours(s->displaced, j->transaction)))
		return -EBADMSG;
	return 0;
}

static int parse_state(struct journal *j, struct bytes word)
{
	for (unsigned i = 0; i < JOURNAL_STATES; i++)
		if (text_is(word, journal_state_name((enum journal_state)i))) {
			j->state = (enum journal_state)i;
			return 0;
		}
	return -EBADMSG;
}

static void parse_once(char **where, struct reader *r)
{
	if (*where)
		reader_fail(r, -EBADMSG);
	else
		*where = take_required_text(r);
}

/* 1: it was the end record. */
static int parse_record(struct journal *j, struct bytes text, size_t records_before)
{
	struct reader r = {.rest = text};
	struct bytes name = text_word(&r.rest);
	int ended = 0;

	if (text_is(name, "step"))
		r.error = parse_step(j, &r);
	else if (text_is(name, "parent"))
		r.error = parse_parent(j, &r);
	else if (text_is(name, "transaction"))
		parse_once(&j->transaction, &r);
	else if (text_is(name, "system"))
		parse_once(&j->system, &r);
	else if (text_is(name, "release"))
		parse_once(&j->release, &r);
	else if (text_is(name, "time"))
		j->time = take_number(&r);
	else if (text_is(name, "operations"))
		j->operations = take_count(&r, UINT64_MAX);
	else if (text_is(name, "state"))
		r.error = parse_state(j, text_word(&r.rest));
	else if (text_is(name, "end"))
		ended = take_count(&r, SIZE_MAX) == records_before;
	else
		r.error = -EBADMSG;
	if (r.error == 0 && r.rest.size > 0)
		r.error = -EBADMSG;
	return r.error < 0 ? r.error : ended;
}

/* Cuts "CRC " off the front of a line; crc runs on from record to record. */
static bool check_crc(struct bytes *line, uint32_t *crc)
{
	uint32_t said = 0;

	if (line->size <= CRC_DIGITS || line->data[CRC_DIGITS] != ' ')
		return false;
	for (size_t i = 0; i < CRC_DIGITS; i++) {
		int digit = hex_digit((char)line->data[i]);

		if (digit < 0)
			return false;
		said = said << 4 | (uint32_t)digit;
	}
	*line = (struct bytes){line->data + CRC_DIGITS + 1, line->size - CRC_DIGITS - 1};
	*crc = crc32_of(*line, *crc);
	return *crc == said;
}

static int parse_magic(struct journal *j, struct text_lines *lines, struct fault *f)
{
	struct bytes line;
	size_t size = strlen(MAGIC);
	uint64_t version;

	if (!text_lines_next(lines, &line) || line.size < size ||
		memcmp(line.data, MAGIC, size) != 0) {
		fault_errno(f, EBADMSG, NULL, "parse journal");
		fault_reason(f, "it does not begin with \"%s\"", MAGIC);
		return -EBADMSG;
	}

	struct reader r = {.rest = {line.data + size, line.size - size}};

	version = take_count(&r, UINT32_MAX);
	if (r.error < 0)
		return fault_errno(f, -r.error, NULL, "parse the version of the journal");
	if (version != JOURNAL_VERSION) {
		fault_errno(f, ENOTSUP, NULL, "parse journal");
		fault_reason(f, "its format is version %" PRIu64 ", known is %u", version,
			JOURNAL_VERSION);
		return -ENOTSUP;
	}
	j->version = (unsigned)version;
	return 0;
}

static int parse_records(struct journal *j, struct text_lines *lines, struct fault *f)
{
	struct bytes line;
	size_t records = 0;
	uint32_t crc = 0;
	int r = 0;

	while (r == 0 && text_lines_next(lines, &line)) {
		if (records >= JOURNAL_MAX_RECORDS)
			return fault_errno(f, E2BIG, NULL, "parse journal");
		r = check_crc(&line, &crc) ? parse_record(j, line, records) : -EBADMSG;
		if (r == -ENOMEM)
			return fault_no_memory(f);
		if (r < 0) {
			fault_errno(f, EBADMSG, NULL, "parse journal");
			fault_reason(f, "line %u is damaged", lines->number);
			return -EBADMSG;
		}
		records++;
	}
	if (r == 1 && lines->rest.size == 0)
		return 0;
	fault_errno(f, EBADMSG, NULL, "parse journal");
	fault_reason(f, "it is cut off or goes on behind its end");
	return -EBADMSG;
}

int journal_parse(struct journal *ret, struct bytes in, struct fault *f)
{
	_cleanup_(journal_done) struct journal j = {0};
	struct text_lines lines = TEXT_LINES(in);
	int r;

	if (in.size > JOURNAL_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse journal");
	r = parse_magic(&j, &lines, f);
	if (r == 0)
		r = parse_records(&j, &lines, f);
	if (r < 0)
		return r;
	if (!j.system || !j.transaction || !journal_is_transaction_id(j.transaction)) {
		fault_errno(f, EBADMSG, NULL, "parse journal");
		fault_reason(f, "it does not say which transaction it is");
		return -EBADMSG;
	}
	*ret = TAKE_STRUCT(j);
	return 0;
}
