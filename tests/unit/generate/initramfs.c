/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in an initramfs and what is not; that it is the same each time; its faults. */
#include "generate.h"
#include "kernel.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define V "5.14.0-test"
#define MODULES "/lib/modules/" V

static const struct made_module modules[] = {
	{"kernel/crypto/crc32c_generic.ko", "alias=crypto-crc32c alias=crc32c", "", ""},
	{"kernel/arch/x86/crypto/crc32c-intel.ko", "alias=crypto-crc32c alias=crc32c", "",
		""},
	{"kernel/fs/mbcache.ko", "", "mb_cache", ""},
	{"kernel/fs/jbd2/jbd2.ko", "softdep=pre:|crc32c", "jbd2", ""},
	{"kernel/fs/ext4/ext4.ko", "alias=fs-ext4 alias=fs-ext3 softdep=pre:|crc32c", "",
		"jbd2 mb_cache"},
	{"kernel/fs/f2fs/f2fs.ko", "alias=fs-f2fs", "", ""},
	{"kernel/drivers/scsi/scsi_transport_sas.ko", "", "sas_attach", ""},
	{"kernel/drivers/scsi/mpt3sas/mpt3sas.ko",
		"alias=pci:v00001000d00000072sv*sd*bc*sc*i* firmware=mpt/fw.bin", "",
		"sas_attach"},
	{"kernel/drivers/scsi/cxgbi/cxgb4i.ko", "", "", "cxgb4_register"},
	{"kernel/drivers/net/ethernet/chelsio/cxgb4.ko",
		"alias=pci:v00001425d00004400sv*sd*bc*sc*i* firmware=cxgb4/fw.bin",
		"cxgb4_register", ""},
	{"kernel/drivers/net/e1000.ko", "alias=pci:v00008086d0000100Esv*sd*bc*sc*i*", "",
		""},
	{"kernel/drivers/ata/ahci.ko", "alias=pci:v*d*sv*sd*bc01sc06i01*", "", ""},
	{"kernel/sound/snd.ko", "", "", ""},
	{"extra/vendor_raid.ko", "alias=pci:v00009999d00000001sv*sd*bc*sc*i*", "",
		"scsi_host_alloc printk"},
	{"extra/vendor_net.ko", "alias=pci:v00009999d00000002sv*sd*bc*sc*i*", "",
		"register_netdev"},
	{"updates/drivers/scsi/megaraid.ko", "", "", ""},
};

static void make_kernel(struct tree *t)
{
	struct target patient;
	struct fault f;
	int fd;

	tree_make(t, "f 0644 " MODULES "/modules.order =kernel/drivers/ata/ahci.ko\n"
		     "f 0644 " MODULES "/modules.builtin =kernel/fs/xfs/xfs.ko\n"
		     "f 0644 /lib/firmware/mpt/fw.bin =newest firmware\n"
		     "f 0644 /lib/firmware/cxgb4/fw.bin =for a network card\n");
	tree_file(
		t, MODULES "/modules.builtin.modinfo", "reiserfs.alias=fs-reiserfs", 27);
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		add_module_file(t, MODULES, &modules[i]);
	patient.fd = t->fd;
	fd = openat(t->fd, "lib/modules/" V, O_RDONLY | O_DIRECTORY);
	assert_int_equal(generate_index(fd, V, &patient, &f), 0);
	close(fd);
}

/* As the caller asks, with directory and patient from the tree. */
static int build(const struct tree *t, struct initramfs_request request,
	struct initramfs_summary *ret, struct buffer *out, struct fault *f)
{
	const struct target patient = {.fd = t->fd};
	int fd = memfd_create("initramfs", 0), r;

	assert_true(fd >= 0);
	if (!request.release)
		request.release = V;
	request.patient = &patient;
	request.modules_fd = openat(t->fd, "lib/modules/" V, O_RDONLY | O_DIRECTORY);
	r = generate_initramfs(fd, &request, ret, f);
	close(request.modules_fd);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fd, 256 << 20, out), 0);
	close(fd);
	return r;
}

/* One line an entry: "100644 0:0 1700000000 path"; of text files also "path: line". */
static char *list(const struct buffer *image)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	struct buffer text = {0};

	archive_read_support_filter_gzip(a);
	archive_read_support_format_cpio(a);
	assert_int_equal(
		archive_read_open_memory(a, image->data, image->size), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		const char *path = archive_entry_pathname(e);

		assert_int_equal(
			buffer_printf(&text, "%o %d:%d %lld %s\n", archive_entry_mode(e),
				(int)archive_entry_uid(e), (int)archive_entry_gid(e),
				(long long)archive_entry_mtime(e), path),
			0);
		if (strstr(path, "/modules.") || strstr(path, "firmware/")) {
			static char content[65536];
			la_ssize_t n = archive_read_data(a, content, sizeof(content) - 1);

			assert_true(n >= 0);
			content[n] = '\0';
			assert_int_equal(buffer_puts(&text, content), 0);
		}
	}
	archive_read_free(a);
	return buffer_steal(&text);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in\n%s", part, text);
}

