/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine from a small copy of its /sys and /proc; what the root hangs on. */
#include "../../../rescue/locate/local.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>

#define BUS "/sys/devices/pci0000:00/0000:00:"
#define BRIDGE "pci:v00008086d00007110sv00000000sd00000000bc06sc04i00"

static const char machine[] =
	"f 0444 " BUS "10.0/modalias =" BRIDGE "\n"
	"f 0444 " BUS "10.0/0000:03:00.0/modalias =pci:v000015ADd000007C0sv0sd0bc01sc07i00\n"
	"l " BUS "10.0/0000:03:00.0/driver ../../../../bus/pci/drivers/vmw_pvscsi\n"
	"f 0444 " BUS "10.0/0000:03:00.0/host2/2:0:0:0/modalias =scsi:t-0x00\n"
	"d 0755 " BUS "10.0/0000:03:00.0/host2/2:0:0:0/block/sda/sda2\n"
	"f 0444 " BUS "11.0/modalias =pci:v00008086d00002922sv0sd0bc01sc06i01\n"
	"f 0444 " BUS "12.0/modalias =of:Nodd\n"
	"d 0755 " BUS "12.0/net/eth0\n"
	"f 0444 " BUS "13.0/modalias =\n"
	"l /sys/bus/pci/devices/0000:00:10.0 ../../../devices/pci0000:00/0000:00:10.0\n"
	"l /sys/bus/pci/devices/0000:03:00.0 "
	"../../../devices/pci0000:00/0000:00:10.0/0000:03:00.0\n"
	"l /sys/bus/pci/devices/0000:00:11.0 ../../../devices/pci0000:00/0000:00:11.0\n"
	"l /sys/bus/pci/devices/0000:00:12.0 ../../../devices/pci0000:00/0000:00:12.0\n"
	"l /sys/bus/pci/devices/0000:00:13.0 ../../../devices/pci0000:00/0000:00:13.0\n"
	"l /sys/bus/scsi/devices/2:0:0:0 "
	"../../../devices/pci0000:00/0000:00:10.0/0000:03:00.0/host2/2:0:0:0\n"
	"d 0755 /sys/bus/empty\n"
	"l /sys/class/block/sda ../../devices/pci0000:00/0000:00:10.0/0000:03:00.0/host2/"
	"2:0:0:0/block/sda\n"
	"f 0444 /proc/cpuinfo =flags : a b\n";

static const struct platform_device *find(const struct platform *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (text_equal(p->items[i].name, name))
			return &p->items[i];
	fail_msg("no device %s", name);
	return NULL;
}

static void devices(void **state)
{
	_cleanup_(platform_done) struct platform p = {0};
	struct tree tree;

	(void)state;
	tree_make(&tree, machine);
	assert_int_equal(platform_read(&p, &(struct target){tree.fd}, NULL), 0);
	tree_remove(&tree);
	assert_int_equal(p.count, 5);
	assert_string_equal(find(&p, "0000:03:00.0")->driver, "vmw_pvscsi");
	assert_int_equal(find(&p, "0000:03:00.0")->class, CLASS_STORAGE);
	assert_int_equal(find(&p, "0000:00:12.0")->class, CLASS_NETWORK);
	assert_null(find(&p, "2:0:0:0")->driver);
	assert_int_equal(p.features.count, 2);
	assert_string_equal(p.firmware, "bios");
	assert_int_equal(p.secure_boot, SECURE_BOOT_OFF);
	assert_non_null(p.arch);
}

static void secure_boot(void **state)
{
	_cleanup_(platform_done) struct platform on = {0}, unknown = {0};
	struct tree tree;

	(void)state;
	tree_make(&tree, "d 0755 /sys/bus\nd 0755 /sys/firmware/efi\n");
	assert_int_equal(platform_read(&unknown, &(struct target){tree.fd}, NULL), 0);
	tree_file(&tree, "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-"
		"00e098032b8c", "\6\0\0\0\1", 5);
	assert_int_equal(platform_read(&on, &(struct target){tree.fd}, NULL), 0);
	tree_remove(&tree);
	assert_int_equal(unknown.secure_boot, SECURE_BOOT_UNKNOWN);
	assert_int_equal(on.secure_boot, SECURE_BOOT_ON);
	assert_string_equal(on.firmware, "uefi");
}

static void what_carries_the_root(void **state)
{
	_cleanup_(platform_done) struct platform p = {0};
	struct device disks[] = {{.path = (char *)"/dev/sda", .parent = -1, .system = -1},
		{.path = (char *)"/dev/sda2", .parent = 0},
		{.path = (char *)"/dev/nowhere", .parent = -1, .system = -1}};
	struct system system = {.root.device = 1};
	struct landscape l = {.devices = disks, .device_count = 3, .systems = &system,
		.system_count = 1};
	struct tree tree;

	(void)state;
	tree_make(&tree, machine);
	assert_int_equal(platform_read(&p, &(struct target){tree.fd}, NULL), 0);
	assert_int_equal(platform_mark_root(&p, &(struct target){tree.fd}, &l, &system), 0);
	assert_true(find(&p, "0000:03:00.0")->carries_root);
	assert_true(find(&p, "2:0:0:0")->carries_root);
	assert_false(find(&p, "0000:00:11.0")->carries_root);
	/* A bridge needs no driver. */
	assert_false(find(&p, "0000:00:10.0")->carries_root);
	system.root.device = 2;
	assert_int_equal(platform_mark_root(&p, &(struct target){tree.fd}, &l, &system), 0);
	assert_false(find(&p, "0000:03:00.0")->carries_root);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices),
		cmocka_unit_test(secure_boot),
		cmocka_unit_test(what_carries_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
