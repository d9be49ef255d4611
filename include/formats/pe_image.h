/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An EFI program (PE/COFF; Microsoft's specification, "Attribute Certificate Table"). */
#ifndef RESCUE_FORMATS_PE_IMAGE_H
#define RESCUE_FORMATS_PE_IMAGE_H

#include "base.h"

/* It is a PE program that carries a signature, by whomever. */
bool pe_is_signed(struct bytes in);
/* The PKCS#7 message of its first signature. false: it has none of that kind. */
bool pe_signature(struct bytes *ret, struct bytes in);
/* What a section of that name holds. false: there is none. */
bool pe_section(struct bytes *ret, struct bytes in, const char *name);

#define PE_MAX_SECTIONS 96
#define PE_DIGEST_SIZE 32
/*
 * Its Authenticode digest, SHA-256: of all but its checksum and its signatures (Microsoft,
 * "Windows Authenticode Portable Executable Signature Format"). 1; 0: damaged; -ENOMEM.
 */
int pe_digest(uint8_t ret[PE_DIGEST_SIZE], struct bytes in);

#endif
