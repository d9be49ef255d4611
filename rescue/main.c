/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One binary, two lives: the command, and the first process of an initramfs. */
#include "command.h"
#include "init.h"

#include <unistd.h>

/* In a container the command may be the first process, too: its name tells. */
static bool is_init(const char *name)
{
	return getpid() == 1 && name && text_ends(name, "init");
}

int main(int argc, char **argv)
{
	if (is_init(argv[0]))
		return init_main(argc, argv);
	return command_main(argc, argv);
}
