/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which modules are loaded, in which order, with which parameters. */
#include "../../../initramfs/pid1.h"
#include "tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char index_files[] =
	"f 0644 /m/modules.dep <<END\n"
	"kernel/drivers/scsi/sd_mod.ko: kernel/drivers/scsi/scsi_mod.ko "
	"kernel/lib/common.ko\n"
	"kernel/drivers/scsi/scsi_mod.ko: kernel/lib/common.ko\n"
	"kernel/lib/common.ko:\n"
	"kernel/drivers/usb/storage/usb-storage.ko: kernel/drivers/scsi/scsi_mod.ko "
	"kernel/lib/common.ko\n"
	"kernel/drivers/usb/storage/uas.ko: kernel/drivers/usb/storage/usb-storage.ko "
	"kernel/drivers/scsi/scsi_mod.ko kernel/lib/common.ko\n"
	"kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko\n"
	"kernel/fs/jbd2/jbd2.ko:\n"
	"kernel/crypto/crc32c_generic.ko:\n"
	"kernel/crypto/crc32c-intel.ko:\n"
	"kernel/drivers/block/floppy.ko:\n"
	"kernel/circle/one.ko:\n"
	"kernel/circle/two.ko:\n"
	"END\n"
	"f 0644 /m/modules.alias <<END\n"
	"alias scsi:t-0x00* sd_mod\n"
	"alias usb:v*ic08* usb_storage\n"
	"alias usb:v*ic08isc06ip62* uas\n"
	"alias crc32c crc32c_intel\n"
	"alias crc32c crc32c_generic\n"
	"alias fs-ext3 ext4\n"
	"alias acpi*:PNP0700:* floppy\n"
	"alias gone vanished\n"
	"END\n"
	"f 0644 /m/modules.softdep <<END\n"
	"softdep ext4 pre: crc32c\n"
	"softdep jbd2 pre: crc32c post: nothing-there\n"
	"softdep usb_storage post: uas\n"
	"softdep one pre: two\n"
	"softdep two pre: one\n"
	"END\n";

static struct buffer inserted;
static const char *refused; /* this module is not taken */

static int record(const char *path, const char *parameters)
{
	char *name = module_name_of(path);
	bool is_refused = refused && strcmp(refused, name) == 0;

	assert_int_equal(
		buffer_printf(&inserted, "%s%s%s%s ", name, *parameters ? "(" : "",
			parameters, *parameters ? ")" : ""),
		0);
	free(name);
	return is_refused ? -ENOEXEC : 0;
}

static int record_present(const char *path, const char *parameters)
{
	assert_int_equal(record(path, parameters), 0);
	return -EEXIST;
}

struct fixture {
	struct tree tree;
	struct boot_options options;
	struct drivers drivers;
};

static void set_up(struct fixture *x, const char *cmdline)
{
	struct target target;

	buffer_done(&inserted);
	assert_int_equal(buffer_puts(&inserted, ""), 0);
	refused = NULL;
	tree_make(&x->tree, index_files);
	target.fd = x->tree.fd;
	assert_int_equal(boot_options_parse(&x->options, cmdline), 0);
	assert_int_equal(drivers_read(&x->drivers, &target, "/m", &x->options, NULL), 0);
	x->drivers.insert = record;
}

static void tear_down(struct fixture *x)
{
	drivers_done(&x->drivers);
	boot_options_done(&x->options);
	tree_remove(&x->tree);
	buffer_done(&inserted);
}

static void what_is_needed_comes_first(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x, "");
	assert_int_equal(drivers_serve(&x.drivers, "scsi:t-0x00"), 1);
	assert_string_equal(inserted.data, "common scsi_mod sd_mod ");
	/* The same device again, and another one of its kind. */
	assert_int_equal(drivers_serve(&x.drivers, "scsi:t-0x00"), 0);
	assert_int_equal(drivers_serve(&x.drivers, "scsi:t-0x00x"), 1);
	assert_string_equal(inserted.data, "common scsi_mod sd_mod ");
	tear_down(&x);
}

static void soft_dependencies(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x, "");
	assert_int_equal(drivers_load(&x.drivers, "ext4"), 1);
	assert_string_equal(inserted.data, "crc32c_intel crc32c_generic jbd2 ext4 ");
	assert_int_equal(drivers_load(&x.drivers, "usb-storage"), 1);
	assert_non_null(strstr(inserted.data, "common scsi_mod usb_storage uas "));
	tear_down(&x);
}

static void a_circle_ends(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x, "");
	assert_int_equal(drivers_load(&x.drivers, "one"), 1);
	assert_string_equal(inserted.data, "two one ");
	tear_down(&x);
}

