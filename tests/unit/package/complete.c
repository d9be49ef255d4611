/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completeness of sets that no distribution ships: flavours, plain names, odd members. */
#include "../../../rescue/package/package_room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { MOST = 4 };

struct member {
	const char *name;
	enum package_part part;
	const char *provides, *requires; /* "NAME VERSION" */
	bool modules;
};

static void relate(struct package_requirement **list, size_t *count, const char *text)
{
	const char *blank = text ? strchr(text, ' ') : NULL;

	if (!blank)
		return;
	*list = calloc(1, sizeof(**list));
	(*list)->name = strndup(text, (size_t)(blank - text));
	(*list)->version = strdup(blank + 1);
	(*list)->flags = SENSE_EQUAL;
	*count = 1;
}

static void add_member(struct package_sets *s, const struct member *m, const char *release)
{
	struct package *p = &s->packages[s->count++];

	*p = (struct package){.name = strdup(m->name), .nevra = strdup(m->name),
			      .arch = strdup("x86_64"), .release = strdup(release),
			      .part = m->part};
	relate(&p->provides, &p->provide_count, m->provides);
	relate(&p->requires, &p->require_count, m->requires);
	if (!m->modules)
		return;
	p->files = calloc(1, sizeof(*p->files));
	p->files[0] = (struct package_file){
		.path = text_printf("/lib/modules/%s/kernel/a.ko", release),
		.mode = S_IFREG | 0644};
	p->file_count = 1;
}

/* Members of part OTHER and extra modules are at hand, but not in the set yet. */
static void judge(struct package_sets *s, const struct member *members, size_t count,
		  const char *release)
{
	s->packages = calloc(MOST, sizeof(*s->packages));
	s->sets = calloc(1, sizeof(*s->sets));
	s->set_count = 1;
	s->sets[0].release = strdup(release);
	for (size_t i = 0; i < count && members[i].name; i++)
		add_member(s, &members[i], release);
	for (size_t i = 0; i < s->count; i++) {
		if (members[i].part != PACKAGE_OTHER && members[i].part != PACKAGE_MODULES_EXTRA)
			assert_int_equal(package_set_add(s, &s->sets[0], i), 0);
	}
	assert_int_equal(package_set_judge(s, &s->sets[0]), 0);
}

static const struct {
	const char *what, *release, *missing; /* missing NULL: complete */
	size_t members;			      /* of the set, in the end */
	struct member m[MOST];
} cases[] = {
	{"a whole kernel in one", "V", NULL, 1,
	 {{"kernel", PACKAGE_CORE, NULL, NULL, true}}},
	{"an image alone", "V", "kernel-modules-V", 1,
	 {{"kernel", PACKAGE_CORE, NULL, NULL, false}}},
	{"EL8 core, which holds some modules", "V", "kernel-modules-V", 1,
	 {{"kernel-core", PACKAGE_CORE, NULL, NULL, true}}},
	{"a flavour's modules", "V+rt", "kernel-rt-modules-V", 1,
	 {{"kernel-rt-core", PACKAGE_CORE, NULL, NULL, true}}},
	{"a flavour by uname", "V+debug", "kernel-debug-modules-core-V", 2,
	 {{"kernel-debug-core", PACKAGE_CORE, NULL,
	   "kernel-debug-modules-core-uname-r V+debug", false},
	  {"kernel-debug-modules", PACKAGE_MODULES, NULL, NULL, true}}},
	{"plain names, with an epoch", "V", "kernel-uek-core-5-1.el8.x86_64", 1,
	 {{"kernel-uek", PACKAGE_META, NULL, "kernel-uek-core 2:5-1.el8", false}}},
	{"modules without their image", "V", "kernel-core-V", 1,
	 {{"kernel-modules", PACKAGE_MODULES, NULL, NULL, true}}},
	{"what is required joins", "V", NULL, 3,
	 {{"kernel-core", PACKAGE_CORE, NULL, "kernel-modules-partner-uname-r V", false},
	  {"kernel-modules", PACKAGE_MODULES, NULL, NULL, true},
	  {"kernel-modules-partner", PACKAGE_OTHER, "kernel-modules-partner-uname-r V", NULL,
	   true}}},
	{"extra modules join when they are required", "V", NULL, 3,
	 {{"kernel-core", PACKAGE_CORE, NULL, "kernel-modules-extra-uname-r V", false},
	  {"kernel-modules", PACKAGE_MODULES, NULL, NULL, true},
	  {"kernel-modules-extra", PACKAGE_MODULES_EXTRA, "kernel-modules-extra-uname-r V",
	   NULL, true}}},
	{"the requirements of what joins count", "V", "kernel-more-V", 3,
	 {{"kernel-core", PACKAGE_CORE, NULL, "kernel-modules-partner-uname-r V", false},
	  {"kernel-modules", PACKAGE_MODULES, NULL, NULL, true},
	  {"kernel-modules-partner", PACKAGE_OTHER, "kernel-modules-partner-uname-r V",
	   "kernel-more-uname-r V", true}}},
	{"others stay out", "V", NULL, 2,
	 {{"kernel-core", PACKAGE_CORE, NULL, NULL, false},
	  {"kernel-modules", PACKAGE_MODULES, NULL, NULL, true},
	  {"kmod-third-party", PACKAGE_OTHER, "kmod-third-party 1", "kernel-nothing 9", true}}},
};

static void judges_odd_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(package_sets_done) struct package_sets s = {0};
		const struct package_set *set;

		judge(&s, cases[i].m, MOST, cases[i].release);
		set = &s.sets[0];
		if (set->complete != !cases[i].missing || set->count != cases[i].members ||
		    (cases[i].missing &&
		     (set->missing.count != 1 ||
		      !text_equal(set->missing.items[0], cases[i].missing))))
			fail_msg("%s: %zu members, missing %s", cases[i].what, set->count,
				 set->missing.count ? set->missing.items[0] : "nothing");
	}
}

/* The package whose requirement is open says so too. */
static void tells_who_misses_it(void **state)
{
	const struct member core = {"kernel-core", PACKAGE_CORE, NULL,
				    "kernel-modules-core-uname-r V", true};
	_cleanup_(package_sets_done) struct package_sets s = {0};

	(void)state;
	judge(&s, &core, 1, "V");
	assert_int_equal(s.sets[0].missing.count, 2);
	assert_string_equal(s.sets[0].missing.items[0], "kernel-modules-V");
	assert_string_equal(s.sets[0].missing.items[1], "kernel-modules-core-V");
	assert_true(strings_has(&s.packages[0].missing, "kernel-modules-core-V"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_odd_sets),
		cmocka_unit_test(tells_who_misses_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
