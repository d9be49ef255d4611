/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a script; its commands have words and no line ends of their own. */
#include "formats/shell_commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strings commands;

	if (shell_commands(&commands, (struct bytes){data, size}) < 0)
		return 0;
	for (size_t i = 0; i < commands.count; i++)
		if (!commands.items[i][0])
			abort();
	strings_done(&commands);
	return 0;
}
