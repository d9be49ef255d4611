/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What firmware and shim trust or refuse: EFI_SIGNATURE_LISTs one after another (UEFI
 * specification 2.10, 32.4.1), each with signatures of one kind and one size. Variables db
 * and dbx, shim's MokListRT and MokListXRT, and what is built into shim hold such.
 */
#ifndef RESCUE_FORMATS_SIGNATURE_LIST_H
#define RESCUE_FORMATS_SIGNATURE_LIST_H

#include "formats/module_signature.h"

#define SIGNATURE_LIST_MAX_SIZE (1024 * 1024) /* bytes of one variable */

enum efi_signature_kind {
	EFI_SIGNATURE_OTHER, /* SHA-1, RSA keys, digests of certificates, …: not asked for */
	EFI_SIGNATURE_X509,  /* a certificate */
	EFI_SIGNATURE_SHA256 /* the Authenticode digest of one program */
};

struct efi_signature {
	enum efi_signature_kind kind;
	struct bytes data;
	size_t list; /* in which of the lists it stands, from 0 */
};

/* Begin with .rest alone set. */
struct signature_walk {
	struct bytes rest, current; /* lists; signatures of the one that is read */
	enum efi_signature_kind kind;
	size_t each, lists;
};

/* false: the end, or the rest is damaged and nobody reads on. Spans of the input. */
bool signature_walk_next(struct efi_signature *ret, struct signature_walk *w);
/* The certificates of the lists first to end (not included), counted from 0. 0 or -ENOMEM. */
int signature_list_certificates(struct kernel_keys *ret, struct bytes lists, size_t first,
				size_t end);
/* That SHA-256 stands in them. */
bool signature_list_has_digest(struct bytes lists, struct bytes digest);

#endif
