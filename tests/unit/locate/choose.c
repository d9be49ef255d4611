/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "locate.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

static char root_label[] = "ROOT";

static struct system system_of(const char *id, const char *device, const char *uuid)
{
	struct system s = {.target = TARGET_NONE, .tree = -1};

	s.id = strdup(id);
	s.root.device = -1;
	s.root.device_path = device ? strdup(device) : NULL;
	s.root.uuid = uuid ? strdup(uuid) : NULL;
	return s;
}

static void forget(struct system *s)
{
	free(s->id);
	free(s->root.device_path);
	free(s->root.uuid);
	free(s->subvolume);
	fstab_done(&s->fstab);
}

struct two {
	struct device device;
	struct system systems[2];
	struct landscape landscape;
};

static int setup(void **state)
{
	struct two *t = calloc(1, sizeof(*t));

	t->device = (struct device){.label = root_label, .parent = -1};
	t->systems[0] = system_of("rhel8-3f2a", "a.img1", "AbCd-1234");
	t->systems[1] = system_of("rhel9-0001", "b.img1", "abcd-1234");
	t->systems[1].root.device = 0;
	t->landscape = (struct landscape){.devices = &t->device,
		.device_count = 1,
		.systems = t->systems,
		.system_count = 2};
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct two *t = *state;

	forget(&t->systems[0]);
	forget(&t->systems[1]);
	free(t);
	return 0;
}

static void test_find(void **state)
{
	struct two *t = *state;
	const struct landscape *l = &t->landscape;

	assert_ptr_equal(landscape_find(l, "rhel9-0001"), &t->systems[1]);
	assert_ptr_equal(landscape_find(l, "a.img1"), &t->systems[0]);
	assert_ptr_equal(landscape_find(l, "ROOT"), &t->systems[1]);
	assert_ptr_equal(landscape_find(l, "ABCD-1234"), &t->systems[0]);
	assert_null(landscape_find(l, "rhel8"));
	assert_null(landscape_find(l, ""));
	assert_null(landscape_find(l, "kernel.rpm"));
}

static void test_choose(void **state)
{
	struct two *t = *state;
	struct system *s = NULL;
	struct fault f = {0};

	assert_int_equal(landscape_choose(&t->landscape, "b.img1", &s, &f), 0);
	assert_ptr_equal(s, &t->systems[1]);
	assert_true(landscape_choose(&t->landscape, "nope", &s, &f) < 0);
	assert_int_equal(f.code, FAULT_NO_SYSTEM);
	assert_non_null(strstr(f.hint, "rhel8-3f2a"));
	assert_true(landscape_choose(&t->landscape, NULL, &s, &f) < 0);
	assert_int_equal(f.code, FAULT_AMBIGUOUS_SYSTEM);
	assert_non_null(strstr(f.hint, "rhel9-0001 (b.img1)"));
	/* Clones share their UUID: it names neither. */
	assert_true(landscape_choose(&t->landscape, "abcd-1234", &s, &f) < 0);
	assert_int_equal(f.code, FAULT_AMBIGUOUS_SYSTEM);
	assert_ptr_equal(s, &t->systems[1]);
}

static void test_choose_among_few(void **state)
{
	struct two *t = *state;
	struct system *s = NULL;
	struct fault f = {0};

	t->landscape.system_count = 1;
	assert_int_equal(landscape_choose(&t->landscape, NULL, &s, &f), 0);
	assert_ptr_equal(s, &t->systems[0]);
	t->landscape.system_count = 0;
	assert_true(landscape_choose(&t->landscape, NULL, &s, &f) < 0);
	assert_int_equal(f.code, FAULT_NO_SYSTEM);
	assert_non_null(strstr(f.hint, "rescue locate"));
	/* What can be opened, and how, is a better step than to look once more. */
	assert_int_equal(findings_add(&t->landscape.findings, "locked", SEVERITY_WARNING, NULL,
		"/dev/sda2", "/dev/sda2 is locked"), 0);
	assert_int_equal(findings_remedy(&t->landscape.findings, "cryptsetup open"), 0);
	assert_true(landscape_choose(&t->landscape, NULL, &s, &f) < 0);
	assert_string_equal(f.hint, "/dev/sda2 is locked; run: cryptsetup open");
	findings_done(&t->landscape.findings);
	t->landscape.system_count = 2;
}

static void expect_path(const struct system *s, const char *path, const char *expected)
{
	_cleanup_free_ char *got = system_loader_path(s, path);

	assert_string_equal(got, expected);
}

static void set_fstab(struct system *s, const char *text)
{
	fstab_done(&s->fstab);
	assert_int_equal(
		fstab_parse(&s->fstab,
			(struct bytes){(const uint8_t *)text, strlen(text)}, NULL),
		0);
}

static void test_loader_path(void **state)
{
	struct two *t = *state;
	struct system *s = &t->systems[0];

	expect_path(s, "/boot/vmlinuz-1", "/boot/vmlinuz-1");
	s->boot.separate = true;
	expect_path(s, "/boot/vmlinuz-1", "/vmlinuz-1");
	expect_path(s, "/bootleg/x", "/bootleg/x");
	set_fstab(s, "UUID=1 /boot btrfs subvol=/boot 0 0\n");
	expect_path(s, "/boot/vmlinuz-1", "/boot/vmlinuz-1");
	set_fstab(s, "UUID=1 /boot ext4 defaults 0 0\n");
	expect_path(s, "/boot/vmlinuz-1", "/vmlinuz-1");
	s->boot.separate = false;
	s->subvolume = strdup("root");
	expect_path(s, "/boot/vmlinuz-1", "/root/boot/vmlinuz-1");
}

/* A stick counts only where there is nothing else, or where it was named. */
static void test_choose_removable(void **state)
{
	struct two *t = *state;
	struct system *s = NULL;
	struct fault f = {0};

	t->systems[0].on_removable = true;
	assert_int_equal(landscape_choose(&t->landscape, NULL, &s, &f), 0);
	assert_ptr_equal(s, &t->systems[1]);
	assert_int_equal(landscape_choose(&t->landscape, "rhel8-3f2a", &s, &f), 0);
	assert_ptr_equal(s, &t->systems[0]);
	t->landscape.is_named = true;
	assert_true(landscape_choose(&t->landscape, NULL, &s, &f) < 0);
	assert_int_equal(f.code, FAULT_AMBIGUOUS_SYSTEM);
	t->landscape.is_named = false;
	t->systems[1].on_removable = true;
	assert_true(landscape_choose(&t->landscape, NULL, &s, &f) < 0);
	assert_int_equal(f.code, FAULT_AMBIGUOUS_SYSTEM);
	t->landscape.system_count = 1;
	assert_int_equal(landscape_choose(&t->landscape, NULL, &s, &f), 0);
	assert_ptr_equal(s, &t->systems[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_find, setup, teardown),
		cmocka_unit_test_setup_teardown(test_choose, setup, teardown),
		cmocka_unit_test_setup_teardown(test_choose_among_few, setup, teardown),
		cmocka_unit_test_setup_teardown(test_choose_removable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loader_path, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
