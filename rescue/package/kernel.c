/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel a package belongs to, and which part of it: by what it holds, then by name. */
#include "package_room.h"

#include <errno.h>
#include <sys/stat.h>

static bool is_payload(const struct package_file *file)
{
	return !package_file_is_ghost(file);
}

/* What follows the directory of modules, or NULL. */
static const char *below_modules(const char *path)
{
	static const char *const prefixes[] = {"/lib/modules/", "/usr/lib/modules/"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (text_starts(path, prefixes[i]))
			return path + strlen(prefixes[i]);
	}
	return NULL;
}

/* "vmlinuz" of /lib/modules/V/vmlinuz; NULL: not of that release. */
static const char *within_release(const char *path, const char *release)
{
	const char *rest = below_modules(path);
	size_t size = strlen(release);

	if (!rest || strncmp(rest, release, size) || rest[size] != '/')
		return NULL;
	return rest + size + 1;
}

/*
 * The release that every payload path below the directory of modules shares. Packages of
 * modules for several kernels have none. -ENOMEM or 0.
 */
static int find_release(char **ret, const struct package *p)
{
	const char *found = NULL;
	size_t found_size = 0;

	for (size_t i = 0; i < p->file_count; i++) {
		const struct package_file *file = &p->files[i];
		const char *rest = is_payload(file) ? below_modules(file->path) : NULL;
		size_t size = rest ? strcspn(rest, "/") : 0;

		if (!size || (!rest[size] && !S_ISDIR(file->mode)))
			continue;
		if (found && (size != found_size || memcmp(found, rest, size)))
			return 0;
		found = rest;
		found_size = size;
	}
	if (!found)
		return 0;
	*ret = strndup(found, found_size);
	return *ret ? 0 : -ENOMEM;
}

/* A monolithic kernel has no module directory: /boot/vmlinuz-V is its only witness. */
static int find_release_in_boot(char **ret, const struct package *p)
{
	static const char prefix[] = "/boot/vmlinuz-";

	for (size_t i = 0; i < p->file_count; i++) {
		const struct package_file *file = &p->files[i];

		if (!is_payload(file) || !S_ISREG(file->mode) ||
		    !text_starts(file->path, prefix))
			continue;
		*ret = strdup(file->path + strlen(prefix));
		return *ret ? 0 : -ENOMEM;
	}
	return 0;
}

static bool is_image_name(const char *name)
{
	static const char *const names[] = {"vmlinuz", "vmlinux", "Image",  "Image.gz",
					    "zImage",  "bzImage", "image"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (text_equal(name, names[i]))
			return true;
	}
	return false;
}

/* /lib/modules/V/vmlinuz or /boot/vmlinuz-V, and not a ghost. */
static bool is_image(const struct package_file *file, const char *release)
{
	const char *name = within_release(file->path, release);
	char boot[64];
	size_t size;

	if (!is_payload(file) || !S_ISREG(file->mode))
		return false;
	if (name)
		return is_image_name(name);
	if (!text_starts(file->path, "/boot/"))
		return false;
	name = file->path + strlen("/boot/");
	size = strcspn(name, "-");
	if (!name[size] || size >= sizeof(boot) || strcmp(name + size + 1, release))
		return false;
	memcpy(boot, name, size);
	boot[size] = '\0';
	return is_image_name(boot);
}

static bool has_image(const struct package *p)
{
	for (size_t i = 0; i < p->file_count; i++) {
		if (is_image(&p->files[i], p->release))
			return true;
	}
	return false;
}

bool package_has_modules(const struct package *p)
{
	static const char *const ends[] = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};

	for (size_t i = 0; p->release && i < p->file_count; i++) {
		const struct package_file *file = &p->files[i];

		if (!is_payload(file) || !within_release(file->path, p->release))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(ends); k++) {
			if (text_ends(file->path, ends[k]))
				return true;
		}
	}
	return false;
}

static bool is_kernel_uname(const char *name)
{
	return text_starts(name, "kernel-") && text_ends(name, "-uname-r");
}

/* A package that holds nothing and names the parts of a kernel. */
static bool is_meta(const struct package *p)
{
	if (!text_starts(p->name, "kernel"))
		return false;
	for (size_t i = 0; i < p->file_count; i++) {
		if (is_payload(&p->files[i]))
			return false;
	}
	for (size_t i = 0; i < p->require_count; i++) {
		const char *name = p->requires[i].name;

		if (is_kernel_uname(name) ||
		    (text_starts(name, "kernel-") && text_ends(name, "-core")))
			return true;
	}
	return false;
}

