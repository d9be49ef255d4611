/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of real RPMs: the same answers as rpm's, and each damaged one refused. */
#include "package.h"
#include "rpms.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static const char *text_or(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

/* What rpm prints with the same queryformat. */
static char *describe(const struct package *p)
{
	struct buffer out = {0};

	buffer_printf(&out, "%s %s %s %s %s\n", p->nevra, p->name, p->arch,
		      p->payload_format, p->payload_compressor);
	buffer_printf(&out, "%s %llu\n", text_or(p->payload_digests[0].hex, "(none)"),
		      (unsigned long long)p->installed_size);
	for (size_t i = 0; i < p->file_count; i++) {
		const struct package_file *file = &p->files[i];

		buffer_printf(&out, "%s|%u|%llu|%lld|%u|%s|%s|%s|%s|%u\n", file->path,
			      (unsigned)file->mode, (unsigned long long)file->size,
			      (long long)file->mtime, file->flags, file->owner, file->group,
			      text_or(file->link, ""), text_or(file->digest, ""), file->links);
	}
	for (size_t i = 0; i < p->require_count; i++)
		buffer_printf(&out, "%s|%s\n", p->requires[i].name,
			      text_or(p->requires[i].version, ""));
	for (size_t i = 0; i < p->provide_count; i++)
		buffer_printf(&out, "%s|%s\n", p->provides[i].name,
			      text_or(p->provides[i].version, ""));
	return buffer_steal(&out);
}

static char *ask_rpm(const char *path)
{
	return program_output((const char *[]){"rpm", "-qp", "--qf",
		"%{NEVRA} %{NAME} %{ARCH} %{PAYLOADFORMAT} "
		"%|PAYLOADCOMPRESSOR?{%{PAYLOADCOMPRESSOR}}:{none}|\n"
		"%{PAYLOADDIGEST} %{LONGSIZE}\n"
		"[%{FILENAMES}|%{FILEMODES}|%{LONGFILESIZES}|%{FILEMTIMES}|%{FILEFLAGS}"
		"|%{FILEUSERNAME}|%{FILEGROUPNAME}|%{FILELINKTOS}|%{FILEDIGESTS}"
		"|%{FILENLINKS}\n]"
		"[%{REQUIRENAME}|%{REQUIREVERSION}\n][%{PROVIDENAME}|%{PROVIDEVERSION}\n]",
		path, NULL});
}

static void agrees_with_rpm(void **state)
{
	static const char *const folders[] = {"el7", "el8", "el9", "fedora", "other-arch",
					      "compressors", "hardlinks", "no-kernel",
					      "source", "old-digests"};
	size_t compared = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_cleanup_(strings_done) struct strings paths = {0};

		rpms_list(&paths, folders[i]);
		for (size_t k = 0; k < paths.count; k++) {
			_cleanup_(package_done) struct package p = {0};
			_cleanup_free_ char *ours = NULL, *theirs = ask_rpm(paths.items[k]);
			struct fault f = {0};

			if (package_read(&p, NULL, paths.items[k], &f) < 0)
				fail_msg("%s: %s", paths.items[k], f.reason);
			ours = describe(&p);
			assert_string_equal(ours, theirs);
			assert_int_equal(p.header_digests, DIGESTS_OK);
			assert_int_equal(p.signature, SIGNATURE_UNSIGNED);
			assert_int_equal(p.is_source, text_equal(folders[i], "source"));
			compared++;
		}
	}
	assert_true(compared > 25);
}

