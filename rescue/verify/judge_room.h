/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's module loader, predicted: what it compares, in its order. */
#ifndef RESCUE_VERIFY_JUDGE_ROOM_H
#define RESCUE_VERIFY_JUDGE_ROOM_H

#include "symbols.h"

#include "formats/module_signature.h"
#include "formats/module_versions.h"
#include "formats/kmod_config.h"
#include "verify_rules.h"

#define KERNEL_VERSION_OF(a, b, c) ((a) << 16 | (b) << 8 | (c))

/* Which keys besides its own ones a kernel's configuration has it take for modules. */
struct keyrings {
	bool uefi;     /* EL7's CONFIG_MODULE_SIG_UEFI: db and MOK */
	bool platform; /* .platform: db and MOK, which upstream does not ask for modules */
	bool machine, machine_ca_only; /* .machine: MOK, or certificate authorities of it */
};

enum { OWN_CERTIFICATES = 3 };

/* One kernel: what its own modules agree on, and how that generation decides. */
struct loader {
	const char *release;
	unsigned version; /* KERNEL_VERSION_OF; 0: its release tells none */
	bool force_load, forgives_namespaces; /* of its configuration */
	bool checks_signatures, needs_signature;
	bool locks_down; /* under Secure Boot it loads signed modules alone */
	struct keyrings keyrings;
	const struct vouchers *vouchers; /* of the machine at hand; NULL: it is another one */
	bool takes_db, takes_mok; /* surely */
	/* The system's own certificates, made to sign modules here, and their files. */
	struct kernel_keys own;
	const char *own_paths[OWN_CERTIFICATES];
	bool wants_all_versions; /* a symbol without a version refuses the module */
	struct kernel_keys keys; /* built in, as far as its image could be read */
	bool lacks_livepatch, checks_btf;
	struct strings blacklist; /* module_blacklist= of its command line */
	struct strings built_in; /* names that /sys/module has, sorted */
	char *vermagic; /* NULL: no in-tree module tells */
	unsigned machine;
	bool is_64, is_big_endian;
	size_t this_module_size; /* 0: not known */
};

void loader_done(struct loader *l);
/* Version, configuration (/boot/config-V), command line or NULL; 0 or -ENOMEM. */
int loader_of_kernel(struct loader *ret, const struct files *files, const struct kernel *k,
		     const char *cmdline);
/* loader_trust.c: what Secure Boot makes of it on the machine that is judged. 0 or -ENOMEM. */
int loader_trust_machine(struct loader *l, const struct rules *r);
/* Takes what an in-tree module of that release tells; 0 or -ENOMEM. */
int loader_learn(struct loader *l, const struct elf_module *m, const char *vermagic);

bool loader_forgives_missing_version(const struct loader *l, bool extended);

struct judged {
	struct module_judgement j;
	struct strings name_spaces; /* that it imports */
	struct strings depends; /* names of the modules that it was linked against */
	const char *duplicate; /* a symbol that it exports and the kernel, too; or NULL */
	bool named;	   /* a file of the rescue machine: the tree never uses it */
	bool dangling;	   /* a link that leads nowhere */
	bool candidate;	   /* another kernel's, which a link in weak-updates could offer */
	bool exact;	   /* its vermagic is the kernel's, to the last word */
	bool foreign;	   /* it has another */
	bool has_versions, extended; /* __versions; __version_ext_* */
	bool is_gpl;
	size_t bad;	 /* symbols that refuse it */
	size_t last_bad; /* the place of the last of them in its symbol table */
	/* Places of the first and last symbol for GPL modules alone that it uses; 0: none. */
	size_t first_gpl, last_gpl;
};

/* A symbol that the kernel itself does not export, until all modules are known. */
struct pending {
	struct symbol *symbol;
	size_t module, place; /* from 1, in the order of its symbol table */
	uint32_t crc;
	bool has_crc, weak;
};

struct pendings {
	struct pending *items;
	size_t count, capacity;
	size_t resolved; /* so many from the first on */
};

struct judge {
	struct loader loader;
	struct symbols symbols;
	struct judged *items;
	size_t count, capacity;
	struct pendings pendings;
	struct depmod_config search; /* which of two files of a name counts */
	bool adds_candidates; /* what judge_add adds is not of this kernel's tree */
	struct strings mute; /* names of modules whose exports could not be read */
	bool takes_aliases; /* set: no index of that kernel tells them */
	struct modules_alias aliases; /* what its modules say they serve */
};

void judge_done(struct judge *judge);
/* An empty judgement at the end of items; its index, or -ENOMEM. */
ssize_t judge_add(struct judge *judge, const char *path);
/* Its path below the kernel's module directory; all of it where it lies elsewhere. */
const char *judge_relative(const struct judge *judge, const struct judged *m);
/* judge_opened.c: one more module that was begun with judge_add. 0 or -ENOMEM. */
struct opened;
int judge_opened(struct judge *judge, size_t index, const struct opened *o);
/* The same from the bytes of its file, which it may take over. */
int judge_bytes(struct judge *judge, const char *path, bool third_party, struct buffer *raw);
/* In-tree modules are many and large: their signatures count where they are enforced. */
enum signature_care { SIGNATURE_IF_ENFORCED, SIGNATURE_ALWAYS };
int judge_signature(struct module_judgement *j, const struct loader *l, struct bytes file,
		    enum signature_care care);
/* A file that is no module at all. */
int judge_damaged(struct judge *judge, size_t index, const char *why);
/* What the file itself decides, then its symbols. 0 or -ENOMEM. */
int judge_module(struct judge *judge, size_t index, const struct elf_module *m);
/* What its symbols decide; those of other modules wait for judge_finish. */
int judge_exports(struct judge *judge, size_t index, const struct elf_module *m);
int judge_symbols(struct judge *judge, size_t index, const struct elf_module *m,
		  struct module_versions *v);
/*
 * Symbols of other modules, then dependencies to a fix-point; further modules may be added
 * and finished behind it. 0 or -ENOMEM.
 */
int judge_finish(struct judge *judge);
/* The kernel's symbols as its own module expects them, where nothing else tells. */
int judge_agree(struct judge *judge, const struct elf_module *m);

/* consumes take_detail, NULL of which is -ENOMEM */
int judge_refuse(struct module_judgement *j, const char *reason, char *take_detail);
int judge_doubt(struct module_judgement *j, const char *reason, char *take_detail);

#endif
