/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue initramfs: builds one for a kernel of a system, into a file of the rescue machine. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_MAX_SIZE (4u * 1024 * 1024)

/* The kernel's own build configuration tells which compressions it can unpack. */
static int read_config(const struct target *t, const char *release, struct buffer *ret)
{
	_cleanup_free_ char *own = text_printf("/lib/modules/%s/config", release);
	_cleanup_free_ char *copy = text_printf("/boot/config-%s", release);

	if (!own || !copy)
		return -ENOMEM;
	if (target_read(t, own, CONFIG_MAX_SIZE, ret, NULL) < 0)
		target_read(t, copy, CONFIG_MAX_SIZE, ret, NULL);
	return 0;
}

static int build(const struct system *sys, const char *release, int out,
		 struct initramfs_summary *ret, struct fault *f)
{
	_cleanup_free_ char *directory = text_printf("/lib/modules/%s", release);
	_cleanup_(buffer_done) struct buffer config = {0};
	_cleanup_close_ int modules = -1;
	struct initramfs_request request = {.release = release, .patient = &sys->target,
		.root_fstype = sys->root.fstype};

	if (!directory)
		return fault_no_memory(f);
	modules = target_open(&sys->target, directory, O_RDONLY | O_DIRECTORY, f);
	if (modules < 0)
		return modules;
	if (read_config(&sys->target, release, &config) < 0)
		return fault_no_memory(f);
	request.config = config.data;
	request.modules_fd = modules;
	return generate_initramfs(out, &request, ret, f);
}

/* The file gets its name only when it is whole. */
static int write_output(const struct system *sys, const char *release, const char *path,
			struct initramfs_summary *ret, struct fault *f)
{
	_cleanup_free_ char *temporary = text_printf("%s.new", path);
	_cleanup_close_ int out = -1;
	int r;

	if (!temporary)
		return fault_no_memory(f);
	out = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out < 0)
		return fault_errno(f, errno, path, "create %s", temporary);
	r = build(sys, release, out, ret, f);
	if (r >= 0 && fsync(out) < 0 && errno != EINVAL)
		r = fault_errno(f, errno, path, "write %s", temporary);
	if (r >= 0 && rename(temporary, path) < 0)
		r = fault_errno(f, errno, path, "rename %s to %s", temporary, path);
	if (r < 0)
		unlink(temporary);
	return r;
}

static int run(struct session *s, struct fault *f)
{
	_cleanup_free_ char *path = NULL;
	struct initramfs_summary summary = {0};
	struct system *sys = NULL;
	const char *release;
	char size[16];
	int r = session_choose(s, &sys, f);

	if (r < 0)
		return r;
	if (s->options.operands.count != 1)
		return fault_named(f, FAULT_USAGE, NULL, "understand the command line",
			"initramfs needs one kernel release");
	release = s->options.operands.items[0];
	if (!path_is_clean(release, strlen(release)) || strchr(release, '/'))
		return fault_named(f, FAULT_USAGE, NULL, "understand the command line",
			"\"%s\" is no kernel release", release);
	path = s->options.output ? strdup(s->options.output)
				 : text_printf("initramfs-%s.img", release);
	if (!path)
		return fault_no_memory(f);
	r = write_output(sys, release, path, &summary, f);
	if (r < 0) {
		fault_system(f, sys->id);
		return r;
	}
	if (!s->options.json && !s->options.quiet)
		printf("%s: %s, %zu modules, compression %s\n", path,
			size_text(summary.size, size), summary.modules, summary.compression);
	return 0;
}

const struct command command_initramfs = {
	.name = "initramfs",
	.operands = "[SYSTEM] RELEASE",
	.summary = "build an initramfs, running nothing of the system",
	.options = OPTIONS_OUTPUT,
	.run = run,
};