static char *build_and_list(const struct tree *t, struct initramfs_request request)
{
	struct initramfs_summary summary;
	struct buffer image = {0};
	struct fault f;
	char *text;

	if (build(t, request, &summary, &image, &f) < 0)
		fail_msg("%s: %s", f.doing, f.reason);
	assert_int_equal(summary.size, image.size);
	text = list(&image);
	buffer_done(&image);
	return text;
}

static void holds_what_a_root_needs(void **state)
{
	struct tree t;
	char *text;

	(void)state;
	make_kernel(&t);
	text = build_and_list(&t,
		(struct initramfs_request){.root_fstype = "ext4", .mtime = 1700000000});
	has(text, "100755 0:0 1700000000 init\n");
	has(text, "20600 0:0 1700000000 dev/console\n");
	has(text, "40755 0:0 1700000000 sysroot\n");
	has(text, "100644 0:0 1700000000 lib/modules/" V "/kernel/fs/ext4/ext4.ko\n");
	has(text, "/kernel/fs/jbd2/jbd2.ko\n");
	has(text, "/kernel/fs/mbcache.ko\n");
	has(text, "/crc32c-intel.ko\n");
	has(text, "/crc32c_generic.ko\n");
	has(text, "/mpt3sas.ko\n");
	has(text, "/scsi_transport_sas.ko\n");
	has(text, "/ahci.ko\n");
	has_not(text, "snd.ko");
	has_not(text, "e1000");
	has_not(text, "f2fs");
	free(text);
	tree_remove(&t);
}

/* LVM's list of its devices goes along where the system uses it. */
static void carries_the_list_of_devices(void **state)
{
	static const char name[] = " etc/lvm/devices/system.devices\n";
	const struct initramfs_request request = {.root_fstype = "ext4"};
	_cleanup_free_ char *without = NULL, *with = NULL, *off = NULL;
	struct tree t;

	(void)state;
	make_kernel(&t);
	without = build_and_list(&t, request);
	has_not(without, name);
	tree_add(&t, "f 0600 /etc/lvm/devices/system.devices =VERSION=1.1.1\n");
	with = build_and_list(&t, request);
	has(with, name);
	tree_add(&t, "f 0644 /etc/lvm/lvm.conf =use_devicesfile = 0\n");
	off = build_and_list(&t, request);
	has_not(off, name);
	tree_remove(&t);
}

static void third_party_drivers_of_disks_are_in(void **state)
{
	struct tree t;
	char *text;

	(void)state;
	make_kernel(&t);
	text = build_and_list(&t, (struct initramfs_request){0});
	has(text, "/extra/vendor_raid.ko\n");
	has(text, "alias pci:v00009999d00000001sv*sd*bc*sc*i* vendor_raid\n");
	has(text, "/updates/drivers/scsi/megaraid.ko\n");
	has_not(text, "vendor_net");
	free(text);
	tree_remove(&t);
}

static void a_third_party_replacement_is_in(void **state)
{
	static const struct made_module ahci = {"updates/ahci.ko", "", "", ""};
	struct tree t;
	struct fault f;
	char *text;
	int fd;

	(void)state;
	make_kernel(&t);
	add_module_file(&t, MODULES, &ahci);
	fd = openat(t.fd, "lib/modules/" V, O_RDONLY | O_DIRECTORY);
	assert_int_equal(generate_index(fd, V, NULL, &f), 0);
	close(fd);
	text = build_and_list(&t, (struct initramfs_request){0});
	has(text, "/updates/ahci.ko\n");
	has_not(text, "kernel/drivers/ata/ahci.ko");
	free(text);
	tree_remove(&t);
}

/* In for its dependents; but only drivers of disks may answer to a device. */
static void needed_network_drivers_stay_quiet(void **state)
{
	struct tree t;
	char *text;

	(void)state;
	make_kernel(&t);
	text = build_and_list(&t, (struct initramfs_request){0});
	has(text, "/cxgb4i.ko\n");
	has(text, "/cxgb4.ko\n");
	has(text, "alias pci:v00001000d00000072sv*sd*bc*sc*i* mpt3sas\n");
	has_not(text, "alias pci:v00001425");
	has(text, "lib/firmware/mpt/fw.bin\nnewest firmware\n");
	has_not(text, "cxgb4/fw.bin");
	free(text);
	tree_remove(&t);
}

