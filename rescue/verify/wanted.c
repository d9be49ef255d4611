/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which package would bring the kernel back: file names by generation, and where one is. */
#include "verify_rules.h"

#include <errno.h>

/* Package names of one complete kernel, NULL-terminated; field names of the kernel specs. */
static const char *const SINGLE[] = {"", NULL};
static const char *const CORE_AND_MODULES[] = {"-core", "-modules", NULL};
static const char *const MODULES_CORE_TOO[] = {"-core", "-modules-core", "-modules", NULL};

static const char *const *parts_of(const struct system *s)
{
	const char *id = s->os_id ? s->os_id : "", *version = s->os_version_id;
	unsigned major = version ? (unsigned)strtoul(version, NULL, 10) : 0;
	const char *dot = version ? strchr(version, '.') : NULL;

	if (text_equal(id, "fedora"))
		return major >= 38 ? MODULES_CORE_TOO : CORE_AND_MODULES;
	if (text_starts(id, "opensuse") || text_starts(id, "sle") || (major && major < 8))
		return SINGLE;
	if (major == 8 || (major == 9 && dot && strtoul(dot + 1, NULL, 10) < 2))
		return CORE_AND_MODULES;
	return MODULES_CORE_TOO;
}

/* kernel, kernel-debug, kernel-rt, kernel-uek, kernel-default: from the release's ending. */
static char *base_name(const struct system *s, const char *release)
{
	const char *plus = strrchr(release, '+');

	if (plus && plus[1])
		return text_printf("kernel-%s", plus + 1);
	if (text_ends(release, "-default"))
		return strdup("kernel-default");
	if (s->os_id && text_equal(s->os_id, "ol") && strstr(release, "uek"))
		return strdup("kernel-uek");
	return strdup("kernel");
}

int rules_wanted_files(const struct rules *r, const char *release, struct strings *ret)
{
	const struct system *s = r->inv->system;
	_cleanup_free_ char *base = base_name(s, release);
	const char *plus = strrchr(release, '+');
	int length = plus ? (int)(plus - release) : (int)strlen(release);

	if (!base)
		return -ENOMEM;
	for (const char *const *part = parts_of(s); *part; part++) {
		int rc = strings_take(ret, text_printf("%s%s-%.*s.rpm", base, *part, length,
			release));
		if (rc < 0)
			return rc;
	}
	return 0;
}

char *rules_wanted_text(const struct rules *r, const char *release)
{
	_cleanup_(strings_done) struct strings files = {0};
	_cleanup_(buffer_done) struct buffer text = {0};

	if (rules_wanted_files(r, release, &files) < 0)
		return NULL;
	for (size_t i = 0; i < files.count; i++)
		if (buffer_printf(&text, "%s%s", i ? ", " : "", files.items[i]) < 0)
			return NULL;
	return buffer_steal(&text);
}

static const char *find_cached(const struct inventory *inv, const char *file)
{
	for (size_t i = 0; i < inv->cached_rpms.count; i++) {
		const char *path = inv->cached_rpms.items[i];
		const char *slash = strrchr(path, '/');

		if (text_equal(slash ? slash + 1 : path, file))
			return path;
	}
	return NULL;
}

/* Of several errors the first one's packages: they are what the next step asks for. */
static void ask_for(struct rules *r, struct strings *files)
{
	const struct findings *fs = &r->v->findings;

	if (fs->items[fs->count - 1].severity == SEVERITY_ERROR && r->v->wanted.count == 0)
		r->v->wanted = TAKE_STRUCT(*files);
}

/* Only where every wanted file is in the patient's own caches: a part alone repairs nothing. */
int rules_package_remedy(struct rules *r, const char *release)
{
	_cleanup_(strings_done) struct strings files = {0};
	_cleanup_(buffer_done) struct buffer command = {0};
	_cleanup_free_ char *begin = rules_remedy(r, "restore");
	int rc = rules_wanted_files(r, release, &files);

	if (rc < 0 || !begin)
		return -ENOMEM;
	rc = buffer_puts(&command, begin);
	for (size_t i = 0; rc >= 0 && i < files.count; i++) {
		const char *path = find_cached(r->inv, files.items[i]);

		if (!path) {
			ask_for(r, &files);
			return 0;
		}
		rc = buffer_puts(&command, " ");
		if (rc >= 0)
			rc = buffer_puts_word(&command, path);
	}
	return rc < 0 ? rc : findings_remedy(&r->v->findings, "%s", command.data);
}

int rules_wanted(struct rules *r)
{
	const struct inventory *inv = r->inv;
	struct findings *fs = &r->v->findings;
	int rc;

	for (size_t i = 0; i < inv->kernel_count; i++)
		if (kernel_is_whole(&inv->kernels[i]) ||
			r->v->kernel_states[i] == KERNEL_BOOTABLE)
			return 0;
	if (inv->clue_count == 0)
		return findings_add(fs, "no-kernel", SEVERITY_ERROR, NULL, NULL,
			"no kernel is left, and nothing tells which one was there: any "
			"kernel package of this distribution's release will do");
	const struct clue *clue = &inv->clues[0];
	_cleanup_free_ char *files = rules_wanted_text(r, clue->release);
	if (!files)
		return -ENOMEM;
	strings_done(&r->v->wanted);
	rc = rules_wanted_files(r, clue->release, &r->v->wanted);
	if (rc >= 0)
		rc = findings_add(fs, "no-kernel", SEVERITY_ERROR, clue->release, NULL,
			"no whole kernel is left; the last one was %s (%s): wanted %s",
			clue->release, clue->origin, files);
	return rc < 0 ? rc : rules_package_remedy(r, clue->release);
}
