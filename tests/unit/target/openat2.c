/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both resolvers give the same answer on hostile trees, and it is inside the tree. */
#include "resolvers.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char hostile[] = "f 0644 /outside/secret =do not read\n"
			      "f 0644 /patient/etc/fstab =text\n"
			      "f 0600 /patient/usr/lib/modules/1/a.ko =module\n"
			      "d 0000 /patient/closed\n"
			      "f 0000 /patient/shut =x\n"
			      "p 0644 /patient/fifo\n"
			      "l /patient/lib usr/lib\n"
			      "l /patient/abs /etc/fstab\n"
			      "l /patient/rel etc/fstab\n"
			      "l /patient/up ../../../../../../etc/fstab\n"
			      "l /patient/etc/out ../../outside/secret\n"
			      "l /patient/etc/outer /../outside/secret\n"
			      "l /patient/loop loop\n"
			      "l /patient/ping pong\n"
			      "l /patient/pong ./ping\n"
			      "l /patient/etc/spiral ../etc/spiral/x\n"
			      "l /patient/dangling nowhere/at/all\n"
			      "l /patient/dir etc\n"
			      "l /patient/dirslash etc/\n"
			      "l /patient/fileslash etc/fstab/\n"
			      "l /patient/root /\n"
			      "l /patient/roots ///\n"
			      "l /patient/dot .\n"
			      "l /patient/dotdot ..\n"
			      "l /patient/deepdots etc/../../../..\n"
			      "l /patient/fifolink fifo\n"
			      "l /patient/proc/self/root /\n"
			      "l /patient/proc/self/cwd ../../../outside\n";

static struct tree tree;
static struct target target = {.fd = -1};

static int make_hostile(void **state)
{
	(void)state;
	tree_make(&tree, hostile);
	target.fd = openat(tree.fd, "patient", O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* Not everyone may make devices; the paths are then just absent. */
	mknodat(target.fd, "null", S_IFCHR | 0666, makedev(1, 3));
	return target.fd < 0;
}

static int remove_hostile(void **state)
{
	(void)state;
	target_use_resolver(RESOLVE_AUTO);
	target_done(&target);
	tree_remove(&tree);
	return 0;
}

static const struct {
	const char *path;
	int error;
	const char *is; /* below patient/, when error is 0 */
} answers[] = {
	{"/etc/fstab", 0, "etc/fstab"},
	{"etc/fstab", 0, "etc/fstab"},
	{"//etc///fstab", 0, "etc/fstab"},
	{"./etc/./fstab", 0, "etc/fstab"},
	{"/lib/modules/1/a.ko", 0, "usr/lib/modules/1/a.ko"},
	{"abs", 0, "etc/fstab"},
	{"rel", 0, "etc/fstab"},
	{"up", 0, "etc/fstab"},
	{"../../etc/fstab", 0, "etc/fstab"},
	{"etc/../../../etc/fstab", 0, "etc/fstab"},
	{"/", 0, "."},
	{".", 0, "."},
	{"..", 0, "."},
	{"/..", 0, "."},
	{"root", 0, "."},
	{"roots", 0, "."},
	{"root/", 0, "."},
	{"dot/dot/dot", 0, "."},
	{"dotdot", 0, "."},
	{"deepdots", 0, "."},
	{"deepdots/etc", 0, "etc"},
	{"etc/..", 0, "."},
	{"dir/", 0, "etc"},
	{"dirslash", 0, "etc"},
	{"dirslash/fstab", 0, "etc/fstab"},
	{"dir/../lib", 0, "usr/lib"},
	{"lib/..", 0, "usr"},
	{"fifolink", 0, "fifo"},
	{"proc/self/root/etc/fstab", 0, "etc/fstab"},
	{"", ENOENT, NULL},
	{"nothing", ENOENT, NULL},
	{"nothing/..", ENOENT, NULL},
	{"dangling", ENOENT, NULL},
	{"dangling/", ENOENT, NULL},
	{"etc/out", ENOENT, NULL},
	{"etc/outer", ENOENT, NULL},
	{"../outside/secret", ENOENT, NULL},
	{"/../outside/secret", ENOENT, NULL},
	{"dotdot/outside/secret", ENOENT, NULL},
	{"proc/self/cwd/secret", ENOENT, NULL},
	{"loop", ELOOP, NULL},
	{"loop/x", ELOOP, NULL},
	{"ping", ELOOP, NULL},
	{"etc/spiral", ELOOP, NULL},
	{"etc/fstab/", ENOTDIR, NULL},
	{"etc/fstab/.", ENOTDIR, NULL},
	{"etc/fstab/..", ENOTDIR, NULL},
	{"etc/fstab/x", ENOTDIR, NULL},
	{"fileslash", ENOTDIR, NULL},
	{"abs/", ENOTDIR, NULL},
	{"abs/..", ENOTDIR, NULL},
	{"fifo/x", ENOTDIR, NULL},
};

static void answers_are_right_and_inside(void **state)
{
	(void)state;
	for (size_t r = 0; r < resolver_count(); r++) {
		target_use_resolver(resolvers[r]);
		for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
			struct stat st, is;
			int error = target_stat(&target, answers[i].path, &st);

			if (error != -answers[i].error)
				fail_msg("%s: %d, not %d (resolver %zu)", answers[i].path,
					error, -answers[i].error, r);
			if (error < 0)
				continue;
			assert_int_equal(fstatat(target.fd, answers[i].is, &is, 0), 0);
			if (st.st_ino != is.st_ino || st.st_dev != is.st_dev)
				fail_msg("%s is not %s (resolver %zu)", answers[i].path,
					answers[i].is, r);
		}
	}
}

