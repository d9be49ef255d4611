/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who says under Secure Boot what may start: the firmware by db and dbx; behind a shim its
 * vendor's certificates and the machine owner's keys (MOK), too (shim: verify.c).
 */
#ifndef RESCUE_VERIFY_VOUCH_H
#define RESCUE_VERIFY_VOUCH_H

#include "formats/pe_image.h"
#include "inventory.h"

enum boot_chain {
	CHAIN_UNKNOWN,	/* the ESP cannot be seen */
	CHAIN_FIRMWARE, /* no shim is there, or the firmware starts something else */
	CHAIN_SHIM
};

struct vouchers {
	enum boot_chain chain;
	const struct firmware_trust *firmware; /* borrowed; NULL: another machine's */
	struct kernel_keys shim, db, mok;
	/* Of the shim that started this session, which may be the rescue medium's own. */
	struct kernel_keys session;
	struct kernel_keys refused;
	struct buffer refused_lists; /* vendor's, dbx, MokListXRT: for digests */
};

void vouchers_done(struct vouchers *v);
/* By the system's ESP and the variables of the machine. 0 or -ENOMEM. */
int vouchers_read(struct vouchers *ret, const struct system *s, const struct platform *p);

enum vouch {
	VOUCH_YES,
	VOUCH_SESSION, /* nobody but the shim that started this session */
	VOUCH_NOBODY,
	VOUCH_REFUSED  /* it, or who signed it, is on a list of what must not start */
};
/* An EFI program as firmware and shim see it; spans of its file. */
struct signed_program {
	uint8_t digest[PE_DIGEST_SIZE];
	bool has_digest, is_signed;
	bool is_changed; /* what was signed is another program */
	bool is_unread;	 /* its signature is of a kind that is not read here: it may be good */
	struct module_signature signature;
};

/* 0 or -ENOMEM; what is no such program is not signed. */
int signed_program_read(struct signed_program *ret, struct bytes file);
/* By name; NULL: no memory. Of one that is_signed. */
char *signed_program_signer(const struct signed_program *p);
/* By whom it is started: CHAIN_FIRMWARE: shim is not asked. */
enum vouch vouchers_ask(const struct vouchers *v, enum boot_chain by,
			const struct signed_program *program);

#endif
