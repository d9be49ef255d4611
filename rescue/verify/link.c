/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols between modules: who exports what, resolve_symbol's order, and dependencies. */
#include "judge_room.h"

#include <errno.h>
#include <fnmatch.h>

/* What one module tells while its tables are walked. */
struct walk {
	struct judge *judge;
	size_t index;
	size_t place; /* of the last import */
};

/* Two files of one name: modprobe takes the first in depmod's order; else the own one. */
static bool replaces(const struct judge *judge, int newer, int older)
{
	const struct judged *a = &judge->items[newer], *b = &judge->items[older];

	if (a->named != b->named)
		return b->named;
	if (text_equal(a->j.name, b->j.name))
		return depmod_prefers(&judge->search, judge_relative(judge, a),
			judge_relative(judge, b));
	return b->j.third_party && !a->j.third_party;
}

static int take_export(void *data, const struct kernel_symbol *s)
{
	struct walk *w = data;
	struct symbols *symbols = &w->judge->symbols;
	struct symbol *symbol = symbols_want(symbols, s->name);

	if (!symbol)
		return -ENOMEM;
	if (symbol->owner == OWNER_KERNEL && !symbol->agreed)
		w->judge->items[w->index].duplicate = symbol->name;
	if ((symbol->owner == OWNER_KERNEL && !symbol->agreed) ||
	    (symbol->owner >= 0 && !replaces(w->judge, (int)w->index, symbol->owner)))
		return 0;
	return symbols_set(symbols, symbol, s, (int)w->index);
}

/* ---- one symbol, in the order of resolve_symbol (kernel/module/main.c) ------------------ */

/* The last bad symbol gives the errno, so it gives the reason too. */
static int refuse(struct judged *m, size_t place, const char *reason, char *take_detail)
{
	m->bad++;
	if (place < m->last_bad) {
		free(take_detail);
		return take_detail ? 0 : -ENOMEM;
	}
	m->last_bad = place;
	return judge_refuse(&m->j, reason, take_detail);
}

static bool may_use(const struct judged *m, const char *name_space)
{
	static const char for_modules[] = "module:";
	const char *at = name_space + sizeof(for_modules) - 1;

	if (!text_starts(name_space, for_modules))
		return !*name_space || strings_has(&m->name_spaces, name_space);
	while (*at) {
		size_t length = strcspn(at, ",");
		_cleanup_free_ char *word = strndup(at, length);

		if (word && fnmatch(word, m->j.name, 0) == 0)
			return true;
		at += length + (at[length] == ',');
	}
	return false;
}

/* One that it depends on, whose exports nobody could read; or NULL. */
static const char *mute_provider(const struct judge *judge, const struct judged *m)
{
	for (size_t i = 0; i < m->depends.count; i++)
		if (strings_has(&judge->mute, m->depends.items[i]))
			return m->depends.items[i];
	return NULL;
}

static int missing(struct judge *judge, struct judged *m, const struct pending *p)
{
	const char *mute = mute_provider(judge, m);

	if (p->weak)
		return 0;
	if (mute)
		return refuse(m, p->place, "dependency",
			      text_printf("it needs module %s, which will not load", mute));
	if (symbols_are_complete(&judge->symbols))
		return refuse(m, p->place, "symbol-missing",
			      text_printf("unknown symbol %s", p->symbol->name));
	if (m->exact || m->j.verdict != MODULE_LOADS)
		return 0;
	return judge_doubt(&m->j, "symbol-missing", text_printf(
		"no list tells whether the kernel has symbol %s", p->symbol->name));
}

static int judge_version(struct judge *judge, struct judged *m, const struct pending *p)
{
	const struct loader *l = &judge->loader;

	if (!p->symbol->has_crc || (!m->has_versions && !m->extended))
		return 0;
	if (!p->has_crc)
		return loader_forgives_missing_version(l, m->extended) ? 0 :
			refuse(m, p->place, "symbol-version",
			       text_printf("no symbol version for %s", p->symbol->name));
	if (p->crc == p->symbol->crc ||
	    (p->weak && l->version < KERNEL_VERSION_OF(3u, 0u, 0u)))
		return 0;
	return refuse(m, p->place, "symbol-version",
		      text_printf("disagrees about version of symbol %s", p->symbol->name));
}

static int judge_name_space(struct judge *judge, struct judged *m, const struct pending *p)
{
	if (judge->loader.forgives_namespaces || may_use(m, p->symbol->name_space))
		return 0;
	return refuse(m, p->place, "namespace", text_printf(
		"uses symbol %s of namespace %s, but does not import it", p->symbol->name,
		p->symbol->name_space));
}

/*
 * Whoever uses a symbol of a proprietary module counts as proprietary from there on
 * (inherit_taint, 5.9): what GPL modules alone may use must not stand on either side of it.
 */
static int judge_taint(struct judge *judge, struct judged *m, const struct pending *p)
{
	const struct symbol *s = p->symbol;

	if (s->gpl_only) {
		m->first_gpl = m->first_gpl ? m->first_gpl : p->place;
		m->last_gpl = MAX_OF(m->last_gpl, p->place);
	}
	if (s->owner < 0 || judge->items[s->owner].is_gpl || !m->first_gpl ||
	    judge->loader.version < KERNEL_VERSION_OF(5u, 9u, 0u))
		return 0;
	return refuse(m, MAX_OF(m->last_gpl, p->place), "gpl-only", text_printf(
		"it uses GPL-only symbols, and symbol %s of the proprietary module %s",
		s->name, judge->items[s->owner].j.name));
}

