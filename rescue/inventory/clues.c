/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tells which kernels were here: entries, module directories, logs, foreign modules.
 */
#include "reader.h"

#include <ctype.h>
#include <errno.h>

#define LOG_MAX_SIZE ((size_t)32 * 1024 * 1024)
#define LOG_FILES_MAX 16
#define CLUES_MAX 256
#define CACHED_RPMS_MAX 4096
#define CACHE_VISITS_MAX 500000

/* Each release once, with its most telling origin. */
static int add_clue(struct inventory *inv, const char *release, const char *origin)
{
	int error;

	if (!is_release(release) || inv->clue_count >= CLUES_MAX)
		return 0;
	for (size_t i = 0; i < inv->clue_count; i++)
		if (strcmp(inv->clues[i].release, release) == 0)
			return 0;
	error = vector_grow(
		&inv->clues, &inv->clue_capacity, inv->clue_count, sizeof(*inv->clues));
	if (error < 0)
		return error;

	struct clue clue = {strdup(release), origin};

	if (!clue.release)
		return -ENOMEM;
	inv->clues[inv->clue_count++] = clue;
	return 0;
}

/* The default entry's kernel is the one that was in use; then the menu's order. */
static int add_entries(struct reader *r)
{
	int default_entry = r->inv.default_entry, error = 0;

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; error >= 0 && i < r->draft_count; i++) {
			const struct draft *d = &r->drafts[i];

			if (!d->release || (pass == 0 && (int)i != default_entry))
				continue;
			if (draft_may_be_ours(d))
				error = add_clue(&r->inv, d->release, "boot entry");
		}
	}
	return error;
}

static int add_module_directories(struct reader *r)
{
	int error = 0;

	for (size_t i = 0; error >= 0 && i < r->inv.kernel_count; i++) {
		const struct kernel *k = &r->inv.kernels[i];

		if (k->modules.count > k->modules.third_party)
			error = add_clue(&r->inv, k->release, "module directory");
	}
	return error;
}

/* Third-party modules were built for the kernel whose directory they lie in. */
static int add_third_party(struct reader *r)
{
	int error = 0;

	for (size_t i = 0; error >= 0 && i < r->inv.kernel_count; i++)
		if (r->inv.kernels[i].modules.third_party > 0)
			error = add_clue(&r->inv, r->inv.kernels[i].release,
				"third-party modules");
	return error;
}

/* ---- logs ------------------------------------------------------------------------- */

/*
 * "kernel-core-5.14.0-362.el9.x86_64" → its release, or NULL; an epoch "0:" is left out.
 */
static const char *release_in_package(const char *word)
{
	static const char *const names[] = {"kernel-core-", "kernel-uek-core-",
		"kernel-uek-", "kernel-default-", "kernel-"};

	if (isdigit((unsigned char)*word) && strchr(word, ':'))
		word = strchr(word, ':') + 1;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *rest = word + strlen(names[i]);

		if (!text_starts(word, names[i]))
			continue;
		if (isdigit((unsigned char)rest[0]) && strchr(rest, ':'))
			rest = strchr(rest, ':') + 1;
		return isdigit((unsigned char)*rest) && strchr(rest, '-') ? rest : NULL;
	}
	return NULL;
}

/* EL5's uname has no architecture at its end. */
static int add_logged(struct reader *r, const char *release, const char *origin)
{
	_cleanup_free_ char *text = strdup(release);
	char *dot = text ? strrchr(text, '.') : NULL;

	if (!text)
		return -ENOMEM;
	if (dot && text_starts(text, "2.6.18-"))
		*dot = '\0';
	return add_clue(&r->inv, text, origin);
}

/* Lines such as "… SUBDEBUG Installed: kernel-core-V" and "… Erased: kernel-V". */
static int read_log_line(struct reader *r, char *line, const char *origin)
{
	static const char *const verbs[] = {"Installed:", "Updated:", "Upgrade:",
		"Upgraded:", "Erase:", "Erased:", "Removed:", "Reinstalled:"};

	if (!strstr(line, "kernel"))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		char *at = strstr(line, verbs[i]);
		const char *release;

		if (!at)
			continue;
		at = text_strip(at + strlen(verbs[i]));
		at[strcspn(at, " \t")] = '\0';
		release = release_in_package(at);
		return release ? add_logged(r, release, origin) : 0;
	}
	return 0;
}

/* From its end: what was logged last is the most telling. */
static int read_log(struct reader *r, const char *path, const char *origin)
{
	_cleanup_free_ char *text = NULL;
	int error = reader_text(r, path, LOG_MAX_SIZE, &text);
	char *end;

	if (error < 0 || !text)
		return error;
	for (end = text + strlen(text); error >= 0 && end > text;) {
		char *line = memrchr(text, '\n', (size_t)(end - text));

		*end = '\0';
		error = read_log_line(r, line ? line + 1 : text, origin);
		end = line ? line : text;
	}
	return error;
}

/*
 * dnf.rpm.log before dnf.rpm.log.1; yum.log before yum.log-20240101, the newest of those.
 */
static int read_logs(struct reader *r, const struct strings *names, const char *origin)
{
	_cleanup_free_ char *path = text_printf("/var/log/%s", origin);
	size_t size = strlen(origin), done = 0;
	bool dated = strcmp(origin, "yum.log") == 0;
	int error = path ? read_log(r, path, origin) : -ENOMEM;

	for (size_t i = 0; error >= 0 && i < names->count; i++) {
		const char *name = names->items[dated ? names->count - 1 - i : i];
		_cleanup_free_ char *old = NULL;

		if (!text_starts(name, origin) ||
			(name[size] != '.' && name[size] != '-') ||
			!isdigit((unsigned char)name[size + 1]) ||
			done++ >= LOG_FILES_MAX)
			continue;
		old = text_printf("/var/log/%s", name);
		error = old ? read_log(r, old, origin) : -ENOMEM;
	}
	return error;
}

int read_clues(struct reader *r)
{
	_cleanup_(strings_done) struct strings names = {0};
	int error = add_entries(r);

	if (error >= 0)
		error = add_module_directories(r);
	if (error >= 0)
		error = reader_list(r, "/var/log", &names);
	if (error >= 0)
		error = read_logs(r, &names, "dnf.rpm.log");
	if (error >= 0)
		error = read_logs(r, &names, "yum.log");
	return error < 0 ? error : add_third_party(r);
}

/* ---- packages in caches ----------------------------------------------------------- */

struct cache_walk {
	struct strings *found;
	const char *folder;
	size_t visits;
};

static int visit_cache(void *data, const struct target_visit *v)
{
	struct cache_walk *w = data;

	if (w->visits++ >= CACHE_VISITS_MAX || w->found->count >= CACHED_RPMS_MAX)
		return -E2BIG;
	if (!S_ISREG(v->st.st_mode) || !text_starts(v->name, "kernel") ||
		!text_ends(v->name, ".rpm"))
		return 0;
	return strings_take(w->found, text_printf("%s/%s", w->folder, v->relative));
}

int read_cached_rpms(struct reader *r)
{
	static const char *const folders[] = {"/var/cache/dnf", "/var/cache/libdnf5",
		"/var/cache/yum", "/var/cache/PackageKit"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		struct cache_walk w = {
			.found = &r->inv.cached_rpms, .folder = folders[i]};
		int error;

		if (!target_exists(r->t, folders[i]))
			continue;
		error = target_walk(r->t, folders[i], visit_cache, &w, NULL);
		if (error == -ENOMEM)
			return error;
		if (error < 0 && reader_cannot_read(r, folders[i], error) < 0)
			return -ENOMEM;
	}
	return 0;
}