static bool has_file(const struct package *p, bool (*matches)(const struct package *p,
							      const struct package_file *))
{
	for (size_t i = 0; i < p->file_count; i++) {
		if (is_payload(&p->files[i]) && matches(p, &p->files[i]))
			return true;
	}
	return false;
}

/* /lib/modules/V/vmlinuz-virt.efi: image, initramfs and command line in one. */
static bool is_uki(const struct package *p, const struct package_file *file)
{
	const char *name = p->release ? within_release(file->path, p->release) : NULL;

	return name && !strchr(name, '/') && text_ends(name, ".efi");
}

static bool is_firmware(const struct package *p, const struct package_file *file)
{
	(void)p;
	return text_starts(file->path, "/lib/firmware/") ||
	       text_starts(file->path, "/usr/lib/firmware/");
}

/* By name alone: what they hold lies elsewhere or looks like modules. */
static enum package_part part_of_name(const struct package *p)
{
	if (strstr(p->name, "-debuginfo"))
		return PACKAGE_DEBUG;
	if (text_starts(p->name, "kernel") && text_ends(p->name, "-devel"))
		return PACKAGE_DEVEL;
	/* "-kmp-": SUSE's name of them. */
	return p->release && (text_starts(p->name, "kmod-") || strstr(p->name, "-kmp-"))
		       ? PACKAGE_KMOD
		       : PACKAGE_OTHER;
}

static enum package_part part_of_content(const struct package *p)
{
	if (!p->release && is_meta(p))
		return PACKAGE_META;
	if (!p->release)
		return has_file(p, is_firmware) ? PACKAGE_FIRMWARE : PACKAGE_OTHER;
	if (has_image(p))
		return PACKAGE_CORE;
	if (text_ends(p->name, "-modules-core"))
		return PACKAGE_MODULES_CORE;
	if (text_ends(p->name, "-modules-extra"))
		return PACKAGE_MODULES_EXTRA;
	if (text_ends(p->name, "-modules"))
		return PACKAGE_MODULES;
	return has_file(p, is_uki) ? PACKAGE_UKI : PACKAGE_OTHER;
}

static enum package_part find_part(const struct package *p)
{
	enum package_part part = p->is_source ? PACKAGE_OTHER : part_of_name(p);

	return p->is_source || part != PACKAGE_OTHER ? part : part_of_content(p);
}

/*
 * Behind a "+" (EL7: a ".") at the end from EL7 on, at the end on EL5 and EL6, within the
 * release for Oracle's and CentOS' own.
 */
const char *package_flavour(const char *release)
{
	static const struct {
		const char *sign, *name;
		bool within;
	} flavours[] = {
		{"+debug", "debug", false}, {".debug", "debug", false}, {"+rt", "rt", true},
		{"+64k", "64k", true},	    {"PAE", "PAE", false},	{"xen", "xen", false},
		{"uek.", "uek", true},	    {".plus.", "plus", true},
		{"-default", "default", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(flavours); i++) {
		if (flavours[i].within ? strstr(release, flavours[i].sign) != NULL
				       : text_ends(release, flavours[i].sign))
			return flavours[i].name;
	}
	return NULL;
}

/* Where the package says which uname it provides, it must be the one that it holds. */
static int check_uname(const struct package *p, struct fault *f)
{
	const char *other = NULL;

	for (size_t i = 0; i < p->provide_count; i++) {
		const struct package_requirement *provide = &p->provides[i];

		if (!is_kernel_uname(provide->name) || !provide->version)
			continue;
		if (text_equal(provide->version, p->release))
			return 0;
		other = provide->version;
	}
	if (!other)
		return 0;
	return package_refuse(f, p, "its files are of kernel %s, but it says %s", p->release,
			      other);
}

int package_take_meaning(struct package *p, struct fault *f)
{
	int r = find_release(&p->release, p);

	if (r == 0 && !p->release)
		r = find_release_in_boot(&p->release, p);
	if (r < 0)
		return fault_no_memory(f);
	p->part = find_part(p);
	return p->release ? check_uname(p, f) : 0;
}
