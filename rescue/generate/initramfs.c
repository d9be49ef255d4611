/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An initramfs for one kernel, made by this program alone: itself as /init, the drivers
 * that could lead to a root file system, and an index of just those.
 */
#include "archive.h"
#include "firmware.h"
#include "generate.h"
#include "unpack.h"
#include "volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_PROGRAM_SIZE (256u * 1024 * 1024)

/* Drivers of disks, and of the buses and hosts that disks sit on. */
static const char *const directories[] = {"drivers/ata/", "drivers/block/",
	"drivers/nvme/", "drivers/scsi/", "drivers/message/", "drivers/mmc/",
	"drivers/md/", "drivers/ufs/", "drivers/nvdimm/", "drivers/acpi/nfit/",
	"drivers/s390/block/", "drivers/s390/scsi/", "drivers/usb/storage/",
	"drivers/usb/host/", "drivers/usb/dwc3/", "drivers/hv/", "drivers/virtio/",
	"drivers/xen/", "drivers/pci/controller/", "drivers/pci/host/",
	"drivers/pci/hotplug/", NULL};

/*
 * By name or alias. Checksums: old kernels do not say that ext4, xfs and btrfs ask for
 * them (softdep). Keyboards: for the one question that PID 1 may have to ask.
 */
static const char *const words[] = {"ext2", "ext3", "ext4", "xfs", "btrfs", "vfat",
	"nls_cp437", "nls_iso8859_1", "nls_ascii", "nls_utf8", "isofs", "crc32c",
	"crypto-crc32c", "crc32c_intel", "crc32c_generic", "crc32_pclmul", "crct10dif",
	"libcrc32c", "atkbd", "i8042", "hid_generic", "usbhid", "hyperv_keyboard",
	"virtio_console"};

static const char *const empty_directories[] = {"dev", "proc", "run", "sys", "sysroot"};

static int choose_root(
	struct module_set *set, const struct initramfs_request *request, struct fault *f)
{
	const char *type = request->root_fstype;
	int r = type ? module_set_choose_filesystem(set, type, request->config) : 1;

	if (r < 0)
		return fault_no_memory(f);
	if (r > 0)
		return 0;
	r = fault_errno(f, ENOENT, NULL, "build an initramfs for %s", request->release);
	fault_reason(f,
		"that kernel has no driver for %s, neither as a module nor built in",
		type);
	return r;
}

static int choose(
	struct module_set *set, const struct initramfs_request *request, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && directories[i]; i++)
		r = module_set_choose_directory(set, directories[i]);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(words); i++)
		r = module_set_choose(set, words[i]);
	if (r >= 0)
		r = module_set_choose_third_party(set, directories);
	return r < 0 ? fault_no_memory(f) : choose_root(set, request, f);
}

/* kernel/fs/a.ko.xz → kernel/fs/a.ko */
static char *plain_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *suffix = strstr(slash ? slash : path, ".ko");

	return strndup(path, suffix ? (size_t)(suffix - path) + 3 : strlen(path));
}

static int add_module(struct cpio *c, const struct module_set *set,
	const struct unpacked *module, struct firmware_list *firmware, struct fault *f)
{
	_cleanup_free_ char *plain = plain_path(set->dep.items[module->item].path);
	_cleanup_free_ char *path =
		plain ? text_printf("%s/%s", set->staged->directory + 1, plain) : NULL;
	int r;

	if (!path)
		return fault_no_memory(f);
	r = cpio_file(c, path, 0644, buffer_bytes(&module->data), f);
	if (r >= 0 && set->served[module->item])
		r = firmware_note(firmware, buffer_bytes(&module->data), f);
	return r;
}

static int add_batch(struct cpio *c, const struct module_set *set,
	struct unpack_batch *batch, struct firmware_list *firmware, struct fault *f)
{
	int r = 0;

	unpack_run(set, batch);
	for (size_t i = 0; r >= 0 && i < batch->count; i++) {
		r = batch->items[i].result;
		if (r >= 0)
			r = add_module(c, set, &batch->items[i], firmware, f);
		else if (f)
			*f = batch->items[i].fault;
	}
	unpack_batch_done(batch);
	return r;
}

static int add_modules(struct cpio *c, const struct module_set *set, struct fault *f)
{
	_cleanup_(firmware_list_done) struct firmware_list firmware = {0};
	_cleanup_(unpack_batch_free_p) struct unpack_batch *batch =
		calloc(1, sizeof(*batch));
	int r = 0;

	if (!batch)
		return fault_no_memory(f);
	for (size_t i = 0; r >= 0 && i < set->dep.count; i++) {
		if (!set->chosen[i])
			continue;
		batch->items[batch->count++].item = i;
		if (batch->count == UNPACK_BATCH)
			r = add_batch(c, set, batch, &firmware, f);
	}
	if (r >= 0)
		r = add_batch(c, set, batch, &firmware, f);
	return r < 0 ? r : firmware_add(&firmware, c, set->staged, f);
}

/* Their modules.dep with the paths that they have here. */
static int write_dep(struct buffer *ret, const struct module_set *set)
{
	for (size_t i = 0; i < set->dep.count; i++) {
		const struct module_dep *dep = &set->dep.items[i];
		_cleanup_free_ char *plain = plain_path(dep->path);

		if (!set->chosen[i])
			continue;
		if (!plain || buffer_printf(ret, "%s:", plain) < 0)
			return -ENOMEM;
		for (size_t n = 0; n < dep->needs.count; n++) {
			_cleanup_free_ char *need = plain_path(dep->needs.items[n]);

			if (!need || buffer_printf(ret, " %s", need) < 0)
				return -ENOMEM;
		}
		if (buffer_puts(ret, "\n") < 0)
			return -ENOMEM;
	}
	return 0;
}

