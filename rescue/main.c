/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One binary, two lives: the command, and the first process of an initramfs. */
#include "command.h"
#include "init.h"

#include <unistd.h>

int main(int argc, char **argv)
{
	if (getpid() == 1)
		return init_main(argc, argv);
	return command_main(argc, argv);
}
