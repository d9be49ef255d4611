/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which SELinux policy the system uses (selinux_config(5)). */
#include "selinux.h"

#include "formats/shellvars.h"

#include <strings.h>

#define CONFIG "/etc/selinux/config"

/* The policy that the configuration wants, in words of its own; *ret NULL: none. */
static int wanted_type(char **ret, const struct target *t, struct fault *f)
{
	_cleanup_(shellvars_done) struct shellvars config = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	const char *mode, *type;
	int r;

	*ret = NULL;
	if (!target_exists(t, CONFIG))
		return 0;
	r = target_read(t, CONFIG, SHELLVARS_MAX_SIZE, &text, f);
	if (r >= 0)
		r = shellvars_parse(&config, buffer_bytes(&text), f);
	if (r < 0)
		return r;
	mode = shellvars_get(&config, "SELINUX");
	type = shellvars_get(&config, "SELINUXTYPE");
	if (mode && strcasecmp(mode, "disabled") == 0)
		return 0;
	*ret = strdup(type ? type : "targeted");
	return *ret ? 0 : fault_no_memory(f);
}

int selinux_policy_type(char **ret, const struct target *t, struct fault *f)
{
	_cleanup_free_ char *type = NULL, *file = NULL;
	int r = wanted_type(&type, t, f);

	if (r < 0)
		return r;
	if (type && !strchr(type, '/') && path_is_clean(type, strlen(type))) {
		file = text_printf("/etc/selinux/%s/contexts/files/file_contexts", type);
		if (!file)
			return fault_no_memory(f);
	}
	*ret = file && target_exists(t, file) ? TAKE_PTR(type) : NULL;
	return 0;
}
