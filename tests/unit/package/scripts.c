/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts of kernel packages of each generation: what we stand for, what nobody does. */
#include "../../../rescue/package/package_room.h"
#include "made_header.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define V "5.14.0-503.el9.x86_64"

/* Tags in rising order; NULL: the script is not there. */
static const struct {
	const char *post, *post_program, *posttrans, *posttrans_program;
	const char *replaced, *not_done;
} cases[] = {
	{NULL, NULL, NULL, NULL, "", ""},
	/* EL5 */
	{"/sbin/new-kernel-pkg --package kernel --mkinitrd --depmod --install " V " || exit $?\n"
	 "if [ -x /sbin/weak-modules ]\nthen\n    /sbin/weak-modules --add-kernel " V "\nfi\n",
	 "/bin/sh", NULL, NULL, "new-kernel-pkg ", "weak-modules "},
	/* EL7 */
	{"if [ `uname -i` == \"x86_64\" -o `uname -i` == \"i386\" ] &&\n"
	 "   [ -f /etc/sysconfig/kernel ]; then\n"
	 "  /bin/sed -r -i -e 's/^DEFAULTKERNEL=kernel-smp$/DEFAULTKERNEL=kernel/' "
	 "/etc/sysconfig/kernel || exit $?\nfi\n",
	 "/bin/sh",
	 "/sbin/new-kernel-pkg --package kernel --mkinitrd --dracut --depmod --update " V
	 " || exit $?\n",
	 "/bin/sh", "new-kernel-pkg ", "sed "},
	/* EL9, core */
	{NULL, NULL,
	 "rm -f /var/lib/rpm-state/kernel/installing_core_" V "\n"
	 "/bin/kernel-install add " V " /lib/modules/" V "/vmlinuz || exit $?\n"
	 "if [[ ! -e \"/boot/symvers-" V ".gz\" ]]; then\n"
	 "    cp \"/lib/modules/" V "/symvers.gz\" \"/boot/symvers-" V ".gz\"\n"
	 "    if command -v restorecon &>/dev/null; then\n"
	 "        restorecon \"/boot/symvers-" V ".gz\"\n    fi\nfi\n",
	 "/bin/sh", "kernel-install cp restorecon ", ""},
	/* EL9, modules */
	{"depmod -a " V "\nif [ ! -f /var/lib/rpm-state/kernel/installing_core_" V " ]; then\n"
	 "    mkdir -p /var/lib/rpm-state/kernel\n"
	 "    touch /var/lib/rpm-state/kernel/need_to_run_dracut_" V "\nfi\n",
	 "/bin/sh",
	 "if [ -f /var/lib/rpm-state/kernel/need_to_run_dracut_" V " ]; then\n"
	 "    rm -f /var/lib/rpm-state/kernel/need_to_run_dracut_" V "\n"
	 "    echo \"Running: dracut -f --kver " V "\"\n    dracut -f --kver \"" V
	 "\" || exit $?\nfi\n",
	 "/bin/sh", "depmod dracut ", ""},
	/* SUSE */
	{"/usr/lib/module-init-tools/kernel-scriptlets/rpm-post --name \"kernel-default\" \"$@\"\n",
	 "/bin/sh", NULL, NULL, "", "rpm-post "},
	{NULL, "/sbin/ldconfig", "print('hello')", "<lua>", "", "ldconfig <lua> "},
};

static void add(struct made_header *h, uint32_t tag, const char *text)
{
	if (text)
		made_header_text(h, tag, text);
}

static void compare(const struct strings *names, const char *expected)
{
	struct buffer text = {0};

	assert_int_equal(buffer_puts(&text, ""), 0);
	for (size_t i = 0; i < names->count; i++)
		assert_int_equal(buffer_printf(&text, "%s ", names->items[i]), 0);
	assert_string_equal(text.data, expected);
	buffer_done(&text);
}

static void tells_who_does_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(made_header_done) struct made_header made = {0};
		_cleanup_(package_done) struct package p = {0};
		struct rpm_header h;

		add(&made, TAG_NAME, "kernel");
		add(&made, TAG_POST_INSTALL, cases[i].post);
		add(&made, TAG_POST_INSTALL_PROGRAM, cases[i].post_program);
		add(&made, TAG_POST_TRANSACTION, cases[i].posttrans);
		add(&made, TAG_POST_TRANSACTION_PROGRAM, cases[i].posttrans_program);
		made_header_parse(&h, &made, RPM_MAIN_HEADER);
		assert_int_equal(package_take_scripts(&p, &h, NULL), 0);
		compare(&p.replaced, cases[i].replaced);
		compare(&p.not_done, cases[i].not_done);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tells_who_does_what)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
