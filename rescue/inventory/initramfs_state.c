/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's initramfs: which file it is, whether it is whole, whose modules it holds. */
#include "reader.h"

#include "formats/modules_index.h"

#include <errno.h>
#include <fcntl.h>

/* ---- which file ------------------------------------------------------------------- */

static bool is_microcode(const char *path)
{
	return strstr(path, "ucode") || strstr(path, "microcode");
}

/* What the kernel's own entries load last; one that is there before one that is not. */
static const char *path_of_entries(const struct reader *r, const char *release)
{
	const char *named = NULL;

	for (size_t i = 0; i < r->draft_count; i++) {
		const struct draft *d = &r->drafts[i];

		if (!text_equal(d->release, release))
			continue;
		for (size_t n = d->entry.initrd.count; n-- > 0;) {
			const char *path = d->entry.initrd.items[n];

			if (is_microcode(path))
				continue;
			if (target_exists(r->t, path))
				return path;
			named = named ? named : path;
			break;
		}
	}
	return named;
}

/* A name by which some generation calls it, and that is there; *ret NULL: none. */
static int find_usual(struct reader *r, const char *release, char **ret)
{
	const char *token = r->inv.entry_token;
	char *paths[] = {
		text_printf("/boot/initramfs-%s.img", release),
		text_printf("/boot/initrd-%s.img", release),
		text_printf("/boot/initrd-%s", release),
		text_printf("/boot/initrd.img-%s", release),
		text_printf("/boot/%s/%s/initrd", token, release),
	};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!paths[i])
			error = -ENOMEM;
		else if (!*ret && target_exists(r->t, paths[i]))
			*ret = TAKE_PTR(paths[i]);
		free(paths[i]);
	}
	return error;
}

static int find_initramfs(struct reader *r, const struct kernel *k, char **ret)
{
	const char *named = path_of_entries(r, k->release);
	int error = 0;

	if (named && target_exists(r->t, named))
		*ret = strdup(named);
	else if (!r->inv.systemd.root)
		error = find_usual(r, k->release, ret);
	if (error < 0)
		return error;
	if (!*ret && named)
		*ret = strdup(named);
	if (!*ret && text_ends(k->image.path, "/linux"))
		*ret = text_printf(
			"%.*sinitrd", (int)strlen(k->image.path) - 5, k->image.path);
	if (!*ret)
		*ret = inventory_initramfs_path(&r->inv, k->release);
	return *ret ? 0 : -ENOMEM;
}

/* ---- what is in it ---------------------------------------------------------------- */

/* "usr/lib/modules/V/kernel/…": V and its length; NULL: another path. */
static const char *release_in(const char *name, size_t *ret_size)
{
	static const char folder[] = "lib/modules/";

	if (text_starts(name, "usr/"))
		name += strlen("usr/");
	if (!text_starts(name, folder))
		return NULL;
	name += strlen(folder);
	*ret_size = strcspn(name, "/");
	return *ret_size > 0 ? name : NULL;
}

/* Releases are told by module files alone; an empty directory says nothing. */
static int take_name(
	struct initramfs_file *i, const char *wanted, const char *name, bool *has_own)
{
	size_t size = 0;
	const char *release = module_is_file_name(name) ? release_in(name, &size) : NULL;

	if (!release)
		return 0;
	if (strlen(wanted) == size && memcmp(release, wanted, size) == 0)
		*has_own = true;
	if (!i->release) {
		i->release = strndup(release, size);
		if (!i->release)
			return -ENOMEM;
	}
	return strings_take(&i->modules, module_name_of(name));
}

int initramfs_judge(
	struct initramfs_file *i, const char *release, const struct strings *names)
{
	bool has_own = false;
	int error = 0;

	for (size_t n = 0; error >= 0 && n < names->count; n++)
		error = take_name(i, release, names->items[n], &has_own);
	if (error < 0)
		return error;
	strings_sort(&i->modules);
	i->listed = true;
	i->has_systemd = strings_has(names, "usr/lib/systemd/systemd") ||
			 strings_has(names, "lib/systemd/systemd");
	i->pieces = initramfs_pieces(names);
	i->state = i->release && !has_own ? PART_MISMATCHED : PART_OK;
	if (has_own && strcmp(i->release, release) != 0) {
		free(i->release);
		i->release = strdup(release);
		return i->release ? 0 : -ENOMEM;
	}
	return 0;
}

bool initramfs_drives(const struct initramfs_file *i, const char *fstype)
{
	for (size_t n = 0; n < i->modules.count; n++)
		if (module_drives_filesystem(i->modules.items[n], fstype))
			return true;
	return false;
}

bool module_drives_filesystem(const char *module, const char *fstype)
{
	return text_equal(module, fstype) ||
	       (text_equal(module, "ext4") && text_starts(fstype, "ext"));
}

static int set_damaged(struct initramfs_file *i, const struct fault *why, int error)
{
	i->state = PART_DAMAGED;
	i->damage = strdup(*why->reason ? why->reason : strerror(-error));
	return i->damage ? 0 : -ENOMEM;
}

/* All that is found in the file; path and size stay. 0 or -ENOMEM. */
static int copy_found(struct initramfs_file *i, const struct initramfs_file *from)
{
	struct initramfs_file copy = *from;

	copy.path = i->path;
	copy.size = i->size;
	copy.damage = NULL;
	copy.release = from->release ? strdup(from->release) : NULL;
	copy.modules = (struct strings){0};
	*i = copy;
	if (from->release && !copy.release)
		return -ENOMEM;
	return strings_copy(&i->modules, &from->modules);
}

/* 1: it is known, and told; 0: it is not; -ENOMEM. */
static int take_known(struct initramfs_file *i, int fd, const char *release,
	const struct readings *known)
{
	const struct initramfs_file *before;
	struct stat st;

	if (!known || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		digest_of_file(DIGEST_SHA256, fd, i->digest) < 0)
		return 0;
	before = readings_find_initramfs(known, release, i->digest);
	if (!before)
		return 0;
	return copy_found(i, before) < 0 ? -ENOMEM : 1;
}

int initramfs_examine(struct initramfs_file *i, int take_fd, const char *release,
	const struct readings *known)
{
	_cleanup_free_ struct fault *why = calloc(1, sizeof(*why));
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_close_ int fd = take_fd;
	int error = why ? take_known(i, fd, release, known) : -ENOMEM;

	if (error != 0)
		return MIN_OF(error, 0);
	error = initramfs_list_file(&names, TAKE_FD(fd), i->path, why);
	if (error == -ENOMEM)
		return error;
	return error < 0 ? set_damaged(i, why, error) : initramfs_judge(i, release, &names);
}

int read_initramfs(struct reader *r, struct kernel *k)
{
	_cleanup_free_ struct fault *why = calloc(1, sizeof(*why));
	struct initramfs_file *i = &k->initramfs;
	struct stat st;
	int fd, error = why ? find_initramfs(r, k, &i->path) : -ENOMEM;

	if (error < 0)
		return error;
	i->state = PART_MISSING;
	if (target_stat(r->t, i->path, &st) < 0)
		return 0;
	i->size = (uint64_t)st.st_size;
	fd = target_open(r->t, i->path, O_RDONLY | O_NONBLOCK, why);
	if (fd < 0)
		return fd == -ENOMEM ? fd : set_damaged(i, why, fd);
	return initramfs_examine(i, fd, k->release, r->known);
}
