/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BootOrder and the variables that it names, in a made /sys. */
#include "../../../rescue/locate/local.h"

#include <fcntl.h>
#include <setjmp.h>

#include <cmocka.h>

#include "tree.h"

#define EFIVARS "/firmware/efi/efivars/"
#define GLOBAL "-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define HEAD(active, size) "\7\0\0\0" active "\0\0\0" size "\0" "A\0\0\0"
#define DRIVE "\4\1\52\0" "\1\0\0\0" "\0\10\0\0\0\0\0\0" "\0\0\5\0\0\0\0\0"               \
	"\161\222\154\350\374\164\115\206\270\261\251\262\154\132\244\250" "\2\2"
#define NAME(letter) "\4\4\10\0" letter "\0\0\0"
#define END "\177\377\4\0"

static void put(const struct tree *t, const char *name, const char *data, size_t size)
{
	_cleanup_free_ char *path = text_printf("." EFIVARS "%s" GLOBAL, name);
	_cleanup_close_ int fd =
		openat(t->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, data, size), 0);
}
#define PUT(t, name, text) put(t, name, text, sizeof(text) - 1)

static void in_the_firmwares_order(void **state)
{
	struct tree t;
	struct firmware_entries e = {0};

	(void)state;
	tree_make(&t, "d 0755 " EFIVARS "\n");
	assert_int_equal(firmware_entries_read(&e, &(struct target){t.fd}), 0);
	assert_int_equal(e.count, 0); /* not started by UEFI */

	/* gone, inactive, damaged, no partition, and two that count */
	PUT(&t, "BootOrder", "\7\0\0\0\11\0\1\0\2\0\3\0\253\0\0\0");
	PUT(&t, "Boot0000", HEAD("\1", "\66") DRIVE NAME("b") END);
	PUT(&t, "Boot0001", HEAD("\0", "\66") DRIVE NAME("i") END);
	PUT(&t, "Boot0002", HEAD("\1", "\377") DRIVE);
	PUT(&t, "Boot0003", HEAD("\1", "\14") NAME("n") END);
	PUT(&t, "Boot00AB", HEAD("\1", "\66") DRIVE NAME("a") END);
	assert_int_equal(firmware_entries_read(&e, &(struct target){t.fd}), 0);
	assert_int_equal(e.count, 2);
	assert_string_equal(e.items[0].path, "/a");
	assert_string_equal(e.items[1].path, "/b");
	assert_string_equal(e.items[0].partuuid, "e86c9271-74fc-864d-b8b1-a9b26c5aa4a8");
	firmware_entries_done(&e);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_the_firmwares_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
