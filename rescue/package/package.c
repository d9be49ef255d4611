/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The package as a value: its end, its words, the two faults that name it. */
#include "package_room.h"

#include <errno.h>
#include <fcntl.h>

const char *package_part_name(enum package_part p)
{
	static const char *const names[] = {
		[PACKAGE_OTHER] = "other",
		[PACKAGE_META] = "meta",
		[PACKAGE_CORE] = "core",
		[PACKAGE_MODULES_CORE] = "modules-core",
		[PACKAGE_MODULES] = "modules",
		[PACKAGE_MODULES_EXTRA] = "modules-extra",
		[PACKAGE_DEVEL] = "devel",
		[PACKAGE_DEBUG] = "debug",
		[PACKAGE_FIRMWARE] = "firmware",
		[PACKAGE_UKI] = "uki",
		[PACKAGE_KMOD] = "kmod",
	};

	return names[p];
}

const char *digests_state_name(enum digests_state s)
{
	static const char *const names[] = {
		[DIGESTS_OK] = "ok",
		[DIGESTS_BAD] = "bad",
		[DIGESTS_ABSENT] = "absent",
	};

	return names[s];
}

const char *signature_state_name(enum signature_state s)
{
	static const char *const names[] = {
		[SIGNATURE_GOOD] = "good",
		[SIGNATURE_BAD] = "bad",
		[SIGNATURE_UNSIGNED] = "unsigned",
		[SIGNATURE_UNKNOWN_KEY] = "unknown-key",
	};

	return names[s];
}

const char *signature_problem_text(enum signature_problem p)
{
	static const char *const texts[] = {
		[PROBLEM_NONE] = "nothing",
		[PROBLEM_NO_KEY] = "no key of that id is known",
		[PROBLEM_EXPIRED] = "the key had expired",
		[PROBLEM_REVOKED] = "the key is revoked",
		[PROBLEM_EARLY] = "the key did not exist yet",
		[PROBLEM_STALE] = "it has expired",
		[PROBLEM_UNBOUND] = "the key is not bound to an owner for signing",
		[PROBLEM_UNSUPPORTED] = "its algorithm is not supported",
		[PROBLEM_FORGED] = "it was not made by that key over these bytes",
	};

	return texts[p];
}

static void xattrs_free(struct package_xattrs *x)
{
	if (!x)
		return;
	buffer_done(&x->capability);
	buffer_done(&x->ima);
	free(x);
}

static void file_done(struct package_file *file)
{
	free(file->path);
	free(file->owner);
	free(file->group);
	free(file->link);
	free(file->digest);
	xattrs_free(file->xattrs);
}

void package_files_done(struct package *p)
{
	for (size_t i = 0; i < p->file_count; i++)
		file_done(&p->files[i]);
	free(p->files);
	p->files = NULL;
	p->file_count = 0;
}

static void relations_done(struct package_requirement *relations, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(relations[i].name);
		free(relations[i].version);
	}
	free(relations);
}

void package_relations_done(struct package *p)
{
	relations_done(p->requires, p->require_count);
	relations_done(p->provides, p->provide_count);
	p->requires = p->provides = NULL;
	p->require_count = p->provide_count = 0;
}

void package_done(struct package *p)
{
	package_files_done(p);
	package_relations_done(p);
	strings_done(&p->replaced);
	strings_done(&p->not_done);
	strings_done(&p->missing);
	for (size_t i = 0; i < p->seal_count; i++) {
		buffer_done(&p->seals[i].signature);
		buffer_done(&p->seals[i].key);
	}
	free(p->seals);
	free(p->damage);
	free(p->signature_key);
	free(p->signature_algorithm);
	free(p->path);
	free(p->nevra);
	free(p->name);
	free(p->version);
	free(p->version_release);
	free(p->arch);
	free(p->release);
	free(p->payload_format);
	free(p->payload_compressor);
	for (size_t i = 0; i < PACKAGE_PAYLOAD_DIGESTS; i++) {
		free(p->payload_digests[i].hex);
		free(p->archive_digests[i].hex);
	}
	free(p->md5);
	memset(p, 0, sizeof(*p));
}

static int name_fault(struct fault *f, enum fault_code code, const struct package *p,
		      const char *reason, va_list list)
{
	char doing[192], text[384];

	snprintf(doing, sizeof(doing), "use package %s", p->path);
	vsnprintf(text, sizeof(text), reason, list);
	return fault_named(f, code, p->path, doing, "%s", text);
}

int package_refuse(struct fault *f, const struct package *p, const char *reason, ...)
{
	va_list list;
	int r;

	va_start(list, reason);
	r = name_fault(f, FAULT_NOT_A_PACKAGE, p, reason, list);
	va_end(list);
	return r;
}

int package_bad_digest(struct fault *f, const struct package *p, const char *reason, ...)
{
	va_list list;
	int r;

	va_start(list, reason);
	r = name_fault(f, FAULT_BAD_DIGEST, p, reason, list);
	va_end(list);
	fault_hint(f, "the file is damaged: fetch or copy it again");
	return r;
}

int package_open(const struct package *p, struct fault *f)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
	int fd = p->patient ? target_open(p->patient, p->path, flags, f) : open(p->path, flags);

	if (fd < 0 && !p->patient)
		return fault_errno(f, errno, p->path, "read %s", p->path);
	return fd;
}
