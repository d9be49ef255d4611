/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as depmod.d, modprobe.d and modules.builtin.modinfo. */
#include "formats/kmod_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {"kernel/a.ko", "extra/a.ko.xz", "updates/x/a.ko",
		"/opt/a.ko"};
	struct bytes in = {data, size};
	struct depmod_config d = {0};
	struct modprobe_config m = {0};
	struct modules_alias a = {0};

	/* Patterns of releases are regular expressions: long ones cost libc's time alone. */
	if (size > 4096)
		return 0;
	if (depmod_config_parse(&d, in, "5.14.0-1.el9.x86_64") < 0 ||
	    modprobe_config_parse(&m, in) < 0 || modules_builtin_aliases(&a, in) < 0)
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		for (size_t k = 0; k < ARRAY_SIZE(paths); k++)
			if (i != k && depmod_prefers(&d, paths[i], paths[k]) &&
			    depmod_prefers(&d, paths[k], paths[i]) && !d.overrides.count)
				abort();
	depmod_config_done(&d);
	modprobe_config_done(&m);
	modules_alias_done(&a);
	return 0;
}