static void knows_parts(void **state)
{
	static const struct {
		const char *folder, *name, *release;
		enum package_part part;
	} cases[] = {
		{"el7", "kernel", "3.10.0-1160.el7.x86_64", PACKAGE_CORE},
		{"el8", "kernel", NULL, PACKAGE_META},
		{"el8", "kernel-core", "4.18.0-553.el8_10.x86_64", PACKAGE_CORE},
		{"el8", "kernel-modules", "4.18.0-553.el8_10.x86_64", PACKAGE_MODULES},
		{"el9", "kernel-modules-core", "5.14.0-503.el9_5.x86_64", PACKAGE_MODULES_CORE},
		{"el9", "kernel-modules-extra", "5.14.0-503.el9_5.x86_64",
		 PACKAGE_MODULES_EXTRA},
		{"fedora", "kernel-core", "6.12.5-200.fc41.x86_64", PACKAGE_CORE},
		{"other-arch", "kernel-core", "5.14.0-503.el9_5.aarch64", PACKAGE_CORE},
		{"no-kernel", "hello", NULL, PACKAGE_OTHER},
		{"source", "kernel", NULL, PACKAGE_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *path = rpms_find(cases[i].folder, cases[i].name);
		_cleanup_(package_done) struct package p = {0};

		assert_int_equal(package_read(&p, NULL, path, NULL), 0);
		assert_int_equal(p.part, cases[i].part);
		if (!text_equal(p.release, cases[i].release))
			fail_msg("%s: %s", path, p.release);
	}
}

static void reads_only_md5_of_old_packages(void **state)
{
	_cleanup_free_ char *path = rpms_find("old-digests", "kernel");
	_cleanup_(package_done) struct package p = {0};

	(void)state;
	assert_int_equal(package_read(&p, NULL, path, NULL), 0);
	assert_null(p.payload_digests[0].hex);
	assert_null(p.archive_digests[0].hex);
	assert_int_equal(strlen(p.md5), 32);
	assert_int_equal(p.header_digests, DIGESTS_OK);
}

static void refuse(const char *path, enum fault_code code, const char *reason)
{
	struct package p = {0};
	struct fault f = {0};

	assert_true(package_read(&p, NULL, path, &f) < 0);
	assert_int_equal(f.code, code);
	if (!strstr(f.reason, reason))
		fail_msg("%s: %s", path, f.reason);
	assert_string_equal(f.path, path);
	assert_null(p.name); /* written only on success */
}

static void refuses_damaged(void **state)
{
	_cleanup_free_ char *header = rpms_find("header-bit", "kernel-core");
	_cleanup_free_ char *truncated = rpms_find("truncated", "kernel-core");
	_cleanup_free_ char *text = rpms_find("not-an-rpm", "kernel-core");
	_cleanup_free_ char *uname = rpms_find("uname", "kernel-core");
	_cleanup_free_ char *empty = file_make("", 0);

	(void)state;
	refuse(header, FAULT_BAD_DIGEST, "not the one that was built");
	refuse(truncated, FAULT_BAD_DIGEST, "are missing at its end");
	refuse(text, FAULT_NOT_A_PACKAGE, "not an RPM file");
	refuse(uname, FAULT_NOT_A_PACKAGE, "x86_64.other");
	refuse(empty, FAULT_NOT_A_PACKAGE, "not an RPM file");
	refuse("build", FAULT_NOT_A_PACKAGE, "not a regular file");
	refuse("/dev/null", FAULT_NOT_A_PACKAGE, "not a regular file");
	refuse("build/no-such.rpm", FAULT_ERRNO, "");
	unlink(empty);
}

static void refuses_every_truncation(void **state)
{
	_cleanup_free_ char *path = rpms_find("el9", "kernel-core");
	_cleanup_(buffer_done) struct buffer whole = {0};
	_cleanup_free_ char *copy = NULL;

	(void)state;
	file_load(path, &whole);
	copy = file_make(whole.data, whole.size);
	for (size_t size = whole.size; size-- > 0; size -= size % 31) {
		struct package p;
		struct fault f = {0};

		assert_int_equal(truncate(copy, (off_t)size), 0);
		assert_true(package_read(&p, NULL, copy, &f) < 0);
		assert_true(f.code == FAULT_NOT_A_PACKAGE || f.code == FAULT_BAD_DIGEST);
	}
	unlink(copy);
}

static void refuses_what_follows_the_payload(void **state)
{
	_cleanup_free_ char *path = rpms_find("el9", "kernel-core");
	_cleanup_(buffer_done) struct buffer whole = {0};
	_cleanup_free_ char *copy = NULL;

	(void)state;
	file_load(path, &whole);
	buffer_append(&whole, "more", 4);
	copy = file_make(whole.data, whole.size);
	refuse(copy, FAULT_BAD_DIGEST, "4 bytes too many");
	unlink(copy);
}

/* A header that claims 256 MiB in a small file must not get them. */
static void believes_no_length(void **state)
{
	_cleanup_free_ char *path = rpms_find("el9", "kernel-core");
	_cleanup_(buffer_done) struct buffer whole = {0};
	_cleanup_(package_done) struct package p = {0};
	_cleanup_free_ char *copy = NULL;

	(void)state;
	assert_int_equal(package_read(&p, NULL, path, NULL), 0);
	file_load(path, &whole);
	memcpy(whole.data + p.header_offset + 12, "\x0f\xff\xff\xff", 4);
	copy = file_make(whole.data, whole.size);
	refuse(copy, FAULT_NOT_A_PACKAGE, "cut short within its headers");
	unlink(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_rpm),
		cmocka_unit_test(knows_parts),
		cmocka_unit_test(reads_only_md5_of_old_packages),
		cmocka_unit_test(refuses_damaged),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(refuses_what_follows_the_payload),
		cmocka_unit_test(believes_no_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
