/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3: rules over an inventory: will it boot, and what is wrong. */
#ifndef RESCUE_VERIFY_H
#define RESCUE_VERIFY_H

#include "inventory.h"
#include "package.h"

enum verdict { VERDICT_BOOTABLE, VERDICT_DEGRADED, VERDICT_UNBOOTABLE };
const char *verdict_name(enum verdict v);

enum kernel_state { KERNEL_BOOTABLE, KERNEL_INCOMPLETE, KERNEL_ABSENT };
const char *kernel_state_name(enum kernel_state s);

enum module_verdict { MODULE_LOADS, MODULE_REFUSED, MODULE_UNKNOWN };
const char *module_verdict_name(enum module_verdict v);

struct module_judgement {
	char *path;   /* /lib/modules/V/kernel/…, or the file that was named */
	char *name;   /* a_b form */
	char *kernel; /* release */
	bool third_party;
	enum module_verdict verdict;
	const char *reason; /* static: "format", "arch", "vermagic", …; NULL: none */
	char *detail;	    /* plain words, or NULL */
	const char *certificate; /* static: the file to enroll (mokutil --import), or NULL */
};

struct module_judgements {
	struct module_judgement *items;
	size_t count, capacity;
};

enum hardware_verdict { HARDWARE_DRIVEN, HARDWARE_UNDRIVEN, HARDWARE_SHADOWED };
const char *hardware_verdict_name(enum hardware_verdict v);

/* One device and one kernel. */
struct hardware_judgement {
	char *device; /* 0000:0b:00.0, or its modalias where it has no name */
	char *modalias;
	enum device_class class;
	bool carries_root;
	char *kernel; /* release */
	char *module; /* that serves it, or would if it loaded; NULL: there is none */
	bool is_built_in;
	enum hardware_verdict verdict;
	char *detail; /* why it is not driven, or NULL */
};

struct hardware_judgements {
	struct hardware_judgement *items;
	size_t count, capacity;
};

/* A link in weak-updates/ that would give a kernel a third-party module of another one. */
struct weak_link {
	char *release; /* of the kernel that would get it */
	char *name;    /* of the module, a_b form */
	char *path;    /* /lib/modules/V/weak-updates/a/b.ko */
	char *target;  /* /lib/modules/OTHER/extra/a/b.ko */
	struct snapshot now; /* of path */
};

struct weak_links {
	struct weak_link *items;
	size_t count, capacity;
};

struct verify_options {
	struct strings kernels; /* releases; empty: all */
	struct strings modules; /* files on the rescue machine, judged singly */
	bool all_modules;	/* report those in-tree ones too that load */
	bool boot_path_only;	/* do not read modules (inventory, planning) */
	bool third_party;	/* but do, where the system has third-party ones */
	bool tell_sources;	/* where the symbols of each kernel are from */
	/* How this run was told where to look ("--image disk.img"): remedies repeat it. */
	const char *scope;
	const struct platform *platform; /* the machine that it shall run on; NULL: unknown */
};

struct verification {
	enum verdict verdict;
	enum kernel_state *kernel_states; /* one a kernel of the inventory */
	size_t kernel_count;
	struct strings wanted; /* package files that would bring the kernel back */
	struct findings findings;
	struct module_judgements modules;
	struct hardware_judgements hardware; /* empty without a platform */
	bool has_hardware;
	struct weak_links weak_links;
	struct strings lost_modules; /* third-party ones that an offered kernel cannot use */
};

/* Some module of some kernel is not of the kernel's own tree. */
bool inventory_has_third_party(const struct inventory *inv);
/* Reads the patient's modules and nothing else of it; what it holds is in the inventory. */
int verify_run(struct verification *ret, const struct inventory *inv,
	       const struct verify_options *options, struct fault *f);
void verification_done(struct verification *v);
/* The system has errors that no kernel mends, and no boot entry. */
bool verification_outlasts_repair(const struct verification *v);
void weak_links_done(struct weak_links *w);
/*
 * The same verdict for a set of packages as if it were restored and started: no file is
 * written, its payloads are read. BAD-DIGEST and what reading packages gives.
 */
int verify_offer(struct verification *ret, const struct inventory *inv,
		 const struct package_sets *sets, const struct package_set *set,
		 const struct verify_options *options, const struct progress *progress,
		 struct fault *f);

/* What a kernel may lack that another one offers, the gravest first. */
enum offer_lack { LACKS_ROOT, LACKS_MODULES, LACKS_NETWORK, OFFER_LACKS };
/* ret[lack]: how much of it; 0: nothing. v: of verify_offer. */
void verification_lacks(const struct verification *v, size_t ret[OFFER_LACKS]);
/*
 * What v leaves undriven and the kernel of another offer drives is told of, with the
 * command that restores that one. 0 or -ENOMEM.
 */
int verification_note_offer(struct verification *v, const struct verification *other,
			    const char *release, const char *command);

/* What the files of packages are on the patient today. */
enum file_state { FILE_SAME, FILE_ABSENT, FILE_DIFFERENT };

struct comparison {
	/* states[package][file]; NULL for packages that were not looked at. */
	enum file_state **states;
	struct snapshot **snapshots; /* likewise */
	size_t package_count;
};

/* By type, size, link text and digest; every package of that release. */
int verify_compare(struct comparison *ret, const struct inventory *inv,
		   const struct package_sets *sets, const char *release, struct fault *f);
void comparison_done(struct comparison *c);

/*
 * A word of a command line (resume=, boot=, rd.lvm.lv=, rd.luks.uuid=, rd.md.uuid=) names
 * a device that was seen, or nothing that could be looked for: 1. 0: it is not there; -ENOMEM.
 */
int verify_word_device(const struct system *sys, const char *word);

#endif
