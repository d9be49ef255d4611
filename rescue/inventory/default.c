/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry that starts by itself, as the system's own boot loader finds it: normal/menu.c
 * of each generation of GRUB, systemd-boot's loader.conf.
 */
#include "reader.h"

#include "formats/loader_conf.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>

static int find_id(const struct reader *r, const char *id, size_t size)
{
	for (size_t i = 0; i < r->draft_count; i++) {
		const struct draft *d = &r->drafts[i];

		if (d->place && d->entry.loader_name && strlen(d->entry.loader_name) == size &&
			memcmp(d->entry.loader_name, id, size) == 0)
			return (int)i;
	}
	return -1;
}

static int find_title(const struct reader *r, const char *title)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].place && text_equal(r->drafts[i].entry.title, title))
			return (int)i;
	return -1;
}

static int find_place(const struct reader *r, const char *place)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (text_equal(r->drafts[i].place, place))
			return (int)i;
	return -1;
}

/*
 * grub_strtoul with base 0: blanks, then 0x and hexadecimal, 0 and octal, or decimal
 * digits. NULL: that is no number; *ret UINT_MAX where it is too large.
 */
static const char *take_number(const char *text, unsigned *ret)
{
	unsigned base = 10;
	uint64_t number = 0;
	const char *begin;

	text += strspn(text, " \t\n\r\f\v");
	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1] >= '0' && text[1] <= '7') {
		base = 8;
		text++;
	}
	for (begin = text;; text++) {
		unsigned char c = (unsigned char)tolower((unsigned char)*text);
		unsigned digit = isdigit(c)   ? c - 48u
				 : isalpha(c) ? c - 97u + 10
					      : 99;

		if (digit >= base)
			break;
		number = MIN_OF(number * base + digit, (uint64_t)UINT_MAX);
	}
	*ret = (unsigned)number;
	return text > begin ? text : NULL;
}

static int find_number(const struct reader *r, unsigned long number)
{
	char place[24];

	snprintf(place, sizeof(place), "%lu", number);
	return find_place(r, place);
}

/*
 * rhboot/grub2, Fedora 30 and EL8 on: an id, a title, a number; nothing may follow it, and
 * so the numbers of a way through submenus select nothing.
 */
static int find_as_fedora(const struct reader *r, const char *wanted)
{
	size_t size = strcspn(wanted, " \t");
	int found = find_id(r, wanted, size);
	const char *end;
	unsigned number;

	if (found >= 0)
		return wanted[size] ? -1 : found;
	found = find_title(r, wanted);
	if (found >= 0)
		return found;
	end = take_number(wanted, &number);
	return end && *end == '\0' ? find_number(r, number) : -1;
}

/* EL7 and upstream: what begins with a digit is a number, whatever follows. */
static int find_as_upstream(const struct reader *r, const char *wanted)
{
	unsigned number;
	int found;

	if (take_number(wanted, &number))
		return find_number(r, number);
	found = find_id(r, wanted, strlen(wanted));
	return found >= 0 ? found : find_title(r, wanted);
}

static bool looks_up_ids_first(const struct reader *r)
{
	static const char *const derived[] = {
		"rhel", "centos", "rocky", "almalinux", "ol"};
	const struct system *s = r->sys;

	if (r->inv.loader == LOADER_BLSUKI)
		return false;
	if (r->inv.loader != LOADER_MENUENTRIES || text_equal(s->os_id, "fedora"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(derived); i++)
		if (text_equal(s->os_id, derived[i]))
			return s->os_version_id &&
			       strtoul(s->os_version_id, NULL, 10) >= 8;
	return false;
}

/* "1>2" and "Advanced options>Linux 6.1": the way through submenus to the last name. */
static int find_in_menu(const struct reader *r, const char *wanted)
{
	const char *last = strrchr(wanted, '>');
	bool escaped = last && last > wanted && last[-1] == '>';

	if (last && !escaped) {
		int found = find_place(r, wanted);

		if (found >= 0)
			return found;
		found = find_id(r, last + 1, strlen(last + 1));
		return found >= 0 ? found : find_title(r, last + 1);
	}
	return looks_up_ids_first(r) ? find_as_fedora(r, wanted)
				     : find_as_upstream(r, wanted);
}

/* What grub.cfg sets `default` to when no one-shot entry is wanted. */
static const char *wanted_default(const struct reader *r)
{
	const char *saved = r->inv.saved_entry ? r->inv.saved_entry : "";

	for (size_t i = r->cfg.assignment_count; i-- > 0;) {
		const struct grub_assignment *a = &r->cfg.assignments[i];

		if (strcmp(a->name, "default") != 0 || strstr(a->value, "next_entry"))
			continue;
		if (!strchr(a->value, '$'))
			return a->value;
		if (strstr(a->value, "saved_entry"))
			return saved;
	}
	return saved;
}

/* What GRUB starts for a default that selects nothing: the first of the menu. */
static int first_in_menu(const struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].place)
			return (int)i;
	return -1;
}

/* What systemd-boot's loader.conf asks for; @saved is in a variable of the firmware. */
static int find_pattern(const struct reader *r, const char *pattern)
{
	for (size_t i = 0; pattern && i < r->draft_count; i++)
		if (r->drafts[i].place &&
			loader_conf_matches(pattern, r->drafts[i].entry.loader_name))
			return (int)i;
	return -1;
}

static int find_wanted(const struct reader *r)
{
	const char *wanted;

	if (r->inv.loader == LOADER_SYSTEMD_BOOT)
		return find_pattern(r, r->inv.systemd.wanted);
	if (is_older_loader(r))
		return find_number(r, older_default(r));
	wanted = wanted_default(r);
	return *wanted ? find_in_menu(r, wanted) : -1;
}

int find_default(struct reader *r)
{
	int found = find_wanted(r);

	if (found < 0)
		found = first_in_menu(r);
	if (found >= 0)
		r->drafts[found].entry.is_default = true;
	r->inv.default_entry = found;
	return 0;
}
