/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this room share: one run's facts, and the rules it is made of. */
#ifndef RESCUE_VERIFY_RULES_H
#define RESCUE_VERIFY_RULES_H

#include "files.h"
#include "verify.h"
#include "vouch.h"

struct offer;

/* A network card that a kernel would serve if the machine had it. */
struct served_card {
	const struct kernel *kernel;
	const struct known_card *card;
};
struct served_cards {
	struct served_card *items;
	size_t count, capacity;
};

/* Everything a rule may look at, and where it writes. */
struct rules {
	const struct inventory *inv;
	const struct verify_options *options;
	struct verification *v;
	const struct offer *offer; /* judged as if it were restored; NULL: what is there */
	struct files present;	   /* the patient's files alone */
	struct served_cards served;
	struct vouchers vouchers; /* empty but under Secure Boot */
};

/* That kernel's files: the offered ones where it is the offered one. */
const struct files *rules_files(const struct rules *r, const struct kernel *k);
bool rules_is_offered(const struct rules *r, const struct kernel *k);

/* The kernel that the machine would start next, as far as the entries tell; or NULL. */
const struct kernel *rules_default_kernel(const struct inventory *inv);
/* The kernel is among those asked for. */
bool rules_wants(const struct rules *r, const char *release);
/* "rescue COMMAND SCOPE --system ID", the beginning of every remedy; NULL: no memory. */
char *rules_remedy(const struct rules *r, const char *command);
/* ERROR where the system's next boot depends on that kernel, else WARNING. */
enum severity rules_severity(const struct rules *r, const struct kernel *k);

/* run.c: all of them; offer NULL: what is there. */
int rules_run(struct verification *ret, const struct inventory *inv,
	      const struct verify_options *options, const struct offer *offer, struct fault *f);

/* Each file one group of rules; 0 or -ENOMEM. */
int rules_kernel_parts(struct rules *r);  /* parts.c: image, modules, initramfs */
int rules_entries(struct rules *r);	   /* entries.c: entries, default, loader */
int rules_cmdline_devices(struct rules *r, const struct entry *e); /* cmdline_devices.c */
int rules_loader_reads(struct rules *r);	   /* loader_reads.c: features of /boot */
int rules_wanted(struct rules *r);	   /* wanted.c: which package is needed */
int rules_modules(struct rules *r, struct fault *f); /* modules.c: does each one load */
int rules_user_space(struct rules *r);	/* user_space.c: libc, CPU */
int rules_first_program(struct rules *r); /* first_program.c: init */
int rules_secure(struct rules *r);	/* secure.c: FIPS, Secure Boot */
int rules_handover(struct rules *r);	/* handover.c: from the initramfs to the root */
int rules_labels(struct rules *r);	/* labels.c: SELinux */
int rules_policy(struct rules *r);	/* selinux_policy.c: SELinux enforcing without its policy */
int rules_space(struct rules *r);	/* space.c: room in /boot */
int rules_secure_loaders(struct rules *r); /* secure_loaders.c: boot loaders on the ESP */
int rules_secure_boot(struct rules *r, const struct kernel *k); /* signer.c */
/*
 * secure.c: what FIPS mode would find wrong with its image; *ret a sentence or NULL. 0 or
 * -ENOMEM.
 */
int rules_fips_problem(const struct rules *r, const struct kernel *k, char **ret);
int rules_offer(struct rules *r); /* offer_rules.c: does the system take that kernel */

/* wanted.c: file names of the packages that hold that release. 0 or -ENOMEM. */
int rules_wanted_files(const struct rules *r, const char *release, struct strings *ret);
char *rules_wanted_text(const struct rules *r, const char *release); /* NULL: no memory */
/*
 * Gives the finding added last the restore command, where the patient's caches hold them;
 * else they become what the verification wants.
 */
int rules_package_remedy(struct rules *r, const char *release);

/* parts.c: an entry that works starts it with this root. */
bool rules_has_working_entry(const struct inventory *inv, const struct kernel *k);
/* kernel_state of the inventory's kernel i, from its parts and entries alone. */
enum kernel_state rules_kernel_state(const struct rules *r, size_t i);
/*
 * initramfs.c: what the kernel with its initramfs lacks to get to this root, *ret ("has
 * no dm_crypt for …") or NULL. 0 or -ENOMEM.
 */
int rules_initramfs_lacks(const struct rules *r, const struct kernel *k, char **ret);
bool rules_reaches_root(const struct rules *r, const struct kernel *k);
/*
 * missing_modules.c: what keeps a boot from its end where modules are gone that the index names,
 * *ret a sentence, or NULL. 0 or -ENOMEM.
 */
int rules_modules_lack(const struct rules *r, const struct kernel *k, char **ret);

#endif
