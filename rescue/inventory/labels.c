/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file labels of the system's own SELinux policy. */
#include "inventory.h"

#include "selinux.h"

#include <errno.h>

/* An absent file adds nothing. */
static int add_file(struct file_contexts *c, const struct target *t, const char *folder,
	const char *name,
	int (*add)(struct file_contexts *, struct bytes, struct fault *), struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_free_ char *path = text_printf("%s/%s", folder, name);
	int r;

	if (!path)
		return fault_no_memory(f);
	if (!target_exists(t, path))
		return 0;
	r = target_read(t, path, FILE_CONTEXTS_MAX_SIZE, &text, f);
	return r < 0 ? r : add(c, buffer_bytes(&text), f);
}

/*
 * Rules in libselinux's order (the last match wins), then its two lists of substitutions.
 */
static int add_all(struct file_contexts *c, const struct target *t, const char *folder,
	struct fault *f)
{
	static const char *const rules[] = {
		"file_contexts", "file_contexts.homedirs", "file_contexts.local"};
	static const char *const substitutions[] = {
		"file_contexts.subs", "file_contexts.subs_dist"};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(rules); i++)
		r = add_file(c, t, folder, rules[i], file_contexts_add, f);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(substitutions); i++)
		r = add_file(c, t, folder, substitutions[i],
			file_contexts_add_substitutions, f);
	return r;
}

int labels_read(struct file_contexts **ret, const struct target *t, struct fault *f)
{
	_cleanup_(file_contexts_free_p) struct file_contexts *c = NULL;
	_cleanup_free_ char *type = NULL, *folder = NULL;
	int r = selinux_policy_type(&type, t, f);

	if (r < 0)
		return r;
	if (!type) {
		*ret = NULL;
		return 0;
	}
	folder = text_printf("/etc/selinux/%s/contexts/files", type);
	c = file_contexts_new();
	if (!folder || !c)
		return fault_no_memory(f);
	r = add_all(c, t, folder, f);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(c);
	return 0;
}
