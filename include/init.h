/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first process of an initramfs that this program built: finds the root, starts it. */
#ifndef RESCUE_INIT_H
#define RESCUE_INIT_H

/*
 * For main() when the process is the first one and the program is called init. Does not
 * return on a machine that boots or is reset.
 */
int init_main(int argc, char **argv);

#endif