/*
 * A network card's driver that some iSCSI adapter needs is in, but must not find its card
 * here: without its firmware it would fail, and stay so in the system that follows.
 */
static int write_alias(struct buffer *ret, const struct module_set *set)
{
	for (size_t i = 0; i < set->alias.count; i++) {
		const struct module_alias *a = &set->alias.items[i];

		if (module_set_serves(set, a->module) &&
			buffer_printf(ret, "alias %s %s\n", a->pattern, a->module) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int write_words(struct buffer *ret, const char *kind, const struct strings *list)
{
	if (list->count > 0 && buffer_printf(ret, " %s:", kind) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++)
		if (buffer_printf(ret, " %s", list->items[i]) < 0)
			return -ENOMEM;
	return 0;
}

static int write_softdep(struct buffer *ret, const struct module_set *set)
{
	for (size_t i = 0; i < set->softdep.count; i++) {
		const struct module_softdep *s = &set->softdep.items[i];

		if (!module_set_has(set, s->module))
			continue;
		if (buffer_printf(ret, "softdep %s", s->module) < 0 ||
			write_words(ret, "pre", &s->pre) < 0 ||
			write_words(ret, "post", &s->post) < 0 ||
			buffer_puts(ret, "\n") < 0)
			return -ENOMEM;
	}
	return 0;
}

static int add_index(struct cpio *c, const struct module_set *set, struct fault *f)
{
	static const struct {
		const char *name;
		int (*write)(struct buffer *ret, const struct module_set *set);
	} files[] = {{"modules.alias", write_alias}, {"modules.dep", write_dep},
		{"modules.softdep", write_softdep}};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_(buffer_done) struct buffer text = {0};
		_cleanup_free_ char *path =
			text_printf("%s/%s", set->staged->directory + 1, files[i].name);
		int r;

		if (!path || files[i].write(&text, set) < 0)
			return fault_no_memory(f);
		r = cpio_file(c, path, 0644, buffer_bytes(&text), f);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_program(struct cpio *c, struct fault *f)
{
	static const char self[] = "/proc/self/exe";
	_cleanup_(buffer_done) struct buffer program = {0};
	_cleanup_close_ int fd = open(self, O_RDONLY | O_CLOEXEC);
	int r;

	r = fd < 0 ? -errno : fd_read_all(fd, MAX_PROGRAM_SIZE, &program);
	if (r < 0)
		return fault_errno(f, -r, NULL, "read this program (%s)", self);
	return cpio_file(c, "init", 0755, buffer_bytes(&program), f);
}

/* The kernel opens /dev/console before PID 1 can mount anything there. */
static int add_skeleton(struct cpio *c, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(empty_directories); i++)
		r = cpio_directory(c, empty_directories[i], f);
	if (r >= 0)
		r = cpio_character_device(c, "dev/console", 0600, 5, 1, f);
	if (r >= 0)
		r = cpio_character_device(c, "dev/null", 0666, 1, 3, f);
	return r < 0 ? r : add_program(c, f);
}

/* PID 1 looks first at the physical volumes that the system itself would use. */
static int add_devices_list(struct cpio *c, const struct target *patient, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = patient ? lvm_devices_read(&text, patient) : 0;

	if (r < 0)
		return fault_no_memory(f);
	return r == 0 ? 0
		      : cpio_file(c, LVM_DEVICES_PATH + 1, 0644, buffer_bytes(&text), f);
}

static int write_archive(int fd, const struct module_set *set, enum cpio_kind kind,
	int64_t mtime, uint64_t *ret_size, struct fault *f)
{
	_cleanup_(cpio_done) struct cpio c = {0};
	int r;

	r = cpio_open(&c, fd, kind, mtime, f);
	if (r >= 0)
		r = add_skeleton(&c, f);
	if (r >= 0)
		r = add_modules(&c, set, f);
	if (r >= 0)
		r = add_index(&c, set, f);
	if (r >= 0)
		r = add_devices_list(&c, set->staged->patient, f);
	if (r >= 0)
		r = cpio_finish(&c, f);
	if (r >= 0)
		*ret_size = c.written;
	return r;
}

/* Kernels older than the option (2.6.30) always read gzip. */
static bool reads_gzip(const char *config)
{
	return !config || !strstr(config, "\n# CONFIG_RD_GZIP is not set");
}

int generate_initramfs(int out_fd, const struct initramfs_request *request,
	struct initramfs_summary *ret, struct fault *f)
{
	_cleanup_(module_set_done) struct module_set set = {0};
	struct initramfs_summary summary = {0};
	struct staged staged;
	bool gzip = reads_gzip(request->config);
	int r;

	if (request->config &&
		strstr(request->config, "\n# CONFIG_BLK_DEV_INITRD is not set")) {
		r = fault_errno(
			f, ENOTSUP, NULL, "build an initramfs for %s", request->release);
		fault_reason(f, "that kernel was built without initramfs support");
		return r;
	}
	r = staged_init(
		&staged, request->modules_fd, request->release, request->patient, f);
	if (r >= 0)
		r = module_set_read(&set, &staged, f);
	if (r >= 0)
		r = choose(&set, request, f);
	if (r >= 0)
		r = write_archive(out_fd, &set, gzip ? CPIO_GZIP : CPIO_PLAIN, request->mtime,
			&summary.size, f);
	if (r < 0)
		return r;
	summary.modules = set.chosen_count;
	summary.compression = gzip ? "gzip" : "none";
	*ret = summary;
	return 0;
}
