/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes: a first one that owns the namespaces (man 7 pid_namespaces: when it
 * dies, everything in them is killed), and the program below it, which lacks the
 * capabilities by which a root could get out of what it is shown.
 */
#include "confined.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK 200 /* milliseconds */
#define NAMESPACES (CLONE_NEWNS | CLONE_NEWPID)
#define MORE_NAMESPACES (CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET)

/* Lent to mount again what is read-only, to write to the machine, to disturb it. */
static const int withheld[] = {CAP_SYS_ADMIN, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_BOOT,
	CAP_SYS_TIME, CAP_SYS_PTRACE, CAP_SYS_PACCT, CAP_LINUX_IMMUTABLE, CAP_NET_ADMIN,
	CAP_MAC_ADMIN, CAP_MAC_OVERRIDE, CAP_SYSLOG, CAP_AUDIT_CONTROL};

struct running {
	pid_t pid;
	int output, report; /* read ends */
};

/* ---- inside ---- */
static _Noreturn void tell(int report, const struct fault *f)
{
	(void)fd_write_all(report, f, sizeof(*f));
	_exit(127);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void fault_exec(struct fault *f, int error, const char *path)
{
	fault_errno(f, error, path, "run the system's own %s", path);
	if (error == ENOEXEC)
		fault_reason(f, "its programs are for another machine than this one");
	if (error == ENOENT)
		fault_reason(f, "it, or the interpreter that it names, is not there");
}

static _Noreturn void run_program(const struct confine_request *q, int report)
{
	static const char *const environment[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "LC_ALL=C", "TERM=dumb", NULL};
	struct fault f = {0};

	for (size_t i = 0; i < ARRAY_SIZE(withheld); i++)
		prctl(PR_CAPBSET_DROP, withheld[i], 0, 0, 0); /* EINVAL: older kernels */
	execve(q->arguments[0], (char *const *)q->arguments, (char *const *)environment);
	fault_exec(&f, errno, q->arguments[0]);
	tell(report, &f);
}

/* Waits for it as the first process of a namespace has to: for whatever else, too. */
static int wait_program(pid_t program)
{
	int status;

	for (;;) {
		pid_t pid = waitpid(-1, &status, 0);

		if (pid == program)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
						   : WEXITSTATUS(status);
		if (pid < 0 && errno != EINTR)
			return 127;
	}
}

static int use_output(int output)
{
	_cleanup_close_ int none = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (none < 0 || dup2(none, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
		dup2(output, STDERR_FILENO) < 0)
		return -errno;
	return 0;
}

static _Noreturn void run_first(const struct confine_request *q, int output, int report)
{
	const struct rlimit no_core = {0, 0};
	struct fault f = {0};
	pid_t program;
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	setsid();
	reset_signals();
	umask(022);
	setrlimit(RLIMIT_CORE, &no_core);
	r = use_output(output);
	if (r < 0)
		fault_errno(&f, -r, "/dev/null", "redirect a program's output");
	if (r == 0)
		r = confine_enter(q, &f);
	if (r < 0)
		tell(report, &f);
	program = fork();
	if (program == 0)
		run_program(q, report);
	if (program < 0) {
		fault_errno(&f, errno, NULL, "start a process");
		tell(report, &f);
	}
	_exit(wait_program(program));
}

/* ---- outside ---- */
static pid_t clone_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* A kernel without some of them (EINVAL) is asked for those that matter. */
static pid_t clone_first(void)
{
	pid_t pid = clone_into(NAMESPACES | MORE_NAMESPACES);

	return pid < 0 && errno == EINVAL ? clone_into(NAMESPACES) : pid;
}

static int fault_clone(struct fault *f, int error)
{
	if (error != EPERM)
		return fault_errno(f, error, NULL, "make namespaces for a program");
	fault_named(f, FAULT_NEEDS_PRIVILEGE, NULL, "run a program of the system",
		"shutting it in needs CAP_SYS_ADMIN");
	fault_hint(f, "run it as root");
	return -EPERM;
}

int confine_check(struct fault *f)
{
	pid_t pid = clone_first();
	int status;

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return fault_clone(f, errno);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return 0;
}

static int start(struct running *ret, const struct confine_request *q, struct fault *f)
{
	int output[2] = {-1, -1}, report[2] = {-1, -1}, r = 0;
	pid_t pid = -1;

	if (pipe2(output, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0 ||
		fcntl(output[0], F_SETFL, O_NONBLOCK) < 0)
		r = fault_errno(f, errno, NULL, "make a pipe");
	if (r == 0) {
		pid = clone_first();
		if (pid == 0)
			run_first(q, output[1], report[1]);
		r = pid < 0 ? fault_clone(f, errno) : 0;
	}
	safe_close(output[1]);
	safe_close(report[1]);
	if (r < 0) {
		safe_close(output[0]);
		safe_close(report[0]);
		return r;
	}
	*ret = (struct running){pid, output[0], report[0]};
	return 0;
}

/* The end of it is what tells why. */
static int append(struct buffer *output, const char *data, size_t size)
{
	if (output->size + size > 2 * (size_t)CONFINE_MAX_OUTPUT) {
		memmove(output->data, output->data + output->size - CONFINE_MAX_OUTPUT,
			CONFINE_MAX_OUTPUT);
		output->size = CONFINE_MAX_OUTPUT;
	}
	return buffer_append(output, data, size);
}

static int drain(struct running *p, struct buffer *output)
{
	char chunk[4096];
	ssize_t n;
	int r = 0;

	while (r == 0 && p->output >= 0 && (n = read(p->output, chunk, sizeof(chunk))) != -1)
		if (n == 0)
			p->output = safe_close(p->output); /* a poll would not wait */
		else
			r = append(output, chunk, (size_t)n);
	return r;
}

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int fault_late(const struct confine_request *q, struct fault *f)
{
	fault_errno(f, ETIMEDOUT, q->arguments[0], "wait for the system's own %s",
		q->arguments[0]);
	fault_reason(f, "it did not end within %u seconds and was killed", q->seconds);
	return -ETIMEDOUT;
}

/* 0: it has ended, with that status. */
static int watch(struct running *p, const struct confine_request *q, struct buffer *output,
	int *ret_status, struct fault *f)
{
	int64_t end = milliseconds() + (int64_t)q->seconds * 1000;
	int r;

	for (;;) {
		struct pollfd wait = {.fd = p->output, .events = POLLIN};
		bool has_ended = waitpid(p->pid, ret_status, WNOHANG) == p->pid;

		if (drain(p, output) < 0)
			return has_ended ? 0 : fault_no_memory(f);
		if (has_ended)
			return 0;
		r = q->tick ? q->tick(q->data, output->size, f) : 0;
		if (r == 0 && milliseconds() >= end)
			r = fault_late(q, f);
		if (r < 0)
			return r;
		poll(&wait, 1, TICK);
	}
}

/* What an inner process could not do before the program ran. */
static int read_report(int report, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer told = {0};
	struct fault first;

	if (fd_read_all(report, 2 * sizeof(first), &told) < 0 || told.size < sizeof(first))
		return 0;
	memcpy(&first, told.data, sizeof(first));
	if (f)
		*f = first;
	return first.error ? -first.error : -EINVAL;
}

static void kill_all(const struct running *p)
{
	int status;

	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
}

int confine_run(const struct confine_request *q, struct buffer *output, struct fault *f)
{
	struct running p;
	int status = 0, r = start(&p, q, f);

	if (r < 0)
		return r;
	r = watch(&p, q, output, &status, f);
	if (r < 0) {
		kill_all(&p);
		drain(&p, output);
	} else {
		r = read_report(p.report, f);
	}
	safe_close(p.output);
	safe_close(p.report);
	if (r < 0)
		return r;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