static void firmware_of_updates_comes_first(void **state)
{
	struct tree t;
	char *text;

	(void)state;
	make_kernel(&t);
	tree_add(&t, "f 0644 /lib/firmware/updates/" V "/mpt/fw.bin =from updates\n"
		     "f 0644 /lib/firmware/updates/mpt/fw.bin =second\n");
	text = build_and_list(&t, (struct initramfs_request){0});
	has(text, "lib/firmware/updates/" V "/mpt/fw.bin\nfrom updates\n");
	has_not(text, "second");
	free(text);
	tree_remove(&t);
}

static void index_is_of_those_inside(void **state)
{
	struct tree t;
	char *text;

	(void)state;
	make_kernel(&t);
	text = build_and_list(&t, (struct initramfs_request){0});
	has(text, "kernel/drivers/scsi/mpt3sas/mpt3sas.ko: "
		  "kernel/drivers/scsi/scsi_transport_sas.ko\n");
	has(text, "softdep ext4 pre: crc32c\n");
	has(text, "alias crypto_crc32c crc32c_intel\n");
	has_not(text, "snd.ko");
	has_not(text, " e1000\n");
	free(text);
	tree_remove(&t);
}

static void add_packed(struct tree *t, const struct made_module *m)
{
	static uint8_t packed[65536];
	struct buffer plain = {0};
	size_t size = 0;
	char *path = text_printf(MODULES "/%s.xz", m->path);

	make_module(&plain, m);
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL,
				 (const uint8_t *)plain.data, plain.size, packed, &size,
				 sizeof(packed)),
		LZMA_OK);
	tree_file(t, path, packed, size);
	buffer_done(&plain);
	free(path);
}

static void compressed_modules_are_unpacked(void **state)
{
	static const struct made_module packed = {"kernel/drivers/nvme/host/nvme.ko",
		"alias=pci:v*d*sv*sd*bc01sc08i02*", "", ""};
	struct tree t;
	struct fault f;
	char *text;
	int fd;

	(void)state;
	make_kernel(&t);
	add_packed(&t, &packed);
	fd = openat(t.fd, "lib/modules/" V, O_RDONLY | O_DIRECTORY);
	assert_int_equal(generate_index(fd, V, NULL, &f), 0);
	close(fd);
	text = build_and_list(&t, (struct initramfs_request){0});
	has(text, "/kernel/drivers/nvme/host/nvme.ko\n");
	has(text, "\nkernel/drivers/nvme/host/nvme.ko:\n");
	has_not(text, ".ko.xz");
	free(text);
	tree_remove(&t);
}

static void weak_updates_lead_to_the_patient(void **state)
{
	static const struct made_module weak = {
		"extra/drivers/scsi/weak.ko", "", "", "scsi_host_alloc"};
	struct tree t;
	struct fault f;
	char *text;
	int fd;
	const struct target patient = {.fd = -1};

	(void)state;
	make_kernel(&t);
	add_module_file(&t, "/lib/modules/other", &weak);
	tree_add(&t,
		"l " MODULES
		"/weak-updates/weak.ko /lib/modules/other/extra/drivers/scsi/weak.ko\n");
	fd = openat(t.fd, "lib/modules/" V, O_RDONLY | O_DIRECTORY);
	{
		struct target with = patient;

		with.fd = t.fd;
		assert_int_equal(generate_index(fd, V, &with, &f), 0);
	}
	close(fd);
	text = build_and_list(&t, (struct initramfs_request){0});
	has(text, "100644 0:0 0 lib/modules/" V "/weak-updates/weak.ko\n");
	free(text);
	tree_remove(&t);
}

static void equal_requests_give_equal_bytes(void **state)
{
	const struct initramfs_request request = {.mtime = 1700000000};
	struct initramfs_summary summary;
	struct buffer one = {0}, two = {0};
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	assert_int_equal(build(&t, request, &summary, &one, &f), 0);
	assert_int_equal(build(&t, request, &summary, &two, &f), 0);
	assert_int_equal(one.size, two.size);
	assert_memory_equal(one.data, two.data, one.size);
	assert_string_equal(summary.compression, "gzip");
	buffer_done(&one);
	buffer_done(&two);
	tree_remove(&t);
}

