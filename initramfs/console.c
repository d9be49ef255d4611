/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What PID 1 says, and the one question that it asks. */
#include "pid1.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

void console_open(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	for (int standard = 0; standard <= 2; standard++)
		if (fd != standard)
			dup2(fd, standard);
	if (fd > 2)
		safe_close(fd);
}

void say_text(const char *text)
{
	(void)fd_write_all(STDERR_FILENO, text, strlen(text));
}

void say(const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	say_text("rescue: ");
	say_text(text ? text : "out of memory");
	say_text("\n");
}

static _Noreturn void end(int how)
{
	sync();
	reboot(how);
	for (;;)
		pause(); /* a kernel that can do neither */
}

static unsigned crash_seconds;

/* Only what may be called from a signal handler. */
static void crashed(int signal)
{
	static const char text[] =
		"\nrescue: this program met an error of its own and cannot go on.\n"
		"Boot a rescue medium and run \"rescue\", or choose another boot "
		"entry.\n";

	(void)signal;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	if (crash_seconds > 0) {
		sleep(crash_seconds);
		reboot(RB_AUTOBOOT);
	}
	for (;;)
		pause();
}

void console_catch_crashes(unsigned seconds)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
	const struct sigaction action = {.sa_handler = crashed};

	crash_seconds = seconds;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

/* A key without Enter, as far as the console can. -1: it gives no input at all. */
static int read_key(int timeout)
{
	struct pollfd console = {.fd = STDIN_FILENO, .events = POLLIN};
	struct termios before, raw;
	bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	unsigned char key = 0;
	int r;

	if (is_terminal) {
		raw = before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
	}
	do
		r = poll(&console, 1, timeout);
	while (r < 0 && errno == EINTR);
	if (r > 0 && read(STDIN_FILENO, &key, 1) != 1)
		r = -1;
	if (is_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return r <= 0 ? r : key;
}

void console_ask(unsigned seconds)
{
	int timeout = seconds > 0 ? (int)seconds * 1000 : -1;

	say_text("\nPress Enter to look again, r to restart, p to power off.\n");
	if (seconds > 0)
		say("restarting in %u seconds (panic=%u)", seconds, seconds);
	for (;;) {
		int key = read_key(timeout);

		if (key == 0 || key == 'r' || key == 'R')
			end(RB_AUTOBOOT);
		if (key == 'p' || key == 'P')
			end(RB_POWER_OFF);
		if (key == '\n' || key == '\r')
			return;
		if (key < 0) { /* nobody can answer */
			if (seconds > 0) {
				sleep(seconds);
				end(RB_AUTOBOOT);
			}
			for (;;)
				pause();
		}
	}
}
