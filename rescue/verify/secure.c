/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a whole kernel not start, or doubtful: FIPS mode compares the image with
 * .NAME.hmac beside it (dracut: fips.sh), Secure Boot wants signatures (signer.c,
 * secure_loaders.c).
 */
#include "digest.h"
#include "formats/cmdline.h"
#include "formats/linux_image.h"
#include "verify_rules.h"

#include <ctype.h>
#include <errno.h>

enum { HMAC_MAX_SIZE = 4096 };

/* Of hmaccalc (EL, Fedora) and of fipscheck (SUSE). */
static const char *const hmac_keys[] = {"FIPS-FTW-RHT2009", "orboDeJITITejsirpADONivirpUkvarP"};

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

/* "HEX  NAME": the hex in place, lower case; its length tells the algorithm. 0 or -EBADMSG. */
static int take_hmac(enum digest_algorithm *ret, struct buffer *text)
{
	size_t n = text->data ? strspn(text->data, "0123456789abcdefABCDEF") : 0;

	for (size_t i = 0; i < n; i++)
		text->data[i] = (char)tolower((unsigned char)text->data[i]);
	if (text->data)
		text->data[n] = '\0';
	*ret = n == 2 * digest_size(DIGEST_SHA256) ? DIGEST_SHA256 : DIGEST_SHA512;
	return n == 2 * digest_size(*ret) ? 0 : -EBADMSG;
}

static char *hmac_path(const char *image)
{
	const char *slash = strrchr(image, '/');

	return slash ? text_printf("%.*s/.%s.hmac", (int)(slash - image), image, slash + 1)
		     : NULL;
}

/*
 * 1: they match, 0: they do not; -EBADMSG: the record holds no digest; -ENOENT and the like:
 * there is none.
 */
static int matches_hmac(const struct target *t, const char *image, const char *path)
{
	_cleanup_(buffer_done) struct buffer wanted = {0}, file = {0};
	enum digest_algorithm algorithm;
	int r = target_read(t, path, HMAC_MAX_SIZE, &wanted, NULL);

	if (r >= 0)
		r = take_hmac(&algorithm, &wanted);
	if (r < 0)
		return r;
	r = target_read(t, image, LINUX_IMAGE_MAX_SIZE, &file, NULL);
	if (r < 0)
		return r == -ENOMEM ? r : 1; /* told of elsewhere */
	for (size_t i = 0; i < ARRAY_SIZE(hmac_keys); i++) {
		struct bytes key = {(const uint8_t *)hmac_keys[i], strlen(hmac_keys[i])};
		char hex[DIGEST_HEX_SIZE];

		hmac_of(algorithm, key, buffer_bytes(&file), hex);
		if (text_equal(hex, wanted.data))
			return 1;
	}
	return 0;
}

int rules_fips_problem(const struct rules *r, const struct kernel *k, char **ret)
{
	bool has_boot = false;
	int entry = fips_entry(r, k, &has_boot);
	_cleanup_free_ char *path = entry >= 0 ? hmac_path(k->image.path) : NULL;
	int matches;

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
	matches = matches_hmac(&r->inv->system->target, k->image.path, path);
	if (matches > 0 || matches == -ENOMEM)
		return MIN_OF(matches, 0);
	*ret = matches < 0 && matches != -EBADMSG
		? text_printf("%s is not there, and fips=1 has it compared", path)
		: text_printf("%s does not match %s, and fips=1 has it compared", path,
			k->image.path);
	return *ret ? 0 : -ENOMEM;
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

/*
 * Its payload unpacks, but not all of an image is payload. One that was signed anew differs,
 * too: so it is no error.
 */
static int judge_altered(struct rules *r, const struct kernel *k)
{
	_cleanup_free_ char *path = hmac_path(k->image.path);
	bool has_boot;
	int matches;

	if (k->image.state != PART_OK || fips_entry(r, k, &has_boot) >= 0)
		return 0;
	matches = path ? matches_hmac(&r->inv->system->target, k->image.path, path) : -ENOMEM;
	if (matches != 0)
		return matches == -ENOMEM ? matches : 0;
	return findings_add(&r->v->findings, "image-altered", SEVERITY_WARNING, k->release,
		k->image.path, "the kernel image %s is not as its package brought it (%s does not "
		"match): where nobody signed it anew it is damaged", k->image.path, path);
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
			rc = judge_altered(r, k);
		if (rc >= 0)
			rc = rules_secure_boot(r, k);
	}
	return rc;
}
