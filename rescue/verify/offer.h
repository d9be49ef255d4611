/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of packages as if it were restored: its kernel's files and modules, from the RPMs. */
#ifndef RESCUE_VERIFY_OFFER_H
#define RESCUE_VERIFY_OFFER_H

#include "files.h"
#include "judge_room.h"

struct offer {
	const struct package_sets *sets;
	const struct package_set *set;
	const struct progress *progress;
	struct files files; /* image, config, symbol lists, one module */
	struct strings modules; /* module files of the set, below the module directory; sorted */
	const char *image;	/* path of its image, or NULL: it brings none */
	const struct package_file *sample; /* the module that tells the version magic */
};

void offer_done(struct offer *o);
/* What it lists; no payload is read. 0 or -ENOMEM. */
int offer_open(struct offer *ret, const struct package_sets *sets,
	       const struct package_set *set, const struct target *t,
	       const struct progress *progress);
/* Reads what is asked for by name. */
int offer_read(struct offer *o, struct fault *f);
/* Has every module of the set judged that offer_open did not bring. */
int offer_judge(const struct offer *o, struct judge *judge, struct fault *f);

#endif
