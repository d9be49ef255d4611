/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system's own generator, played by scripts: good ones, and those that go wrong. */
#include "../../../rescue/generate/archive.h"
#include "generate.h"
#include "shell.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define V "5.14.0-1.el9.x86_64"
#define MODULES "usr/lib/modules/" V "/kernel/"
#define GENERATOR "/usr/bin/dracut"

struct generating {
	struct tree tree;
	struct target target;
	struct generator generator;
	struct generator_request request;
	struct buffer output;
	struct fault fault;
	int modules, out, result;
};

static int set_up(void **state)
{
	struct generating *x = calloc(1, sizeof(*x));

	tree_make(&x->tree, "d 0755 /lib/modules/" V "\nf 0600 /out\n"
			    "f 0644 /lib/modules/" V "/modules.builtin =kernel/fs/ext4/ext4.ko\n");
	tree_add_shell(&x->tree);
	x->target.fd = x->tree.fd;
	x->modules = openat(x->tree.fd, "lib/modules/" V, O_RDONLY | O_DIRECTORY);
	x->out = openat(x->tree.fd, "out", O_RDWR);
	x->generator = (struct generator){
		.kind = GENERATOR_DRACUT, .path = (char *)GENERATOR, .knows_no_hostonly = true};
	x->request = (struct generator_request){.release = V,
		.generator = &x->generator,
		.patient = &x->target,
		.scratch = "/scratch",
		.modules_fd = x->modules,
		.root_fstype = "xfs",
		.seconds = 60};
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct generating *x = *state;

	buffer_done(&x->output);
	close(x->modules);
	close(x->out);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

/* An archive of empty files of these names (blanks between them) in the tree. */
static void make_image(struct generating *x, const char *path, const char *names)
{
	_cleanup_free_ char *text = strdup(names);
	char *rest = text, *name;
	struct cpio c = {0};
	int fd;

	tree_file(&x->tree, path, "", 0);
	fd = openat(x->tree.fd, path + 1, O_WRONLY | O_TRUNC);
	assert_true(fd >= 0);
	assert_int_equal(cpio_open(&c, fd, CPIO_GZIP, 0, NULL), 0);
	while ((name = strsep(&rest, " ")))
		assert_int_equal(cpio_file(&c, name, 0644, (struct bytes){0}, NULL), 0);
	assert_int_equal(cpio_finish(&c, NULL), 0);
	cpio_done(&c);
	close(fd);
}

static void generate(struct generating *x, const char *script)
{
	_cleanup_free_ char *text = text_printf("#!/bin/sh\n%s\n", script);
	_cleanup_free_ char *path = text_printf("%s" GENERATOR, x->tree.path);

	tree_file(&x->tree, GENERATOR, text, strlen(text));
	assert_int_equal(chmod(path, 0755), 0);
	tree_add(&x->tree, "r /scratch\nd 0755 /scratch\n");
	buffer_done(&x->output);
	assert_int_equal(ftruncate(x->out, 0), 0);
	assert_int_equal(lseek(x->out, 0, SEEK_SET), 0);
	x->fault = (struct fault){0};
	x->result = generate_by_system(x->out, &x->request, &x->output, &x->fault);
}

static off_t out_size(const struct generating *x)
{
	return lseek(x->out, 0, SEEK_END);
}

static void test_good(void **state)
{
	struct generating *x = *state;
	struct stat st;

	NEED_CONFINE();
	make_image(x, "/image", "init " MODULES "fs/xfs/xfs.ko.xz");
	generate(x, "echo \"$@\"; cat /image >/tmp/initramfs.img");
	assert_int_equal(x->result, 0);
	assert_string_equal(
		x->output.data, "-f --no-hostonly /tmp/initramfs.img " V "\n");
	assert_int_equal(target_stat(&x->target, "/image", &st), 0);
	assert_int_equal(out_size(x), st.st_size);
	/* EL6's takes everything without being asked; a new one may make an EFI program. */
	x->generator.knows_no_hostonly = false;
	x->generator.knows_no_uefi = true;
	generate(x, "echo \"$@\"; cat /image >/tmp/initramfs.img");
	assert_string_equal(x->output.data, "-f --no-uefi /tmp/initramfs.img " V "\n");
}

/* The driver may be in the kernel itself; ext4's mounts its ancestors. */
static void test_built_in(void **state)
{
	struct generating *x = *state;

	NEED_CONFINE();
	make_image(x, "/image", "init bin/sh");
	x->request.root_fstype = "ext3";
	generate(x, "cat /image >/tmp/initramfs.img");
	assert_int_equal(x->result, 0);
	x->request.root_fstype = NULL;
	generate(x, "cat /image >/tmp/initramfs.img");
	assert_int_equal(x->result, 0);
}

/* What must not be used: nothing of it reaches the output. */
static void test_useless(void **state)
{
	static const struct {
		const char *names, *reason;
		unsigned pieces;
	} cases[] = {
		{"init bin/sh", "no driver for this root's file system (xfs)", 0},
		{"bin/sh " MODULES "xfs.ko", "no /init", 0},
		{"init lib/modules/4.0/kernel/xfs.ko", "modules of kernel 4.0", 0},
		{"init bin/sh " MODULES "xfs.ko", "cannot open an md array", PIECE_MD},
		{"init sbin/mdadm " MODULES "xfs.ko", "LVM volume", PIECE_MD | PIECE_LVM},
		{"init sbin/lvm " MODULES "xfs.ko", "encrypted device", PIECE_CRYPT},
	};
	struct generating *x = *state;

	NEED_CONFINE();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_image(x, "/image", cases[i].names);
		x->request.pieces = cases[i].pieces;
		generate(x, "echo making; cat /image >/tmp/initramfs.img");
		assert_int_equal(x->result, -EBADMSG);
		if (!strstr(x->fault.reason, cases[i].reason))
			fail_msg("%s: %s", cases[i].names, x->fault.reason);
		assert_int_equal(out_size(x), 0);
		assert_string_equal(x->fault.output, "making\n");
	}
	make_image(x, "/image", "init usr/sbin/lvm sbin/mdadm usr/lib/systemd/systemd-cryptsetup "
				MODULES "xfs.ko");
	x->request.pieces = PIECE_LVM | PIECE_MD | PIECE_CRYPT | PIECE_CLEVIS;
	generate(x, "cat /image >/tmp/initramfs.img");
	assert_int_equal(x->result, 0);
}

