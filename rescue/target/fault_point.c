/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault points: for the crash tests alone. */
#include "stage.h"

#include <unistd.h>

#ifdef RESCUE_FAULT_POINTS
#define DEAD 137 /* as a shell tells of SIGKILL */

static uint64_t number_from(const char *name)
{
	const char *text = getenv(name);
	uint64_t number;

	return text && text_to_u64(text, INT32_MAX, &number) ? number : 0;
}

int fault_point(const char *name)
{
	static uint64_t passed;
	uint64_t at = number_from("RESCUE_FAULT_AT");
	int error = (int)number_from("RESCUE_FAULT_ERRNO");

	if (at == 0 || ++passed != at)
		return 0;
	log_line("fault point %ju: %s", (uintmax_t)passed, name);
	if (error == 0)
		_exit(DEAD);
	return -error;
}

bool fault_lacks(const char *ability)
{
	const char *words = getenv("RESCUE_LACKS");

	return words && strstr(words, ability);
}
#endif
