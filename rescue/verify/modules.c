/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does each module load into its kernel: format, architecture, vermagic. */
#include "verify_rules.h"

#include "formats/elf_module.h"
#include "formats/modules_index.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What the kernel's own modules agree on: the vermagic and machine that its image has too. */
struct expectation {
	char *vermagic; /* NULL: no in-tree module tells */
	unsigned machine;
	bool is_64, is_big_endian;
};

static void expectation_done(struct expectation *e)
{
	free(e->vermagic);
}

/* One module's bytes, uncompressed, and what the ELF parser says of them. */
struct opened {
	struct buffer bytes;
	struct elf_module elf;
	struct fault fault; /* why it could not be parsed */
};

static void opened_done(struct opened *o)
{
	buffer_done(&o->bytes);
}

/* -ENOMEM ends the run; any other failure means that this module is damaged. */
static int parse_module(struct opened *ret, struct buffer *raw)
{
	enum compression c = compression_detect(buffer_bytes(raw));
	int r = 0;

	if (c == COMPRESSION_NONE) {
		ret->bytes = TAKE_STRUCT(*raw);
	} else {
		r = decompress(c, buffer_bytes(raw), ELF_MODULE_MAX_SIZE, &ret->bytes);
		if (r < 0)
			return fault_errno(&ret->fault, -r, NULL, "decompress the module");
	}
	return elf_module_parse(&ret->elf, buffer_bytes(&ret->bytes), &ret->fault);
}

static int read_patients(struct opened *ret, const struct target *t, const char *path)
{
	_cleanup_(buffer_done) struct buffer raw = {0};
	int r = target_read(t, path, ELF_MODULE_MAX_SIZE, &raw, &ret->fault);

	return r < 0 ? r : parse_module(ret, &raw);
}

static int read_ours(struct opened *ret, const char *path, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer raw = {0};
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r;

	if (fd < 0)
		return fault_errno(f, errno, path, "open the module %s", path);
	r = fd_read_all(fd, ELF_MODULE_MAX_SIZE, &raw);
	if (r < 0)
		return fault_errno(f, -r, path, "read the module %s", path);
	return parse_module(ret, &raw);
}

static bool starts_with_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strncmp(text, word, n) == 0 && (text[n] == ' ' || text[n] == '\0');
}

static bool is_third_party(const char *relative)
{
	return !text_starts(relative, "kernel/");
}

/* From the first in-tree modules that say they are of this release. */
static int expect(struct expectation *ret, const struct target *t, const struct kernel *k)
{
	for (size_t i = 0; i < k->modules.files.count; i++) {
		_cleanup_(opened_done) struct opened o = {0};
		_cleanup_free_ char *path = NULL;
		const char *vermagic;
		int r;

		if (is_third_party(k->modules.files.items[i]))
			continue;
		path = text_printf("%s/%s", k->modules.path, k->modules.files.items[i]);
		if (!path)
			return -ENOMEM;
		r = read_patients(&o, t, path);
		if (r == -ENOMEM)
			return r;
		vermagic = r < 0 ? NULL : elf_module_info(&o.elf, "vermagic", 0);
		if (!vermagic || !starts_with_word(vermagic, k->release))
			continue;
		ret->vermagic = strdup(vermagic);
		ret->machine = o.elf.machine;
		ret->is_64 = o.elf.is_64;
		ret->is_big_endian = o.elf.is_big_endian;
		return ret->vermagic ? 0 : -ENOMEM;
	}
	return 0;
}

static const char *behind_first_word(const char *text)
{
	const char *blank = strchr(text, ' ');

	return blank ? blank : "";
}

static int refuse(struct module_judgement *j, const char *reason, char *take_detail)
{
	j->verdict = MODULE_REFUSED;
	j->reason = reason;
	j->detail = take_detail;
	return take_detail ? 0 : -ENOMEM;
}

/*
 * The kernel compares the whole vermagic, but not its first word where both sides carry
 * symbol CRCs: then those CRCs decide, not the release (kernel/module/version.c, same_magic).
 */
static int judge_vermagic(struct module_judgement *j, const struct elf_module *m,
			  const struct expectation *e)
{
	const char *vermagic = elf_module_info(m, "vermagic", 0);
	bool crcs = m->has_versions && strstr(e->vermagic, " modversions");

	if (!vermagic)
		return refuse(j, "vermagic", strdup("it has no version magic"));
	if (strcmp(vermagic, e->vermagic) == 0) {
		j->verdict = MODULE_LOADS;
		return 0;
	}
	if (crcs && j->third_party &&
		strcmp(behind_first_word(vermagic), behind_first_word(e->vermagic)) == 0) {
		j->verdict = MODULE_UNKNOWN;
		j->reason = "symbol-version";
		j->detail = text_printf("built for %.*s; its symbol versions decide",
			(int)strcspn(vermagic, " "), vermagic);
		return j->detail ? 0 : -ENOMEM;
	}
	return refuse(j, "vermagic", text_printf("version magic '%s' should be '%s'", vermagic,
		e->vermagic));
}

