/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user can say, and one run of it: the only room that prints. */
#ifndef RESCUE_COMMAND_H
#define RESCUE_COMMAND_H

#include "apply.h"
#include "json.h"

/* Options by group; a command names the groups it knows beside the global ones. */
enum option_group {
	OPTIONS_VERIFY = 1 << 0,    /* --kernel --module --package --all-modules */
	OPTIONS_CONFIRM = 1 << 1,   /* --dry-run --yes */
	OPTIONS_RESTORE = 1 << 2,   /* --release --default … */
	OPTIONS_FORGET = 1 << 3,    /* --forget */
	OPTIONS_OUTPUT = 1 << 4,    /* -o */
	OPTIONS_KEY = 1 << 5,	    /* --key */
	OPTIONS_PLATFORM = 1 << 6   /* --save --compare */
};

struct options {
	struct scope scope;
	char *scope_text;	/* the same as words of a command line, quoted for a shell */
	const char *system;	/* --system */
	const char *hardware, *log;
	bool json, quiet, verbose, no_color, help, version;
	struct verify_options verify;
	struct strings packages; /* verify --package */
	struct strings keys;	 /* files of --key */
	struct restore_options restore;
	bool dry_run, yes;
	const char *forget, *output;
	const char *save, *compare;
	struct strings operands;
};

/* One system with what the stages made of it. */
struct patient {
	const struct system *system; /* borrowed from the landscape */
	struct inventory inventory;
	struct verification verification;
	bool has_inventory, has_verification;
};

/* What one machine has and another has not, or otherwise. */
struct platform_difference {
	const char *what; /* "fact", "feature", "device" */
	char *subject, *first, *second; /* NULL: it has none */
};
struct platform_differences {
	struct platform_difference *items;
	size_t count, capacity;
};

struct offer_verdict {
	const struct package_set *set; /* borrowed from the packages */
	struct verification verification;
};

/* One run: the products of the stages, in their order. Absent ones are null in JSON. */
struct session {
	const struct command *command;
	struct options options;
	bool has_platform;
	struct platform platform; /* the machine that the systems shall run on */
	bool compared;
	struct platform_differences differences;
	bool located;
	struct landscape landscape;
	struct patient *patients; /* the systems that the command is about */
	size_t patient_count;
	struct readings known; /* of their files, for the next time that they are read */
	bool has_packages;
	struct package_sets packages;
	struct comparison installed;
	struct offer_verdict *offers; /* the sets that were judged as if restored */
	size_t offer_count;
	bool planned;
	struct plan plan;
	bool applied;
	struct apply_report report;
	bool has_transactions;
	struct transactions transactions;
	bool has_errors; /* findings of severity error exist: exit 1 */
};

struct command {
	const char *name; /* "" for bare rescue, which JSON calls diagnose */
	const char *operands;
	const char *summary;
	unsigned options; /* enum option_group */
	bool writes;	  /* its messages tell the state */
	int (*run)(struct session *s, struct fault *f);
	void (*json)(const struct session *s, struct json *j); /* its keys; null where absent */
};

extern const struct command *const commands[]; /* NULL-terminated, in the order of help */

/* The whole program behind main: parses, runs, prints, answers the exit code. */
int command_main(int argc, char **argv);

#endif