/* What a resolver answers: -errno, or which object it is (and the link's text). */
struct answer {
	int r;
	dev_t device;
	ino_t inode;
	char *text;
};

static struct answer ask_open(const char *path, int flags)
{
	struct answer a = {.r = target_open(&target, path, flags, NULL)};
	struct stat st;

	if (a.r < 0)
		return a;
	assert_int_equal(fstat(a.r, &st), 0);
	assert_int_equal(fcntl(a.r, F_GETFD), FD_CLOEXEC);
	close(a.r);
	return (struct answer){.device = st.st_dev, .inode = st.st_ino};
}

static struct answer ask_lstat(const char *path, int flags)
{
	struct stat st = {0};
	struct answer a = {.r = target_lstat(&target, path, &st)};

	(void)flags;
	a.device = st.st_dev;
	a.inode = st.st_ino;
	return a;
}

static struct answer ask_readlink(const char *path, int flags)
{
	struct answer a = {0};

	(void)flags;
	a.r = target_readlink(&target, path, &a.text);
	return a;
}

static void compare(const char *path, int flags, struct answer (*ask)(const char *, int))
{
	struct answer a, b;

	target_use_resolver(RESOLVE_WALK);
	a = ask(path, flags);
	target_use_resolver(RESOLVE_OPENAT2);
	b = ask(path, flags);
	if (a.r != b.r || a.device != b.device || a.inode != b.inode ||
		!text_equal(a.text, b.text))
		fail_msg("\"%s\" flags %#o: walking %d inode %lu, openat2 %d inode %lu",
			path, (unsigned)flags, a.r, (unsigned long)a.inode, b.r,
			(unsigned long)b.inode);
	free(a.text);
	free(b.text);
}

static void compare_all_ways(const char *path)
{
	static const int flags[] = {O_RDONLY | O_NONBLOCK,
		O_RDONLY | O_NONBLOCK | O_NOFOLLOW, O_PATH, O_PATH | O_NOFOLLOW,
		O_RDONLY | O_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
		O_PATH | O_DIRECTORY, O_PATH | O_RDWR | O_NONBLOCK, O_RDWR | O_NONBLOCK,
		O_WRONLY | O_NONBLOCK | O_NOFOLLOW, O_RDONLY | O_NONBLOCK | O_NOATIME};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		compare(path, flags[i], ask_open);
	compare(path, 0, ask_lstat);
	compare(path, 0, ask_readlink);
}

