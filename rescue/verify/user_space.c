/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system's C library: which kernel is too old for it, which CPU too small. */
#include "verify_rules.h"

#include "formats/elf_library.h"

#include <errno.h>

/* The first program needs it; of several the native one comes first. */
static const char *const places[] = {"/lib64/libc.so.6", "/usr/lib64/libc.so.6",
	"/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libc.so.6",
	"/lib/aarch64-linux-gnu/libc.so.6", "/lib/libc.so.6", "/usr/lib/libc.so.6"};

/* 1: read; 0: there is none that can be read. */
static int read_library(const struct target *t, struct elf_library *ret, const char **ret_path)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_(buffer_done) struct buffer file = {0};
		int r = target_read(t, places[i], ELF_LIBRARY_MAX_SIZE, &file, NULL);

		if (r >= 0)
			r = elf_library_parse(ret, buffer_bytes(&file), NULL);
		if (r == -ENOMEM)
			return r;
		*ret_path = places[i];
		if (r >= 0)
			return 1;
	}
	return 0;
}

static bool is_older(const char *release, const unsigned wanted[3])
{
	unsigned have[3] = {0};

	if (sscanf(release, "%5u.%5u.%5u", &have[0], &have[1], &have[2]) < 2)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (have[i] != wanted[i])
			return have[i] < wanted[i];
	return false;
}

static int judge_kernels(struct rules *r, const struct elf_library *l, const char *path)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && l->has_kernel && i < r->inv->kernel_count; i++) {
		const struct kernel *k = &r->inv->kernels[i];

		if (r->v->kernel_states[i] != KERNEL_ABSENT && rules_wants(r, k->release) &&
			is_older(k->release, l->kernel))
			rc = findings_add(&r->v->findings, "glibc-needs-newer-kernel",
				rules_severity(r, k), k->release, path,
				"the system's libc (%s) runs on kernel %u.%u.%u and later "
				"alone: no program would start", path, l->kernel[0],
				l->kernel[1], l->kernel[2]);
	}
	return rc;
}

static int judge_cpu(struct rules *r, const struct elf_library *l, const char *path)
{
	const struct platform *p = r->options->platform;
	const char *lacks = p && p->features.count ? platform_lacks(p, l->x86_level) : NULL;

	if (!lacks || (p->arch && strcmp(p->arch, "x86_64") != 0))
		return 0;
	return findings_add(&r->v->findings, "cpu-below-level", SEVERITY_ERROR, NULL, path,
		"the system's libc (%s) is built for CPUs of level x86-64-v%u, and this one "
		"lacks %s: no program would start; a hypervisor may hide it", path,
		l->x86_level, lacks);
}

int rules_user_space(struct rules *r)
{
	struct elf_library library;
	const char *path = NULL;
	int rc;

	if (r->inv->system->target.fd < 0)
		return 0;
	rc = read_library(&r->inv->system->target, &library, &path);
	if (rc <= 0)
		return rc;
	rc = judge_kernels(r, &library, path);
	return rc < 0 ? rc : judge_cpu(r, &library, path);
}
