/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A system tree in a temporary directory, made from a short manifest, for unit tests:
 *
 *	struct tree tree;
 *	tree_make(&tree, "d 0755 /etc\n"
 *			 "f 0644 /etc/fstab <<END\n"
 *			 "UUID=1234 / ext4 defaults 0 1\n"
 *			 "END\n"
 *			 "f 0644 /boot/vmlinuz-1 =MZ\n"
 *			 "l /lib usr/lib\n");
 *	struct target target = {.fd = tree.fd};	// borrowed: no target_done
 *	...
 *	tree_remove(&tree);
 *
 * One line an object; missing parent directories are made with mode 0755. Blank lines and
 * lines that begin with # are passed over; blanks before a line are stripped. No blanks in
 * paths but in the last field of a line.
 *
 *	d MODE PATH		directory (one that exists gets the mode)
 *	f MODE PATH		empty file
 *	f MODE PATH =TEXT	file that holds TEXT and a newline
 *	f MODE PATH <<WORD	file that holds the lines up to a line WORD
 *	f MODE PATH @FILE	copy of FILE (from the top of the source tree: tests/data/…)
 *	z MODE PATH SIZE	sparse file of SIZE bytes
 *	l PATH TEXT		symbolic link with that text
 *	h PATH EXISTING		hard link to an existing file of the tree
 *	p MODE PATH		FIFO
 *	t PATH SECONDS		sets the mtime
 *	r PATH			removes a file or a whole directory
 *
 * A line that cannot be done fails the running test and names the line.
 */
#ifndef RESCUE_TESTS_TREE_H
#define RESCUE_TESTS_TREE_H

#include <stddef.h>

struct tree {
	char path[64]; /* on the host, without slash at the end */
	int fd;	       /* the directory, O_RDONLY */
};

/* Below $TMPDIR or /tmp. */
void tree_make(struct tree *ret, const char *manifest);
/* Adds to a tree, or changes it: f, z and l replace a file that is there. */
void tree_add(struct tree *t, const char *manifest);
/* One file of any bytes, mode 0644; parents are made. */
void tree_file(struct tree *t, const char *path, const void *data, size_t size);
void tree_remove(struct tree *t);

/*
 * The whole tree as text, one sorted line an object, to compare two states:
 * "f 0644 SIZE CRC32 /path", "d 0755 /path", "l /path text", "p 0644 /path".
 * The caller frees it.
 */
char *tree_describe(const struct tree *t);

#endif
