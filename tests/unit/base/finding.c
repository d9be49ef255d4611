/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings: collected, completed, ordered. */
#include "finding.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

static void adds_with_copies(void **state)
{
	_cleanup_(findings_done) struct findings fs = {0};
	char kernel[] = "1.0", subject[] = "/boot/x";

	(void)state;
	assert_int_equal(findings_add(&fs, "image-missing", SEVERITY_ERROR, kernel,
				 subject, "%s is not there", subject),
		0);
	kernel[0] = subject[1] = '?';
	assert_int_equal(findings_remedy(&fs, "rescue restore --release %s", "1.0"), 0);
	assert_int_equal(findings_remedy(&fs, "rescue restore"), 0);
	assert_int_equal(fs.count, 1);
	assert_string_equal(fs.items[0].kernel, "1.0");
	assert_string_equal(fs.items[0].subject, "/boot/x");
	assert_string_equal(fs.items[0].message, "/boot/x is not there");
	assert_string_equal(fs.items[0].remedy, "rescue restore");
}

static void a_remedy_needs_a_finding(void **state)
{
	_cleanup_(findings_done) struct findings fs = {0};

	(void)state;
	assert_int_equal(findings_remedy(&fs, "x"), -EINVAL);
}

static void appending_copies_everything(void **state)
{
	_cleanup_(findings_done) struct findings fs = {0}, more = {0};

	(void)state;
	findings_add(&more, "os-unknown", SEVERITY_INFO, NULL, NULL, "m");
	findings_add(&more, "no-kernel", SEVERITY_ERROR, "k", "s", "n");
	findings_remedy(&more, "r");
	assert_int_equal(findings_append(&fs, &more), 0);
	assert_int_equal(findings_append(&fs, &fs), 0);
	findings_done(&more);
	assert_int_equal(fs.count, 4);
	assert_null(fs.items[0].kernel);
	assert_null(fs.items[0].remedy);
	assert_string_equal(fs.items[3].remedy, "r");
	assert_string_equal(fs.items[3].subject, "s");
}

static void knows_codes_and_errors(void **state)
{
	_cleanup_(findings_done) struct findings fs = {0};

	(void)state;
	assert_false(findings_has_errors(&fs));
	findings_add(&fs, "os-unknown", SEVERITY_INFO, NULL, NULL, "m");
	findings_add(&fs, "locked", SEVERITY_WARNING, NULL, NULL, "m");
	assert_false(findings_has_errors(&fs));
	assert_true(findings_has(&fs, "locked"));
	assert_false(findings_has(&fs, "lock"));
	findings_add(&fs, "no-entry", SEVERITY_ERROR, NULL, NULL, "m");
	assert_true(findings_has_errors(&fs));
}

static void order_is_severity_code_kernel_subject(void **state)
{
	static const struct {
		const char *code;
		enum severity severity;
		const char *kernel, *subject;
	} sorted[] = {
		{"a", SEVERITY_ERROR, NULL, NULL},
		{"a", SEVERITY_ERROR, NULL, "s"},
		{"a", SEVERITY_ERROR, "4.9", "a"},
		{"a", SEVERITY_ERROR, "4.18", "a"},
		{"a", SEVERITY_ERROR, "4.18", "b"},
		{"b", SEVERITY_ERROR, NULL, NULL},
		{"a", SEVERITY_WARNING, NULL, NULL},
		{"a", SEVERITY_INFO, NULL, NULL},
	};
	_cleanup_(findings_done) struct findings fs = {0};

	(void)state;
	for (size_t i = ARRAY_SIZE(sorted); i > 0; i--)
		findings_add(&fs, sorted[i - 1].code, sorted[i - 1].severity,
			sorted[i - 1].kernel, sorted[i - 1].subject, "m");
	findings_sort(&fs);
	for (size_t i = 0; i < fs.count; i++) {
		assert_string_equal(fs.items[i].code, sorted[i].code);
		assert_int_equal(fs.items[i].severity, sorted[i].severity);
		assert_true(text_equal(fs.items[i].kernel, sorted[i].kernel));
		assert_true(text_equal(fs.items[i].subject, sorted[i].subject));
	}
}

static void severities_have_names(void **state)
{
	(void)state;
	assert_string_equal(severity_name(SEVERITY_ERROR), "error");
	assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
	assert_string_equal(severity_name(SEVERITY_INFO), "info");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_with_copies),
		cmocka_unit_test(a_remedy_needs_a_finding),
		cmocka_unit_test(appending_copies_everything),
		cmocka_unit_test(knows_codes_and_errors),
		cmocka_unit_test(order_is_severity_code_kernel_subject),
		cmocka_unit_test(severities_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
