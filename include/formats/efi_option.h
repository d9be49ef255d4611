/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware of a machine is told to start: the variables BootOrder and Boot####
 * (UEFI specification 3.1, 10.3), as efivarfs shows them: four bytes of attributes first.
 */
#ifndef RESCUE_FORMATS_EFI_OPTION_H
#define RESCUE_FORMATS_EFI_OPTION_H

#include "fault.h"

#define EFI_VARIABLE_MAX_SIZE (64 * 1024)
#define EFI_ORDER_MAX 256 /* entries of BootOrder that are looked at */

struct efi_option {
	bool active;
	char *partuuid; /* lower case; NULL: not on a GPT partition */
	char *path;	/* "/EFI/fedora/shimx64.efi"; NULL: a whole device, or no file */
};

void efi_option_done(struct efi_option *o);
/* -EBADMSG: cut short, or not such a variable. */
int efi_option_parse(struct efi_option *ret, struct bytes in, struct fault *f);
#define EFI_TEXT_MAX 1024 /* characters of a variable that is text */
/* A variable that holds text; *ret NULL: none that is ASCII and printable. 0 or -ENOMEM. */
int efi_text_parse(char **ret, struct bytes in);
/* How many numbers; those behind EFI_ORDER_MAX are left out. */
size_t efi_order_parse(uint16_t ret[EFI_ORDER_MAX], struct bytes in);

#endif
