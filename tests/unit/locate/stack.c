/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a root lies on: by devices made up here, by fstab and crypttab. */
#include "../../../rescue/locate/local.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>

/* Each lies on the one before it. */
static void stack(struct landscape *l, struct device *layers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		layers[i].parent = (int)i - 1;
	*l = (struct landscape){.devices = layers, .device_count = count};
}

static unsigned read_stack(const struct landscape *l, const char *files,
	const char **ret_unreachable)
{
	struct tree t;
	struct system s;
	unsigned pieces;

	tree_make(&t, files);
	system_init(&s);
	s.by_directory = l->device_count == 0;
	s.target.fd = t.fd;
	assert_int_equal(fstab_read(&s), 0);
	s.root.device = (int)l->device_count - 1;
	assert_int_equal(stack_read(l, &s), 0);
	pieces = s.pieces;
	*ret_unreachable = s.unreachable;
	s.target.fd = -1;
	system_done(&s);
	tree_remove(&t);
	return pieces;
}

static void expect_name(const char *is, const char *wanted)
{
	if (!wanted != !is || (is && !strstr(is, wanted)))
		fail_msg("%s instead of %s", is ? is : "nothing", wanted ? wanted : "that");
}

static void test_devices(void **state)
{
	struct device disk = {.type = DEVICE_DISK}, part = {.type = DEVICE_PART};
	struct device md = {.type = DEVICE_RAID}, crypt = {.type = DEVICE_CRYPT};
	struct device multipath = {.type = DEVICE_DISK,
		.mapper_uuid = (char *)"mpath-36001", .pieces = PIECE_MULTIPATH};
	struct device on_multipath = {.type = DEVICE_PART, .mapper_uuid = (char *)"part1-mpath-36001"};
	struct device bound = {.type = DEVICE_PART, .pieces = PIECE_CLEVIS};
	struct device iscsi = {.type = DEVICE_DISK, .pieces = PIECE_ISCSI};
	struct device other = {.type = DEVICE_DISK, .mapper_uuid = (char *)"DMRAID-x"};
	const struct {
		struct device layers[3];
		size_t count;
		unsigned pieces;
		const char *name;
	} cases[] = {
		{{disk, part}, 2, 0, NULL},
		{{disk, md}, 2, PIECE_MD, "md array"},
		{{disk, md, part}, 3, PIECE_MD, "md array"},
		{{disk, part, crypt}, 3, PIECE_CRYPT, "LUKS"},
		{{disk, bound, crypt}, 3, PIECE_CRYPT | PIECE_CLEVIS, "clevis"},
		{{md, crypt}, 2, PIECE_MD | PIECE_CRYPT, "LUKS"},
		{{disk, multipath, on_multipath}, 3, PIECE_MULTIPATH, "multipath"},
		{{iscsi, part}, 2, PIECE_ISCSI, "iSCSI"},
		{{disk, other}, 2, 0, "unknown kind"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct device layers[3];
		struct landscape l;
		const char *name;

		memcpy(layers, cases[i].layers, sizeof(layers));
		stack(&l, layers, cases[i].count);
		assert_int_equal(read_stack(&l, "d 0755 /etc\nf 0644 /etc/fstab\n", &name),
			cases[i].pieces);
		expect_name(name, cases[i].name);
	}
}

static void test_files(void **state)
{
	static const struct {
		const char *files;
		unsigned pieces;
		const char *name;
	} cases[] = {
		{"f 0644 /etc/fstab =UUID=1 / ext4 defaults\n", 0, NULL},
		{"f 0644 /etc/fstab =/dev/md/root / ext4 defaults\n", PIECE_MD, "md array"},
		{"f 0644 /etc/fstab =192.0.2.1:/srv / nfs4 rw\n", PIECE_NFS, "NFS"},
		{"f 0644 /etc/fstab =UUID=1 / xfs defaults,_netdev\n", PIECE_NETWORK, "network"},
		{"f 0644 /etc/fstab =tank/root / zfs defaults\n", PIECE_ZFS, "ZFS"},
		{"f 0644 /etc/fstab =UUID=1 / ext4\n"
		 "f 0644 /etc/crypttab =home UUID=2 none\n", 0, NULL},
	};
	const struct landscape none = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *name;

		assert_int_equal(read_stack(&none, cases[i].files, &name), cases[i].pieces);
		expect_name(name, cases[i].name);
	}
}

static void test_crypttab(void **state)
{
	static const char fstab[] = "f 0644 /etc/fstab =/dev/mapper/root / ext4 defaults\n";
	struct device disk[] = {{.type = DEVICE_DISK}};
	_cleanup_free_ char *plain = NULL, *bound = NULL;
	struct landscape l;
	const char *name;

	(void)state;
	stack(&l, disk, 1);
	plain = text_printf("%sf 0644 /etc/crypttab =root UUID=2 none discard\n", fstab);
	bound = text_printf("%sf 0644 /etc/crypttab =root UUID=2 none _netdev\n", fstab);
	assert_int_equal(read_stack(&l, plain, &name), PIECE_CRYPT);
	assert_int_equal(read_stack(&l, bound, &name), PIECE_CRYPT | PIECE_CLEVIS);
	expect_name(name, "clevis");
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(root_piece_name(PIECE_LVM), "an LVM volume");
	assert_string_equal(root_piece_name(PIECE_FIPS), "FIPS mode (fips=1)");
	assert_int_equal(root_source_pieces(NULL), 0);
	assert_int_equal(root_source_pieces("UUID=1"), 0);
	assert_int_equal(root_source_pieces("/dev/disk/by-path/pci-0000:00:1f.2-ata-1"), 0);
	assert_int_equal(root_source_pieces("server:/srv"), PIECE_NFS);
}

/* Partitions of a multipath map are of that one, not of the path that is below it. */
static void test_disk_of_paths(void **state)
{
	struct device layers[] = {{.type = DEVICE_DISK},
		{.type = DEVICE_DISK, .mapper_uuid = (char *)"mpath-36001",
			.pieces = PIECE_MULTIPATH},
		{.type = DEVICE_PART, .mapper_uuid = (char *)"part1-mpath-36001"}};
	struct landscape l;

	(void)state;
	stack(&l, layers, 3);
	assert_int_equal(device_disk(&l, 2), 1);
	assert_int_equal(device_disk(&l, 0), 0);
	layers[1] = (struct device){.type = DEVICE_RAID, .parent = 0};
	assert_int_equal(device_disk(&l, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_disk_of_paths),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_crypttab),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
