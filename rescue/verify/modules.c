/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does each module load into its kernel: reads them, has them judged, tells. */
#include "drivers.h"
#include "offer.h"
#include "read_ahead.h"
#include "weak_updates.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void read_ours(struct opened *o, const char *path, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer raw = {0};
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	o->error = fd < 0 ? fault_errno(f, errno, path, "open the module %s", path)
			  : fd_read_all(fd, ELF_MODULE_MAX_SIZE, &raw);
	if (fd >= 0 && o->error < 0)
		fault_errno(f, -o->error, path, "read the module %s", path);
	if (o->error >= 0)
		opened_parse(o, &raw);
}

static bool starts_with_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strncmp(text, word, n) == 0 && (text[n] == ' ' || text[n] == '\0');
}

/* 1 once it has told what is wanted of it. */
static int learn_from(struct judge *judge, const struct kernel *k, const struct opened *o,
		      bool agree)
{
	const char *vermagic;
	int r;

	if (o->error < 0)
		return o->error == -ENOMEM ? -ENOMEM : 0;
	vermagic = elf_module_info(&o->elf, "vermagic", 0);
	if (!vermagic || !starts_with_word(vermagic, k->release))
		return 0;
	r = judge->loader.vermagic ? 0 : loader_learn(&judge->loader, &o->elf, vermagic);
	if (r < 0 || !agree)
		return r < 0 ? r : 1;
	return judge_agree(judge, &o->elf);
}

/*
 * What the kernel's own modules tell: the vermagic and machine of its image. Where nothing
 * lists the kernel's symbols, all of them are read for what they expect of it.
 */
static int learn(struct judge *judge, const struct files *files, const struct kernel *k)
{
	_cleanup_(read_ahead_stop) struct read_ahead *modules = NULL;
	bool agree = judge->symbols.source == SYMBOLS_UNKNOWN;
	int r = read_ahead_start(&modules, files, &k->modules, OPENED_TABLES);

	for (size_t i = 0; r == 0 && i < k->modules.files.count; i++) {
		const struct opened *o = read_ahead_next(modules);

		if (!module_is_third_party(k->modules.files.items[i]))
			r = learn_from(judge, k, o, agree);
	}
	if (r == 0 && agree && judge->symbols.count) {
		if (symbols_settle(&judge->symbols, SYMBOLS_AGREED, NULL) < 0)
			return -ENOMEM;
		log_line("symbols of the kernel: %zu that the modules of %s agree on",
			 judge->symbols.count, k->release);
	}
	return MIN_OF(r, 0);
}

/* weak-updates/ holds links into other kernels' directories, which may be gone. */
static int judge_dangling(struct judge *judge, size_t index, const struct target *t)
{
	struct judged *m = &judge->items[index];
	_cleanup_free_ char *text = NULL;
	int r = target_readlink(t, m->j.path, &text);

	if (r == -ENOMEM)
		return r;
	m->dangling = r >= 0;
	return judge_refuse(&m->j, "format", text_printf("it leads to %s, which is not there",
		text ? text : "a file"));
}

static int judge_tree_file(struct judge *judge, const struct files *files,
			   const struct kernel *k, const char *relative,
			   const struct opened *o)
{
	_cleanup_free_ char *path = text_printf("%s/%s", k->modules.path, relative);
	ssize_t index = path ? judge_add(judge, path) : -ENOMEM;

	if (index < 0)
		return -ENOMEM;
	judge->items[index].j.third_party = module_is_third_party(relative);
	return o->error == -ENOENT ? judge_dangling(judge, (size_t)index, files->target)
				   : judge_opened(judge, (size_t)index, o);
}

static int judge_tree_files(struct judge *judge, const struct files *files,
			    const struct kernel *k)
{
	_cleanup_(read_ahead_stop) struct read_ahead *modules = NULL;
	int r = read_ahead_start(&modules, files, &k->modules,
		judge->loader.needs_signature ? OPENED_WHOLE : OPENED_TABLES);

	for (size_t i = 0; r >= 0 && i < k->modules.files.count; i++)
		r = judge_tree_file(judge, files, k, k->modules.files.items[i],
				    read_ahead_next(modules));
	return r;
}

