/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FIPS mode: when the record beside an image is asked for, and what it must say. */
#include "facts.h"
#include "digest.h"

#include <ctype.h>

#define IMAGE "/boot/vmlinuz-" V
#define RECORD "/boot/.vmlinuz-" V ".hmac"

static int setup(void **state)
{
	struct facts *x = facts_new("f 0755 " IMAGE " =the kernel\n");

	x->kernel.image.path = (char *)IMAGE;
	x->kernel.entries = x->indexes;
	x->kernel.entry_count = 2;
	x->entries[0] = (struct entry){.id = (char *)"first", .options = (char *)"ro"};
	x->entries[1] = (struct entry){.id = (char *)"second", .options = (char *)"ro fips=1"};
	x->inv.entry_count = 2;
	*state = x;
	return 0;
}

static void assert_problem(struct facts *x, const char *part)
{
	_cleanup_free_ char *problem = NULL;

	assert_int_equal(rules_fips_problem(&x->rules, &x->kernel, &problem), 0);
	if (!part != !problem || (part && !strstr(problem, part)))
		fail_msg("%s", problem ? problem : "no problem");
}

/* hmaccalc's key, of dracut and of the kernel packages. */
static void record(struct facts *x, enum digest_algorithm a, int (*change)(int), const char *name)
{
	static const char content[] = "the kernel\n", key[] = "FIPS-FTW-RHT2009";
	char hex[DIGEST_HEX_SIZE];
	_cleanup_free_ char *text = NULL;

	hmac_of(a, (struct bytes){(const uint8_t *)key, sizeof(key) - 1},
		(struct bytes){(const uint8_t *)content, sizeof(content) - 1}, hex);
	for (char *at = hex; change && *at; at++)
		*at = (char)change(*at);
	text = text_printf("%s  %s\n", hex, name);
	tree_file(&x->tree, RECORD, text, strlen(text));
}

static void a_record_that_fits(void **state)
{
	struct facts *x = *state;

	assert_problem(x, RECORD " is not there");
	record(x, DIGEST_SHA512, NULL, "vmlinuz-" V);
	assert_problem(x, NULL);
	record(x, DIGEST_SHA256, NULL, IMAGE); /* older packages */
	assert_problem(x, NULL);
	record(x, DIGEST_SHA512, toupper, IMAGE);
	assert_problem(x, NULL);
}

static void records_that_do_not(void **state)
{
	static const char *const texts[] = {"", "\n", "deadbeef  x\n", "not hex at all\n"};
	struct facts *x = *state;

	record(x, DIGEST_SHA512, NULL, "x");
	tree_add(&x->tree, "f 0755 " IMAGE " =the kernel, changed\n");
	assert_problem(x, "does not match");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		tree_file(&x->tree, RECORD, texts[i], strlen(texts[i]));
		assert_problem(x, "does not match");
	}
	tree_add(&x->tree, "z 0644 " RECORD " 5000\n"); /* larger than any record */
	assert_problem(x, "is not there");
}

static void when_it_is_asked_for(void **state)
{
	static const char *const without[] = {"ro", "ro fips=0", "ro fips=1 fips=0", "nofips=1"};
	struct facts *x = *state;

	for (size_t i = 0; i < ARRAY_SIZE(without); i++) {
		x->entries[1].options = (char *)without[i];
		assert_problem(x, NULL);
	}
	x->entries[1].options = NULL;
	assert_problem(x, NULL);
	x->entries[0].options = (char *)"fips=1";
	assert_problem(x, "is not there");
	x->kernel.image.state = PART_DAMAGED; /* told of elsewhere */
	assert_problem(x, NULL);
}

/* dracut looks for it on the file system that boot= names. */
static void a_boot_of_its_own(void **state)
{
	struct facts *x = *state;

	x->system.boot.separate = true;
	record(x, DIGEST_SHA512, NULL, "x");
	assert_problem(x, "boot entry \"second\" says fips=1 and not boot=");
	x->entries[1].options = (char *)"fips=1 boot=UUID=1";
	assert_problem(x, NULL);
}

static void the_finding(void **state)
{
	struct facts *x = *state;

	x->state = KERNEL_INCOMPLETE;
	assert_int_equal(rules_secure(&x->rules), 0);
	assert_int_equal(x->v.findings.count, 1);
	assert_string_equal(x->v.findings.items[0].code, "fips-hmac-missing");
	assert_int_equal(x->v.findings.items[0].severity, SEVERITY_ERROR);
	assert_string_equal(x->v.findings.items[0].subject, IMAGE);
	x->state = KERNEL_ABSENT;
	findings_done(&x->v.findings);
	x->v.findings = (struct findings){0};
	assert_int_equal(rules_secure(&x->rules), 0);
	assert_int_equal(x->v.findings.count, 0);
}

/* Without fips=1 nothing compares them at boot: it may be damaged, or signed anew. */
static void an_image_that_was_altered(void **state)
{
	struct facts *x = *state;

	x->state = KERNEL_BOOTABLE;
	x->entries[1].options = NULL;
	facts_judge(x, rules_secure);
	assert_int_equal(x->v.findings.count, 0); /* there is no record */
	record(x, DIGEST_SHA512, NULL, "x");
	facts_judge(x, rules_secure);
	assert_int_equal(x->v.findings.count, 0);
	tree_add(&x->tree, "f 0755 " IMAGE " =the kernel, changed\n");
	facts_judge(x, rules_secure);
	assert_int_equal(x->v.findings.count, 1);
	assert_string_equal(x->v.findings.items[0].code, "image-altered");
	assert_int_equal(x->v.findings.items[0].severity, SEVERITY_WARNING);
	tree_file(&x->tree, RECORD, "deadbeef\n", 9); /* no digest at all */
	facts_judge(x, rules_secure);
	assert_int_equal(x->v.findings.count, 0);
}

/* fipscheck's own key and algorithm, as SUSE's packages have it. */
static void a_record_of_fipscheck(void **state)
{
	static const char content[] = "the kernel\n", key[] = "orboDeJITITejsirpADONivirpUkvarP";
	struct facts *x = *state;
	char hex[DIGEST_HEX_SIZE];

	hmac_of(DIGEST_SHA256, (struct bytes){(const uint8_t *)key, sizeof(key) - 1},
		(struct bytes){(const uint8_t *)content, sizeof(content) - 1}, hex);
	tree_file(&x->tree, RECORD, hex, strlen(hex));
	assert_problem(x, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, facts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_record_that_fits),
		TEST(records_that_do_not),
		TEST(when_it_is_asked_for),
		TEST(a_boot_of_its_own),
		TEST(the_finding),
		TEST(an_image_that_was_altered),
		TEST(a_record_of_fipscheck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
