/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of a machine that judges modules. Each line of /list is
 *	ID FILE NAME [FILE NAME]…
 * a module, and the modules that it needs, those that need nothing first. What it answers
 * on the console:
 *	BEGIN ID		before anything is tried
 *	STUCK ID		a module of that name was loaded and cannot be unloaded
 *	NEED ID NAME ERRNO LINKED	one that it needs does not load
 *	SAYS ID TEXT		a line of the kernel's log
 *	DONE ID ERRNO LINKED	finit_module's answer; LINKED 1: its init function was begun
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_WORDS = 512, MAX_LINE = 65536 };

static FILE *console;
static int kernel_log = -1, trace = -1;

static void die(const char *what)
{
	fprintf(console, "FATAL %s: %s\n", what, strerror(errno));
	reboot(RB_POWER_OFF);
}

static void set(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static int load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		die(path);
	r = syscall(SYS_finit_module, fd, "", 0) < 0 ? errno : 0;
	close(fd);
	return r;
}

static int is_loaded(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	return access(path, F_OK) == 0;
}

/* A module may hold itself for a moment. */
static void unload(const char *name)
{
	for (int i = 0; i < 20 && is_loaded(name); i++) {
		if (syscall(SYS_delete_module, name, O_NONBLOCK) == 0 || errno != EAGAIN)
			break;
		usleep(20000);
	}
}

/* Records of /dev/kmsg: "level,number,time,flags;text\n", continuations behind. */
static void drain_log(const char *id)
{
	char record[8192];
	ssize_t n;

	while ((n = read(kernel_log, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		char *text;

		if (n <= 0)
			continue;
		record[n] = '\0';
		text = strchr(record, ';');
		if (!id || !text)
			continue;
		text[strcspn(text, "\n")] = '\0';
		fprintf(console, "SAYS %s %s\n", id, text + 1);
	}
}

/* The tracepoint module_load stands between the last check and the init function. */
static int was_linked(void)
{
	char text[65536];
	ssize_t n = read(trace, text, sizeof(text) - 1), more;

	while (n > 0 && (size_t)n < sizeof(text) - 1 &&
	       (more = read(trace, text + n, sizeof(text) - 1 - (size_t)n)) > 0)
		n += more;
	text[n > 0 ? n : 0] = '\0';
	return strstr(text, "module_load: ") != NULL;
}

static void judge(char **words, int count)
{
	const char *id = words[0], *name = words[2];
	int error;

	fprintf(console, "BEGIN %s\n", id);
	for (int i = 3; i + 1 < count; i += 2) {
		was_linked();
		error = is_loaded(words[i + 1]) ? 0 : load(words[i]);
		if (error)
			fprintf(console, "NEED %s %s %d %d\n", id, words[i + 1], error,
				was_linked());
	}
	if (is_loaded(name))
		unload(name);
	if (is_loaded(name)) {
		fprintf(console, "STUCK %s\n", id);
		return;
	}
	drain_log(NULL);
	was_linked();
	error = load(words[1]);
	drain_log(id);
	fprintf(console, "DONE %s %d %d\n", id, error, was_linked());
	unload(name);
	for (int i = count - 2; i >= 3; i -= 2)
		unload(words[i + 1]);
}

static void mount_all(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
}

int main(void)
{
	static char line[MAX_LINE];
	FILE *list;

	mount_all();
	console = fopen("/dev/ttyS0", "w");
	if (!console)
		reboot(RB_POWER_OFF);
	setvbuf(console, NULL, _IOLBF, 4096);
	kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	set("/sys/kernel/tracing/events/module/module_load/enable", "1");
	trace = open("/sys/kernel/tracing/trace_pipe", O_RDONLY | O_NONBLOCK);
	list = fopen("/list", "r");
	if (kernel_log < 0 || trace < 0 || !list)
		die("start");
	while (fgets(line, sizeof(line), list)) {
		char *words[MAX_WORDS], *at = line, *word;
		int count = 0;

		while (count < MAX_WORDS && (word = strsep(&at, " \n")))
			if (*word)
				words[count++] = word;
		if (count >= 3)
			judge(words, count);
	}
	fprintf(console, "JUDGED\n");
	fflush(console);
	reboot(RB_POWER_OFF);
	return 0;
}
