/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One physical volume, read from a file. */
#include "volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

/* Heads that LVM itself wrote, whole, cut short and changed. */
static void reads_disks(void **state)
{
	static const char head[] = "tests/data/lvm_head/wrapped/input";
	struct physical_volume pv;
	char path[] = "/tmp/lvm-test-XXXXXX";
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_close_ int in = open(head, O_RDONLY | O_CLOEXEC), fd = mkstemp(path);

	(void)state;
	assert_true(in >= 0 && fd >= 0);
	assert_int_equal(fd_read_all(in, 1 << 20, &b), 0);
	assert_int_equal(pwrite(fd, b.data, b.size, 512), (ssize_t)b.size);
	assert_int_equal(physical_volume_read(&pv, path, 512, b.size, NULL), 0);
	assert_string_equal(pv.vg.name, "vg-test");
	assert_int_equal(pv.vg.seqno, 17);
	physical_volume_done(&pv);
	/* Its text lies behind the end of what there is. */
	assert_int_equal(physical_volume_read(&pv, path, 512, 20000, NULL), -ENODATA);
	/* One bit of the text: its checksum tells. */
	assert_int_equal(pwrite(fd, "#", 1, 512 + 35328 + 10), 1);
	assert_int_equal(physical_volume_read(&pv, path, 512, b.size, NULL), -EBADMSG);
	assert_int_equal(physical_volume_read(&pv, path, 0, b.size, NULL), -EBADMSG);
	assert_int_equal(physical_volume_read(&pv, path, 8192, b.size, NULL), -ENOENT);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
