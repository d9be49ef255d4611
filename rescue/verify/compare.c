/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of packages against what the patient has under their names today. */
#include "verify.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void comparison_done(struct comparison *c)
{
	for (size_t i = 0; i < c->package_count; i++) {
		if (c->states)
			free(c->states[i]);
		if (c->snapshots)
			free(c->snapshots[i]);
	}
	free(c->states);
	free(c->snapshots);
	memset(c, 0, sizeof(*c));
}

/* 1 equal, 0 not, -errno where it cannot be read. */
static int same_content(const struct target *t, const struct package *p,
			const struct package_file *file)
{
	_cleanup_close_ int fd = target_open(t, file->path, O_RDONLY | O_NOFOLLOW, NULL);
	char hex[DIGEST_HEX_SIZE];
	int r;

	if (fd < 0)
		return fd;
	if (!digest_is_known(p->file_algorithm))
		return 0;
	r = digest_of_file(p->file_algorithm, fd, hex);
	return r < 0 ? r : strcmp(hex, file->digest) == 0;
}

static int same_link(const struct target *t, const struct package_file *file)
{
	_cleanup_free_ char *text = NULL;
	int r = target_readlink(t, file->path, &text);

	return r < 0 ? r : text_equal(text, file->link);
}

static int compare_file(enum file_state *ret, const struct target *t, const struct package *p,
			const struct package_file *file, const struct snapshot *now)
{
	int same = 1;

	*ret = FILE_ABSENT;
	if (!now->exists)
		return 0;
	*ret = FILE_DIFFERENT;
	if ((now->mode & S_IFMT) != (file->mode & S_IFMT))
		return 0;
	if (S_ISREG(file->mode) && now->size != file->size)
		return 0;
	if (S_ISREG(file->mode) && file->digest)
		same = same_content(t, p, file);
	else if (S_ISLNK(file->mode))
		same = same_link(t, file);
	if (same == -ENOMEM)
		return same;
	if (same > 0)
		*ret = FILE_SAME;
	return 0;
}

static int compare_package(struct comparison *c, size_t index, const struct target *t,
			   const struct package *p)
{
	size_t n = p->file_count ? p->file_count : 1;
	int r = 0;

	c->states[index] = calloc(n, sizeof(**c->states));
	c->snapshots[index] = calloc(n, sizeof(**c->snapshots));
	if (!c->states[index] || !c->snapshots[index])
		return -ENOMEM;
	for (size_t i = 0; r >= 0 && i < p->file_count; i++) {
		const struct package_file *file = &p->files[i];

		c->states[index][i] = FILE_SAME;
		if (file->flags & PACKAGE_FILE_GHOST)
			continue;
		r = snapshot_take(&c->snapshots[index][i], t, file->path);
		if (r >= 0)
			r = compare_file(&c->states[index][i], t, p, file,
				&c->snapshots[index][i]);
	}
	return r == -ENOMEM ? r : 0;
}

int verify_compare(struct comparison *ret, const struct inventory *inv,
		   const struct package_sets *sets, const char *release, struct fault *f)
{
	_cleanup_(comparison_done) struct comparison c = {.package_count = sets->count};
	size_t n = sets->count ? sets->count : 1;

	c.states = calloc(n, sizeof(*c.states));
	c.snapshots = calloc(n, sizeof(*c.snapshots));
	if (!c.states || !c.snapshots)
		return fault_no_memory(f);
	for (size_t i = 0; i < sets->set_count; i++) {
		const struct package_set *set = &sets->sets[i];

		if (!text_equal(set->release, release))
			continue;
		for (size_t k = 0; k < set->count; k++) {
			size_t index = set->packages[k];

			if (!c.states[index] && compare_package(&c, index,
				&inv->system->target, &sets->packages[index]) < 0)
				return fault_no_memory(f);
		}
	}
	*ret = TAKE_STRUCT(c);
	return 0;
}
