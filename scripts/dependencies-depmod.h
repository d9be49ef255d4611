/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmod's depmod as functions. Link with -ldepmod -lkmod -lzstd -llzma -lz.
 *
 * Static variables: one call at a time. For the modules of a stranger it is best made in
 * a child process with limits on address space and time: depmod has no limit on what a
 * compressed module unpacks to. Nothing here ends the process.
 */
#ifndef DEPMOD_H
#define DEPMOD_H

struct depmod_options {
	/* Absolute path of the module directory; the indexes are written into it. */
	const char *directory;

	/* Kernel release: selects the "override" and "external" lines that apply. */
	const char *release;

	/*
	 * depmod.d directories or files, the first one that has a name wins, closed by NULL.
	 * NULL: no configuration, which is the search order "updates built-in".
	 * As on a running system: /etc/depmod.d /run/depmod.d /usr/local/lib/depmod.d
	 * /lib/depmod.d.
	 */
	const char *const *configuration;

	/*
	 * Opens a file or directory for reading: returns a descriptor, which is consumed, or
	 * a negative errno. Where it is set, nothing is read by any other way, so that every
	 * path, those of symbolic links included, is one of the system at hand. Every path
	 * begins with `directory`, or is absolute and comes from the configuration. The
	 * indexes are made with openat() and renameat() in the descriptor that it returns
	 * for `directory` itself. NULL: paths are those of the running system.
	 */
	int (*open)(void *data, const char *path);

	/*
	 * Takes a message: priority as in syslog.h (LOG_ERR: something was left out). The
	 * text has no newline at its end, but may hold any other byte of the modules.
	 * NULL: standard error.
	 */
	void (*message)(void *data, int priority, const char *text);

	void *data;
};

/*
 * Write modules.dep, .dep.bin, .alias, .alias.bin, .softdep, .symbols, .symbols.bin,
 * .builtin.bin, .builtin.alias.bin and .devname, each by renaming a finished file.
 * 0, or a negative errno: -EINVAL for a dependency cycle, else that of the operation.
 * A module that cannot be read is a message of priority LOG_ERR, not a failure.
 */
int depmod_index(const struct depmod_options *options);

/* The command line program depmod(8): returns its exit status and does not exit. */
int depmod_main(int argc, char *argv[]);

#endif