static int judge_named_file(struct judge *judge, const char *file, struct fault *f)
{
	_cleanup_(opened_done) struct opened o = {0};
	struct fault missing = {0};
	ssize_t index = judge_add(judge, file);

	if (index < 0)
		return fault_no_memory(f);
	judge->items[index].j.third_party = true;
	judge->items[index].named = true;
	read_ours(&o, file, &missing);
	if (missing.code != FAULT_NONE) {
		if (f)
			*f = missing;
		return o.error;
	}
	return judge_opened(judge, (size_t)index, &o) < 0 ? fault_no_memory(f) : 0;
}

/* The default entry's where it is of that kernel, else the first that is; or NULL. */
static const char *cmdline_of(const struct inventory *inv, const struct kernel *k)
{
	for (size_t i = 0; i < k->entry_count; i++)
		if (inv->entries[k->entries[i]].is_default)
			return inv->entries[k->entries[i]].options;
	return k->entry_count ? inv->entries[k->entries[0]].options : NULL;
}

static int judge_tree(struct judge *judge, const struct rules *r, const struct kernel *k,
		      struct fault *f)
{
	const struct files *files = rules_files(r, k);
	int rc = loader_of_kernel(&judge->loader, files, k, cmdline_of(r->inv, k));

	if (rc >= 0)
		rc = loader_trust_machine(&judge->loader, r);
	if (rc >= 0)
		rc = kernel_search_read(&judge->search, files->target, k->release);
	if (rc >= 0)
		rc = symbols_of_kernel(&judge->symbols, &judge->loader, files, k);
	if (rc >= 0)
		rc = learn(judge, files, k);
	if (rc >= 0)
		rc = judge_tree_files(judge, files, k);
	if (rc < 0)
		return fault_no_memory(f);
	return rules_is_offered(r, k) ? offer_judge(r->offer, judge, f) : 0;
}

/* The tree first: it never takes a symbol from a file that is not of the patient. */
static int judge_all(struct judge *judge, struct rules *r, const struct kernel *k,
		     struct fault *f)
{
	int rc = judge_tree(judge, r, k, f);

	if (rc < 0)
		return rc;
	if (judge_finish(judge) < 0 || weak_updates_judge(judge, r, k) < 0)
		return fault_no_memory(f);
	for (size_t i = 0; i < r->options->modules.count; i++) {
		rc = judge_named_file(judge, r->options->modules.items[i], f);
		if (rc < 0)
			return rc;
	}
	return judge_finish(judge) < 0 ? fault_no_memory(f) : 0;
}

