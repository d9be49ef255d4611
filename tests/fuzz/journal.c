/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a journal, and any lines as its records: those get right CRCs, so that what
 * lies behind the CRC is reached. What is accepted must come back the same and stay in
 * the patient.
 */
#include "digest.h"
#include "formats/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const struct journal *j)
{
	for (size_t i = 0; i < j->step_count; i++) {
		const struct journal_step *s = &j->steps[i];

		if (s->path[0] != '/' || strstr(s->path, "/../") ||
		    (s->staged && !strstr(s->staged, "/.rescue-")) ||
		    (s->displaced && !strstr(s->displaced, "/.rescue-")))
			abort();
	}
}

static void parse(struct bytes in)
{
	struct buffer once = {0}, twice = {0};
	struct journal j, again;

	if (journal_parse(&j, in, NULL) < 0)
		return;
	check_names(&j);
	if (journal_write(&once, &j) < 0 ||
	    journal_parse(&again, buffer_bytes(&once), NULL) < 0 ||
	    journal_write(&twice, &again) < 0 || strcmp(once.data, twice.data) != 0)
		abort();
	journal_done(&j);
	journal_done(&again);
	buffer_done(&once);
	buffer_done(&twice);
}

static void parse_records(struct bytes in)
{
	struct buffer text = {0};
	uint32_t crc = 0;

	buffer_puts(&text, "rescue-journal 1\n");
	while (in.size > 0) {
		const uint8_t *end = memchr(in.data, '\n', in.size);
		size_t size = end ? (size_t)(end - in.data) : in.size;
		struct bytes line = {in.data, size};

		if (size > 0 && line.data[size - 1] == '\r')
			line.size--;
		crc = crc32_of(line, crc);
		buffer_printf(&text, "%08x ", crc);
		buffer_append(&text, line.data, line.size);
		buffer_puts(&text, "\n");
		size += end != NULL;
		in = (struct bytes){in.data + size, in.size - size};
	}
	parse(buffer_bytes(&text));
	buffer_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};

	parse(in);
	parse_records(in);
	return 0;
}
