/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "cap_net_admin,cap_net_raw=ep cap_chown+i": names, then what happens to their sets. */
#include "formats/capabilities.h"

#include <errno.h>
#include <strings.h>

/* In the order of their numbers (linux/capability.h), without "cap_". */
static const char *const names[] = {"chown", "dac_override", "dac_read_search", "fowner",
	"fsetid", "kill", "setgid", "setuid", "setpcap", "linux_immutable",
	"net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
	"sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin",
	"sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease",
	"audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
	"wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore"};

#define ALL ((UINT64_C(1) << ARRAY_SIZE(names)) - 1)

enum { EFFECTIVE, INHERITABLE, PERMITTED, SETS };
static const char letters[] = "eip"; /* of the sets */

/* The bit of one name; 0: unknown. */
static uint64_t bit_of(const char *name, size_t size)
{
	static const char prefix[] = "cap_";

	if (size == strlen("all") && !strncasecmp(name, "all", size))
		return ALL;
	if (size < strlen(prefix) || strncasecmp(name, prefix, strlen(prefix)) != 0)
		return 0;
	name += strlen(prefix);
	size -= strlen(prefix);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) == size && !strncasecmp(name, names[i], size))
			return UINT64_C(1) << i;
	}
	return 0;
}

/* The list before the first operator; none at all means every capability. */
static int take_names(const char **at, uint64_t *ret)
{
	size_t left = strcspn(*at, "=+- \t\n");

	*ret = left ? 0 : ALL;
	while (left) {
		size_t size = strcspn(*at, ",=+- \t\n");
		uint64_t bit = bit_of(*at, size);

		if (!bit)
			return -EBADMSG;
		*ret |= bit;
		*at += size;
		left -= size;
		if (left) {
			(*at)++;
			left--;
		}
	}
	return 0;
}

static void change(uint64_t sets[SETS], unsigned set, char operator, uint64_t which)
{
	if (operator == '-')
		sets[set] &= ~which;
	else
		sets[set] |= which;
}

/* "=ep", "+i", "-p": each operator with the letters behind it. */
static int take_operations(const char **at, uint64_t which, uint64_t sets[SETS])
{
	const char *first = *at;

	while (**at && strchr("=+-", **at)) {
		char operator = *(*at)++;

		for (unsigned i = 0; operator == '=' && i < SETS; i++)
			sets[i] &= ~which;
		for (; **at && strchr(letters, **at); (*at)++)
			change(sets, (unsigned)(strchr(letters, **at) - letters), operator, which);
	}
	return *at > first && (!**at || strchr(" \t\n", **at)) ? 0 : -EBADMSG;
}

static uint8_t *put(uint8_t *to, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++, value >>= 8)
		*to++ = (uint8_t)value;
	return to;
}

int capabilities_parse(uint8_t ret[CAPABILITIES_SIZE], const char *text)
{
	enum { REVISION = 0x02000000, IS_EFFECTIVE = 1 };
	uint64_t sets[SETS] = {0}, which;

	for (text += strspn(text, " \t\n"); *text; text += strspn(text, " \t\n")) {
		int r = take_names(&text, &which);

		if (r == 0)
			r = take_operations(&text, which, sets);
		if (r < 0)
			return r;
	}
	ret = put(ret, REVISION | (sets[EFFECTIVE] ? IS_EFFECTIVE : 0));
	for (unsigned half = 0; half < 2; half++) {
		ret = put(ret, (uint32_t)(sets[PERMITTED] >> 32 * half));
		ret = put(ret, (uint32_t)(sets[INHERITABLE] >> 32 * half));
	}
	return 0;
}