static const char *code_of(const char *reason)
{
	static const struct {
		const char *reason, *code;
	} codes[] = {
		{"format", "module-damaged"}, {"module-layout", "module-symbol-version"},
		{"symbol-version", "module-symbol-version"},
		{"symbol-missing", "module-unknown-symbol"},
		{"gpl-only", "module-unknown-symbol"}, {"namespace", "module-unknown-symbol"},
		{"dependency", "module-unknown-symbol"}, {NULL, "module-unknown-symbol"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		if (text_equal(reason, codes[i].reason))
			return codes[i].code;
	}
	return "module-vermagic";
}

/* What the kernel's own package brought, the same package brings again. */
static int tell_own_remedy(struct rules *r, const struct kernel *k, const struct judged *m)
{
	return m->j.third_party || m->named || rules_is_offered(r, k)
		? 0 : rules_package_remedy(r, k->release);
}

static int tell(struct rules *r, const struct kernel *k, const struct judged *m)
{
	const struct module_judgement *j = &m->j;
	_cleanup_free_ char *more = m->bad > 1 ? text_printf(" (and %zu more)", m->bad - 1)
					       : strdup("");
	_cleanup_free_ char *owner = NULL;
	int rc;

	if (!more)
		return -ENOMEM;
	if (j->verdict == MODULE_LOADS || (!j->reason && j->verdict == MODULE_UNKNOWN))
		return 0;
	if (j->verdict == MODULE_UNKNOWN)
		return findings_add(&r->v->findings, code_of(j->reason), SEVERITY_WARNING,
			k->release, j->path, "module %s may not load: %s", j->path, j->detail);
	owner = j->third_party && !m->named ? rules_owner_text(r, k, j) : strdup("");
	if (!owner)
		return -ENOMEM;
	rc = findings_add(&r->v->findings,
		m->dangling ? "weak-update-dangling" : code_of(j->reason),
		rules_severity(r, k), k->release, j->path, "module %s will not load: %s%s%s",
		j->path, j->detail, more, owner);
	if (rc >= 0 && j->certificate)
		return findings_remedy(&r->v->findings, "mokutil --import %s", j->certificate);
	return rc < 0 ? rc : tell_own_remedy(r, k, m);
}

static int keep(struct module_judgements *list, struct module_judgement *j)
{
	int r = VECTOR_GROW(list);

	if (r < 0)
		return r;
	list->items[list->count++] = TAKE_STRUCT(*j);
	return 0;
}

/* What only the whole tree tells: which file counts, and what serves the hardware. */
static int judge_drivers(struct rules *r, const struct kernel *k, const struct judge *judge)
{
	_cleanup_(kernel_drivers_done) struct kernel_drivers drivers = {0};
	int rc = kernel_drivers_read(&drivers, rules_files(r, k), k, judge);

	if (rc >= 0)
		rc = rules_shadows(r, &drivers);
	return rc < 0 ? rc : rules_hardware(r, &drivers);
}

/* How sure the judgements of its modules are hangs on it. */
static int tell_source(struct rules *r, const struct kernel *k, const struct symbols *s)
{
	if (!r->options->tell_sources || !k->modules.files.count)
		return 0;
	if (s->origin)
		return findings_add(&r->v->findings, "symbols-source", SEVERITY_INFO, k->release,
			s->origin, "the symbols of kernel %s: %zu from %s", k->release,
			s->kernel_count, s->origin);
	if (s->source == SYMBOLS_UNKNOWN)
		return findings_add(&r->v->findings, "symbols-source", SEVERITY_INFO, k->release,
			NULL, "nothing tells the symbols of kernel %s: what modules want of it "
			"was not compared", k->release);
	return findings_add(&r->v->findings, "symbols-source", SEVERITY_INFO, k->release, NULL,
		"nothing lists the symbols of kernel %s: %zu that its own modules agree on",
		k->release, s->kernel_count);
}

static int judge_kernel(struct rules *r, const struct kernel *k, struct fault *f)
{
	_cleanup_(judge_done) struct judge judge = {
		.takes_aliases = k->modules.state != PART_OK || rules_is_offered(r, k)};
	int rc = judge_all(&judge, r, k, f);

	if (rc < 0)
		return rc;
	rc = tell_source(r, k, &judge.symbols);
	if (rc >= 0)
		rc = judge_drivers(r, k, &judge);
	if (rc >= 0)
		rc = weak_updates_take(r, k, &judge);
	for (size_t i = 0; rc >= 0 && i < judge.count; i++) {
		struct judged *m = &judge.items[i];

		if (m->candidate)
			continue;
		rc = tell(r, k, m);
		if (rc >= 0 && (m->j.third_party || m->j.verdict != MODULE_LOADS ||
				r->options->all_modules))
			rc = keep(&r->v->modules, &m->j);
	}
	return rc < 0 ? fault_no_memory(f) : 0;
}

int rules_modules(struct rules *r, struct fault *f)
{
	for (size_t i = 0; i < r->inv->kernel_count; i++) {
		const struct kernel *k = &r->inv->kernels[i];
		int rc;

		if (r->v->kernel_states[i] == KERNEL_ABSENT || !rules_wants(r, k->release))
			continue;
		rc = judge_kernel(r, k, f);
		if (rc < 0)
			return rc;
	}
	return 0;
}
