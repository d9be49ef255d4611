/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware files that chosen modules name (modinfo "firmware="), from the patient. */
#ifndef RESCUE_GENERATE_FIRMWARE_H
#define RESCUE_GENERATE_FIRMWARE_H

#include "archive.h"
#include "staged.h"

struct firmware_list {
	struct strings names;
};

void firmware_list_done(struct firmware_list *w);
/* Remembers what this module asks for; a module that cannot be read asks for nothing. */
int firmware_note(struct firmware_list *w, struct bytes module, struct fault *f);
/* Copies those that the patient has, from where its kernel would look for them. */
int firmware_add(
	struct firmware_list *w, struct cpio *c, const struct staged *s, struct fault *f);

#endif
