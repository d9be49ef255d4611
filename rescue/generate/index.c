/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The module index, made by kmod's own depmod. It runs in a child: it keeps static state,
 * and a damaged module may kill it without harm.
 */
#include "generate.h"
#include "staged.h"

#include <depmod.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#define MAX_MESSAGES 65536 /* bytes that the child may tell */
#define MAX_CPU_SECONDS 300

static const char *const index_names[] = {"modules.dep", "modules.dep.bin",
	"modules.alias", "modules.alias.bin", "modules.softdep", "modules.symbols",
	"modules.symbols.bin", "modules.builtin.bin", "modules.builtin.alias.bin",
	"modules.devname"};

/* kmod's directories without /run, whose content the next boot will not find there. */
static const char *const configuration[] = {"/etc/depmod.d", "/usr/local/lib/depmod.d",
	"/usr/lib/depmod.d", "/lib/depmod.d", NULL};

struct child {
	struct staged staged;
	int messages; /* pipe */
	size_t told;
};

static int open_for_depmod(void *data, const char *path)
{
	const struct child *c = data;

	return staged_open(&c->staged, path);
}

static void tell(void *data, int priority, const char *text)
{
	struct child *c = data;
	size_t length = strlen(text);

	if (priority > LOG_ERR || c->told + length + 1 > MAX_MESSAGES)
		return;
	c->told += length + 1;
	(void)(fd_write_all(c->messages, text, length) == 0 &&
		fd_write_all(c->messages, "\n", 1) == 0);
}

static _Noreturn void run_child(struct child *c, const char *release)
{
	const struct rlimit cpu = {MAX_CPU_SECONDS, MAX_CPU_SECONDS}, core = {0, 0};
	const struct depmod_options options = {
		.directory = c->staged.directory,
		.release = release,
		.configuration = configuration,
		.open = open_for_depmod,
		.message = tell,
		.data = c,
	};
	int r;

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &core);
	signal(SIGPIPE, SIG_IGN);
	umask(022);
	r = depmod_index(&options);
	_exit(r < 0 ? MIN_OF(-r, 255) : 0);
}

/* Inode numbers of the index files; 0 where there is none. */
static void take_inodes(int fd, ino_t ret[ARRAY_SIZE(index_names)])
{
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(index_names); i++)
		ret[i] = fstatat(fd, index_names[i], &st, AT_SYMLINK_NOFOLLOW) == 0
				 ? st.st_ino
				 : 0;
}

/* depmod calls it success when it could not make a file: each must have been replaced. */
static const char *not_replaced(int fd, const ino_t before[ARRAY_SIZE(index_names)])
{
	ino_t now[ARRAY_SIZE(index_names)];

	take_inodes(fd, now);
	for (size_t i = 0; i < ARRAY_SIZE(index_names); i++)
		if (now[i] == 0 || now[i] == before[i])
			return index_names[i];
	return NULL;
}

/* Half-written files of a child that died bear its number: modules.dep.PID.USEC.SEC. */
static void remove_leftovers(int fd, pid_t pid)
{
	_cleanup_(strings_done) struct strings names = {0};
	const struct target directory = {.fd = fd};
	char mark[32];

	snprintf(mark, sizeof(mark), ".%d.", (int)pid);
	if (target_list(&directory, "/", &names, NULL) < 0)
		return;
	for (size_t i = 0; i < names.count; i++)
		if (text_starts(names.items[i], "modules.") &&
			strstr(names.items[i], mark))
			unlinkat(fd, names.items[i], 0);
}

/* Logs what depmod said; *ret: the last of it, or NULL. */
static int take_messages(int pipe, char **ret)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	char *rest, *line, *last = NULL;
	int r;

	r = fd_read_all(pipe, MAX_MESSAGES, &text);
	if (r < 0)
		return r;
	for (rest = text.data; (line = strsep(&rest, "\n"));) {
		if (*line == '\0')
			continue;
		log_line("depmod: %s", line);
		last = line;
	}
	if (last && !(*ret = strdup(last)))
		return -ENOMEM;
	return 0;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFSIGNALED(status))
		return -EIO;
	return -WEXITSTATUS(status);
}

static int start_child(struct child *c, const char *release, pid_t *ret, int *ret_pipe)
{
	_cleanup_close_ int reading = -1, writing = -1;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	reading = ends[0];
	writing = ends[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		c->messages = writing;
		run_child(c, release);
	}
	*ret = pid;
	*ret_pipe = TAKE_FD(reading);
	return 0;
}

int generate_index(int modules_fd, const char *release, const struct target *patient,
	struct fault *f)
{
	_cleanup_close_ int messages = -1;
	_cleanup_free_ char *said = NULL;
	struct child child = {0};
	ino_t before[ARRAY_SIZE(index_names)];
	const char *missing;
	pid_t pid = -1;
	int r, told;

	r = staged_init(&child.staged, modules_fd, release, patient, f);
	if (r < 0)
		return r;
	take_inodes(modules_fd, before);
	r = start_child(&child, release, &pid, &messages);
	if (r < 0)
		return fault_errno(f, -r, NULL, "start depmod");
	told = take_messages(messages, &said);
	messages = safe_close(messages);
	r = wait_for(pid);
	if (r < 0)
		remove_leftovers(modules_fd, pid);
	else if (told < 0)
		r = told;
	missing = r == 0 ? not_replaced(modules_fd, before) : NULL;
	if (r == 0 && !missing)
		return 0;
	r = fault_errno(f, missing ? EIO : -r, child.staged.directory,
		"index modules in %s", child.staged.directory);
	if (said)
		fault_reason(f, "depmod: %s", said);
	else if (missing)
		fault_reason(f, "depmod made no %s", missing);
	return r;
}
