/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a vendor built into its shim: section .vendor_cert, a head (cert.S of shim) and what
 * is trusted, one certificate or EFI signature lists, and lists of what is refused.
 */
#ifndef RESCUE_FORMATS_SHIM_H
#define RESCUE_FORMATS_SHIM_H

#include "formats/module_signature.h"

#define SHIM_MAX_SIZE (16 * 1024 * 1024)

struct shim {
	struct bytes trusted, forbidden; /* spans of the file; empty: none */
};

/* false: it is no shim. */
bool shim_parse(struct shim *ret, struct bytes file);
/* Adds whom it trusts. 0, none too, or -ENOMEM. */
int shim_certificates(struct kernel_keys *ret, const struct shim *shim);

#endif
