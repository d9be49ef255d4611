/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RPM files offer: identity, integrity, complete kernel sets, a checked stream of files. */
#ifndef RESCUE_PACKAGE_H
#define RESCUE_PACKAGE_H

#include "digest.h"
#include "target.h"

#define PACKAGE_MAX_FILES 262144
#define PACKAGES_MAX 65536

enum package_part {
	PACKAGE_OTHER,
	PACKAGE_META,	      /* kernel: names the others, holds nothing */
	PACKAGE_CORE,	      /* image (EL7 kernel: image and modules) */
	PACKAGE_MODULES_CORE,
	PACKAGE_MODULES,
	PACKAGE_MODULES_EXTRA,
	/* Those below are told apart, and belong to no set of their own accord. */
	PACKAGE_DEVEL,
	PACKAGE_DEBUG, /* debuginfo */
	PACKAGE_FIRMWARE,
	PACKAGE_UKI,
	PACKAGE_KMOD /* third-party modules */
};
const char *package_part_name(enum package_part p);
/* "debug", "rt", "64k", "PAE", "xen", "uek", "plus", "default" of a release, or NULL. */
const char *package_flavour(const char *release);

enum package_file_flag { /* RPMFILE_* of rpm's rpmfiles.h */
	PACKAGE_FILE_CONFIG = 1 << 0,
	PACKAGE_FILE_DOC = 1 << 1,
	PACKAGE_FILE_NOREPLACE = 1 << 4,
	PACKAGE_FILE_GHOST = 1 << 6
};

/* Values of extended attributes; an empty one: the file has none. */
struct package_xattrs {
	struct buffer capability; /* security.capability */
	struct buffer ima;	  /* security.ima */
};
#define PACKAGE_MAX_IMA 4096 /* bytes of one */

struct package_file {
	char *path; /* /lib/modules/V/vmlinuz */
	mode_t mode; /* with type */
	uint64_t size;
	int64_t mtime;
	char *owner, *group, *link; /* link: symlink text or NULL */
	char *digest;	/* hex, or NULL (directories, links, ghosts) */
	unsigned flags;
	uint32_t inode; /* files of one number are hard links of each other; 0: a ghost */
	unsigned links; /* how many they are */
	struct package_xattrs *xattrs; /* NULL: none, as most */
};

struct package_requirement {
	char *name;
	char *version; /* NULL: any */
	unsigned flags; /* RPMSENSE_LESS 2, GREATER 4, EQUAL 8 */
};

enum digests_state { DIGESTS_OK, DIGESTS_BAD, DIGESTS_ABSENT };
enum signature_state { SIGNATURE_GOOD, SIGNATURE_BAD, SIGNATURE_UNSIGNED, SIGNATURE_UNKNOWN_KEY };
const char *digests_state_name(enum digests_state s);
const char *signature_state_name(enum signature_state s);
/* Why a signature that is there does not count. */
enum signature_problem {
	PROBLEM_NONE,
	PROBLEM_NO_KEY,	     /* no key of that id */
	PROBLEM_EXPIRED,     /* the key, when it signed */
	PROBLEM_REVOKED,     /* the key */
	PROBLEM_EARLY,	     /* the key was made after the signature */
	PROBLEM_STALE,	     /* the signature was meant to hold until a time that is past */
	PROBLEM_UNBOUND,     /* the subkey: its primary key does not vouch for it, to sign */
	PROBLEM_UNSUPPORTED, /* the signature's algorithm or digest */
	PROBLEM_FORGED	     /* it is not that key's, or not of these bytes */
};
const char *signature_problem_text(enum signature_problem p); /* "the key had expired" */

/* A signature over header and payload: package_stream verifies it. */
struct package_seal {
	struct buffer signature, key; /* packets' bodies */
};

/* Of the payload as it lies in the file, or decompressed. */
struct payload_digest {
	enum digest_algorithm algorithm;
	char *hex; /* NULL: the header has none */
};
#define PACKAGE_PAYLOAD_DIGESTS 3 /* SHA-256 (or as the header says), SHA-512, SHA3-256 */

