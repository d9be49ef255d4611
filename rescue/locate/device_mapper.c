/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device mapper's ioctl (Linux: include/uapi/linux/dm-ioctl.h, Documentation/admin-guide/
 * device-mapper/linear.rst, striped.rst): make a device, load its table, let it run.
 */
#include "volumes.h"

#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define CONTROL_MAJOR 10 /* misc */
#define CONTROL_MINOR 236
#define MAX_PARAMETERS (64 * 1024) /* of one target: a thousand stripes */
#define MAX_MISC 65536		   /* bytes of /proc/misc */
/* Flags for udev's rules (libdevmapper.h), in the upper half of the cookie. */
#define UDEV_LEAVE_ALONE (0x0002u | 0x0004u | 0x0008u)

void mapper_table_done(struct mapper_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->items[i].parameters);
	free(t->items);
	*t = (struct mapper_table){0};
}

/* ---- tables ---- */
static int put_stripe(struct buffer *to, const struct volume_group *g,
	const struct lvm_stripe *stripe, const struct mapper_base *bases)
{
	const struct mapper_base *b = &bases[stripe->pv];
	const struct lvm_pv *pv = &g->vg->pvs[stripe->pv];
	uint64_t start = b->offset + pv->start + stripe->first * g->vg->extent_size;

	return buffer_printf(to, "%s%u:%u %llu", to->size > 0 ? " " : "", major(b->number),
		minor(b->number), (unsigned long long)(start / LVM_SECTOR));
}

static int add_segment(struct mapper_table *t, const struct volume_group *g,
	const struct lvm_segment *s, const struct mapper_base *bases)
{
	const uint64_t sectors = g->vg->extent_size / LVM_SECTOR;
	_cleanup_(buffer_done) struct buffer text = {0};
	struct mapper_target target = {.start = s->start * sectors,
		.size = s->count * sectors,
		.type = s->stripe_count > 1 ? "striped" : "linear"};
	int r = VECTOR_GROW(t);

	if (r == 0 && s->stripe_count > 1)
		r = buffer_printf(&text, "%zu %llu", s->stripe_count,
			(unsigned long long)(s->stripe_size / LVM_SECTOR));
	for (size_t i = 0; r == 0 && i < s->stripe_count; i++)
		r = put_stripe(&text, g, &s->stripes[i], bases);
	if (r < 0)
		return r;
	target.parameters = buffer_steal(&text);
	if (!target.parameters)
		return -ENOMEM;
	t->items[t->count++] = target;
	return 0;
}

int volume_table(struct mapper_table *ret, const struct volume_group *g,
	const struct lvm_lv *lv, const struct mapper_base *bases)
{
	_cleanup_(mapper_table_done) struct mapper_table t = {0};

	for (size_t i = 0; i < lv->segment_count; i++) {
		int r = add_segment(&t, g, &lv->segments[i], bases);

		if (r < 0)
			return r;
	}
	*ret = TAKE_STRUCT(t);
	return 0;
}

/* ---- the driver ---- */
/* Before 2.6.36 its number was not fixed. */
static unsigned control_minor(void)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_close_ int fd = open("/proc/misc", O_RDONLY | O_CLOEXEC);
	char *line, *rest, name[64];
	unsigned number;

	if (fd < 0 || fd_read_all(fd, MAX_MISC, &text) < 0)
		return CONTROL_MINOR;
	for (rest = text.data; rest && (line = strsep(&rest, "\n"));) {
		if (sscanf(line, "%u %63s", &number, name) == 2 &&
			strcmp(name, "device-mapper") == 0)
			return number;
	}
	return CONTROL_MINOR; /* opening it loads the driver where it is a module */
}

static int control_open(const char *nodes)
{
	const struct node control = {
		"mapper/control", S_IFCHR, makedev(CONTROL_MAJOR, control_minor())};
	char path[PATH_MAX];

	return node_open(&control, nodes, O_RDWR, path);
}

static void fill_head(struct dm_ioctl *io, size_t size, const char *name)
{
	*io = (struct dm_ioctl){
		.version = {DM_VERSION_MAJOR, 0, 0},
		.data_size = (uint32_t)size,
		.data_start = sizeof(*io),
	};
	if (name)
		snprintf(io->name, sizeof(io->name), "%s", name);
}