static void test_no_image(void **state)
{
	static const struct {
		const char *script, *reason;
	} cases[] = {
		{":", "it made none"},
		{"echo text >/tmp/initramfs.img", "neither a cpio archive nor compressed"},
		{">/tmp/initramfs.img", "empty"},
	};
	struct generating *x = *state;

	NEED_CONFINE();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		generate(x, cases[i].script);
		assert_int_equal(x->result, -EBADMSG);
		if (!strstr(x->fault.reason, cases[i].reason))
			fail_msg("%s: %s", cases[i].script, x->fault.reason);
		assert_int_equal(out_size(x), 0);
	}
}

/* A link in the place of the image is not followed. */
static void test_link(void **state)
{
	struct generating *x = *state;

	NEED_CONFINE();
	make_image(x, "/image", "init " MODULES "xfs.ko");
	generate(x, "ln -s /image /tmp/initramfs.img");
	assert_int_equal(x->result, -EBADMSG);
	assert_non_null(strstr(x->fault.reason, "no regular file"));
}

static void test_failing(void **state)
{
	struct generating *x = *state;

	NEED_CONFINE();
	generate(x, "echo 'dracut: FAILED: x'; exit 3");
	assert_int_equal(x->result, -EIO);
	assert_non_null(strstr(x->fault.reason, "exit status 3"));
	assert_string_equal(x->fault.output, "dracut: FAILED: x\n");
	assert_string_equal(x->output.data, "dracut: FAILED: x\n");
}

static void test_hanging(void **state)
{
	struct generating *x = *state;

	NEED_CONFINE();
	x->request.seconds = 1;
	generate(x, "echo waiting; while :; do :; done");
	assert_int_equal(x->result, -ETIMEDOUT);
	assert_string_equal(x->fault.output, "waiting\n");
	assert_int_equal(out_size(x), 0);
}

/* What it writes elsewhere is refused to it, and does no harm. */
static void test_writing_elsewhere(void **state)
{
	struct generating *x = *state;

	NEED_CONFINE();
	make_image(x, "/image", "init " MODULES "xfs.ko");
	generate(x, "echo x >/lib/modules/" V "/modules.dep; echo x >/boot; echo x >/bin/sh\n"
		    "cat /image >/tmp/initramfs.img");
	assert_int_equal(x->result, 0);
	assert_false(target_exists(&x->target, "/lib/modules/" V "/modules.dep"));
	assert_false(target_exists(&x->target, "/boot"));
	assert_non_null(strstr(x->output.data, "Read-only file system"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_good),
		TEST(test_built_in),
		TEST(test_useless),
		TEST(test_no_image),
		TEST(test_link),
		TEST(test_failing),
		TEST(test_hanging),
		TEST(test_writing_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
