/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as each text of a module index; every alias pattern is matched. */
#include "formats/modules_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match_aliases(struct bytes in)
{
	struct modules_alias alias;
	struct strings found = {0};

	if (modules_alias_parse(&alias, in, NULL) < 0)
		return;
	for (size_t i = 0; i < MIN_OF(alias.count, (size_t)16); i++)
		if (modules_alias_match(&alias, alias.items[i].pattern, &found) < 0)
			abort();
	(void)modules_alias_match(&alias, "pci:v00001000d00000054sv00000000", &found);
	strings_done(&found);
	modules_alias_done(&alias);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct modules_dep dep;
	struct modules_softdep softdep;
	struct strings list;

	if (modules_dep_parse(&dep, in, NULL) == 0) {
		for (size_t i = 0; i < dep.count; i++) {
			if (!*dep.items[i].path)
				abort();
			free(module_name_of(dep.items[i].path));
		}
		modules_dep_done(&dep);
	}
	if (modules_softdep_parse(&softdep, in, NULL) == 0)
		modules_softdep_done(&softdep);
	if (modules_list_parse(&list, in, NULL) == 0)
		strings_done(&list);
	match_aliases(in);
	return 0;
}
