/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of all devices, for whoever asks whether a command line names one that is. */
#include "local.h"

#include <errno.h>

static int add_tagged(struct strings *ret, const char *tag, const char *value)
{
	return value && *value ? strings_take(ret, text_printf("%s=%s", tag, value)) : 0;
}

static int add_names(struct strings *ret, const struct device *d)
{
	if (strings_add(ret, d->path) < 0 || add_tagged(ret, "UUID", d->uuid) < 0 ||
		add_tagged(ret, "LABEL", d->label) < 0 ||
		add_tagged(ret, "PARTUUID", d->partuuid) < 0 ||
		add_tagged(ret, "PARTLABEL", d->partlabel) < 0)
		return -ENOMEM;
	return 0;
}

int name_devices(struct landscape *l)
{
	for (size_t s = 0; s < l->system_count; s++)
		for (size_t i = 0; i < l->device_count; i++)
			if (add_names(&l->systems[s].device_names, &l->devices[i]) < 0)
				return -ENOMEM;
	return 0;
}
