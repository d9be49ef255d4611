/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls into every library that scripts/dependencies builds; exits 0 if all answer. */
#include <archive.h>
#include <archive_entry.h>
#include <blkid/blkid.h>
#include <bzlib.h>
#include <depmod.h>
#include <libkmod.h>
#include <libmount/libmount.h>
#include <libsmartcols/libsmartcols.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <lz4.h>
#include <lzma.h>
#include <minilzo.h>
#include <nettle/bignum.h>
#include <nettle/dsa.h>
#include <nettle/ecdsa.h>
#include <nettle/eddsa.h>
#include <nettle/rsa.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <uuid/uuid.h>
#include <zlib.h>
#include <zstd.h>

static int check_archive(void)
{
	struct archive *a = archive_read_new();
	int bad;

	/* ARCHIVE_WARN would mean an outside program, or nothing, in place of the library. */
	bad = a == NULL || archive_read_support_format_cpio(a) != ARCHIVE_OK ||
	      archive_read_support_filter_rpm(a) != ARCHIVE_OK ||
	      archive_read_support_filter_gzip(a) != ARCHIVE_OK ||
	      archive_read_support_filter_bzip2(a) != ARCHIVE_OK ||
	      archive_read_support_filter_lzma(a) != ARCHIVE_OK ||
	      archive_read_support_filter_xz(a) != ARCHIVE_OK ||
	      archive_read_support_filter_zstd(a) != ARCHIVE_OK;
	archive_read_free(a);
	a = archive_write_new();
	bad |= a == NULL || archive_write_set_format_cpio_newc(a) != ARCHIVE_OK ||
	       archive_write_add_filter_gzip(a) != ARCHIVE_OK;
	archive_write_free(a);
	return bad;
}

static int check_nettle(void)
{
	static const uint8_t start[4] = { 0xba, 0x78, 0x16, 0xbf };
	static const uint8_t nothing[ED25519_KEY_SIZE + ED25519_SIGNATURE_SIZE];
	struct sha256_ctx sha;
	struct rsa_public_key rsa;
	struct dsa_signature dsa;
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_init(&sha);
	sha256_update(&sha, 3, (const uint8_t *)"abc");
	sha256_digest(&sha, sizeof(digest), digest);
	rsa_public_key_init(&rsa);
	rsa_public_key_clear(&rsa);
	dsa_signature_init(&dsa);
	dsa_signature_clear(&dsa);
	return memcmp(digest, start, sizeof(start)) != 0 ||
	       ed25519_sha512_verify(nothing, 3, (const uint8_t *)"abc",
				     nothing + ED25519_KEY_SIZE);
}

static int check_devices(void)
{
	blkid_probe probe = blkid_new_probe();
	struct libmnt_context *mount = mnt_new_context();
	struct libscols_table *table = scols_new_table();
	uuid_t uuid;
	int bad = !probe || !mount || !table || uuid_parse("", uuid) == 0;

	bad |= mnt_context_disable_helpers(mount, 1) != 0;
	bad |= scols_table_new_column(table, "NAME", 1, 0) == NULL;
	blkid_free_probe(probe);
	mnt_free_context(mount);
	scols_unref_table(table);
	return bad;
}

static int check_modules(void)
{
	static const char *const none[] = { NULL };
	const struct depmod_options options = { .directory = "relative", .release = "0" };
	struct kmod_ctx *ctx = kmod_new("/nonexistent", none);
	int bad = ctx == NULL || depmod_index(&options) == 0;

	kmod_unref(ctx);
	return bad;
}

static int check_decompressors(void)
{
	lzma_stream xz = LZMA_STREAM_INIT;
	lzma_mt options = { .threads = 2, .memlimit_stop = 1 << 20, .memlimit_threading = 1 };
	bz_stream bzip2 = { 0 };
	z_stream gzip = { 0 };
	ZSTD_DStream *zstd = ZSTD_createDStream();
	char abc[3];
	int bad = LZ4_decompress_safe("\x30" "abc", abc, 4, sizeof(abc)) != sizeof(abc) ||
		  lzo_init() != LZO_E_OK || zstd == NULL || lzma_stream_decoder_mt(&xz, &options) != LZMA_OK ||
		  BZ2_bzDecompressInit(&bzip2, 0, 0) != BZ_OK || inflateInit(&gzip) != Z_OK;

	ZSTD_freeDStream(zstd);
	lzma_end(&xz);
	BZ2_bzDecompressEnd(&bzip2);
	inflateEnd(&gzip);
	return bad;
}

int main(void)
{
	const struct {
		const char *name;
		int (*check)(void);
	} checks[] = {
		{ "libarchive", check_archive },	{ "nettle", check_nettle },
		{ "util-linux", check_devices },	{ "kmod", check_modules },
		{ "decompressors", check_decompressors },
	};
	int bad = 0;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].check() == 0)
			continue;
		fprintf(stderr, "%s does not answer as expected\n", checks[i].name);
		bad = 1;
	}
	return bad;
}
