/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A patient in a temporary directory, plans made by hand for it, and manifests to
 * compare. */
#ifndef TESTS_UNIT_APPLY_PATIENT_H
#define TESTS_UNIT_APPLY_PATIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "apply.h"
#include "digest.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#define V "5.14.0-503.el9_5.x86_64"
#define MODULES "/usr/lib/modules/" V

/* Old times everywhere: what is touched shows. */
#define PATIENT                                                                          \
	"d 0755 /etc\n"                                                                  \
	"f 0644 /etc/passwd <<END\n"                                                     \
	"root:x:0:0:root:/root:/bin/sh\n"                                                \
	"kernel:x:4711:4712::/:/bin/false\n"                                             \
	"END\n"                                                                          \
	"f 0644 /etc/group =kernel:x:4712:\n"                                            \
	"l /lib usr/lib\n"                                                               \
	"f 0644 /boot/grub2/grubenv =old environment\n"                                  \
	"f 0600 /boot/loader/entries/a-1.conf =title old\n"                              \
	"f 0755 " MODULES "/vmlinuz =an image\n"                                         \
	"f 0644 " MODULES "/config =CONFIG_RD_GZIP=y\n"                                  \
	"f 0644 " MODULES "/modules.order =\n"                                           \
	"f 0644 " MODULES "/modules.builtin =kernel/fs/ext4/ext4.ko\n"                   \
	"f 0644 " MODULES "/modules.dep =stale\n"                                        \
	"f 0640 " MODULES "/extra/third/party.dat =kept\n"                               \
	"l " MODULES "/build /usr/src/kernels/" V "\n"                                   \
	"t /boot/grub2/grubenv 1000000001\n"                                             \
	"t " MODULES "/modules.dep 1000000002\n"                                         \
	"t " MODULES "/extra/third/party.dat 1000000003\n"                               \
	"t " MODULES "/extra/third 1000000004\n"                                         \
	"t " MODULES "/extra 1000000005\n"                                               \
	"t " MODULES " 1000000006\n"                                                     \
	"t /usr/lib/modules 1000000007\n"                                                \
	"t /usr/lib 1000000008\n"                                                        \
	"t /usr 1000000009\n"                                                            \
	"t /boot/grub2 1000000010\n"                                                     \
	"t /boot/loader/entries 1000000011\n"                                            \
	"t /boot/loader 1000000012\n"                                                    \
	"t /boot 1000000013\n"

struct patient {
	struct tree tree;
	struct system system;
	struct inventory inv;
	struct package_sets sets;
	struct plan plan;
	struct apply_report report;
	struct fault fault;
};

static inline void patient_make(struct patient *p, const char *more)
{
	const struct timespec times[2] = {{1000000015, 0}, {1000000014, 0}};

	memset(p, 0, sizeof(*p));
	tree_make(&p->tree, PATIENT);
	if (more)
		tree_add(&p->tree, more);
	assert_int_equal(futimens(p->tree.fd, times), 0);
	p->system = (struct system){.id = (char *)"rhel9-3f2a",
		.by_directory = true,
		.writable = true,
		.root = {.fstype = (char *)"ext4"},
		.target = {.fd = p->tree.fd}};
	p->inv.system = &p->system;
	p->plan = (struct plan){.system = strdup("rhel9-3f2a"),
		.release = strdup(V),
		.why = strdup("a test wants it")};
}

/* The plan, its report and its fault, for the next one. */
static inline void patient_clear_plan(struct patient *p)
{
	plan_done(&p->plan);
	apply_report_done(&p->report);
	p->fault = (struct fault){0};
	p->plan = (struct plan){.system = strdup("rhel9-3f2a"),
		.release = strdup(V),
		.why = strdup("a test wants it")};
}

static inline void patient_done(struct patient *p)
{
	plan_done(&p->plan);
	apply_report_done(&p->report);
	package_sets_done(&p->sets);
	tree_remove(&p->tree);
}

static inline struct operation *plan_add(
	struct patient *p, enum op op, const char *path, mode_t mode)
{
	struct plan *plan = &p->plan;
	struct operation *o;

	assert_int_equal(
		vector_grow(&plan->operations, &plan->capacity, plan->count, sizeof(*o)),
		0);
	o = &plan->operations[plan->count++];
	*o = (struct operation){.op = op,
		.path = strdup(path),
		.reason = strdup("a test wants it"),
		.mode = mode,
		.package = -1};
	assert_int_equal(snapshot_take(&o->expected, &p->system.target, path), 0);
	return o;
}

static inline void plan_add_text(
	struct patient *p, enum op op, const char *path, mode_t mode, const char *text)
{
	assert_int_equal(buffer_puts(&plan_add(p, op, path, mode)->content, text), 0);
}

static inline void plan_add_copy(struct patient *p, const char *path, const char *from)
{
	plan_add(p, OP_COPY, path, 0755)->from = strdup(from);
}

