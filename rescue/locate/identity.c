/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which system a tree is: release files, machine id, architecture, and its id. */
#include "local.h"

#include "digest.h"
#include "formats/elf_module.h"
#include "formats/shellvars.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_SMALL_FILE 4096 /* machine-id, redhat-release */
#define MAX_ID 32           /* of OSID in SYSTEM ids */
#define MAX_MAJOR 8

/* Releases before os-release(5): how their one line begins. */
static const struct {
	const char *file, *begins, *id;
} old_releases[] = {
	{"/etc/oracle-release", "", "ol"},
	{"/etc/centos-release", "", "centos"},
	{"/etc/fedora-release", "", "fedora"},
	{"/etc/redhat-release", "CentOS", "centos"},
	{"/etc/redhat-release", "Scientific", "scientific"},
	{"/etc/redhat-release", "Fedora", "fedora"},
	{"/etc/redhat-release", "Red Hat", "rhel"},
	{"/etc/redhat-release", "", "el"},
	{"/etc/SuSE-release", "SUSE Linux Enterprise", "sles"},
	{"/etc/SuSE-release", "", "suse"},
};

/* A link counts although its end may be on a /usr that is not mounted yet. */
static bool is_there(const struct target *t, const char *path)
{
	struct stat st;

	return target_lstat(t, path, &st) == 0;
}

static bool has_release_file(const struct target *t)
{
	_cleanup_(strings_done) struct strings names = {0};

	if (is_there(t, "/etc/os-release") || is_there(t, "/usr/lib/os-release"))
		return true;
	if (target_list(t, "/etc", &names, NULL) < 0)
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (text_ends(names.items[i], "-release"))
			return true;
	}
	return false;
}

bool target_is_system(const struct target *t)
{
	if (!is_there(t, "/etc/fstab"))
		return false;
	return has_release_file(t) || is_there(t, "/sbin/init");
}

static int copy_var(char **ret, const struct shellvars *v, const char *name)
{
	const char *value = shellvars_get(v, name);

	if (!value || !*value)
		return 0;
	*ret = strdup(value);
	return *ret ? 0 : -ENOMEM;
}

/* 0 or -errno; -ENOENT: there is none. */
static int read_os_release(struct system *s)
{
	static const char *const files[] = {"/etc/os-release", "/usr/lib/os-release"};
	_cleanup_(shellvars_done) struct shellvars v = {0};
	_cleanup_(buffer_done) struct buffer b = {0};
	int r = -ENOENT;

	for (size_t i = 0; r < 0 && i < ARRAY_SIZE(files); i++)
		r = target_read(&s->target, files[i], SHELLVARS_MAX_SIZE, &b, NULL);
	if (r == 0)
		r = shellvars_parse(&v, buffer_bytes(&b), NULL);
	if (r == 0)
		r = copy_var(&s->os_id, &v, "ID");
	if (r == 0)
		r = copy_var(&s->os_version_id, &v, "VERSION_ID");
	if (r == 0)
		r = copy_var(&s->os_pretty_name, &v, "PRETTY_NAME");
	if (r == 0)
		r = copy_var(&s->os_name, &v, "NAME");
	if (r == 0)
		r = copy_var(&s->os_version, &v, "VERSION");
	return r;
}

/* "CentOS release 6.10 (Final)": the first number, digits and dots. */
static char *version_in(const char *line)
{
	const char *from = line + strcspn(line, "0123456789");

	return strndup(from, strspn(from, "0123456789."));
}

static int read_first_line(const struct target *t, const char *path, char **ret)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	int r = target_read(t, path, MAX_SMALL_FILE, &b, NULL);

	if (r < 0)
		return r;
	if (b.data)
		b.data[strcspn(b.data, "\n")] = '\0';
	*ret = strdup(b.data ? text_strip(b.data) : "");
	return *ret ? 0 : -ENOMEM;
}

