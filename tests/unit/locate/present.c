/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is mounted already, told from lines of mountinfo that name the file system of this
 * machine's own root directory: what they say can be seen there.
 */
#include "../../../rescue/locate/present.h"

#include "../../../rescue/locate/local.h"

#include <errno.h>
#include <setjmp.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

struct setting {
	char directory[64], node[96]; /* of a block device with the root's own number */
	struct device device;
	struct present *present;
};

static int set_up(void **state)
{
	struct setting *s = calloc(1, sizeof(*s));
	struct stat st;

	assert_non_null(s);
	assert_int_equal(stat("/", &st), 0);
	snprintf(s->directory, sizeof(s->directory), "/tmp/present-test-XXXXXX");
	assert_non_null(mkdtemp(s->directory));
	snprintf(s->node, sizeof(s->node), "%s/node", s->directory);
	s->device = (struct device){.backing = s->node, .type = DEVICE_PART};
	s->device.fstype = (char *)"ext4";
	if (mknod(s->node, S_IFBLK | 0600, st.st_dev) < 0)
		s->node[0] = '\0';
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct setting *s = *state;

	if (s->node[0])
		unlink(s->node);
	rmdir(s->directory);
	free(s);
	return 0;
}

#define NEED_NODE(s)                                                                     \
	do {                                                                             \
		if (!(s)->node[0])                                                       \
			skip();                                                          \
	} while (0)

/* lines: root directory and mount point of each, of the device's number. */
static void replay(struct setting *s, const char *const (*lines)[2], size_t count)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	struct stat st;
	FILE *in;

	assert_int_equal(stat("/", &st), 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(buffer_printf(&text, "%zu 1 %u:%u %s %s rw - %s none rw\n", 20 + i,
					 major(st.st_dev), minor(st.st_dev), lines[i][0],
					 lines[i][1], s->device.fstype),
			0);
	in = fmemopen(text.data, text.size, "r");
	assert_non_null(in);
	present_free(s->present);
	s->present = NULL;
	assert_int_equal(present_parse(&s->present, in, NULL), 0);
	fclose(in);
}

static void expect(struct setting *s, const char *options, int result, const char *where)
{
	const char *found = NULL;

	assert_int_equal(present_find(s->present, &s->device, options, &found), result);
	assert_true(text_equal(found, where));
}

static void whole_or_parts(void **state)
{
	static const char *const whole[][2] = {{"/var", "/"}, {"/", "/"}};
	static const char *const part[][2] = {{"/var", "/"}};
	static const char *const covered[][2] = {{"/", "/proc"}, {"/", "/no/such/place"}};
	struct setting *s = *state;

	NEED_NODE(s);
	replay(s, whole, ARRAY_SIZE(whole));
	expect(s, NULL, 1, "/");
	assert_string_equal(present_any(s->present, &s->device), "/");
	replay(s, part, ARRAY_SIZE(part));
	expect(s, NULL, -EBUSY, NULL);
	/* What something else is mounted over cannot be used. */
	replay(s, covered, ARRAY_SIZE(covered));
	expect(s, NULL, 0, NULL);
	assert_null(present_any(s->present, &s->device));
	present_free(s->present);
}

static void subvolumes(void **state)
{
	static const char *const root[][2] = {{"/@", "/"}};
	struct setting *s = *state;

	NEED_NODE(s);
	s->device.fstype = (char *)"btrfs";
	replay(s, root, ARRAY_SIZE(root));
	expect(s, "subvol=@", 1, "/");
	expect(s, "compress,subvol=/@", 1, "/");
	expect(s, "subvol=@home", -ENOENT, NULL);
	expect(s, NULL, -ENOENT, NULL);
	present_free(s->present);
}

static void parts_of_a_disk_are_no_mounted_device(void **state)
{
	static const char *const whole[][2] = {{"/", "/"}};
	struct setting *s = *state;

	NEED_NODE(s);
	replay(s, whole, ARRAY_SIZE(whole));
	s->device.offset = 1 << 20;
	expect(s, NULL, 0, NULL);
	s->device.offset = 0;
	s->device.type = DEVICE_IMAGE;
	expect(s, NULL, 0, NULL);
	s->device.type = DEVICE_DISK;
	s->device.backing = (char *)"/no/such/node";
	expect(s, NULL, 0, NULL);
	present_free(s->present);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_or_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(subvolumes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			parts_of_a_disk_are_no_mounted_device, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
