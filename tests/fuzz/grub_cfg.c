/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a grub.cfg; every menuentry has a title, a number and a line. */
#include "formats/grub_cfg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct grub_cfg c;

	if (grub_cfg_parse(&c, (struct bytes){data, size}, NULL) < 0)
		return 0;
	for (size_t i = 0; i < c.count; i++)
		if (!c.items[i].title || !c.items[i].number || c.items[i].line == 0 ||
			(c.items[i].linux_path && !c.items[i].options) ||
			c.items[i].behind > size || c.items[i].at >= size)
			abort();
	for (size_t i = 0; i < c.assignment_count; i++)
		if (!c.assignments[i].name[0] || !c.assignments[i].value)
			abort();
	for (size_t i = 0; i < c.top_count; i++)
		if (c.tops[i].at >= size || (i > 0 && c.tops[i].at <= c.tops[i - 1].at))
			abort();
	grub_cfg_done(&c);
	return 0;
}