int mapper_check(const char *nodes, struct fault *f)
{
	_cleanup_close_ int fd = control_open(nodes);
	struct dm_ioctl io;

	fill_head(&io, sizeof(io), NULL);
	if (fd >= 0 && ioctl(fd, DM_VERSION, &io) == 0)
		return 0;
	fault_errno(f, fd < 0 ? -fd : errno, "/dev/mapper/control", "use device mapper");
	if (fd == -ENODEV || fd == -ENXIO || fd == -ENOENT)
		fault_reason(f, "this kernel has no device mapper");
	return fd < 0 ? fd : -ENOTTY;
}

static int create(int control, const struct mapper_request *q, dev_t *ret)
{
	struct dm_ioctl io;

	if (strlen(q->name) >= sizeof(io.name) || strlen(q->uuid) >= sizeof(io.uuid))
		return -ENAMETOOLONG;
	fill_head(&io, sizeof(io), q->name);
	snprintf(io.uuid, sizeof(io.uuid), "%s", q->uuid);
	if (ioctl(control, DM_DEV_CREATE, &io) < 0)
		return -errno;
	*ret = (dev_t)io.dev;
	return 0;
}

static size_t target_size(const struct mapper_target *t)
{
	size_t size = sizeof(struct dm_target_spec) + strlen(t->parameters) + 1;

	return (size + 7) / 8 * 8;
}

static void put_target(uint8_t *at, const struct mapper_target *t)
{
	struct dm_target_spec spec = {.sector_start = t->start,
		.length = t->size,
		.next = (uint32_t)target_size(t)};

	snprintf(spec.target_type, sizeof(spec.target_type), "%s", t->type);
	memcpy(at, &spec, sizeof(spec));
	memcpy(at + sizeof(spec), t->parameters, strlen(t->parameters) + 1);
}

static int load(int control, const struct mapper_request *q)
{
	size_t size = sizeof(struct dm_ioctl), at = size;
	_cleanup_free_ uint8_t *data = NULL;
	struct dm_ioctl io;

	for (size_t i = 0; i < q->table->count; i++) {
		if (strlen(q->table->items[i].parameters) > MAX_PARAMETERS)
			return -E2BIG;
		size += target_size(&q->table->items[i]);
	}
	if (size > UINT32_MAX)
		return -E2BIG;
	data = calloc(1, size);
	if (!data)
		return -ENOMEM;
	for (size_t i = 0; i < q->table->count; i++) {
		put_target(data + at, &q->table->items[i]);
		at += target_size(&q->table->items[i]);
	}
	fill_head(&io, size, q->name);
	io.target_count = (uint32_t)q->table->count;
	io.flags = q->is_read_only ? DM_READONLY_FLAG : 0;
	memcpy(data, &io, sizeof(io));
	return ioctl(control, DM_TABLE_LOAD, data) < 0 ? -errno : 0;
}

/* Without the flag that suspends, suspending resumes. */
static int resume(int control, const struct mapper_request *q)
{
	struct dm_ioctl io;

	fill_head(&io, sizeof(io), q->name);
	io.flags = q->is_read_only ? DM_READONLY_FLAG : 0;
	io.event_nr = q->is_private ? UDEV_LEAVE_ALONE << 16 : 0;
	return ioctl(control, DM_DEV_SUSPEND, &io) < 0 ? -errno : 0;
}

/* A kernel before 3.13 passes the flag over, and answers EBUSY. */
static int remove_device(int control, const char *name)
{
	struct dm_ioctl io;

	fill_head(&io, sizeof(io), name);
	io.flags = DM_DEFERRED_REMOVE;
	return ioctl(control, DM_DEV_REMOVE, &io) < 0 ? -errno : 0;
}

int mapper_create(const char *nodes, const struct mapper_request *q, dev_t *ret,
	struct fault *f)
{
	_cleanup_close_ int control = control_open(nodes);
	int r = control < 0 ? control : create(control, q, ret);

	if (r < 0)
		return fault_errno(f, -r, NULL, "make the device %s", q->name);
	r = load(control, q);
	if (r == 0)
		r = resume(control, q);
	if (r < 0) {
		remove_device(control, q->name);
		return fault_errno(f, -r, NULL, "activate the device %s", q->name);
	}
	return 0;
}

int mapper_remove(const char *nodes, const char *name, struct fault *f)
{
	_cleanup_close_ int control = control_open(nodes);
	int r = control < 0 ? control : remove_device(control, name);

	return r < 0 ? fault_errno(f, -r, NULL, "remove the device %s", name) : 0;
}
