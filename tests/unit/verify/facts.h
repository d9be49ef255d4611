/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rules are asked about: a system with one kernel, for tests of one rule. */
#ifndef TESTS_UNIT_VERIFY_FACTS_H
#define TESTS_UNIT_VERIFY_FACTS_H

#include "../../../rescue/verify/verify_rules.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define V "5.14.0-1.el9.x86_64"

struct facts {
	struct tree tree;
	struct system system; /* its target is the tree */
	struct kernel kernel;
	struct entry entries[2]; /* the test says how many there are */
	size_t indexes[2];	 /* 0, 1: for a kernel that both belong to */
	enum kernel_state state;
	struct inventory inv;
	struct platform machine;
	struct verify_options options;
	struct verification v;
	struct rules rules;
};

static inline struct facts *facts_new(const char *manifest)
{
	struct facts *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	tree_make(&x->tree, manifest);
	x->system.target.fd = x->tree.fd;
	x->kernel.release = (char *)V;
	x->indexes[1] = 1;
	x->inv = (struct inventory){.system = &x->system, .kernels = &x->kernel,
		.kernel_count = 1, .entries = x->entries, .default_entry = -1};
	x->v.kernel_states = &x->state;
	x->v.kernel_count = 1;
	x->rules = (struct rules){.inv = &x->inv, .options = &x->options, .v = &x->v,
		.present.target = &x->system.target};
	return x;
}

static inline int facts_teardown(void **state)
{
	struct facts *x = *state;

	x->v.kernel_states = NULL; /* no memory of its own */
	verification_done(&x->v);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

/* Judges anew by one rule. */
static inline void facts_judge(struct facts *x, int (*rule)(struct rules *r))
{
	findings_done(&x->v.findings);
	x->v.findings = (struct findings){0};
	assert_int_equal(rule(&x->rules), 0);
}

#endif