static int judge_opened(struct module_judgement *j, int opened, const struct opened *o,
			const struct expectation *e)
{
	if (opened < 0)
		return refuse(j, "format", strdup(o->fault.reason[0] ? o->fault.reason
								     : strerror(-opened)));
	if (!e->vermagic) {
		j->verdict = MODULE_UNKNOWN;
		j->detail = strdup("no module of the kernel's own tells its version magic");
		return j->detail ? 0 : -ENOMEM;
	}
	if (o->elf.machine != e->machine || o->elf.is_64 != e->is_64 ||
		o->elf.is_big_endian != e->is_big_endian)
		return refuse(j, "arch", text_printf("built for %s",
			elf_machine_name(o->elf.machine, o->elf.is_64, o->elf.is_big_endian)));
	return judge_vermagic(j, &o->elf, e);
}

static void judgement_done(struct module_judgement *j)
{
	free(j->path);
	free(j->name);
	free(j->kernel);
	free(j->detail);
}

static int keep(struct module_judgements *list, struct module_judgement *j)
{
	int r = VECTOR_GROW(list);

	if (r < 0)
		return r;
	list->items[list->count++] = TAKE_STRUCT(*j);
	return 0;
}

static int begin(struct module_judgement *j, const char *path, const char *release)
{
	j->path = strdup(path);
	j->name = module_name_of(path);
	j->kernel = strdup(release);
	return j->path && j->name && j->kernel ? 0 : -ENOMEM;
}

static int tell(struct rules *r, const struct kernel *k, const struct module_judgement *j)
{
	bool damaged = text_equal(j->reason, "format");

	if (j->verdict == MODULE_LOADS)
		return 0;
	if (j->verdict == MODULE_UNKNOWN)
		return j->reason ? findings_add(&r->v->findings, "module-vermagic",
				SEVERITY_WARNING, k->release, j->path, "module %s may not load: %s",
				j->path, j->detail) : 0;
	return findings_add(&r->v->findings, damaged ? "module-damaged" : "module-vermagic",
		rules_severity(r, k), k->release, j->path, "module %s will not load: %s",
		j->path, j->detail);
}

static int judge_tree_file(struct rules *r, const struct kernel *k,
			   const struct expectation *e, const char *relative)
{
	_cleanup_(judgement_done) struct module_judgement j = {0};
	_cleanup_(opened_done) struct opened o = {0};
	_cleanup_free_ char *path = text_printf("%s/%s", k->modules.path, relative);
	int opened, rc = path ? begin(&j, path, k->release) : -ENOMEM;

	if (rc < 0)
		return rc;
	j.third_party = is_third_party(relative);
	opened = read_patients(&o, &r->inv->system->target, path);
	if (opened == -ENOMEM)
		return opened;
	rc = judge_opened(&j, opened, &o, e);
	if (rc >= 0)
		rc = tell(r, k, &j);
	if (rc >= 0 && (j.third_party || j.verdict != MODULE_LOADS || r->options->all_modules))
		rc = keep(&r->v->modules, &j);
	return rc;
}

static int judge_named_file(struct rules *r, const struct kernel *k,
			    const struct expectation *e, const char *file, struct fault *f)
{
	_cleanup_(judgement_done) struct module_judgement j = {0};
	_cleanup_(opened_done) struct opened o = {0};
	struct fault missing = {0};
	int opened, rc = begin(&j, file, k->release);

	if (rc < 0)
		return fault_no_memory(f);
	j.third_party = true;
	opened = read_ours(&o, file, &missing);
	if (missing.code != FAULT_NONE) {
		if (f)
			*f = missing;
		return opened;
	}
	rc = judge_opened(&j, opened, &o, e);
	if (rc >= 0)
		rc = tell(r, k, &j);
	if (rc >= 0)
		rc = keep(&r->v->modules, &j);
	return rc < 0 ? fault_no_memory(f) : 0;
}

static int judge_kernel(struct rules *r, const struct kernel *k, struct fault *f)
{
	_cleanup_(expectation_done) struct expectation e = {0};
	int rc = expect(&e, &r->inv->system->target, k);

	for (size_t i = 0; rc >= 0 && i < k->modules.files.count; i++)
		rc = judge_tree_file(r, k, &e, k->modules.files.items[i]);
	if (rc < 0)
		return fault_no_memory(f);
	for (size_t i = 0; i < r->options->modules.count; i++) {
		rc = judge_named_file(r, k, &e, r->options->modules.items[i], f);
		if (rc < 0)
			return rc;
	}
	return 0;
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
