/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secure Boot: the firmware starts what db vouches for; a shim starts the grub beside it if
 * one of those vouches for that whom it trusts. Only where the machine's own variables tell.
 */
#include "verify_rules.h"

#include "formats/shim.h"

#include <errno.h>
#include <strings.h>

enum { LOADER_MAX_SIZE = 16 * 1024 * 1024 };

static const char *esp_of(const struct rules *r)
{
	const struct place *esp = &r->inv->system->esp;

	return esp->mountpoint ? esp->mountpoint : "/boot/efi";
}

/* The name in that directory that begins so and ends in .efi; *ret NULL: there is none. */
static int find_program(const struct rules *r, const char *directory, const char *prefix,
			char **ret)
{
	_cleanup_(strings_done) struct strings names = {0};
	int rc = target_list(&r->inv->system->target, directory, &names, NULL);

	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		size_t size = strlen(name);

		if (strncasecmp(name, prefix, strlen(prefix)) != 0 || size <= 4 ||
			strcasecmp(name + size - 4, ".efi") != 0)
			continue;
		*ret = text_printf("%s/%s", directory, name);
		return *ret ? 0 : -ENOMEM;
	}
	return 0;
}

/* What the firmware's variables name, else the removable path. */
static int find_started(const struct rules *r, char **ret)
{
	const char *told = r->inv->system->efi_program;
	_cleanup_free_ char *directory = NULL;

	if (told) {
		*ret = text_printf("%s%s", esp_of(r), told);
		return *ret ? 0 : -ENOMEM;
	}
	directory = text_printf("%s/EFI/BOOT", esp_of(r));
	return directory ? find_program(r, directory, "boot", ret) : -ENOMEM;
}

static int tell(struct rules *r, const char *path, const char *starter, const char *why)
{
	return findings_add(&r->v->findings, "secureboot-unsigned", SEVERITY_ERROR, NULL, path,
		"Secure Boot is on, and %s will not start the boot loader %s: %s", starter, path,
		why);
}

/* *ret_shim: it is one. */
static int judge_loader(struct rules *r, const char *path, enum boot_chain by, bool *ret_shim)
{
	const char *starter = by == CHAIN_SHIM ? "shim" : "the firmware";
	_cleanup_(buffer_done) struct buffer file = {0};
	_cleanup_free_ char *signer = NULL, *why = NULL;
	struct signed_program program;
	enum vouch answer;
	struct shim shim;
	int rc = target_read(&r->inv->system->target, path, LOADER_MAX_SIZE, &file, NULL);

	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	*ret_shim = shim_parse(&shim, buffer_bytes(&file));
	rc = signed_program_read(&program, buffer_bytes(&file));
	if (rc < 0 || program.is_unread)
		return rc;
	answer = vouchers_ask(&r->vouchers, by, &program);
	if (answer == VOUCH_YES || answer == VOUCH_SESSION)
		return 0;
	if (answer == VOUCH_REFUSED)
		return tell(r, path, starter, "it is on a list of what must not start (dbx, or "
			"shim's own), or who signed it is");
	if (!program.is_signed)
		return tell(r, path, starter, "it is not signed");
	if (program.is_changed)
		return tell(r, path, starter, "it was changed after it was signed");
	signer = signed_program_signer(&program);
	why = signer ? text_printf("it is signed by %s, whom nobody trusts there", signer) : NULL;
	return why ? tell(r, path, starter, why) : -ENOMEM;
}

/* With a fallback beside it that is started instead, which leads to another directory. */
static int judge_second(struct rules *r, const char *shim)
{
	_cleanup_free_ char *directory = strndup(shim, (size_t)(strrchr(shim, '/') - shim));
	_cleanup_free_ char *grub = NULL, *fallback = NULL;
	bool is_shim;
	int rc = directory ? find_program(r, directory, "grub", &grub) : -ENOMEM;

	if (rc >= 0 && strcasecmp(strrchr(directory, '/'), "/BOOT") == 0)
		rc = find_program(r, directory, "fb", &fallback);
	return rc < 0 || !grub || fallback ? rc : judge_loader(r, grub, CHAIN_SHIM, &is_shim);
}

int rules_secure_loaders(struct rules *r)
{
	const struct platform *p = r->options->platform;
	_cleanup_free_ char *started = NULL;
	bool is_shim = false;
	int rc;

	if (!p || p->secure_boot != SECURE_BOOT_ON || !r->vouchers.firmware ||
		r->vouchers.chain == CHAIN_UNKNOWN)
		return 0;
	rc = find_started(r, &started);
	if (rc < 0 || !started)
		return rc;
	rc = judge_loader(r, started, CHAIN_FIRMWARE, &is_shim);
	return rc < 0 || !is_shim || p->trust.checks_nothing ? rc : judge_second(r, started);
}
