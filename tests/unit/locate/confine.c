/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that are shut in: what they see, what they cannot do, how they end. */
#include "confine.h"
#include "shell.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

struct run {
	struct tree tree;
	struct target target;
	struct confine_request request;
	struct buffer output;
	struct fault fault;
	int result;
};

static int set_up(void **state)
{
	struct run *x = calloc(1, sizeof(*x));

	tree_make(&x->tree, "f 0644 /etc/hostname =patient\n"
			    "f 0644 /lib/modules/1/one.ko =one\n"
			    "f 0644 /lib/modules/.rescue-0001-3/new.ko =new\n"
			    "l /lib/modules/link 1\n");
	tree_add_shell(&x->tree);
	x->target.fd = x->tree.fd;
	x->request = (struct confine_request){
		.target = &x->target, .scratch = "/scratch", .seconds = 60};
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct run *x = *state;

	buffer_done(&x->output);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

static void run(struct run *x, const char *script)
{
	const char *arguments[] = {"/bin/sh", "-c", script, NULL};

	buffer_done(&x->output);
	x->request.arguments = arguments;
	x->fault = (struct fault){0};
	x->result = confine_run(&x->request, &x->output, &x->fault);
}

/* It ended well and said just that. */
static void expect(struct run *x, const char *script, const char *output)
{
	run(x, script);
	if (x->result != 0)
		fail_msg("%d: %s: %s %s", x->result, x->fault.doing, x->fault.reason,
			x->output.data ? x->output.data : "");
	assert_string_equal(x->output.data ? x->output.data : "", output);
}

static void test_result(void **state)
{
	struct run *x = *state;

	NEED_CONFINE();
	assert_int_equal(confine_check(NULL), 0);
	expect(x, "read name </etc/hostname; echo $name; echo two >&2", "patient\ntwo\n");
	expect(x, ":", "");
	run(x, "echo why; exit 7");
	assert_int_equal(x->result, 7);
	assert_string_equal(x->output.data, "why\n");
	run(x, "kill -9 $$");
	assert_int_equal(x->result, 128 + SIGKILL);
}

static void test_only_scratch_is_writable(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct run *x = *state;

	NEED_CONFINE();
	before = tree_describe(&x->tree);
	expect(x,
		"for place in / /etc /lib/modules /lib/modules/1 /proc /sys /dev; do\n"
		"(echo x >$place/written) 2>/dev/null && echo $place\n"
		"done; (echo x >/etc/hostname) 2>/dev/null && echo changed; :",
		"");
	after = tree_describe(&x->tree);
	assert_string_equal(before, after);
	expect(x, "echo 1 >/tmp/a; echo 2 >/var/tmp/b; echo 3 >/run/c; echo $(echo /tmp/*)",
		"/tmp/a /tmp/b\n");
	assert_true(target_exists(&x->target, "/scratch/a"));
	assert_true(target_exists(&x->target, "/scratch/b"));
	assert_false(target_exists(&x->target, "/run/c"));
	assert_false(target_exists(&x->target, "/tmp/a"));
}

static void test_machine(void **state)
{
	struct run *x = *state;

	NEED_CONFINE();
	expect(x, "echo ignored >/dev/null; echo $$", "2\n");
	expect(x, "for d in /dev/*; do [ ! -b $d ] || echo $d; done", "");
	expect(x, "[ -d /sys/class ] && [ -r /proc/self/status ] && echo both", "both\n");
	/* A network of its own has nothing but a loopback device. */
	expect(x, "while read name rest; do echo $name; done </proc/net/dev | "
		  "while read name; do case $name in *:) echo $name;; esac; done",
		"lo:\n");
}

/* No way to mount, to load modules, to write to the machine. */
static void test_capabilities(void **state)
{
	struct run *x = *state;
	unsigned long long set;
	const char *at;

	NEED_CONFINE();
	run(x, "while read line; do echo \"$line\"; done </proc/self/status");
	assert_int_equal(x->result, 0);
	at = strstr(x->output.data, "CapEff:");
	assert_non_null(at);
	set = strtoull(at + strlen("CapEff:"), NULL, 16);
	assert_false(set & 1ull << 21); /* CAP_SYS_ADMIN */
	assert_false(set & 1ull << 16); /* CAP_SYS_MODULE */
	assert_true(set & 1ull << 0);	/* CAP_CHOWN */
}

static void test_other_names(void **state)
{
	struct confine_bind binds[] = {
		{(char *)"/lib/modules/.rescue-0001-3", (char *)"/lib/modules/2"},
		{(char *)"/etc/hostname", (char *)"/boot/deep/config-2"},
		{(char *)"/etc/hostname", (char *)"/boot/deep/other"},
	};
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct run *x = *state;

	NEED_CONFINE();
	x->request.binds = binds;
	x->request.bind_count = ARRAY_SIZE(binds);
	before = tree_describe(&x->tree);
	expect(x, "echo /lib/modules/* /lib/modules/*/* /boot/deep/*",
		"/lib/modules/1 /lib/modules/2 /lib/modules/link "
		"/lib/modules/1/one.ko /lib/modules/2/new.ko /lib/modules/link/one.ko "
		"/boot/deep/config-2 /boot/deep/other\n");
	expect(x, "(echo x >/lib/modules/2/new.ko) 2>/dev/null || echo no\n"
		  "read a </lib/modules/2/new.ko; read b </boot/deep/other; echo $a $b",
		"no\nnew patient\n");
	after = tree_describe(&x->tree);
	assert_string_equal(before, after);
	/* What is there gives way to what is to be there. */
	binds[0].path = (char *)"/lib/modules/1";
	expect(x, "echo /lib/modules/1/*", "/lib/modules/1/new.ko\n");
	binds[0].from = (char *)"/lib/modules/none";
	run(x, ":");
	assert_int_equal(x->result, -ENOENT);
}

static long size_of(struct run *x, const char *path)
{
	struct stat st;

	return target_stat(&x->target, path, &st) < 0 ? -1 : (long)st.st_size;
}

/* Whatever it has started ends with it. */
static void test_time_limit(void **state)
{
	struct run *x = *state;
	const struct timespec while_ = {0, 200000000};
	time_t begun = time(NULL);
	long size;

	NEED_CONFINE();
	x->request.seconds = 1;
	run(x, "trap '' TERM; (while :; do echo x; done) >/tmp/alive &\n"
	       "echo begun; while :; do read line; done");
	assert_int_equal(x->result, -ETIMEDOUT);
	assert_true(time(NULL) - begun < 20);
	assert_string_equal(x->output.data, "begun\n");
	assert_non_null(strstr(x->fault.reason, "1 seconds"));
	size = size_of(x, "/scratch/alive");
	nanosleep(&while_, NULL);
	assert_int_equal(size_of(x, "/scratch/alive"), size);
	/* One that leaves somebody behind is over when it says so. */
	x->request.seconds = 60;
	expect(x, "(while :; do :; done) & echo done", "done\n");
}

static int stop_at_once(void *data, size_t output, struct fault *f)
{
	(void)data;
	(void)output;
	return fault_named(f, FAULT_INTERRUPTED, NULL, "go on", "asked to stop");
}

static void test_interrupted(void **state)
{
	struct run *x = *state;

	NEED_CONFINE();
	x->request.tick = stop_at_once;
	run(x, "while :; do :; done");
	assert_true(x->result < 0);
	assert_int_equal(x->fault.code, FAULT_INTERRUPTED);
}

static void test_long_output(void **state)
{
	struct run *x = *state;
	size_t size;

	NEED_CONFINE();
	run(x, "i=0; while [ $i -lt 30000 ]; do echo 'line line line line line' $i; "
	       "i=$((i + 1)); done; echo end");
	assert_int_equal(x->result, 0);
	size = x->output.size;
	assert_true(size >= CONFINE_MAX_OUTPUT && size <= 2 * CONFINE_MAX_OUTPUT);
	assert_string_equal(x->output.data + size - 4, "end\n");
}

static void run_file(struct run *x, const char *path)
{
	const char *arguments[] = {path, NULL};

	x->request.arguments = arguments;
	x->fault = (struct fault){0};
	x->result = confine_run(&x->request, &x->output, &x->fault);
}

/* Of another architecture, without its interpreter, absent. */
static void test_cannot_run(void **state)
{
	static const unsigned char foreign[64] = {
		0x7f, 'E', 'L', 'F', 2, 1, 1, [16] = 2, [18] = 0xfe, [19] = 0xca, [20] = 1};
	_cleanup_free_ char *path = NULL;
	struct run *x = *state;

	NEED_CONFINE();
	tree_file(&x->tree, "/bin/foreign", foreign, sizeof(foreign));
	path = text_printf("%s/bin/foreign", x->tree.path);
	assert_int_equal(chmod(path, 0755), 0);
	tree_add(&x->tree, "f 0755 /bin/script =#!/bin/none\n"
			   "f 0755 /bin/other =#!/bin/foreign\n");
	run_file(x, "/bin/foreign");
	assert_int_equal(x->result, -ENOEXEC);
	assert_non_null(strstr(x->fault.reason, "another machine"));
	run_file(x, "/bin/other");
	assert_int_equal(x->result, -ENOEXEC);
	run_file(x, "/bin/script");
	assert_int_equal(x->result, -ENOENT);
	run_file(x, "/bin/absent");
	assert_int_equal(x->result, -ENOENT);
	assert_string_equal(x->fault.path, "/bin/absent");
}

/* A tree that cannot be shown as it has to be is not used at all. */
static void test_lacking_tree(void **state)
{
	struct run *x = *state;

	NEED_CONFINE();
	tree_add(&x->tree, "r /run\nr /var\nr /sys\n");
	expect(x, "echo well", "well\n");
	tree_add(&x->tree, "r /proc\nl /proc /nowhere\n");
	run(x, ":");
	assert_int_equal(x->result, -ENOENT);
	assert_string_equal(x->fault.path, "/proc");
}

/* Links of the patient lead to its own places. */
static void test_links(void **state)
{
	struct run *x = *state;

	NEED_CONFINE();
	tree_add(&x->tree, "r /var/tmp\nl /var/tmp /tmp\nr /run\nl /run /etc\n");
	expect(x, "echo 1 >/var/tmp/a; echo /tmp/*", "/tmp/a\n");
	assert_true(target_exists(&x->target, "/scratch/a"));
	assert_int_not_equal(access("/tmp/a", F_OK), 0);
}

/* The running system itself: --root /. */
static void test_whole_machine(void **state)
{
	_cleanup_(target_done) struct target root = {open("/", O_RDONLY | O_DIRECTORY)};
	struct run *x = *state;
	_cleanup_free_ char *scratch = text_printf("%s/scratch", x->tree.path);

	NEED_CONFINE();
	x->request.target = &root;
	x->request.scratch = scratch;
	expect(x, "(echo x >/etc/rescue-test) 2>/dev/null || echo no; echo 1 >/tmp/own",
		"no\n");
	assert_true(target_exists(&x->target, "/scratch/own"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_result),
		TEST(test_only_scratch_is_writable),
		TEST(test_machine),
		TEST(test_capabilities),
		TEST(test_other_names),
		TEST(test_time_limit),
		TEST(test_interrupted),
		TEST(test_long_output),
		TEST(test_cannot_run),
		TEST(test_lacking_tree),
		TEST(test_links),
		TEST(test_whole_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
