/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which SELinux policy the system uses (selinux_config(5)), and whether it is there. */
#include "selinux.h"

#include "formats/shellvars.h"

#include <errno.h>
#include <strings.h>

#define FOLDER "/etc/selinux"
#define CONFIG FOLDER "/config"

/* The policy that the configuration wants, in words of its own; type NULL: none. */
struct wanted {
	char *type;
	bool enforces;
};

static int read_config(struct wanted *ret, const struct target *t, struct fault *f)
{
	_cleanup_(shellvars_done) struct shellvars config = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	const char *mode, *type;
	int r;

	*ret = (struct wanted){0};
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
	ret->enforces = mode && strcasecmp(mode, "enforcing") == 0;
	ret->type = strdup(type ? type : "targeted");
	return ret->type ? 0 : fault_no_memory(f);
}

static bool is_name(const char *type)
{
	return !strchr(type, '/') && path_is_clean(type, strlen(type));
}

int selinux_policy_type(char **ret, const struct target *t, struct fault *f)
{
	_cleanup_free_ char *type = NULL, *file = NULL;
	struct wanted wanted;
	int r = read_config(&wanted, t, f);

	if (r < 0)
		return r;
	type = wanted.type;
	if (type && is_name(type)) {
		file = text_printf(FOLDER "/%s/contexts/files/file_contexts", type);
		if (!file)
			return fault_no_memory(f);
	}
	*ret = file && target_exists(t, file) ? TAKE_PTR(type) : NULL;
	return 0;
}

/* ---- what is loaded at boot ------------------------------------------------------- */

/* 1: a file policy.VERSION with something in it is there; 0; -ENOMEM. */
static int has_policy(const struct target *t, const char *type)
{
	_cleanup_free_ char *folder = text_printf(FOLDER "/%s/policy", type);
	_cleanup_(strings_done) struct strings names = {0};
	int r = folder ? target_list(t, folder, &names, NULL) : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < names.count; i++) {
		_cleanup_free_ char *path = text_printf("%s/%s", folder, names.items[i]);
		struct stat st;

		if (!path)
			return -ENOMEM;
		if (text_starts(names.items[i], "policy.") &&
			target_stat(t, path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
			return 1;
	}
	return r == -ENOMEM ? r : 0;
}

static int find_policy(char **ret, const struct target *t)
{
	_cleanup_(strings_done) struct strings types = {0};
	int r = target_list(t, FOLDER, &types, NULL);

	for (size_t i = 0; r >= 0 && i < types.count; i++) {
		r = has_policy(t, types.items[i]);
		if (r <= 0)
			continue;
		*ret = strdup(types.items[i]);
		return *ret ? 0 : -ENOMEM;
	}
	return r == -ENOMEM ? r : 0;
}

int selinux_lost_policy(struct lost_policy *ret, const struct target *t, struct fault *f)
{
	_cleanup_free_ char *type = NULL;
	struct wanted wanted;
	int r = read_config(&wanted, t, f);

	if (r < 0)
		return r;
	type = wanted.type;
	if (!type || !wanted.enforces)
		return 0;
	r = is_name(type) ? has_policy(t, type) : 0;
	if (r == 0)
		r = find_policy(&ret->present, t);
	if (r < 0)
		return fault_no_memory(f);
	ret->wanted = r > 0 ? NULL : TAKE_PTR(type);
	return 0;
}
