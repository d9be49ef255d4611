/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From looking to repairing: mounted anew, written, and found again. */
#include "images.h"

static void look(struct landscape *ret, struct images *i, const char *name)
{
	struct scope where = {0};
	struct fault f = {0};

	assert_int_equal(strings_add(&where.images, image_path(i, name)), 0);
	*ret = (struct landscape){0};
	if (locate_scan(ret, &where, &f) < 0)
		fail_msg("%s %s %s", fault_code_name(&f), f.doing, f.reason);
	strings_done(&where.images);
}

static void put_file(const struct target *t, const char *path, const char *text)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dir = target_parent(t, path, &name, NULL), fd = -1;

	assert_true(dir >= 0);
	fd = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void expect_file(const struct target *t, const char *path, const char *text)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	assert_int_equal(target_read(t, path, 4096, &b, NULL), 0);
	assert_string_equal(b.data, text);
}

static void expect_clean(struct images *i, const char *name, uint64_t offset)
{
	char image[256];

	snprintf(image, sizeof(image), "%s?offset=%llu", image_path(i, name),
		(unsigned long long)offset);
	assert_int_equal(run((const char *const[]){"bash", "-c",
				 "PATH=$PATH:/sbin e2fsck -fn \"$0\" >/dev/null 2>&1",
				 image, NULL}),
		0);
}

static void test_write(void **state)
{
	struct images *i = *state;
	struct landscape l = {0};
	struct fault f = {0};
	struct system *s;
	char id[64];

	NEED_MOUNT();
	make_image(i, "image_system $d/w.img boot=separate");
	make_image(i, "image_dirty $d/w.img 1");
	make_image(i, "image_orphan $d/w.img 2");
	look(&l, i, "w.img");
	s = &l.systems[0];
	snprintf(id, sizeof(id), "%s", s->id);
	assert_true(findings_has(&s->findings, "filesystem-dirty"));
	assert_int_equal(system_make_writable(&l, s, &f), 0);
	assert_true(s->writable && s->complete);
	assert_string_equal(s->id, id);
	assert_false(findings_has(&s->findings, "filesystem-dirty"));
	assert_false(l.devices[1].unclean);
	assert_int_equal(system_make_writable(&l, s, &f), 0); /* it is already */
	put_file(&s->target, "/boot/new", "in boot");
	put_file(&s->target, "/etc/new", "in root");
	assert_int_equal(landscape_unmount(&l, &f), 0);
	landscape_done(&l);
	expect_clean(i, "w.img", 1024 * 1024);
	expect_clean(i, "w.img", 9 * 1024 * 1024);
	look(&l, i, "w.img");
	assert_false(findings_has(&l.systems[0].findings, "filesystem-dirty"));
	expect_file(&l.systems[0].target, "/boot/new", "in boot");
	expect_file(&l.systems[0].target, "/etc/new", "in root");
	landscape_done(&l);
}

/* Without landscape_unmount nothing is lost either. */
static void test_done_unmounts(void **state)
{
	struct images *i = *state;
	struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/done.img");
	look(&l, i, "done.img");
	assert_int_equal(system_make_writable(&l, &l.systems[0], NULL), 0);
	put_file(&l.systems[0].target, "/boot/new", "x");
	landscape_done(&l);
	expect_clean(i, "done.img", 1024 * 1024);
}

static void expect_refusal(
	struct images *i, const char *name, enum fault_code code, int error)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	char before[DIGEST_HEX_SIZE], after[DIGEST_HEX_SIZE];
	struct fault f = {0};
	struct system *s;

	image_digest(image_path(i, name), before);
	look(&l, i, name);
	s = &l.systems[0];
	assert_true(system_make_writable(&l, s, &f) < 0);
	assert_int_equal(f.code, code);
	assert_int_equal(f.error, error);
	assert_string_equal(f.system, s->id);
	assert_false(s->writable);
	/* Still there to look at. */
	assert_true(target_exists(&s->target, "/etc/fstab"));
	image_digest(image_path(i, name), after);
	assert_string_equal(before, after);
}

static void test_hibernated(void **state)
{
	static const char *const signatures[] = {"S1SUSPEND", "ULSUSPEND", "S2SUSPEND"};
	struct images *i = *state;

	NEED_MOUNT();
	make_image(i, "image_system $d/h.img boot=separate");
	for (size_t n = 0; n < ARRAY_SIZE(signatures); n++) {
		make_image(i, "image_swap $d/h.img 4 %s", signatures[n]);
		expect_refusal(i, "h.img", FAULT_HIBERNATED, 0);
	}
	make_image(i, "image_swap $d/h.img 4");
	{
		_cleanup_(landscape_done) struct landscape l = {0};

		look(&l, i, "h.img");
		assert_int_equal(system_make_writable(&l, &l.systems[0], NULL), 0);
	}
}

/* Another loop device that could write into the image: two masters of one disk. */
static void test_in_use(void **state)
{
	struct images *i = *state;
	char command[256];

	NEED_MOUNT();
	make_image(i, "image_system $d/busy.img");
	snprintf(command, sizeof(command),
		"PATH=$PATH:/sbin; losetup -f --show %s >%s/loop",
		image_path(i, "busy.img"), i->directory);
	assert_int_equal(run((const char *const[]){"sh", "-c", command, NULL}), 0);
	expect_refusal(i, "busy.img", FAULT_ERRNO, EBUSY);
	snprintf(command, sizeof(command), "PATH=$PATH:/sbin; losetup -d $(cat %s/loop)",
		i->directory);
	assert_int_equal(run((const char *const[]){"sh", "-c", command, NULL}), 0);
}

/* A read-only bind mount is what makes a file read-only even for root. */
static void test_read_only(void **state)
{
	struct images *i = *state;
	char command[512];

	NEED_MOUNT();
	make_image(i, "image_system $d/locked.img");
	snprintf(command, sizeof(command),
		"mount --bind %s %s && mount -o remount,ro,bind %s", i->directory,
		i->directory, i->directory);
	assert_int_equal(run((const char *const[]){"sh", "-c", command, NULL}), 0);
	expect_refusal(i, "locked.img", FAULT_ERRNO, EROFS);
	snprintf(command, sizeof(command), "umount %s", i->directory);
	assert_int_equal(run((const char *const[]){"sh", "-c", command, NULL}), 0);
}

/* Two systems that share nothing: repairing one leaves the other to be looked at. */
static void test_other_system(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};
	struct scope where = {0};
	struct fault f = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/a.img name=a boot=separate");
	make_image(i, "image_system $d/b.img name=a boot=separate");
	strings_add(&where.images, image_path(i, "a.img"));
	strings_add(&where.images, image_path(i, "b.img"));
	assert_int_equal(locate_scan(&l, &where, &f), 0);
	strings_done(&where.images);
	assert_int_equal(system_make_writable(&l, &l.systems[1], &f), 0);
	assert_true(target_exists(&l.systems[0].target, "/boot/grub2/grub.cfg"));
	assert_false(l.systems[0].writable);
	assert_true(findings_has(&l.systems[1].findings, "duplicate-uuid"));
	assert_true(text_ends(l.systems[1].boot.device_path, "b.img2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_done_unmounts),
		cmocka_unit_test(test_hibernated),
		cmocka_unit_test(test_in_use),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_other_system),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
