/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of an initramfs that this program built: loads the drivers that the hardware asks
 * for until the root file system appears, mounts it and a separate /usr, and becomes its
 * init. When it cannot, it says what it waited for, what it sees, and what to do.
 */
#include "init.h"
#include "pid1.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define FIRST_PAUSE 20 /* milliseconds between two looks; grows */
#define LONGEST_PAUSE 400
#define QUIET_SECONDS 3 /* before it says that it waits */
#define GROUP_SECONDS 10 /* until a volume group is taken as it is, not whole */
#define SETTLE_SECONDS 2
#define DEFAULT_TYPES "ext4,xfs,btrfs,ext3,ext2"

struct boot {
	struct boot_options options;
	struct drivers drivers;
	struct disks disks;
	struct volumes volumes;
	struct target files; /* the initramfs itself */
	char **arguments;    /* for the init that follows; [0] is replaced */
};

static int64_t milliseconds(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_for(int64_t ms)
{
	const struct timespec t = {ms / 1000, (ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

static void say_fault(const struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	if (fault_describe(f, &text) == 0)
		say("%s", text.data);
}

/* Drivers, what they find, and what lies on it: 1 something is new, 0, -ENOMEM. */
static int look_around(struct boot *b, const struct wanted *w, bool settled)
{
	int found = hardware_serve(&b->drivers), volumes;

	if (found < 0 || disks_scan(&b->disks) < 0)
		return -ENOMEM;
	if (b->options.no_lvm)
		return found;
	volumes = volumes_serve(&b->volumes, &b->disks, &b->drivers, w, settled);
	if (volumes < 0 || (volumes > 0 && disks_scan(&b->disks) < 0))
		return -ENOMEM;
	return found | volumes;
}

/* Looks until the device is there: 1, or 0 when the time is over, or -ENOMEM. */
static int wait_for(
	struct boot *b, const struct wanted *w, const char *name, struct disk const **ret)
{
	int64_t start = milliseconds(), limit = (int64_t)b->options.wait * 1000;
	int64_t pause = FIRST_PAUSE;
	bool said = false;

	for (;;) {
		int found = look_around(
			b, w, milliseconds() - start > GROUP_SECONDS * 1000);

		if (found < 0)
			return found;
		*ret = disks_find(&b->disks, w);
		if (*ret)
			return 1;
		if (milliseconds() - start > limit && !b->options.wait_forever)
			return 0;
		if (!said && milliseconds() - start > QUIET_SECONDS * 1000) {
			said = true;
			if (b->options.wait_forever)
				say("waiting for %s (rootwait: without limit)", name);
			else
				say("waiting for %s, up to %u seconds", name,
					b->options.wait);
		}
		pause_for(pause);
		/* A new device may ask for more at once. */
		pause = found ? FIRST_PAUSE : MIN_OF(pause * 2, LONGEST_PAUSE);
	}
}

/* "ext3" for what libblkid found; ext4's driver mounts its elders where theirs are gone.
 */
static char *types_of(const struct disk *disk, const char *asked)
{
	const char *found = disk->device.fstype;

	if (asked && *asked && strcmp(asked, "auto") != 0)
		return strdup(asked);
	if (!found)
		return strdup(DEFAULT_TYPES);
	return text_printf("%s%s", found,
		text_equal(found, "ext2") || text_equal(found, "ext3") ? ",ext4" : "");
}

static int load_filesystems(struct boot *b, const char *types)
{
	_cleanup_free_ char *list = strdup(types);
	char *rest = list, *type;

	if (!list)
		return -ENOMEM;
	while ((type = strsep(&rest, ","))) {
		_cleanup_free_ char *alias = text_printf("fs-%s", type);

		if (!alias || drivers_load(&b->drivers, alias) < 0 ||
			drivers_load(&b->drivers, type) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Waits for a device and mounts it. 0, or -errno: then the reason has been said. */
static int mount_wanted(struct boot *b, const char *source, const char *type,
	const char *options, bool writable, const char *where)
{
	_cleanup_(wanted_done) struct wanted w = {0};
	_cleanup_free_ char *types = NULL;
	const struct disk *disk = NULL;
	const char *device;
	int r;

	if (wanted_parse(&w, source) < 0)
		return -ENOMEM;
	if (w.by == WANTED_UNSUPPORTED) {
		say("cannot mount %s: it is %s, which this initramfs cannot open", source,
			w.value);
		return -ENOTSUP;
	}
	r = wait_for(b, &w, source, &disk);
	if (r < 0)
		return r;
	if (r == 0) {
		say("no device %s appeared within %u seconds", source, b->options.wait);
		return -ENODEV;
	}
	types = types_of(disk, type);
	if (!types || load_filesystems(b, types) < 0)
		return -ENOMEM;
	device = disk->name && access(disk->name, F_OK) == 0 ? disk->name
							     : disk->device.path;
	r = mount_on(device, types, options ? options : "", writable, where);
	if (r < 0)
		say("cannot mount %s (%s, %s)%s%s: %s", source, device, types,
			options && *options ? " with options " : "",
			options ? options : "", strerror(-r));
	return r;
}

static int mount_root(struct boot *b)
{
	const struct boot_options *o = &b->options;

	if (!o->root || !*o->root) {
		say("the kernel command line names no root file system (root=)");
		return -EINVAL;
	}
	return mount_wanted(
		b, o->root, o->root_type, o->root_flags, o->writable, SYSROOT);
}

static int mount_usr_of(
	struct boot *b, const struct target *root, const struct fstab *table)
{
	const struct fstab_line *usr = fstab_find(table, "/usr");
	_cleanup_free_ char *bind = NULL;
	struct stat st;

	if (!usr)
		return 0;
	bind = mount_option(usr->options, "bind");
	if (bind || target_lstat(root, "/usr", &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	return mount_wanted(b, usr->source, usr->type, usr->options, b->options.writable,
		SYSROOT "/usr");
}

/* init itself may live on /usr. */
static int mount_usr(struct boot *b, const struct target *root)
{
	_cleanup_(fstab_done) struct fstab table = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	struct fault f;
	int r;

	r = target_read(root, "/etc/fstab", FSTAB_MAX_SIZE, &text, &f);
	if (r == -ENOENT)
		return 0;
	if (r >= 0)
		r = fstab_parse(&table, buffer_bytes(&text), &f);
	if (r < 0) {
		say_fault(&f);
		return 0; /* it may boot all the same */
	}
	return mount_usr_of(b, root, &table);
}

static bool is_program(const struct target *root, const char *path)
{
	struct stat st;

	return target_stat(root, path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_mode & 0111);
}

/* NULL: there is none; said. */
static const char *choose_init(const struct boot *b, const struct target *root)
{
	static const char *const usual[] = {"/sbin/init", "/usr/lib/systemd/systemd",
		"/lib/systemd/systemd", "/etc/init", "/bin/init", "/bin/sh"};
	const char *asked = b->options.init;

	if (asked && is_program(root, asked))
		return asked;
	if (asked)
		say("init=%s is no program on this root; trying the usual ones", asked);
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (is_program(root, usual[i]))
			return usual[i];
	say("%s holds no init: neither /sbin/init, systemd nor /bin/sh is there",
		b->options.root);
	return NULL;
}

static void unmount_all(void)
{
	umount2(SYSROOT "/usr", MNT_DETACH);
	umount2(SYSROOT, MNT_DETACH);
}

/* Returns only when it could not; the reason has been said. */
static void try_boot(struct boot *b)
{
	_cleanup_(target_done) struct target root = TARGET_NONE;
	const char *init;
	int r;

	r = mount_root(b);
	if (r == 0) {
		root.fd = open(SYSROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = root.fd < 0 ? -errno : mount_usr(b, &root);
	}
	init = r == 0 ? choose_init(b, &root) : NULL;
	if (!init) {
		if (r == -ENOMEM)
			say("out of memory");
		unmount_all();
		return;
	}
	r = switch_root();
	if (r == 0) {
		b->arguments[0] = (char *)init;
		execv(init, b->arguments);
		r = -errno;
	}
	say("cannot start %s: %s", init, strerror(-r));
}

static int describe_drivers(const struct drivers *d, struct buffer *text)
{
	int r = buffer_puts(text, "\nDrivers loaded:");

	for (size_t i = 0; r == 0 && i < d->dep.count; i++)
		if (d->items[i].state == DRIVER_LOADED)
			r = buffer_printf(text, " %s", d->items[i].name);
	if (r == 0)
		r = buffer_puts(text, "\n");
	for (size_t i = 0; r == 0 && i < d->dep.count; i++)
		if (d->items[i].state == DRIVER_REFUSED)
			r = buffer_printf(text, "  %s was refused: %s\n",
				d->items[i].name, strerror(d->items[i].error));
	return r;
}

/* A last look, for what came up while something else was the trouble. */
static void settle(struct boot *b)
{
	int64_t start = milliseconds();

	while (hardware_serve(&b->drivers) >= 0 && disks_scan(&b->disks) >= 0 &&
		milliseconds() - start < SETTLE_SECONDS * 1000)
		pause_for(LONGEST_PAUSE);
}

static void explain(struct boot *b)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	settle(b);
	if (buffer_puts(&text, "\nBlock devices seen:\n") < 0 ||
		(b->disks.count == 0 && buffer_puts(&text, "  none\n") < 0) ||
		disks_describe(&b->disks, &text) < 0 ||
		volumes_describe(&b->volumes, &text) < 0 ||
		describe_drivers(&b->drivers, &text) < 0 ||
		hardware_describe_undriven(&text) < 0)
		return;
	say_text(text.data);
	say_text("\nWhat to do: compare root= on the kernel command line with the "
		 "devices\n"
		 "above; the boot menu can change it for one start. If the disk is not\n"
		 "there, check its cable, controller or driver. Otherwise boot a rescue\n"
		 "medium and run \"rescue\": it finds the system and repairs its "
		 "entry.\n");
}

static int read_command_line(struct boot *b)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_close_ int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	int r;

	r = fd < 0 ? -errno : fd_read_all(fd, CMDLINE_MAX_SIZE, &text);
	if (r < 0)
		say("cannot read /proc/cmdline: %s", strerror(-r));
	return boot_options_parse(&b->options, text.data ? text.data : "");
}

static void read_drivers(struct boot *b)
{
	struct utsname kernel = {0};
	_cleanup_free_ char *directory = NULL;
	struct fault f;

	uname(&kernel);
	directory = text_printf("/lib/modules/%s", kernel.release);
	if (!directory ||
		drivers_read(&b->drivers, &b->files, directory, &b->options, &f) < 0)
		say_fault(&f);
}

int init_main(int argc, char **argv)
{
	static struct boot boot;
	static char *no_arguments[] = {NULL, NULL};

	boot.files.fd = -1;
	boot.arguments = argc > 0 ? argv : no_arguments;
	mounts_early();
	console_open();
	if (read_command_line(&boot) < 0)
		say("cannot understand the kernel command line");
	console_catch_crashes(boot.options.panic);
	boot.files.fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	read_drivers(&boot);
	for (;;) {
		try_boot(&boot);
		explain(&boot);
		console_ask(boot.options.panic);
	}
}