struct package {
	char *path;  /* of the RPM file */
	const struct target *patient; /* where path lies: in its caches; NULL: on this machine */
	bool named; /* as a file of its own, not found in a directory */
	char *nevra; /* as rpm's %{NEVRA}: name-[epoch:]version-release.arch */
	char *name, *version, *version_release, *arch;
	char *release; /* kernel release from payload paths, or NULL */
	enum package_part part;
	bool is_source;
	char *payload_format, *payload_compressor;
	uint64_t payload_offset, file_size, installed_size;
	uint64_t header_offset; /* of the main header */
	struct payload_digest payload_digests[PACKAGE_PAYLOAD_DIGESTS];
	struct payload_digest archive_digests[PACKAGE_PAYLOAD_DIGESTS]; /* decompressed */
	char *md5; /* of main header and payload, or NULL: all that old ones have */
	uint64_t archive_size; /* decompressed; 0: not told */
	enum digest_algorithm file_algorithm;
	enum digests_state header_digests;
	char *damage; /* DIGESTS_BAD: what differs */
	enum signature_state signature;
	enum signature_problem signature_problem; /* PROBLEM_NONE when it is good */
	char *signature_key;	   /* id in hex of the key that signed, or NULL */
	char *signature_algorithm; /* RSA/SHA256, or NULL */
	struct package_seal *seals;
	size_t seal_count;
	struct package_file *files; /* dropped where it is of no kernel */
	size_t file_count;
	size_t listed_files; /* as many as the header lists */
	struct package_requirement *requires, *provides;
	size_t require_count, provide_count;
	/* Names of commands in its installation scripts, which are never run. */
	struct strings replaced; /* "restore" does that work itself */
	struct strings not_done; /* nobody does */
	struct strings missing; /* of its set: requirement names that nothing here provides */
};

/* A complete kernel: packages of one release that satisfy each other's kernel-* Requires. */
struct package_set {
	char *release;
	size_t *packages; /* indexes into package_sets.packages */
	size_t count;
	bool complete;
	struct strings missing; /* what Requires names and no package here provides */
};

struct package_sets {
	struct package *packages;
	size_t count, capacity;
	struct package_set *sets; /* newest release first */
	size_t set_count, set_capacity;
};

/*
 * Headers only; header digests checked, signatures judged without any key. patient: the
 * path lies there (borrowed as long as the package is used), NULL: on this machine.
 * NOT-A-PACKAGE, BAD-DIGEST, or an errno.
 */
int package_read(struct package *ret, const struct target *patient, const char *path,
		 struct fault *f);
void package_done(struct package *p);

/*
 * RPM files and directories (their *.rpm, or, where they have none, those below: installation
 * media) named by operands: on this machine or, what is not there, in the patient (NULL:
 * nowhere else). A directory without RPMs: NOT-A-PACKAGE. kernel-modules-extra joins a set only where it is named itself.
 * Signatures are judged with the keys in the patient's etc/pki/rpm-gpg and in key_files on
 * this machine (NULL: none), each of which must hold one.
 */
int package_sets_read(struct package_sets *ret, const struct strings *operands,
		      const struct target *patient, const struct strings *key_files,
		      struct fault *f);
void package_sets_done(struct package_sets *s);

/*
 * One pass over the payload: begin (answers 1: skip the data, 0: wants it), data (any
 * number of times), end (its digest held). Each callback answers < 0 to stop, fault set.
 * A file whose digest, size or name differs from the header stops with BAD-DIGEST, as does
 * a payload whose digest differs; all callbacks may have run by then. Hard links of an
 * earlier file come with data only at the last name, as cpio has them; file->inode tells.
 */
struct package_sink {
	int (*begin)(void *data, const struct package_file *file, struct fault *f);
	int (*data)(void *data, const void *bytes, size_t size, struct fault *f);
	int (*end)(void *data, const struct package_file *file, struct fault *f);
	void *user;
};
int package_stream(const struct package *p, const struct package_sink *sink,
		   const struct progress *progress, struct fault *f);

#endif
