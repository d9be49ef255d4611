/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system's own program for making an initramfs: dracut, or what Red Hat had before it
 * (EL5's mkinitrd; later ones of that name are dracut's). Both are shell scripts, whose
 * text tells what options they know.
 */
#include "reader.h"

#include <errno.h>
#include <sys/utsname.h>

#define MAX_SCRIPT (1024u * 1024)

static const struct {
	const char *path;
	enum generator_kind kind;
} places[] = {
	{"/usr/bin/dracut", GENERATOR_DRACUT},
	{"/usr/sbin/dracut", GENERATOR_DRACUT},
	{"/bin/dracut", GENERATOR_DRACUT},
	{"/sbin/dracut", GENERATOR_DRACUT},
	{"/sbin/mkinitrd", GENERATOR_MKINITRD},
	{"/usr/sbin/mkinitrd", GENERATOR_MKINITRD},
};

/* arch: what the system's programs are for; machine: uname's word. */
static bool runs_on(const char *arch, const char *machine)
{
	if (strcmp(arch, machine) == 0)
		return true;
	return text_equal(machine, "x86_64") &&
	       (text_equal(arch, "i386") || text_equal(arch, "i686"));
}

static int find_obstacle(char **ret, const struct system *s)
{
	struct utsname machine;

	if (!s->arch || uname(&machine) < 0 || runs_on(s->arch, machine.machine))
		return 0;
	*ret = text_printf("its programs are for %s, and this machine is %s", s->arch,
		machine.machine);
	return *ret ? 0 : -ENOMEM;
}

/* SUSE's own takes other options, and writes to the running system's /boot. */
static bool is_unknown_mkinitrd(const char *text)
{
	return !strstr(text, "--preload") || strstr(text, "/lib/mkinitrd");
}

static int take_script(struct reader *r, size_t place, const char *text)
{
	struct generator *g = &r->inv.generator;

	g->kind = places[place].kind;
	g->path = strdup(places[place].path);
	if (!g->path)
		return -ENOMEM;
	g->knows_no_hostonly = strstr(text, "no-hostonly");
	g->knows_no_uefi = strstr(text, "no-uefi");
	if (g->kind == GENERATOR_MKINITRD && is_unknown_mkinitrd(text)) {
		g->obstacle = text_printf("this kind of mkinitrd is not known");
		return g->obstacle ? 0 : -ENOMEM;
	}
	return find_obstacle(&g->obstacle, r->sys);
}

int read_generator(struct reader *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *text = NULL;
		int error = reader_text(r, places[i].path, MAX_SCRIPT, &text);

		if (error < 0)
			return error;
		if (text)
			return take_script(r, i, text);
	}
	return 0;
}
