/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a command line; written and read again it has the same words. */
#include "formats/cmdline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct cmdline *c)
{
	char *text = cmdline_text(c);
	struct cmdline again;

	if (!text || strlen(text) > CMDLINE_MAX_SIZE || cmdline_parse(&again, text) < 0)
		abort();
	if (again.words.count != c->words.count)
		abort();
	for (size_t i = 0; i < c->words.count; i++)
		if (strcmp(c->words.items[i], again.words.items[i]) != 0)
			abort();
	cmdline_done(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct cmdline c;

	if (text && cmdline_parse(&c, text) == 0) {
		char *root = cmdline_get(&c, "root");

		if ((root != NULL) != cmdline_has(&c, "root"))
			abort();
		check_again(&c);
		cmdline_remove(&c, "root");
		if (cmdline_has(&c, "root"))
			abort();
		check_again(&c);
		free(root);
		cmdline_done(&c);
	}
	free(text);
	return 0;
}
