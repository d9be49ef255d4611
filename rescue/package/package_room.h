/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sources of this room share: header tags, the parts of reading, the payload. */
#ifndef RESCUE_PACKAGE_ROOM_H
#define RESCUE_PACKAGE_ROOM_H

#include "formats/rpm_cpio.h"
#include "formats/rpm_header.h"
#include "package.h"
#include "pipeline.h"
#include "trust.h"

enum rpm_signature_tag { /* lib/rpmtag.h: rpmSigTag */
	SIGTAG_DSA = 267, /* of the header; also ECDSA, EdDSA */
	SIGTAG_RSA = 268,
	SIGTAG_SHA1 = 269,
	SIGTAG_LONG_SIZE = 270,
	SIGTAG_SHA256 = 273,
	SIGTAG_FILE_SIGNATURES = 274, /* IMA */
	SIGTAG_OPENPGP = 278, /* of the header, in base64 */
	SIGTAG_SHA3_256 = 279,
	SIGTAG_SIZE = 1000,
	SIGTAG_PGP = 1002, /* of header and payload, RSA */
	SIGTAG_MD5 = 1004,
	SIGTAG_GPG = 1005 /* of header and payload, DSA and the like */
};

enum rpm_tag {
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_EPOCH = 1003,
	TAG_SIZE = 1009,
	TAG_ARCH = 1022,
	TAG_PRE_INSTALL = 1023,
	TAG_POST_INSTALL = 1024,
	TAG_OLD_FILE_NAMES = 1027,
	TAG_FILE_SIZES = 1028,
	TAG_FILE_MODES = 1030,
	TAG_FILE_MTIMES = 1034,
	TAG_FILE_DIGESTS = 1035,
	TAG_FILE_LINKS = 1036,
	TAG_FILE_FLAGS = 1037,
	TAG_FILE_OWNERS = 1039,
	TAG_FILE_GROUPS = 1040,
	TAG_SOURCE_RPM = 1044,
	TAG_PROVIDE_NAMES = 1047,
	TAG_REQUIRE_FLAGS = 1048,
	TAG_REQUIRE_NAMES = 1049,
	TAG_REQUIRE_VERSIONS = 1050,
	TAG_PRE_INSTALL_PROGRAM = 1085,
	TAG_POST_INSTALL_PROGRAM = 1086,
	TAG_FILE_DEVICES = 1095,
	TAG_FILE_INODES = 1096,
	TAG_PROVIDE_FLAGS = 1112,
	TAG_PROVIDE_VERSIONS = 1113,
	TAG_DIRECTORY_INDEXES = 1116,
	TAG_BASE_NAMES = 1117,
	TAG_DIRECTORY_NAMES = 1118,
	TAG_PAYLOAD_FORMAT = 1124,
	TAG_PAYLOAD_COMPRESSOR = 1125,
	TAG_PRE_TRANSACTION = 1151,
	TAG_POST_TRANSACTION = 1152,
	TAG_PRE_TRANSACTION_PROGRAM = 1153,
	TAG_POST_TRANSACTION_PROGRAM = 1154,
	TAG_LONG_FILE_SIZES = 5008,
	TAG_LONG_SIZE = 5009,
	TAG_FILE_CAPABILITIES = 5010,
	TAG_FILE_DIGEST_ALGORITHM = 5011,
	TAG_PAYLOAD_DIGEST = 5092,
	TAG_PAYLOAD_DIGEST_ALGORITHM = 5093,
	TAG_ARCHIVE_DIGEST = 5097,
	TAG_PAYLOAD_SIZE = 5112,
	TAG_ARCHIVE_SIZE = 5113,
	TAG_RPM_FORMAT = 5114,
	TAG_PAYLOAD_SHA512 = 5121,
	TAG_ARCHIVE_SHA512 = 5122,
	TAG_PAYLOAD_SHA3_256 = 5123,
	TAG_ARCHIVE_SHA3_256 = 5124
};

/* RPMSENSE_* of rpm's rpmds.h. */
enum { SENSE_LESS = 2, SENSE_GREATER = 4, SENSE_EQUAL = 8, SENSE_MASK = 14 };

