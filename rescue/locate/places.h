/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the places of a system are filled: by its fstab (places.c), and by partition types for
 * what that leaves out (esp.c); both through place.c.
 */
#ifndef RESCUE_LOCATE_PLACES_H
#define RESCUE_LOCATE_PLACES_H

#include "local.h"

/* All: 0 or -ENOMEM. */
int place_begin(struct place *p, const char *mountpoint);
int place_set_source(struct place *p, const char *source); /* fstab's; or NULL */
int place_set_device(struct place *p, const struct landscape *l, int device);
/* A directory of another place: its files are there as far as that one's are. */
int place_share(struct place *p, const struct place *root, const struct target *t);
/* Without what lies there a boot loader's menu is still found. */
bool place_is_dispensable(const struct system *s, const char *path);
/* The ESP or XBOOTLDR could not be mounted: what that leaves open. */
int report_unmountable_place(struct system *s, const char *path, const struct fault *why);
/* After fstab's lines: XBOOTLDR as /boot; and then the ESP. */
int boot_read_by_type(struct landscape *l, struct system *s, enum access access);
int esp_read_by_type(struct landscape *l, struct system *s, enum access access);

#endif
