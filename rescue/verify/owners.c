/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DKMS keeps what it built below /var/lib/dkms/NAME/VERSION/RELEASE/ARCH/module;
 * VMware Tools lists its files in /etc/vmware-tools/locations ("file PATH TIME") and what
 * it has of each module in manifest.txt; an EL kmod package has a directory of its own in
 * extra/ and a file in /etc/depmod.d, a SUSE KMP lies in updates/. A link in weak-updates/
 * belongs to whom the file that it leads to belongs. Package databases are not read: what
 * only they would know is left to the command that asks them.
 */
#include "owners.h"

#include <ctype.h>
#include <errno.h>

enum { RECORDS_MAX_SIZE = 4 * 1024 * 1024, DKMS_MAX_NAMES = 256 };

void module_owner_done(struct module_owner *o)
{
	free(o->name);
	free(o->command);
	*o = (struct module_owner){0};
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ---- DKMS ----------------------------------------------------------------------------- */

/* Names in a directory; none where there is no such directory. */
static int list(const struct target *t, const char *path, struct strings *ret)
{
	int r = target_list(t, path, ret, NULL);

	return r == -ENOMEM ? r : 0;
}

/* Below NAME/VERSION: for some kernel and architecture it built that module. */
static int dkms_built(const struct target *t, const char *version_path, const char *base)
{
	_cleanup_(strings_done) struct strings releases = {0};
	int r = list(t, version_path, &releases);

	for (size_t i = 0; r == 0 && i < MIN_OF(releases.count, (size_t)DKMS_MAX_NAMES); i++) {
		_cleanup_free_ char *path = text_printf("%s/%s", version_path,
			releases.items[i]);
		_cleanup_(strings_done) struct strings arches = {0};

		if (!path)
			return -ENOMEM;
		r = strcmp(releases.items[i], "source") == 0 ? 0 : list(t, path, &arches);
		for (size_t n = 0; r == 0 && n < arches.count && n < 16; n++) {
			_cleanup_free_ char *module = text_printf("%s/%s/module/%s", path,
				arches.items[n], base);

			if (!module)
				return -ENOMEM;
			r = target_exists(t, module);
		}
	}
	return r;
}

static int set_dkms(struct module_owner *ret, const struct target *t, const char *version_path,
		    const struct bad_module *m)
{
	static const char top[] = "/var/lib/dkms/";
	const char *both = version_path + sizeof(top) - 1, *slash = strchr(both, '/');
	_cleanup_free_ char *built = text_printf("%s/%s", version_path, m->release);

	ret->name = text_printf("DKMS (%.*s %s)", (int)(slash - both), both, slash + 1);
	ret->witness = "/var/lib/dkms";
	ret->command = text_printf("dkms install %s%s -k %s",
		built && target_exists(t, built) ? "--force " : "", both, m->release);
	return built && ret->name && ret->command ? 1 : -ENOMEM;
}

/* 1: found. */
static int find_dkms(struct module_owner *ret, const struct target *t, const char *path,
		     const struct bad_module *m)
{
	static const char top[] = "/var/lib/dkms";
	_cleanup_(strings_done) struct strings names = {0};
	int r = list(t, top, &names);

	for (size_t i = 0; r == 0 && i < MIN_OF(names.count, (size_t)DKMS_MAX_NAMES); i++) {
		_cleanup_free_ char *name_path = text_printf("%s/%s", top, names.items[i]);
		_cleanup_(strings_done) struct strings versions = {0};

		r = name_path ? list(t, name_path, &versions) : -ENOMEM;
		for (size_t n = 0; r == 0 && n < MIN_OF(versions.count, (size_t)64); n++) {
			_cleanup_free_ char *version = text_printf("%s/%s", name_path,
				versions.items[n]);

			r = version ? dkms_built(t, version, base_of(path)) : -ENOMEM;
			if (r > 0)
				return set_dkms(ret, t, version, m);
		}
	}
	return r;
}

/* ---- VMware Tools --------------------------------------------------------------------- */

static int read_text(const struct target *t, const char *path, struct buffer *ret)
{
	int r = target_read(t, path, RECORDS_MAX_SIZE, ret, NULL);

	if (r >= 0 && ret->data && memchr(ret->data, '\0', ret->size))
		ret->size = 0;
	return r == -ENOMEM ? r : 0;
}

/* Its installer's own directory, and the modules that it brings. */
static bool is_vmware_path(const char *path)
{
	static const char *const names[] = {"vmxnet.", "vmxnet3.", "vmci.", "vsock.", "vmhgfs.",
		"vmblock.", "vmmemctl.", "vmsync.", "pvscsi.", "vmw_pvscsi."};

	for (size_t i = 0; strstr(path, "/misc/") && i < ARRAY_SIZE(names); i++)
		if (text_starts(base_of(path), names[i]))
			return true;
	return false;
}

/* NAME.version = "1.2.3" in the manifest; NULL: nothing is said. */
static char *manifest_version(const struct buffer *manifest, const char *base)
{
	_cleanup_free_ char *key = text_printf("%.*s.version", (int)strcspn(base, "."), base);
	const char *at = key && manifest->data && manifest->size ? strstr(manifest->data, key)
								 : NULL;
	const char *open = at ? strpbrk(at, "\"\n") : NULL;

	return open && *open == '"' ? strndup(open + 1, strcspn(open + 1, "\"\n")) : NULL;
}

static int find_vmware(struct module_owner *ret, const struct target *t, const char *path,
		       const struct bad_module *m)
{
	_cleanup_(buffer_done) struct buffer locations = {0}, manifest = {0};
	_cleanup_free_ char *line = text_printf("file %s", path), *version = NULL;
	int r = line ? read_text(t, "/etc/vmware-tools/locations", &locations) : -ENOMEM;

	if (r >= 0)
		r = read_text(t, "/etc/vmware-tools/manifest.txt", &manifest);
	if (r < 0)
		return r;
	if (!locations.size || !(strstr(locations.data, line) || is_vmware_path(path)))
		return 0;
	version = manifest_version(&manifest, base_of(path));
	ret->name = text_printf("VMware Tools%s%s%s", version ? " (its version " : "",
		version ? version : "", version ? ")" : "");
	ret->witness = "/etc/vmware-tools/locations";
	ret->command = text_printf("vmware-config-tools.pl -d -k %s", m->release);
	return ret->name && ret->command ? 1 : -ENOMEM;
}

/* ---- kmod packages and KMPs ------------------------------------------------------------ */

/* "NAME" of .../extra/NAME/.../x.ko; NULL: it lies directly in there, or elsewhere. */
static char *package_directory(const char *path, const char *place)
{
	const char *at = strstr(path, place), *end;

	if (!at)
		return NULL;
	at += strlen(place);
	end = strchr(at, '/');
	return end ? strndup(at, (size_t)(end - at)) : NULL;
}

static const char *installer(const struct system *s)
{
	unsigned long major = s->os_version_id ? strtoul(s->os_version_id, NULL, 10) : 0;

	return major && major < 8 ? "yum" : "dnf";
}

/* What is damaged, or a link to nothing, the same package mends; else it takes a newer one. */
static bool is_spoilt(const struct bad_module *m)
{
	return text_equal(m->reason, "format");
}

/* updates/drbd/drbd.ko, updates/drbd.ko: drbd-kmp-default, where the release ends so. */
static int set_kmp(struct module_owner *ret, const char *path, const struct bad_module *m)
{
	_cleanup_free_ char *directory = package_directory(path, "/updates/");
	_cleanup_free_ char *name = directory ? TAKE_PTR(directory)
		: strndup(base_of(path), strcspn(base_of(path), "."));
	const char *flavour = strrchr(m->release, '-');

	if (!name)
		return -ENOMEM;
	if (!flavour || !isalpha((unsigned char)flavour[1]))
		flavour = "";
	ret->name = text_printf("a kernel module package, %s-kmp by its name", name);
	ret->witness = "its place in updates/";
	ret->command = text_printf("zypper %s %s-kmp%s",
		is_spoilt(m) ? "install --force" : "update", name, flavour);
	return ret->name && ret->command ? 1 : -ENOMEM;
}

static int find_package(struct module_owner *ret, const struct system *s, const char *path,
			const struct bad_module *m)
{
	_cleanup_free_ char *name = package_directory(path, "/extra/");
	_cleanup_free_ char *config = NULL, *named = NULL;

	if (system_is_suse(s) && strstr(path, "/updates/"))
		return set_kmp(ret, path, m);
	if (!name)
		return 0;
	config = text_printf("/etc/depmod.d/%s.conf", name);
	named = text_printf("/etc/depmod.d/kmod-%s.conf", name);
	if (!config || !named)
		return -ENOMEM;
	if (!target_exists(&s->target, config) && !target_exists(&s->target, named))
		return 0;
	ret->name = text_printf("the package kmod-%s", name);
	ret->witness = "its file in /etc/depmod.d";
	ret->command = text_printf("%s %s kmod-%s", installer(s),
		is_spoilt(m) ? "reinstall" : "upgrade", name);
	return ret->name && ret->command ? 1 : -ENOMEM;
}

/* Nothing but a package database would tell. */
static int ask_database(struct module_owner *ret, const struct system *s, const char *path)
{
	static const struct {
		const char *place, *command;
	} databases[] = {{"/usr/lib/sysimage/rpm", "rpm -qf"}, {"/var/lib/rpm", "rpm -qf"},
		{"/var/lib/dpkg", "dpkg -S"}};

	for (size_t i = 0; i < ARRAY_SIZE(databases); i++)
		if (target_exists(&s->target, databases[i].place)) {
			ret->command = text_printf("%s %s", databases[i].command, path);
			return ret->command ? 1 : -ENOMEM;
		}
	return 0;
}

int module_owner_find(struct module_owner *ret, const struct system *s,
		      const struct bad_module *m)
{
	_cleanup_(module_owner_done) struct module_owner o = {0};
	_cleanup_free_ char *link = NULL;
	const char *path;
	int r = target_readlink(&s->target, m->path, &link);

	if (r == -ENOMEM)
		return r;
	path = link && link[0] == '/' ? link : m->path;
	r = find_dkms(&o, &s->target, path, m);
	if (r == 0)
		r = find_vmware(&o, &s->target, path, m);
	if (r == 0)
		r = find_package(&o, s, path, m);
	if (r == 0)
		r = ask_database(&o, s, path);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(o);
	return 0;
}