static void compression_is_what_the_kernel_reads(void **state)
{
	static const struct {
		const char *config, *compression;
	} cases[] = {
		{"\nCONFIG_BLK_DEV_INITRD=y\nCONFIG_RD_GZIP=y\n", "gzip"},
		{"\nCONFIG_BLK_DEV_INITRD=y\n# CONFIG_RD_GZIP is not set\n", "none"},
		{"\nCONFIG_BLK_DEV_INITRD=y\n", "gzip"},
	};
	struct initramfs_summary summary;
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct initramfs_request request = {.config = cases[i].config};
		struct buffer image = {0};
		char *text;

		assert_int_equal(build(&t, request, &summary, &image, &f), 0);
		assert_string_equal(summary.compression, cases[i].compression);
		assert_int_equal(memcmp(image.data, "070701", 6) == 0,
			strcmp(cases[i].compression, "none") == 0);
		text = list(&image);
		has(text, "ext4.ko\n");
		free(text);
		buffer_done(&image);
	}
	tree_remove(&t);
}

static void fails(const struct tree *t, struct initramfs_request request, int error,
	const char *reason)
{
	struct initramfs_summary summary;
	struct buffer image = {0};
	struct fault f;

	assert_int_equal(build(t, request, &summary, &image, &f), -error);
	has(f.reason, reason);
	buffer_done(&image);
}

static void root_file_systems(void **state)
{
	static const char *const good[] = {
		"ext4", "ext3", "ext2", "f2fs", "xfs", "reiserfs"};
	struct tree t;
	char *text;

	(void)state;
	make_kernel(&t);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		text = build_and_list(
			&t, (struct initramfs_request){.root_fstype = good[i]});
		assert_int_equal(
			strstr(text, "f2fs.ko\n") != NULL, strcmp(good[i], "f2fs") == 0);
		free(text);
	}
	fails(&t, (struct initramfs_request){.root_fstype = "btrfs"}, ENOENT,
		"no driver for btrfs");
	text = build_and_list(&t, (struct initramfs_request){.root_fstype = "btrfs",
					  .config = "\nCONFIG_BTRFS_FS=y\n"});
	free(text);
	fails(&t,
		(struct initramfs_request){
			.root_fstype = "btrfs", .config = "\nCONFIG_BTRFS_FS=m\n"},
		ENOENT, "btrfs");
	tree_remove(&t);
}

static void kernels_without_initramfs(void **state)
{
	struct tree t;

	(void)state;
	make_kernel(&t);
	fails(&t,
		(struct initramfs_request){
			.config = "#\n# CONFIG_BLK_DEV_INITRD is not set\n"},
		ENOTSUP, "without initramfs");
	tree_remove(&t);
}

static void a_missing_module_is_a_fault(void **state)
{
	struct initramfs_summary summary;
	struct buffer image = {0};
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	tree_add(&t, "r " MODULES "/kernel/drivers/ata/ahci.ko\n");
	assert_int_equal(
		build(&t, (struct initramfs_request){0}, &summary, &image, &f), -ENOENT);
	has(f.path, "ahci.ko");
	buffer_done(&image);
	tree_add(&t, "r " MODULES "/modules.dep\n");
	assert_int_equal(
		build(&t, (struct initramfs_request){0}, &summary, &image, &f), -ENOENT);
	has(f.path, "modules.dep");
	buffer_done(&image);
	tree_remove(&t);
}

static void a_full_disk_is_a_fault(void **state)
{
	struct initramfs_request request = {.release = V};
	struct initramfs_summary summary;
	struct tree t;
	struct fault f;
	int full = open("/dev/full", O_WRONLY);

	(void)state;
	make_kernel(&t);
	request.modules_fd = openat(t.fd, "lib/modules/" V, O_RDONLY | O_DIRECTORY);
	assert_int_equal(generate_initramfs(full, &request, &summary, &f), -ENOSPC);
	close(request.modules_fd);
	close(full);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_a_root_needs),
		cmocka_unit_test(carries_the_list_of_devices),
		cmocka_unit_test(third_party_drivers_of_disks_are_in),
		cmocka_unit_test(a_third_party_replacement_is_in),
		cmocka_unit_test(needed_network_drivers_stay_quiet),
		cmocka_unit_test(firmware_of_updates_comes_first),
		cmocka_unit_test(index_is_of_those_inside),
		cmocka_unit_test(compressed_modules_are_unpacked),
		cmocka_unit_test(weak_updates_lead_to_the_patient),
		cmocka_unit_test(equal_requests_give_equal_bytes),
		cmocka_unit_test(compression_is_what_the_kernel_reads),
		cmocka_unit_test(root_file_systems),
		cmocka_unit_test(kernels_without_initramfs),
		cmocka_unit_test(a_missing_module_is_a_fault),
		cmocka_unit_test(a_full_disk_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
