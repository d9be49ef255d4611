/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a confined program sees: the patient's tree, bound onto its own place and then
 * sealed read-only, mount by mount; over that what is this machine's.
 */
#include "confined.h"
#include "present.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void view_done(struct view *v)
{
	free(v->root);
	target_done(&v->target);
}

/* ---- the tree ---- */

static int find_root(struct view *v)
{
	char link[64], path[PATH_MAX];
	ssize_t size;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", v->q->target->fd);
	size = readlink(link, path, sizeof(path) - 1);
	if (size <= 0)
		return fault_errno(v->f, errno, link, "find the system's tree");
	path[size] = '\0';
	v->root = strdup(path);
	return v->root ? 0 : fault_no_memory(v->f);
}

static int open_root(struct view *v)
{
	int r = 0;

	if (strcmp(v->root, "/") != 0)
		r = mount_bind(v->root, v->root, BIND_WITH_SUBMOUNTS);
	if (r == 0) {
		v->target.fd = open(v->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = v->target.fd < 0 ? -errno : 0;
	}
	return r < 0 ? view_fault(v, r, v->root) : 0;
}

/* What another mount hides cannot be reached by its path, and by nobody else either. */
static int seal(struct view *v)
{
	_cleanup_(strings_done) struct strings mounts = {0};
	int r = present_below(&mounts, v->root);

	for (size_t i = 0; r >= 0 && i < mounts.count; i++) {
		r = mount_restrict(mounts.items[i], BIND_READ_ONLY);
		if (r == -EINVAL || r == -ENOENT)
			r = 0;
		if (r < 0)
			return view_fault(v, r, mounts.items[i]);
	}
	return r < 0 ? view_fault(v, r, v->root) : 0;
}

/* ---- what is this machine's ---- */
/* 1: the system has that directory, its place is in ret. */
static int find_directory(struct view *v, const char *path, char **ret)
{
	_cleanup_free_ char *place = view_place(v, path);
	int error = errno;
	struct stat st;

	if (!place)
		return error == ENOMEM ? fault_no_memory(v->f) : 0;
	if (stat(place, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	*ret = TAKE_PTR(place);
	return 1;
}

static int show(struct view *v, const char *from, const char *path,
	enum bind_access access)
{
	_cleanup_free_ char *place = NULL;
	int r = find_directory(v, path, &place);

	if (r <= 0)
		return r;
	r = mount_bind(from, place, BIND_ALONE);
	if (r == 0)
		r = mount_restrict(place, access);
	return r < 0 ? view_fault(v, r, path) : 0;
}

/* Held open: it may lie in what it covers. */
static int show_scratch(struct view *v)
{
	_cleanup_close_ int fd =
		target_open(&v->target, v->q->scratch, O_PATH | O_DIRECTORY, NULL);
	char from[64];
	int r;

	if (fd < 0)
		return view_fault(v, fd, v->q->scratch);
	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	r = show(v, from, "/tmp", BIND_WRITABLE);
	return r < 0 ? r : show(v, from, "/var/tmp", BIND_WRITABLE);
}

static int show_proc(struct view *v)
{
	_cleanup_free_ char *place = NULL;
	int r = find_directory(v, "/proc", &place);

	if (r <= 0)
		return r < 0 ? r : view_fault(v, -ENOENT, "/proc");
	r = mount_proc(place);
	return r < 0 ? view_fault(v, r, "/proc") : 0;
}

static int show_run(struct view *v)
{
	_cleanup_free_ char *place = NULL;
	int r = find_directory(v, "/run", &place);

	if (r <= 0)
		return r; /* before 2011 there was none */
	r = mount_tmpfs(place);
	return r < 0 ? view_fault(v, r, "/run") : 0;
}

/* ---- /dev: no disk of the machine has a node in it ---- */
static const char *const nodes[] = {"null", "zero", "full", "random", "urandom", "tty"};

static const struct {
	const char *name, *text;
} links[] = {
	{"fd", "/proc/self/fd"},
	{"stdin", "/proc/self/fd/0"},
	{"stdout", "/proc/self/fd/1"},
	{"stderr", "/proc/self/fd/2"},
	{"shm", "../tmp"},
};

/* Bound, not made: in a container none may be made. */
static int show_node(int machine, const char *name, const char *directory)
{
	_cleanup_free_ char *path = view_join(directory, name);
	int r;

	if (!path)
		return -ENOMEM;
	if (faccessat(machine, name, F_OK, 0) < 0)
		return 0;
	r = view_make_file(path);
	if (r == 0)
		r = view_bind_fd(machine, name, path);
	return r < 0 ? r : mount_restrict(path, BIND_DEVICE);
}

static int fill_devices(int machine, const char *directory)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(nodes); i++)
		r = show_node(machine, nodes[i], directory);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(links); i++) {
		_cleanup_free_ char *path = view_join(directory, links[i].name);

		r = !path ? -ENOMEM : symlink(links[i].text, path) < 0 ? -errno : 0;
	}
	return r < 0 ? r : mount_restrict(directory, BIND_READ_ONLY);
}

static int show_devices(struct view *v)
{
	_cleanup_close_ int machine = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *place = NULL;
	int r = find_directory(v, "/dev", &place);

	if (r <= 0)
		return r < 0 ? r : view_fault(v, -ENOENT, "/dev");
	r = machine < 0 ? -ENOENT : mount_tmpfs(place);
	if (r == 0)
		r = fill_devices(machine, place);
	return r < 0 ? view_fault(v, r, "/dev") : 0;
}

static int show_machine(struct view *v)
{
	int r = show_devices(v);

	if (r == 0 && strcmp(v->root, "/") != 0)
		r = show(v, "/sys", "/sys", BIND_READ_ONLY);
	if (r == 0)
		r = show_run(v);
	return r < 0 ? r : show_proc(v);
}

int confine_enter(const struct confine_request *q, struct fault *f)
{
	_cleanup_(view_done) struct view v = {.q = q, .target = TARGET_NONE, .f = f};
	int r = mount_private();

	if (r < 0)
		return fault_errno(f, -r, "/", "make the mounts private");
	r = find_root(&v);
	if (r == 0)
		r = open_root(&v);
	if (r == 0)
		r = seal(&v);
	if (r == 0)
		r = show_scratch(&v);
	if (r == 0)
		r = view_show_binds(&v);
	if (r == 0)
		r = show_machine(&v);
	if (r < 0 || strcmp(v.root, "/") == 0)
		return r;
	r = mount_as_root(v.root);
	return r < 0 ? fault_errno(f, -r, v.root, "enter the system's tree") : 0;
}
