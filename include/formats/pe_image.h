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
/*
 * The certificates that shim itself trusts: its section .vendor_cert, a head (cert.S of
 * shim) and one certificate, or EFI signature lists (UEFI, "EFI_SIGNATURE_DATA"). 0, none
 * too, or -ENOMEM.
 */
struct kernel_keys;
int shim_certificates(struct kernel_keys *ret, struct bytes shim);

#endif
