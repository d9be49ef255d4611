/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as file_contexts and as substitutions. What the search passes over without
 * compiling it must not match: each rule that stands alone is compared with regexec.
 */
#include "formats/file_contexts.h"

#include <regex.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {
	"/boot/vmlinuz-1", "/lib/modules/1/kernel/a.ko", "/a", "/ab", "/aab/b", "/"};

/* The first line as one rule "REGEX CONTEXT", against the same regex in one piece. */
static void check_rule(const char *regex)
{
	struct file_contexts *c = file_contexts_new();
	struct buffer line = {0};
	char *whole = text_printf("^%s$", regex);
	regex_t compiled;

	if (buffer_printf(&line, "%s context\n", regex) < 0 ||
		file_contexts_add(c, buffer_bytes(&line), NULL) < 0)
		abort();
	/*
	 * What regcomp refuses matches nothing; what the limits refuse is found nowhere.
	 */
	if (regcomp(&compiled, whole, REG_EXTENDED | REG_NOSUB) == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
			if (regexec(&compiled, paths[i], 0, NULL, 0) != 0 &&
				file_contexts_find(c, paths[i], S_IFREG))
				abort();
		regfree(&compiled);
	}
	free(whole);
	buffer_done(&line);
	file_contexts_free(c);
}

/* Short, of plain characters, without what makes regcomp itself slow. */
static bool may_be_compared(const char *regex)
{
	size_t size = strlen(regex), groups = 0;

	for (size_t i = 0; i < size; i++) {
		groups += regex[i] == '(';
		if (strchr("*+?", regex[i]) && regex[i + 1] &&
			strchr("*+?", regex[i + 1]))
			return false;
		if (regex[i] <= ' ' || regex[i] > '~' || regex[i] == '{' ||
			regex[i] == '\\' || regex[i] == '#')
			return false;
	}
	return size > 0 && size < 64 && groups < 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file_contexts *c = file_contexts_new();
	struct bytes in = {data, MIN_OF(size, (size_t)4096)};
	char first[64] = "";

	file_contexts_add(c, in, NULL);
	file_contexts_add_substitutions(c, in, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		file_contexts_find(c, paths[i], i % 2 ? S_IFREG : S_IFDIR);
	file_contexts_free(c);
	for (size_t i = 0; i < in.size && i < sizeof(first) - 1; i++) {
		if (data[i] == '\n' || data[i] == '\t' || data[i] == ' ')
			break;
		first[i] = (char)data[i];
	}
	if (may_be_compared(first))
		check_rule(first);
	return 0;
}
