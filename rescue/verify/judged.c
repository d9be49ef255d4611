/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement of one module as a value: begun, refused, doubted. */
#include "judge_room.h"

#include "formats/modules_index.h"

#include <errno.h>

ssize_t judge_add(struct judge *judge, const char *path)
{
	struct module_judgement *j;

	if (VECTOR_GROW(judge) < 0)
		return -ENOMEM;
	judge->items[judge->count] = (struct judged){.named = judge->adds_candidates,
		.candidate = judge->adds_candidates};
	j = &judge->items[judge->count++].j;
	j->path = strdup(path);
	j->name = module_name_of(path);
	j->kernel = strdup(judge->loader.release);
	return j->path && j->name && j->kernel ? (ssize_t)judge->count - 1 : -ENOMEM;
}

const char *judge_relative(const struct judge *judge, const struct judged *m)
{
	static const char modules[] = "/lib/modules/";
	const char *path = m->j.path, *release = judge->loader.release;
	size_t n = strlen(release);

	if (!text_starts(path, modules))
		return path;
	path += sizeof(modules) - 1;
	return strncmp(path, release, n) == 0 && path[n] == '/' ? path + n + 1 : m->j.path;
}

static int decide(struct module_judgement *j, enum module_verdict verdict,
		  const char *reason, char *take_detail)
{
	free(j->detail);
	j->verdict = verdict;
	j->reason = reason;
	j->detail = take_detail;
	return take_detail ? 0 : -ENOMEM;
}

int judge_refuse(struct module_judgement *j, const char *reason, char *take_detail)
{
	return decide(j, MODULE_REFUSED, reason, take_detail);
}

int judge_doubt(struct module_judgement *j, const char *reason, char *take_detail)
{
	return decide(j, MODULE_UNKNOWN, reason, take_detail);
}

int judge_damaged(struct judge *judge, size_t index, const char *why)
{
	struct module_judgement *j = &judge->items[index].j;
	int r = judge_refuse(j, "format", strdup(why));

	return r < 0 ? r : strings_add(&judge->mute, j->name);
}