static inline int patient_apply(struct patient *p)
{
	return apply_plan(&p->report, &p->plan, &p->inv, p->sets.count ? &p->sets : NULL,
		NULL, &p->fault);
}

static inline void patient_must_apply(struct patient *p)
{
	if (patient_apply(p) < 0)
		fail_msg("cannot %s: %s%s%s", p->fault.doing, errno_name(p->fault.error),
			*p->fault.reason ? ": " : "", p->fault.reason);
}

static inline int patient_undo(struct patient *p, const char *id)
{
	_cleanup_(transaction_done) struct transaction t = {0};

	p->fault = (struct fault){0};
	return undo_run(&t, &p->system, id, &p->fault);
}

static inline void patient_must_undo(struct patient *p)
{
	if (patient_undo(p, NULL) < 0)
		fail_msg("cannot %s: %s%s%s", p->fault.doing, errno_name(p->fault.error),
			*p->fault.reason ? ": " : "", p->fault.reason);
}

/* ---- manifests ---- */

/* MANIFEST_CONTENT leaves out what differs from repair to repair: mtimes, displaced
 * names. */
enum manifest_detail { MANIFEST_WHOLE, MANIFEST_CONTENT };

struct manifest {
	enum manifest_detail detail;
	const struct target *target;
	struct buffer text;
};

static inline void manifest_content(struct manifest *m, const struct target_visit *v)
{
	_cleanup_(buffer_done) struct buffer bytes = {0};
	char hex[DIGEST_HEX_SIZE];

	assert_int_equal(target_read(m->target, v->relative, 1 << 28, &bytes, NULL), 0);
	digest_of(DIGEST_SHA256, buffer_bytes(&bytes), hex);
	buffer_printf(&m->text, " %zu %s", bytes.size, hex);
}

static inline void manifest_xattrs(struct manifest *m, const struct target_visit *v)
{
	_cleanup_free_ char *path = text_printf("/proc/self/fd/%d/%s", v->dirfd, v->name);
	char names[4096], value[4096];
	ssize_t size = llistxattr(path, names, sizeof(names));

	for (char *name = names; size > 0 && name < names + size;
		name += strlen(name) + 1) {
		ssize_t n = lgetxattr(path, name, value, sizeof(value));

		buffer_printf(&m->text, " %s=%.*s", name, (int)MAX_OF(n, 0), value);
	}
}

static inline int manifest_visit(void *data, const struct target_visit *v)
{
	struct manifest *m = data;
	_cleanup_free_ char *link = NULL;

	if (strcmp(v->relative, ".rescue") == 0)
		return TARGET_SKIP;
	if (m->detail == MANIFEST_CONTENT && text_starts(v->name, ".rescue-"))
		return TARGET_SKIP;
	buffer_printf(&m->text, "%s %o %u:%u", v->relative, v->st.st_mode, v->st.st_uid,
		v->st.st_gid);
	if (m->detail == MANIFEST_WHOLE)
		buffer_printf(&m->text, " %jd.%09ld", (intmax_t)v->st.st_mtim.tv_sec,
			v->st.st_mtim.tv_nsec);
	if (S_ISREG(v->st.st_mode))
		manifest_content(m, v);
	if (S_ISLNK(v->st.st_mode) && target_readlink(m->target, v->relative, &link) == 0)
		buffer_printf(&m->text, " -> %s", link);
	manifest_xattrs(m, v);
	buffer_puts(&m->text, "\n");
	return 0;
}

/* Everything but /.rescue: type, mode, owner, size, digest, mtime, xattrs, link text. */
static inline char *patient_manifest(struct patient *p, enum manifest_detail detail)
{
	struct manifest m = {.detail = detail, .target = &p->system.target};
	struct stat st;

	assert_int_equal(fstat(p->tree.fd, &st), 0);
	if (detail == MANIFEST_WHOLE)
		buffer_printf(&m.text, "/ %o %jd.%09ld\n", st.st_mode,
			(intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	assert_int_equal(target_walk(m.target, "/", manifest_visit, &m, NULL), 0);
	return buffer_steal(&m.text);
}

/* Fails with the first line that differs. */
static inline void manifests_equal(const char *a, const char *b)
{
	const char *x = a, *y = b;

	while (*x && *y) {
		size_t n = strcspn(x, "\n"), m = strcspn(y, "\n");

		if (n != m || strncmp(x, y, n) != 0)
			break;
		x += n + 1;
		y += m + 1;
	}
	if (*x || *y)
		fail_msg("the trees differ:\n%.*s\n%.*s", (int)strcspn(x, "\n"), x,
			(int)strcspn(y, "\n"), y);
}

static inline void file_holds(struct patient *p, const char *path, const char *text)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	assert_int_equal(target_read(&p->system.target, path, 1 << 20, &b, NULL), 0);
	assert_string_equal(b.data ? b.data : "", text);
}

#endif