/* The fault of a file that is no (sound) package: NOT-A-PACKAGE, with the file's name. */
int package_refuse(struct fault *f, const struct package *p, const char *reason, ...)
	_printf_(3, 4);
int package_bad_digest(struct fault *f, const struct package *p, const char *reason, ...)
	_printf_(3, 4);

/*
 * package_read with keys to judge signatures by (NULL: none). What a header's digests or
 * its size disprove is read too: DIGESTS_BAD, and damage says why.
 */
int package_read_with(struct package *ret, const struct target *patient, const char *path,
		      struct package_keys *keys, struct fault *f);

/* The package's file, opened for reading, or -errno. */
int package_open(const struct package *p, struct fault *f);

/* operands.c: every package that they name, patient's or not (NULL: none is the patient's). */
int package_operands_read(struct package_sets *s, const struct strings *operands,
			  const struct target *patient, struct package_keys *keys,
			  struct fault *f);

/* What grouping does not need of packages that are no part of a kernel. */
void package_files_done(struct package *p);
void package_relations_done(struct package *p);

/* files.c: the file list of a main header. 0, -ENOMEM, or package_refuse's answer. */
int package_take_files(struct package *p, const struct rpm_header *h, struct fault *f);
/* xattrs.c: attributes of the files that have some. */
int package_take_xattrs(struct package *p, const struct rpm_header *signature,
			const struct rpm_header *main, struct fault *f);
/* scripts.c: which of their commands we stand for, and which nobody runs. */
int package_take_scripts(struct package *p, const struct rpm_header *h, struct fault *f);
/* relations.c: provides and requires; whether one satisfies the other. */
int package_take_relations(struct package *p, const struct rpm_header *h, struct fault *f);
bool package_provides(const struct package *p, const struct package_requirement *wanted);

/* kernel.c: kernel release and part, from what the package holds. */
int package_take_meaning(struct package *p, struct fault *f);
bool package_file_is_ghost(const struct package_file *file);
/* A module of that kernel: below its module directory, *.ko or *.ko.gz, .xz, .zst. */
bool package_has_modules(const struct package *p);

/* complete.c: an index into s->packages joins the set, once. 0 or -ENOMEM. */
int package_set_add(const struct package_sets *s, struct package_set *set, size_t package);
/* complete.c: fills missing and complete; packages that are required join. 0 or -ENOMEM. */
int package_set_judge(struct package_sets *s, struct package_set *set);
bool package_requires_kernel(const struct package_requirement *r);

/* integrity.c: compares the header's digests and size, keeps what the payload must be. */
int package_take_integrity(struct package *p, const struct rpm_header *signature,
			   const struct rpm_header *main, struct fault *f);

/* intake.c: the payload's bytes in the file, held against digests and seals. */
struct intake;
int intake_open(struct intake **ret, const struct package *p, struct fault *f);
void intake_close(struct intake *in);
struct pipeline *intake_pipeline(struct intake *in); /* its blocks */

/* payload.c: the payload decompressed block by block. */
struct payload;
int payload_open(struct payload **ret, const struct package *p, struct fault *f);
void payload_close(struct payload *payload);
void payload_close_p(struct payload **payload);
int payload_fill(void *payload, struct block *b, struct fault *f); /* a stage's work */

/* contents.c: the files that the payload must bring, each once. */
struct contents {
	const struct package *package;
	struct slot {
		const struct package_file *file;
		bool brings_data; /* in a stripped archive: the last of several hard links */
	} *slots; /* by path; without ghosts */
	size_t count;
	size_t *slot_of_file; /* by place in the header; SIZE_MAX: a ghost */
};
int contents_prepare(struct contents *ret, const struct package *p, struct fault *f);
void contents_done(struct contents *c);
/* The slot of an archive's member; a stripped one is told its size. Or package_bad_digest. */
int contents_find(const struct contents *c, struct rpm_cpio *member, size_t *ret,
		  struct fault *f);

/* inspect.c: a stage that holds every byte of the archive against the header. */
struct inspector;
int inspector_new(struct inspector **ret, const struct contents *contents, struct fault *f);
void inspector_free(struct inspector *inspector);
int inspector_check(void *inspector, struct block *b, struct fault *f); /* a stage's work */

#endif
