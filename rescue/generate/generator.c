/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An initramfs by the system's own dracut (or EL5's mkinitrd): for a named kernel, for
 * any machine and not the one at hand, and looked into before anything is done with it.
 */
#include "generate.h"
#include "stage.h"
#include "staged.h"

#include "formats/modules_index.h"

#include <errno.h>
#include <fcntl.h>

#define OUTPUT_NAME "initramfs.img"
#define MAX_ARGUMENTS 8

/* ---- running it ---- */
static void set_arguments(const char *arguments[MAX_ARGUMENTS],
	const struct generator_request *q)
{
	size_t n = 0;

	arguments[n++] = q->generator->path;
	arguments[n++] = "-f";
	if (q->generator->knows_no_hostonly)
		arguments[n++] = "--no-hostonly";
	if (q->generator->knows_no_uefi)
		arguments[n++] = "--no-uefi";
	arguments[n++] = "/tmp/" OUTPUT_NAME;
	arguments[n++] = q->release;
	arguments[n] = NULL;
}

static int run(const struct generator_request *q, struct buffer *output, struct fault *f)
{
	const char *arguments[MAX_ARGUMENTS];
	const struct confine_request program = {
		.target = q->patient,
		.arguments = arguments,
		.scratch = q->scratch,
		.binds = q->binds,
		.bind_count = q->bind_count,
		.seconds = q->seconds,
		.tick = q->tick,
		.data = q->data,
	};
	int r;

	set_arguments(arguments, q);
	r = confine_run(&program, output, f);
	if (r <= 0)
		return r;
	fault_errno(f, EIO, q->generator->path, "make an initramfs with %s",
		q->generator->path);
	fault_reason(f, "it failed with exit status %d", r);
	return -EIO;
}

/* ---- looking into what it made ---- */
/* The reason is the caller's to add. */
static int refuse(const struct generator_request *q, struct fault *f)
{
	return fault_errno(f, EBADMSG, q->generator->path,
		"use the initramfs that %s made", q->generator->path);
}

static bool is_built_in(const struct staged *s, const char *fstype)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(strings_done) struct strings lines = {0};

	if (staged_read(s, "modules.builtin", MODULES_INDEX_MAX_SIZE, &text, NULL) < 0 ||
		modules_list_parse(&lines, buffer_bytes(&text), NULL) < 0)
		return false;
	for (size_t i = 0; i < lines.count; i++) {
		_cleanup_free_ char *name = module_name_of(lines.items[i]);

		if (name && module_drives_filesystem(name, fstype))
			return true;
	}
	return false;
}

static int check_pieces(const struct generator_request *q, const struct initramfs_file *i,
	struct fault *f)
{
	unsigned missing = q->pieces & PIECES_INDISPENSABLE & ~i->pieces;

	for (unsigned n = 0; n < ROOT_PIECES; n++) {
		if (!(missing & 1u << n))
			continue;
		refuse(q, f);
		fault_reason(f, "it cannot open %s, on which this root lies",
			root_piece_name(1u << n));
		return -EBADMSG;
	}
	return 0;
}

static int check_contents(const struct generator_request *q, const struct strings *names,
	struct fault *f)
{
	_cleanup_(initramfs_file_done) struct initramfs_file i = {0};
	struct staged staged;
	bool has_driver;
	int r = staged_init(&staged, q->modules_fd, q->release, q->patient, f);

	if (r < 0)
		return r;
	if (initramfs_judge(&i, q->release, names) < 0)
		return fault_no_memory(f);
	has_driver = !q->root_fstype || initramfs_drives(&i, q->root_fstype) ||
		     is_built_in(&staged, q->root_fstype);
	if (strings_has(names, "init") && i.state == PART_OK && has_driver)
		return check_pieces(q, &i, f);
	refuse(q, f);
	if (!strings_has(names, "init"))
		fault_reason(f, "it holds no /init");
	else if (i.state != PART_OK)
		fault_reason(f, "it holds modules of kernel %s", i.release);
	else
		fault_reason(f, "it has no driver for this root's file system (%s)",
			q->root_fstype);
	return -EBADMSG;
}

/* Whatever was made under that name, it is a file of its own and no link elsewhere. */
static int open_made(const struct generator_request *q, const char *path, struct fault *f)
{
	int fd = target_open(
		q->patient, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, NULL);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	safe_close(fd);
	refuse(q, f);
	fault_reason(f, fd == -ENOENT ? "it made none" : "it is no regular file");
	return -EBADMSG;
}

static int take(int out_fd, const struct generator_request *q, struct fault *f)
{
	_cleanup_free_ char *path = text_printf("%s/" OUTPUT_NAME, q->scratch);
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_close_ int made = -1;
	struct fault why = {0};
	int r;

	if (!path)
		return fault_no_memory(f);
	made = open_made(q, path, f);
	if (made < 0)
		return made;
	r = initramfs_list(&names, q->patient, path, &why);
	if (r < 0) {
		refuse(q, f);
		fault_reason(f, "%s", why.reason[0] ? why.reason : strerror(-r));
		return -EBADMSG;
	}
	r = check_contents(q, &names, f);
	if (r < 0)
		return r;
	r = stage_content(made, out_fd);
	return r < 0 ? fault_errno(f, -r, NULL, "copy the initramfs") : 0;
}

int generate_by_system(int out_fd, const struct generator_request *q,
	struct buffer *output, struct fault *f)
{
	int r = run(q, output, f);

	if (r == 0)
		r = take(out_fd, q, f);
	if (r < 0)
		fault_output(f, output);
	return r;
}
