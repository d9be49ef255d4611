/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of load_module (kernel/module/main.c): file, layout, vermagic, then symbols. */
#include "judge_room.h"

#include "formats/modules_index.h"

#include <errno.h>

void judge_done(struct judge *judge)
{
	for (size_t i = 0; i < judge->count; i++) {
		struct judged *m = &judge->items[i];

		free(m->j.path);
		free(m->j.name);
		free(m->j.kernel);
		free(m->j.detail);
		strings_done(&m->name_spaces);
		strings_done(&m->depends);
	}
	free(judge->items);
	free(judge->pendings.items);
	strings_done(&judge->mute);
	modules_alias_done(&judge->aliases);
	depmod_config_done(&judge->search);
	symbols_done(&judge->symbols);
	loader_done(&judge->loader);
}

/* What the loader asks of the file before it looks at any version. */
static int judge_file(struct module_judgement *j, const struct loader *l,
		      const struct elf_module *m)
{
	if (m->machine != l->machine || m->is_64 != l->is_64 ||
	    m->is_big_endian != l->is_big_endian)
		return judge_refuse(j, "arch", text_printf("built for %s",
			elf_machine_name(m->machine, m->is_64, m->is_big_endian)));
	/* Sizes are compared since 6.4; a module without the section is none at all. */
	if (!m->symbols.size || !m->this_module_size)
		return judge_refuse(j, "format", strdup(m->symbols.size ?
			"it holds no struct module" : "it has no symbol table"));
	if (l->version >= KERNEL_VERSION_OF(6u, 4u, 0u) && l->this_module_size &&
	    m->this_module_size != l->this_module_size)
		return judge_refuse(j, "this-module-size", text_printf(
			"its struct module has %zu bytes, the kernel's has %zu",
			m->this_module_size, l->this_module_size));
	return 0;
}

static bool kernel_has_versions(const struct loader *l)
{
	return strstr(l->vermagic, " modversions");
}

static bool is_el5_or_older(const struct loader *l)
{
	return l->version && l->version < KERNEL_VERSION_OF(2u, 6u, 19u);
}

/* The CRC that stands for the layout of struct module and all that it holds. */
static int judge_layout(struct judge *judge, struct module_judgement *j,
			const struct elf_module *m, struct module_versions *v)
{
	const struct loader *l = &judge->loader;
	const char *name = is_el5_or_older(l) ? "struct_module" : "module_layout";
	const struct symbol *symbol = symbols_find(&judge->symbols, name);
	uint32_t crc;

	if (!kernel_has_versions(l))
		return 0;
	if (!m->has_versions && !v->extended)
		return is_el5_or_older(l) || l->force_load ? 0 :
			judge_refuse(j, "module-layout",
				     strdup("it was built without symbol versions"));
	if (!symbol || symbol->owner != OWNER_KERNEL || !symbol->has_crc)
		return 0;
	if (!module_versions_find(v, name, &crc))
		return loader_forgives_missing_version(l, v->extended) ? 0 :
			judge_refuse(j, "module-layout",
				     text_printf("no symbol version for %s", name));
	if (crc == symbol->crc)
		return 0;
	return judge_refuse(j, "module-layout",
			    text_printf("disagrees about version of symbol %s", name));
}

static const char *behind_first_word(const char *text)
{
	const char *blank = strchr(text, ' ');

	return blank ? blank : "";
}

/*
 * The kernel compares the whole vermagic, but not its first word where the module has
 * __versions: then those CRCs decide, not the release (kernel/module/version.c, same_magic).
 */
