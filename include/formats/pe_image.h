/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An EFI program (PE/COFF; Microsoft's specification, "Attribute Certificate Table"). */
#ifndef RESCUE_FORMATS_PE_IMAGE_H
#define RESCUE_FORMATS_PE_IMAGE_H

#include "base.h"

/* It is a PE program that carries a signature, by whomever. */
bool pe_is_signed(struct bytes in);

#endif
