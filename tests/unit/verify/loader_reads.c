/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which GRUB reads which file system: generations, certainty, and the verdict. */
#include "../../../rescue/verify/verify_rules.h"

#include <setjmp.h>

#include <cmocka.h>

#define T(text) ((char[]){text})

/* What the rules say of /boot on that file system below that distribution's loader. */
static int judge(struct findings *ret, const char *id, const char *version,
	enum loader_rules loader, enum superblock_kind kind, uint64_t incompat)
{
	struct system s = {.os_id = (char *)id,
		.os_version_id = (char *)version,
		.boot = {.device_path = T("/dev/sda2"),
			.fstype = T("xfs"),
			.features = {kind, incompat}}};
	struct inventory inv = {.system = &s, .loader = loader};
	struct verify_options options = {0};
	struct verification v = {0};
	struct rules r = {.inv = &inv, .options = &options, .v = &v};

	assert_int_equal(rules_loader_reads(&r), 0);
	*ret = v.findings;
	return v.findings.count > 0 ? (int)v.findings.items[0].severity : -1;
}

static void expect(const char *id, const char *version, enum superblock_kind kind,
	uint64_t incompat, int severity)
{
	_cleanup_(findings_done) struct findings found = {0};

	assert_int_equal(
		judge(&found, id, version, LOADER_BLSCFG_EL9, kind, incompat), severity);
	if (severity >= 0)
		assert_string_equal(found.items[0].code, "boot-unreadable-by-loader");
}

static void xfs_by_generation(void **state)
{
	const uint64_t old = XFS_INCOMPAT_FTYPE | XFS_INCOMPAT_SPINODES;

	(void)state;
	expect("rhel", "7.9", SUPERBLOCK_XFS, old, -1);
	expect("rhel", "8.6", SUPERBLOCK_XFS, old, -1);
	expect("rhel", "8.6", SUPERBLOCK_XFS, old | XFS_INCOMPAT_BIGTIME, SEVERITY_ERROR);
	expect("almalinux", "8.10", SUPERBLOCK_XFS, old | XFS_INCOMPAT_BIGTIME, -1);
	expect("rocky", "9.4", SUPERBLOCK_XFS, old | XFS_INCOMPAT_BIGTIME, -1);
	expect("rocky", "9.4", SUPERBLOCK_XFS, XFS_INCOMPAT_NREXT64, SEVERITY_ERROR);
	expect("centos", "9", SUPERBLOCK_XFS, XFS_INCOMPAT_NREXT64, -1);
	expect("rhel", "10.0", SUPERBLOCK_XFS, XFS_INCOMPAT_NREXT64, -1);
	expect("rhel", "10.0", SUPERBLOCK_XFS, 0x80, SEVERITY_ERROR);
	expect("fedora", "41", SUPERBLOCK_XFS, XFS_INCOMPAT_NREXT64, -1);
	expect(NULL, NULL, SUPERBLOCK_XFS, 0x40, SEVERITY_ERROR);
}

static void ext_by_generation(void **state)
{
	(void)state;
	expect("rhel", "8.4", SUPERBLOCK_EXT, 0x2c2 | EXT_INCOMPAT_RECOVER, -1);
	expect("rhel", "8.4", SUPERBLOCK_EXT, EXT_INCOMPAT_CSUM_SEED, SEVERITY_ERROR);
	expect("rhel", "9.2", SUPERBLOCK_EXT, EXT_INCOMPAT_CSUM_SEED, -1);
	expect("rhel", "9.2", SUPERBLOCK_EXT, EXT_INCOMPAT_LARGEDIR, SEVERITY_ERROR);
	expect("debian", "13", SUPERBLOCK_EXT, 0x8000, SEVERITY_ERROR);
}

static void zstd_may_be_unused(void **state)
{
	(void)state;
	expect("centos", "7", SUPERBLOCK_BTRFS, BTRFS_INCOMPAT_ZSTD, SEVERITY_WARNING);
	expect("fedora", "40", SUPERBLOCK_BTRFS, BTRFS_INCOMPAT_ZSTD | 0x340, -1);
	expect("fedora", "40", SUPERBLOCK_BTRFS, BTRFS_INCOMPAT_RAID_STRIPE_TREE,
		SEVERITY_ERROR);
}

static void other_loaders_are_not_judged(void **state)
{
	static const enum loader_rules others[] = {LOADER_NONE, LOADER_SYSTEMD_BOOT};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct findings found = {0};

		assert_int_equal(judge(&found, "rhel", "8.4", others[i], SUPERBLOCK_XFS,
					 ~0ull), -1);
	}
	expect("rhel", "8.4", SUPERBLOCK_UNKNOWN, ~0ull, -1);
}

static void the_message_names_the_features(void **state)
{
	_cleanup_(findings_done) struct findings found = {0};

	(void)state;
	judge(&found, "rhel", "8.4", LOADER_MENUENTRIES, SUPERBLOCK_XFS,
		XFS_INCOMPAT_BIGTIME | XFS_INCOMPAT_NREXT64);
	assert_string_equal(found.items[0].message,
		"/boot is on xfs with the features bigtime, nrext64, which EL8's GRUB "
		"cannot read");
	assert_string_equal(found.items[0].subject, "/dev/sda2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xfs_by_generation),
		cmocka_unit_test(ext_by_generation),
		cmocka_unit_test(zstd_may_be_unused),
		cmocka_unit_test(other_loaders_are_not_judged),
		cmocka_unit_test(the_message_names_the_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