static int read_old_release(struct system *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(old_releases); i++) {
		_cleanup_free_ char *line = NULL;
		int r = read_first_line(&s->target, old_releases[i].file, &line);

		if (r == -ENOMEM)
			return r;
		if (r < 0 || !text_starts(line, old_releases[i].begins))
			continue;
		s->os_id = strdup(old_releases[i].id);
		s->os_version_id = version_in(line);
		s->os_pretty_name = TAKE_PTR(line);
		return s->os_id && s->os_version_id ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

static int read_machine_id(struct system *s)
{
	_cleanup_free_ char *line = NULL;
	int r = read_first_line(&s->target, "/etc/machine-id", &line);

	if (r == -ENOMEM)
		return r;
	if (r == 0 && strlen(line) == 32 && strspn(line, "0123456789abcdef") == 32)
		s->machine_id = TAKE_PTR(line);
	return 0;
}

/* uname -m word of that program, or NULL. */
static const char *machine_of(const struct target *t, const char *path)
{
	_cleanup_close_ int fd = target_open(t, path, O_RDONLY | O_NONBLOCK, NULL);
	Elf64_Ehdr h; /* e_machine is at the same place in ELF32 */
	bool big;

	if (fd < 0 || read(fd, &h, sizeof(h)) != sizeof(h) ||
		memcmp(h.e_ident, ELFMAG, SELFMAG) != 0)
		return NULL;
	big = h.e_ident[EI_DATA] == ELFDATA2MSB;
	if (big != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__))
		h.e_machine = __builtin_bswap16(h.e_machine);
	return elf_machine_name(h.e_machine, h.e_ident[EI_CLASS] == ELFCLASS64, big);
}

static int read_arch(struct system *s)
{
	static const char *const programs[] = {"/sbin/init", "/bin/sh", "/usr/bin/sh",
		"/usr/lib/systemd/systemd", "/usr/bin/bash", "/lib64/libc.so.6",
		"/lib/libc.so.6", "/lib64/ld-linux-x86-64.so.2",
		"/lib/ld-linux-aarch64.so.1", "/usr/bin/rpm", "/usr/bin/env"};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const char *name = machine_of(&s->target, programs[i]);

		if (!name || strcmp(name, "unknown") == 0)
			continue;
		s->arch = strdup(name);
		return s->arch ? 0 : -ENOMEM;
	}
	return 0;
}

int identity_read(struct system *s)
{
	int r = read_os_release(s);

	if (r < 0 && r != -ENOMEM)
		r = read_old_release(s);
	if (r < 0 && r != -ENOMEM)
		r = findings_add(&s->findings, "os-unknown", SEVERITY_INFO, NULL, NULL,
			"no release file says which system this is");
	if (r == 0)
		r = read_machine_id(s);
	return r == 0 ? read_arch(s) : r;
}

/* The letters that os-release(5) allows; and it must not look like an option. */
static void put_os(const struct system *s, char ret[MAX_ID + MAX_MAJOR + 1])
{
	const char *id = s->os_id ? s->os_id : "linux";
	const char *version = s->os_id && s->os_version_id ? s->os_version_id : "";
	size_t n = 0;

	while (*id && !isalnum((unsigned char)*id))
		id++;
	for (; *id && n < MAX_ID; id++)
		ret[n++] = isalnum((unsigned char)*id) || strchr("._-", *id) ? *id : '-';
	for (size_t i = 0; isdigit((unsigned char)version[i]) && i < MAX_MAJOR; i++)
		ret[n++] = version[i];
	ret[n] = '\0';
}

char *identity_id(const struct system *s, const char *seed)
{
	char os[MAX_ID + MAX_MAJOR + 1], hex[DIGEST_HEX_SIZE];

	put_os(s, os);
	digest_of(
		DIGEST_SHA256, (struct bytes){(const uint8_t *)seed, strlen(seed)}, hex);
	return text_printf("%s-%.4s", os, hex);
}