static void every_driver_of_a_device(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x, "");
	assert_int_equal(drivers_serve(&x.drivers, "usb:v1p2ic08isc06ip62in00"), 1);
	assert_string_equal(inserted.data, "common scsi_mod usb_storage uas ");
	tear_down(&x);
}

static void by_name_and_by_alias(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x, "");
	assert_int_equal(drivers_load(&x.drivers, "fs-ext3"), 1);
	assert_non_null(strstr(inserted.data, "ext4 "));
	assert_int_equal(drivers_load(&x.drivers, "fs-xfs"), 0);
	assert_int_equal(drivers_load(&x.drivers, "xfs"), 0);
	assert_int_equal(drivers_load(&x.drivers, "gone"), 0);
	tear_down(&x);
}

static void parameters_come_along(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x, "scsi_mod.scan=sync scsi_mod.max_luns=1 usb-storage.quirks=a");
	drivers_load(&x.drivers, "usb_storage");
	assert_string_equal(inserted.data,
		"common scsi_mod(scan=sync max_luns=1) usb_storage(quirks=a) uas ");
	tear_down(&x);
}

static void the_blacklist_stops_aliases_only(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x, "modprobe.blacklist=uas,sd-mod");
	drivers_serve(&x.drivers, "usb:v1p2ic08isc06ip62in00");
	drivers_serve(&x.drivers, "scsi:t-0x00");
	drivers_serve(&x.drivers, "acpi:PNP0700:");
	assert_null(strstr(inserted.data, "sd_mod"));
	assert_null(strstr(inserted.data, "floppy"));
	assert_int_equal(drivers_load(&x.drivers, "sd_mod"), 1);
	assert_non_null(strstr(inserted.data, "sd_mod"));
	tear_down(&x);
}

static void a_refused_module_is_remembered(void **state)
{
	struct fixture x;
	const struct driver *sd = NULL;

	(void)state;
	set_up(&x, "");
	refused = "sd_mod";
	assert_int_equal(drivers_load(&x.drivers, "sd_mod"), 0);
	for (size_t i = 0; i < x.drivers.dep.count; i++)
		if (strcmp(x.drivers.items[i].name, "sd_mod") == 0)
			sd = &x.drivers.items[i];
	assert_non_null(sd);
	assert_int_equal(sd->state, DRIVER_REFUSED);
	assert_int_equal(sd->error, ENOEXEC);
	/* Not asked again. */
	assert_int_equal(drivers_load(&x.drivers, "sd_mod"), 0);
	assert_string_equal(inserted.data, "common scsi_mod sd_mod ");
	tear_down(&x);
}

static void a_module_that_is_there_is_loaded(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x, "");
	x.drivers.insert = record_present;
	assert_int_equal(drivers_load(&x.drivers, "jbd2"), 1);
	tear_down(&x);
}

static void a_kernel_without_modules(void **state)
{
	const struct boot_options options = {0};
	struct drivers d;
	struct tree t;
	struct target target;

	(void)state;
	tree_make(&t, "d 0755 /m\n");
	target.fd = t.fd;
	assert_int_equal(drivers_read(&d, &target, "/m", &options, NULL), 0);
	assert_int_equal(drivers_load(&d, "ext4"), 0);
	assert_int_equal(drivers_serve(&d, "pci:v1"), 1);
	drivers_done(&d);
	tree_remove(&t);
}

static void a_damaged_index_is_a_fault(void **state)
{
	const struct boot_options options = {0};
	struct drivers d;
	struct fault f;
	struct tree t;
	struct target target;

	(void)state;
	tree_make(&t, "f 0644 /m/modules.dep =no colon here\n");
	target.fd = t.fd;
	assert_int_equal(drivers_read(&d, &target, "/m", &options, &f), -EBADMSG);
	tree_remove(&t);
}

static void inserting_what_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(insert_module("kernel/no/such/module.ko", ""), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_needed_comes_first),
		cmocka_unit_test(soft_dependencies),
		cmocka_unit_test(a_circle_ends),
		cmocka_unit_test(every_driver_of_a_device),
		cmocka_unit_test(by_name_and_by_alias),
		cmocka_unit_test(parameters_come_along),
		cmocka_unit_test(the_blacklist_stops_aliases_only),
		cmocka_unit_test(a_refused_module_is_remembered),
		cmocka_unit_test(a_module_that_is_there_is_loaded),
		cmocka_unit_test(a_kernel_without_modules),
		cmocka_unit_test(a_damaged_index_is_a_fault),
		cmocka_unit_test(inserting_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
