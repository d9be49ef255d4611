/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a new entry's command line could come from. */
#include "patient.h"

static void reads_sources(void **state)
{
	struct patient *p = patient_new("f 0644 /etc/kernel/cmdline <<END\n"
					"# by hand\n"
					"root=UUID=1 ro\n"
					"  quiet\n"
					"END\n"
					"f 0644 /usr/lib/kernel/cmdline\n"
					"f 0644 /etc/default/grub <<END\n"
					"GRUB_CMDLINE_LINUX=\"crashkernel=auto\"\n"
					"GRUB_CMDLINE_LINUX_DEFAULT='quiet'\n"
					"END\n"
					"f 0644 /boot/grub2/grubenv <<END\n"
					"# GRUB Environment Block\n"
					"kernelopts=root=UUID=2 ro\n"
					"END\n");
	const struct cmdline_sources *c = &p->inv.cmdline;

	(void)state;
	patient_read(p);
	assert_string_equal(c->etc_kernel_cmdline, "root=UUID=1 ro quiet");
	assert_null(c->usr_kernel_cmdline); /* empty */
	assert_string_equal(c->default_grub, "crashkernel=auto quiet");
	assert_string_equal(c->kernelopts, "root=UUID=2 ro");
	patient_free(p);
}

static void tolerates_absence(void **state)
{
	struct patient *p =
		patient_new("f 0644 /etc/default/grub =GRUB_CMDLINE_LINUX=\"\"\n");
	const struct cmdline_sources *c = &p->inv.cmdline;

	(void)state;
	patient_read(p);
	assert_null(c->etc_kernel_cmdline);
	assert_null(c->usr_kernel_cmdline);
	assert_null(c->kernelopts);
	assert_string_equal(c->default_grub, "");
	add_text(p, "/etc/default/grub", "GRUB_TIMEOUT=5\n");
	patient_read(p);
	assert_null(c->default_grub);
	assert_int_equal(p->inv.findings.count, 0);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_sources),
		cmocka_unit_test(tolerates_absence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
