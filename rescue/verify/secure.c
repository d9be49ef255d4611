/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a whole kernel not start: FIPS mode compares the image with .NAME.hmac beside
 * it (dracut: fips.sh, with hmaccalc's key), Secure Boot wants signatures (signer.c,
 * secure_loaders.c).
 */
#include "digest.h"
#include "formats/cmdline.h"
#include "formats/linux_image.h"
#include "verify_rules.h"

#include <ctype.h>
#include <errno.h>

enum { HMAC_MAX_SIZE = 4096 };

static const char hmac_key[] = "FIPS-FTW-RHT2009";

/* ---- FIPS --------------------------------------------------------------------------- */

/* Of the first entry that starts it in FIPS mode; -1: none does. */
static int fips_entry(const struct rules *r, const struct kernel *k, bool *ret_has_boot)
{
	for (size_t i = 0; i < k->entry_count; i++) {
		const struct entry *e = &r->inv->entries[k->entries[i]];
		_cleanup_(cmdline_done) struct cmdline c = {0};
		_cleanup_free_ char *value = NULL;

		if (!e->options || !strstr(e->options, "fips=") ||
			cmdline_parse(&c, e->options) < 0)
			continue;
		value = cmdline_get(&c, "fips");
		*ret_has_boot = cmdline_has(&c, "boot");
		if (value && strcmp(value, "1") == 0)
			return (int)k->entries[i];
	}
	return -1;
}

/* "HEX  NAME": the hex in place, lower case; its length tells the algorithm. */
static enum digest_algorithm take_hmac(struct buffer *text)
{
	size_t n = text->data ? strspn(text->data, "0123456789abcdefABCDEF") : 0;

	for (size_t i = 0; i < n; i++)
		text->data[i] = (char)tolower((unsigned char)text->data[i]);
	if (text->data)
		text->data[n] = '\0';
	return n == 2 * digest_size(DIGEST_SHA256) ? DIGEST_SHA256 : DIGEST_SHA512;
}

static char *hmac_path(const char *image)
{
	const char *slash = strrchr(image, '/');

	return slash ? text_printf("%.*s/.%s.hmac", (int)(slash - image), image, slash + 1)
		     : NULL;
}

static int compare_hmac(const struct target *t, const char *image, const char *path, char **ret)
{
	_cleanup_(buffer_done) struct buffer wanted = {0}, file = {0};
	char hex[DIGEST_HEX_SIZE];
	int r = target_read(t, path, HMAC_MAX_SIZE, &wanted, NULL);

	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		*ret = text_printf("%s is not there, and fips=1 has it compared", path);
		return *ret ? 0 : -ENOMEM;
	}
	r = target_read(t, image, LINUX_IMAGE_MAX_SIZE, &file, NULL);
	if (r < 0)
		return r == -ENOMEM ? r : 0; /* told of elsewhere */
	hmac_of(take_hmac(&wanted), (struct bytes){(const uint8_t *)hmac_key,
		sizeof(hmac_key) - 1}, buffer_bytes(&file), hex);
	if (strcmp(hex, wanted.data) == 0)
		return 0;
	*ret = text_printf("%s does not match %s, and fips=1 has it compared", path, image);
	return *ret ? 0 : -ENOMEM;
}

int rules_fips_problem(const struct rules *r, const struct kernel *k, char **ret)
{
	bool has_boot = false;
	int entry = fips_entry(r, k, &has_boot);
	_cleanup_free_ char *path = entry >= 0 ? hmac_path(k->image.path) : NULL;

	*ret = NULL;
	if (entry < 0 || k->image.state != PART_OK)
		return 0;
	if (!path)
		return -ENOMEM;
	if (r->inv->system->boot.separate && !has_boot) {
		*ret = text_printf("boot entry \"%s\" says fips=1 and not boot=, where /boot is "
			"a file system of its own", r->inv->entries[entry].id);
		return *ret ? 0 : -ENOMEM;
	}
	return compare_hmac(&r->inv->system->target, k->image.path, path, ret);
}

static int judge_fips(struct rules *r, const struct kernel *k)
{
	_cleanup_free_ char *problem = NULL;
	int rc = rules_fips_problem(r, k, &problem);

	if (rc < 0 || !problem)
		return rc;
	return findings_add(&r->v->findings, "fips-hmac-missing", rules_severity(r, k),
		k->release, k->image.path, "kernel %s will not start in FIPS mode: %s",
		k->release, problem);
}

int rules_secure(struct rules *r)
{
	int rc = rules_secure_loaders(r);

	for (size_t i = 0; rc >= 0 && i < r->inv->kernel_count; i++) {
		const struct kernel *k = &r->inv->kernels[i];

		if (r->v->kernel_states[i] == KERNEL_ABSENT || !rules_wants(r, k->release))
			continue;
		rc = judge_fips(r, k);
		if (rc >= 0)
			rc = rules_secure_boot(r, k);
	}
	return rc;
}