static const char *const parts[] = {"etc", "etc/fstab", "etc/out", "etc/outer",
	"etc/spiral", "usr/lib", "closed", "shut", "fifo", "null", "lib", "abs", "rel",
	"up", "loop", "ping", "dangling", "dir", "dirslash", "fileslash", "root", "roots",
	"dot", "dotdot", "deepdots", "fifolink", ".", "..", "", "nothing",
	"proc/self/root", "proc/self/cwd", "outside/secret", "modules/1/a.ko"};

static void compare_combinations(void)
{
	static const char *const tails[] = {"", "/", "/.", "/.."};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(parts); j++) {
			for (size_t k = 0; k < ARRAY_SIZE(tails); k++) {
				_cleanup_free_ char *path = text_printf(
					"%s/%s%s", parts[i], parts[j], tails[k]);

				compare_all_ways(path);
			}
		}
		compare_all_ways(parts[i]);
	}
}

static void both_agree_on_every_combination(void **state)
{
	int before = dup(0), after;

	(void)state;
	close(before);
	if (!have_openat2())
		skip();
	compare_combinations();
	after = dup(0);
	assert_int_equal(before, after); /* nothing left open */
	close(after);
}

/* Permissions bind root only as another user. */
static void both_agree_without_privilege(void **state)
{
	(void)state;
	if (!have_openat2() || geteuid() != 0 || seteuid(65534) < 0)
		skip();
	compare_combinations();
}

static int regain_privilege(void **state)
{
	(void)state;
	return seteuid(getuid());
}

/* 24 links in each of these, l0 to l23, that lead anywhere; the seed is fixed. */
static const char *const directories[] = {"a", "a/b", "a/b/c", "d", "."};

static void make_random_links(struct tree *random)
{
	static const char *const steps[] = {"l0", "l1", "l2", "l7", "..", "../..", "a",
		"a/b", "b", "c", "d", ".", "/", "", "b/c", "file"};
	uint32_t seed = 20240501;

	tree_make(random, "d 0755 /a/b/c\nd 0755 /d\nf 0644 /a/b/file\n");
	for (int i = 0; i < 120; i++) {
		const char *step[3];
		char line[128];

		for (int j = 0; j < 3; j++) {
			seed = seed * 1664525 + 1013904223;
			step[j] = steps[seed >> 28];
		}
		snprintf(line, sizeof(line), "l /%s/l%d %s%s/%s/%s", directories[i % 5],
			i / 5, i % 4 == 0 ? "/" : "", step[0], step[1], step[2]);
		tree_add(random, line);
	}
}

static void both_agree_on_random_links(void **state)
{
	struct tree random;
	int kept = target.fd;

	(void)state;
	if (!have_openat2())
		skip();
	make_random_links(&random);
	target.fd = random.fd;
	for (int i = 0; i < 120 * 24; i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/l%d/l%d%s", directories[i % 5],
			i / 5 % 24, i / 120, i % 3 == 0 ? "/" : "");
		compare(path, O_PATH, ask_open);
		compare(path, O_RDONLY | O_NOFOLLOW, ask_open);
	}
	target.fd = kept;
	tree_remove(&random);
}

/* A filter as old live media and containers have one. */
static void deny_openat2(unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 437, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = ARRAY_SIZE(code), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(77);
}

static int child_without_openat2(unsigned error)
{
	struct stat st;

	deny_openat2(error);
	target_use_resolver(RESOLVE_OPENAT2);
	if (target_stat(&target, "abs", &st) != -(int)error)
		return 1;
	target_use_resolver(RESOLVE_AUTO);
	for (int i = 0; i < 2; i++) {
		if (target_stat(&target, "abs", &st) != 0 ||
			target_stat(&target, "etc/out", &st) != -ENOENT)
			return 2;
	}
	return 0;
}

static void without_openat2_it_walks(void **state)
{
	static const unsigned errors[] = {ENOSYS, EPERM, EINVAL, E2BIG, EAGAIN};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			_exit(child_without_openat2(errors[i]));
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			skip();
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_right_and_inside),
		cmocka_unit_test(both_agree_on_every_combination),
		cmocka_unit_test_teardown(both_agree_without_privilege, regain_privilege),
		cmocka_unit_test(both_agree_on_random_links),
		cmocka_unit_test(without_openat2_it_walks),
	};

	return cmocka_run_group_tests(tests, make_hostile, remove_hostile);
}
