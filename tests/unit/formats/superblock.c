/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features of ext, XFS and btrfs: where they stand, their names, and what is no superblock. */
#include "formats/superblock.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

static uint8_t sb[SUPERBLOCK_SIZE];
static const struct bytes whole = {sb, sizeof(sb)};
static const struct bytes cut = {sb, sizeof(sb) - 1};

static void put(size_t at, const char *bytes, size_t size)
{
	memcpy(sb + at, bytes, size);
}

static int fresh(void **state)
{
	(void)state;
	memset(sb, 0, sizeof(sb));
	return 0;
}

static void ext(void **state)
{
	struct superblock_features f = {0};

	(void)state;
	assert_int_equal(ext_features_parse(&f, whole), -EBADMSG);
	put(0x38, "\x53\xef", 2);
	put(0x5c, "\xff\xff\xff\xff", 4);
	put(0x60, "\x46\x20\x00\x80", 4);
	put(0x64, "\xff\xff\xff\xff", 4);
	assert_int_equal(ext_features_parse(&f, cut), -EBADMSG);
	assert_int_equal(f.kind, SUPERBLOCK_UNKNOWN);
	assert_int_equal(ext_features_parse(&f, whole), 0);
	assert_int_equal(f.kind, SUPERBLOCK_EXT);
	assert_int_equal(f.incompat, 0x80002046);
}

static void xfs(void **state)
{
	struct superblock_features f = {0};

	(void)state;
	assert_int_equal(xfs_features_parse(&f, whole), -EBADMSG);
	put(0, "XFSB", 4);
	put(100, "\xb4\xa4", 2);
	put(216, "\x00\x00\x00\x2b", 4);
	assert_int_equal(xfs_features_parse(&f, cut), -EBADMSG);
	assert_int_equal(xfs_features_parse(&f, whole), 0);
	assert_int_equal(f.kind, SUPERBLOCK_XFS);
	assert_int_equal(f.incompat, 0); /* version 4 has no such word */
	put(100, "\xb4\xa5", 2);
	assert_int_equal(xfs_features_parse(&f, whole), 0);
	assert_int_equal(f.incompat, 0x2b);
}

static void btrfs(void **state)
{
	struct superblock_features f = {0};

	(void)state;
	assert_int_equal(btrfs_features_parse(&f, whole), -EBADMSG);
	put(0x40, "_BHRfS_M", 8);
	put(0xbc, "\x71\x03\x00\x00\x00\x00\x00\x01", 8);
	assert_int_equal(btrfs_features_parse(&f, cut), -EBADMSG);
	assert_int_equal(btrfs_features_parse(&f, whole), 0);
	assert_int_equal(f.kind, SUPERBLOCK_BTRFS);
	assert_int_equal(f.incompat, 0x0100000000000371);
}

static void expect_names(enum superblock_kind kind, uint64_t incompat, const char *expected)
{
	_cleanup_free_ char *names = superblock_feature_names(kind, incompat);

	assert_string_equal(names, expected);
}

static void names(void **state)
{
	(void)state;
	expect_names(SUPERBLOCK_EXT, EXT_INCOMPAT_CSUM_SEED | EXT_INCOMPAT_LARGEDIR,
		"metadata_csum_seed, large_dir");
	expect_names(SUPERBLOCK_XFS, XFS_INCOMPAT_NREXT64, "nrext64");
	expect_names(SUPERBLOCK_XFS, XFS_INCOMPAT_BIGTIME | 1ull << 40,
		"bigtime, 0x10000000000");
	expect_names(SUPERBLOCK_BTRFS, BTRFS_INCOMPAT_ZSTD, "compress_zstd");
	expect_names(SUPERBLOCK_UNKNOWN, 1, "0x1");
	expect_names(SUPERBLOCK_EXT, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ext, fresh),
		cmocka_unit_test_setup(xfs, fresh),
		cmocka_unit_test_setup(btrfs, fresh),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