static int judge_vermagic(struct judge *judge, struct judged *judged,
			  const struct elf_module *m)
{
	const struct loader *l = &judge->loader;
	const char *vermagic = elf_module_info(m, "vermagic", 0);
	bool crcs = kernel_has_versions(l) && (m->has_versions || is_el5_or_older(l));

	if (!vermagic)
		return l->force_load ? 0 : judge_refuse(&judged->j, "vermagic",
			strdup("it has no version magic"));
	judged->exact = !strcmp(vermagic, l->vermagic);
	judged->foreign = !judged->exact;
	if (judged->exact)
		return 0;
	if (!crcs || strcmp(behind_first_word(vermagic), behind_first_word(l->vermagic)))
		return judge_refuse(&judged->j, "vermagic", text_printf(
			"version magic '%s' should be '%s'", vermagic, l->vermagic));
	if (judge->symbols.source != SYMBOLS_UNKNOWN)
		return 0;
	return judge_doubt(&judged->j, "symbol-version", text_printf(
		"built for %.*s; its symbol versions decide",
		(int)strcspn(vermagic, " "), vermagic));
}

static int take_depends(struct judged *judged, const char *names)
{
	int r = 0;

	while (r >= 0 && names && *names) {
		size_t length = strcspn(names, ",");
		_cleanup_free_ char *word = strndup(names, length);

		r = word ? strings_take(&judged->depends, module_name_of(word)) : -ENOMEM;
		names += length + (names[length] == ',');
	}
	return r;
}

static int take_module_facts(struct judged *judged, const struct elf_module *m)
{
	const char *name;
	int r;

	judged->is_gpl = elf_module_is_gpl(m);
	r = take_depends(judged, elf_module_info(m, "depends", 0));
	for (size_t i = 0; r >= 0 && (name = elf_module_info(m, "import_ns", i)); i++)
		r = strings_add(&judged->name_spaces, name);
	return r;
}

static int take_aliases(struct judge *judge, const char *name, const struct elf_module *m)
{
	const char *pattern;
	int r = 0;

	for (size_t i = 0; r >= 0 && (pattern = elf_module_info(m, "alias", i)); i++)
		r = modules_alias_add(&judge->aliases, pattern, name);
	return r;
}

static int judge_blacklist(struct module_judgement *j, const struct loader *l,
			   const struct elf_module *m)
{
	const char *name = elf_module_info(m, "name", 0);

	if (!strings_has(&l->blacklist, name ? name : j->name))
		return 0;
	return judge_refuse(j, "blacklisted",
			    strdup("module_blacklist= of the command line names it"));
}

/* Patches of the running kernel; type information, which is checked against the kernel's. */
static int judge_kind(struct module_judgement *j, const struct loader *l,
		      const struct judged *judged, const struct elf_module *m)
{
	if (elf_module_info(m, "livepatch", 0) && l->lacks_livepatch)
		return judge_refuse(j, "livepatch",
			strdup("it is a live patch, and this kernel takes none"));
	if (m->has_btf && l->checks_btf && judged->foreign)
		return judge_doubt(j, "btf",
			strdup("its type information is of another kernel"));
	return 0;
}

int judge_module(struct judge *judge, size_t index, const struct elf_module *m)
{
	struct judged *judged = &judge->items[index];
	struct fault why = {0};
	struct module_versions v;
	int r;

	if (!judge->loader.vermagic)
		return judge_doubt(&judged->j, NULL,
			strdup("no module of the kernel's own tells its version magic"));
	r = take_module_facts(judged, m);
	if (r >= 0 && judge->takes_aliases && !judged->named)
		r = take_aliases(judge, judged->j.name, m);
	if (r >= 0)
		r = judge_file(&judged->j, &judge->loader, m);
	if (r >= 0 && judged->j.verdict != MODULE_REFUSED)
		r = judge_blacklist(&judged->j, &judge->loader, m);
	if (r >= 0 && judged->j.verdict == MODULE_REFUSED)
		return judge_exports(judge, index, m);
	if (r < 0)
		return r;
	if (module_versions_open(&v, m, &why) < 0)
		return judge_damaged(judge, index, why.reason);
	judged->has_versions = m->has_versions;
	judged->extended = v.extended;
	r = judge_layout(judge, &judged->j, m, &v);
	if (r >= 0 && judged->j.verdict == MODULE_LOADS)
		r = judge_vermagic(judge, judged, m);
	if (r >= 0 && judged->j.verdict == MODULE_LOADS)
		r = judge_kind(&judged->j, &judge->loader, judged, m);
	return r < 0 ? r : judge_symbols(judge, index, m, &v);
}
