/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SELinux labels of what the boot reads, where the system has a policy: files that were
 * unpacked by hand, or came from a backup without them, bear none. A kernel with SELinux
 * says unlabeled_t of such a file (file_t in the policies of EL6 and before).
 */
#include "verify_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { LABEL_MAX_SIZE = 256 };
enum label { LABEL_THERE, LABEL_MISSING, LABEL_UNKNOWN };

static enum label label_of(const struct target *t, const char *path)
{
	char label[LABEL_MAX_SIZE] = "";
	_cleanup_close_ int fd = target_open(t, path, O_RDONLY | O_NONBLOCK, NULL);
	ssize_t size = fd < 0 ? -1 : fgetxattr(fd, "security.selinux", label, sizeof(label) - 1);

	if (fd < 0 || (size < 0 && errno != ENODATA))
		return LABEL_UNKNOWN;
	return size <= 0 || strstr(label, ":unlabeled_t") || strstr(label, ":file_t")
		? LABEL_MISSING : LABEL_THERE;
}

/* How many of a few files bear none; the first of them. */
struct look {
	const struct target *target;
	size_t looked, missing;
	char *first;
};

static int look_at(struct look *l, const char *path)
{
	enum label label = path ? label_of(l->target, path) : LABEL_UNKNOWN;

	l->looked += label != LABEL_UNKNOWN;
	l->missing += label == LABEL_MISSING;
	if (label != LABEL_MISSING || l->first)
		return 0;
	l->first = strdup(path);
	return l->first ? 0 : -ENOMEM;
}

static void look_done(struct look *l)
{
	free(l->first);
}

/* The ends of its list of modules lie in different directories, as a rule. */
static int look_at_kernel(struct look *l, const struct kernel *k)
{
	const struct strings *files = &k->modules.files;
	_cleanup_free_ char *index = text_printf("%s/modules.dep", k->modules.path);
	const size_t ends[] = {0, files->count / 2, files->count - 1};
	int r = index ? look_at(l, k->image.path) : -ENOMEM;

	if (r >= 0)
		r = look_at(l, k->modules.path);
	if (r >= 0)
		r = look_at(l, index);
	for (size_t i = 0; r >= 0 && files->count && i < ARRAY_SIZE(ends); i++) {
		_cleanup_free_ char *path = text_printf("%s/%s", k->modules.path,
			files->items[ends[i]]);

		r = path ? look_at(l, path) : -ENOMEM;
	}
	return r;
}

static int judge_kernel(struct rules *r, const struct kernel *k)
{
	_cleanup_(look_done) struct look l = {.target = r->present.target};
	int rc = look_at_kernel(&l, k);

	if (rc < 0 || !l.missing)
		return rc;
	return findings_add(&r->v->findings, "labels-missing", SEVERITY_WARNING, k->release,
		l.first, "%zu of %zu files of kernel %s that were looked at (%s, ...) have no "
		"SELinux label: they may be refused; with a file /.autorelabel the system "
		"relabels itself", l.missing, l.looked, k->release, l.first);
}

static int judge_system(struct rules *r, bool *ret_labeled)
{
	static const char *const files[] = {"/etc/passwd", "/etc/fstab", "/etc/selinux/config",
		"/usr/bin", "/usr/lib", "/var"};
	_cleanup_(look_done) struct look l = {.target = r->present.target};
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < ARRAY_SIZE(files); i++)
		rc = look_at(&l, files[i]);
	*ret_labeled = l.missing < l.looked;
	if (rc < 0 || *ret_labeled || !l.looked)
		return rc;
	return findings_add(&r->v->findings, "labels-missing", SEVERITY_WARNING, NULL, l.first,
		"the system has an SELinux policy, and nothing that was looked at (%s, ...) has a "
		"label: with a file /.autorelabel it relabels itself", l.first);
}

int rules_labels(struct rules *r)
{
	bool labeled = false;
	int rc;

	if (!r->inv->selinux || r->present.target->fd < 0 ||
		target_exists(r->present.target, "/.autorelabel"))
		return 0;
	rc = judge_system(r, &labeled);
	for (size_t i = 0; rc >= 0 && labeled && i < r->inv->kernel_count; i++) {
		const struct kernel *k = &r->inv->kernels[i];

		if (r->v->kernel_states[i] != KERNEL_ABSENT && rules_wants(r, k->release) &&
			!rules_is_offered(r, k))
			rc = judge_kernel(r, k);
	}
	return rc;
}
