/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One more module, from its file: its signature, then what it is. */
#include "judge_room.h"

#include "opened.h"

#include <errno.h>

int judge_opened(struct judge *judge, size_t index, const struct opened *o)
{
	struct judged *m = &judge->items[index];
	int r;

	if (o->error == -ENOMEM)
		return o->error;
	r = o->bytes.size ? judge_signature(&m->j, &judge->loader, buffer_bytes(&o->bytes),
					    m->j.third_party ? SIGNATURE_ALWAYS
							     : SIGNATURE_IF_ENFORCED) : 0;
	if (r < 0)
		return r;
	if (m->j.verdict == MODULE_REFUSED)
		return o->error < 0 ? strings_add(&judge->mute, m->j.name)
				    : judge_exports(judge, index, &o->elf);
	if (o->error < 0)
		return judge_damaged(judge, index, o->fault.reason[0] ? o->fault.reason
								      : strerror(-o->error));
	return judge_module(judge, index, &o->elf);
}

int judge_bytes(struct judge *judge, const char *path, bool third_party, struct buffer *raw)
{
	_cleanup_(opened_done) struct opened o = {0};
	ssize_t index = judge_add(judge, path);

	if (index < 0)
		return -ENOMEM;
	judge->items[index].j.third_party = third_party;
	opened_parse(&o, raw);
	return judge_opened(judge, (size_t)index, &o);
}