static int resolve(struct judge *judge, const struct pending *p)
{
	struct judged *m = &judge->items[p->module];
	const struct symbol *s = p->symbol;
	size_t bad = m->bad;
	int r;

	if (s->owner == OWNER_NOBODY)
		return missing(judge, m, p);
	if (s->gpl_only && !m->is_gpl)
		return p->weak ? 0 : refuse(m, p->place, "gpl-only", text_printf(
			"symbol %s is for GPL modules alone, and its license is another",
			s->name));
	r = judge_taint(judge, m, p);
	if (r < 0 || m->bad > bad)
		return r;
	r = judge_version(judge, m, p);
	if (r < 0 || m->bad > bad)
		return r;
	return judge_name_space(judge, m, p);
}

static int take_import(void *data, const struct module_import *i)
{
	struct walk *w = data;
	struct pending p = {.module = w->index, .place = ++w->place, .crc = i->crc,
			    .has_crc = i->has_crc, .weak = i->weak};

	p.symbol = symbols_want(&w->judge->symbols, i->name);
	if (!p.symbol)
		return -ENOMEM;
	if (p.symbol->owner == OWNER_KERNEL && !p.symbol->agreed)
		return resolve(w->judge, &p);
	if (VECTOR_GROW(&w->judge->pendings) < 0)
		return -ENOMEM;
	w->judge->pendings.items[w->judge->pendings.count++] = p;
	return 0;
}

/* A module that is refused for itself still exports: those that need it are to be told. */
int judge_exports(struct judge *judge, size_t index, const struct elf_module *m)
{
	struct walk w = {.judge = judge, .index = index};
	int r = judge->symbols.source == SYMBOLS_UNKNOWN ? 0 :
		module_exports(m, take_export, &w, NULL);

	return r == -EBADMSG ? strings_add(&judge->mute, judge->items[index].j.name) : r;
}

int judge_symbols(struct judge *judge, size_t index, const struct elf_module *m,
		  struct module_versions *v)
{
	struct walk w = {.judge = judge, .index = index};
	struct fault why = {0};
	int r;

	if (judge->symbols.source == SYMBOLS_UNKNOWN)
		return 0;
	r = module_exports(m, take_export, &w, &why);
	if (r >= 0 && judge->items[index].j.verdict == MODULE_LOADS)
		r = module_imports(v, take_import, &w, &why);
	if (r != -EBADMSG)
		return r;
	return judge_damaged(judge, index, why.reason);
}

/* ---- all together ----------------------------------------------------------------------- */

/* One refused module refuses those that need it, and so on. */
static int follow(struct judge *judge, bool *changed)
{
	*changed = false;
	for (size_t i = 0; i < judge->pendings.count; i++) {
		const struct pending *p = &judge->pendings.items[i];
		struct judged *m = &judge->items[p->module];
		int r;

		if (p->weak || p->symbol->owner < 0 || m->j.verdict == MODULE_REFUSED ||
		    judge->items[p->symbol->owner].j.verdict != MODULE_REFUSED)
			continue;
		r = judge_refuse(&m->j, "dependency", text_printf(
			"it needs module %s, which will not load",
			judge->items[p->symbol->owner].j.name));
		if (r < 0)
			return r;
		*changed = true;
	}
	return 0;
}

/* What is looked at once all symbols are found: they must be new, and so must the name. */
static int judge_place(const struct judge *judge, struct judged *m)
{
	if (m->j.verdict != MODULE_LOADS)
		return 0;
	if (m->duplicate)
		return judge_refuse(&m->j, NULL, text_printf(
			"it exports symbol %s, which the kernel itself exports", m->duplicate));
	if (m->j.third_party && strings_has(&judge->loader.built_in, m->j.name))
		return judge_refuse(&m->j, NULL, strdup(
			"a module of that name is built into the kernel"));
	return 0;
}

int judge_finish(struct judge *judge)
{
	bool changed = true;
	int r = 0;

	while (r >= 0 && judge->pendings.resolved < judge->pendings.count)
		r = resolve(judge, &judge->pendings.items[judge->pendings.resolved++]);
	for (size_t i = 0; r >= 0 && i < judge->count; i++)
		r = judge_place(judge, &judge->items[i]);
	while (r >= 0 && changed)
		r = follow(judge, &changed);
	return r;
}

/* ---- agreement ---------------------------------------------------------------------------- */

static int agree_on(struct symbols *symbols, const char *name, uint32_t crc)
{
	struct symbol *symbol = symbols_want(symbols, name);

	if (!symbol)
		return -ENOMEM;
	if (symbol->owner == OWNER_NOBODY)
		*symbol = (struct symbol){.name = symbol->name, .name_space = "",
			.hash = symbol->hash, .crc = crc, .owner = OWNER_KERNEL,
			.has_crc = true, .agreed = true};
	else if (symbol->crc != crc)
		symbol->has_crc = false; /* they do not agree: no version decides */
	return 0;
}

static int take_agreement(void *data, const struct module_import *i)
{
	return i->has_crc ? agree_on(data, i->name, i->crc) : 0;
}

int judge_agree(struct judge *judge, const struct elf_module *m)
{
	static const char *const layouts[] = {"module_layout", "struct_module"};
	struct module_versions v;
	uint32_t crc;
	int r = module_versions_open(&v, m, NULL);

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(layouts); i++) {
		if (module_versions_find(&v, layouts[i], &crc))
			r = agree_on(&judge->symbols, layouts[i], crc);
	}
	if (r >= 0)
		r = module_imports(&v, take_agreement, &judge->symbols, NULL);
	return r == -EBADMSG ? 0 : r;
}
