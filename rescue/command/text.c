/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: aligned tables, one line a fact. */
#include "session.h"
#include "table.h"

#include <langinfo.h>
#include <unistd.h>

bool is_ascii(void)
{
	const char *terminal = getenv("TERM"), *locale = getenv("LC_ALL");

	if (!locale || !*locale)
		locale = getenv("LC_CTYPE");
	if (!locale || !*locale)
		locale = getenv("LANG");
	if (!locale || !*locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
		return true;
	return terminal && (strcmp(terminal, "linux") == 0 || text_starts(terminal, "vt"));
}

bool is_colored(const struct session *s)
{
	const char *never = getenv("NO_COLOR");

	return !s->options.no_color && !(never && *never) && isatty(STDOUT_FILENO);
}

void print_warning(const char *format, ...)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (buffer_puts_escaped(&text, line) >= 0)
		fprintf(stderr, "rescue: warning: %s\n", text.data);
}

static void put(const char *text)
{
	_cleanup_(buffer_done) struct buffer escaped = {0};

	if (text && buffer_puts_escaped(&escaped, text) >= 0)
		fputs(escaped.data, stdout);
}

static struct table *new_table(const char *const *heads, const unsigned *flags, size_t count)
{
	struct table *t = table_new();

	for (size_t i = 0; t && i < count; i++)
		if (table_column(t, heads[i], flags[i]) < 0) {
			table_free(t);
			return NULL;
		}
	return t;
}

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static void roles_text(unsigned roles, struct buffer *ret)
{
	ret->size = 0;
	buffer_puts(ret, "");
	for (unsigned i = 0; i < DEVICE_ROLES; i++)
		if (roles & (1u << i))
			buffer_printf(ret, "%s%s", ret->size ? "," : "",
				device_role_name((enum device_role)(1u << i)));
}

void text_devices(const struct session *s)
{
	static const char *const heads[] = {"DEVICE", "SIZE", "TYPE", "FSTYPE", "LABEL", "ROLES",
		"SYSTEM"};
	static const unsigned flags[] = {TABLE_TREE | TABLE_WRAP, TABLE_RIGHT, 0, 0,
		TABLE_TRUNCATE, TABLE_WRAP, 0};
	const struct landscape *l = &s->landscape;
	_cleanup_(table_free_p) struct table *t = new_table(heads, flags, ARRAY_SIZE(heads));
	_cleanup_(buffer_done) struct buffer roles = {0};
	_cleanup_free_ int *rows = calloc(l->device_count + 1, sizeof(*rows));

	for (size_t i = 0; t && rows && i < l->device_count; i++) {
		const struct device *d = &l->devices[i];
		char size[16];

		roles_text(d->roles, &roles);
		const char *cells[] = {d->path, size_text(d->size, size), device_type_name(d->type),
			or_dash(d->fstype), or_dash(d->label), or_dash(roles.data),
			d->system >= 0 ? l->systems[d->system].id : "-"};
		rows[i] = table_row(t, d->parent >= 0 ? rows[d->parent] : -1, cells,
			ARRAY_SIZE(cells));
	}
	if (t && l->device_count)
		table_print(t, stdout, 0, is_ascii());
}

static void loaders_text(unsigned loaders, struct buffer *ret)
{
	ret->size = 0;
	buffer_puts(ret, "");
	for (unsigned i = 0; i < BOOTLOADERS; i++)
		if (loaders & (1u << i))
			buffer_printf(ret, "%s%s", ret->size ? "," : "",
				bootloader_name((enum bootloader)(1u << i)));
}

void text_systems(const struct session *s)
{
	static const char *const heads[] = {"SYSTEM", "OS", "ROOT", "BOOT", "FIRMWARE", "LOADER",
		"STATE"};
	static const unsigned flags[] = {0, TABLE_TRUNCATE, TABLE_WRAP, TABLE_WRAP, 0, 0, 0};
	_cleanup_(table_free_p) struct table *t = new_table(heads, flags, ARRAY_SIZE(heads));
	_cleanup_(buffer_done) struct buffer loaders = {0};

	for (size_t i = 0; t && i < s->patient_count; i++) {
		const struct system *sys = s->patients[i].system;

		loaders_text(sys->bootloaders, &loaders);
		const char *cells[] = {sys->id, or_dash(sys->os_pretty_name),
			or_dash(sys->by_directory ? s->options.scope.root : sys->root.device_path),
			sys->boot.separate ? or_dash(sys->boot.device_path) : "(root)",
			firmware_name(sys->firmware), or_dash(loaders.data),
			sys->complete ? "complete" : "incomplete"};
		table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (t && s->patient_count)
		table_print(t, stdout, 0, is_ascii());
}

static void text_kernels(const struct inventory *inv, const struct verification *v)
{
	static const char *const heads[] = {"KERNEL", "STATE", "IMAGE", "MODULES", "INITRAMFS",
		"ENTRIES"};
	static const unsigned flags[] = {0, 0, 0, 0, 0, TABLE_RIGHT};
	_cleanup_(table_free_p) struct table *t = new_table(heads, flags, ARRAY_SIZE(heads));

	for (size_t i = 0; t && i < inv->kernel_count; i++) {
		const struct kernel *k = &inv->kernels[i];
		char entries[24], modules[64];

		snprintf(entries, sizeof(entries), "%zu", k->entry_count);
		if (k->modules.state == PART_OK)
			snprintf(modules, sizeof(modules), "ok (%zu)", k->modules.count);
		else
			snprintf(modules, sizeof(modules), "%s",
				part_state_name(k->modules.state));
		const char *cells[] = {k->release, kernel_state_name(v->kernel_states[i]),
			part_state_name(k->image.state), modules,
			part_state_name(k->initramfs.state), entries};
		table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (t && inv->kernel_count)
		table_print(t, stdout, 0, is_ascii());
	else
		puts("No kernel.");
}

static void text_entries(const struct inventory *inv)
{
	static const char *const heads[] = {"", "ENTRY", "KERNEL", "STATE"};
	static const unsigned flags[] = {0, TABLE_TRUNCATE, 0, 0};
	_cleanup_(table_free_p) struct table *t = new_table(heads, flags, ARRAY_SIZE(heads));

	for (size_t i = 0; t && i < inv->entry_count; i++) {
		const struct entry *e = &inv->entries[i];
		const char *cells[] = {e->is_default ? "*" : " ", e->title ? e->title : e->id,
			e->kernel >= 0 ? inv->kernels[e->kernel].release : "-",
			e->broken ? "broken" : "ok"};

		table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (t && inv->entry_count) {
		table_print(t, stdout, 0, is_ascii());
		if (inv->default_entry >= 0)
			puts("* starts by default");
	} else {
		puts("No boot entry.");
	}
}

void text_inventory(const struct session *s, const struct patient *p)
{
	(void)s;
	text_kernels(&p->inventory, &p->verification);
	putchar('\n');
	text_entries(&p->inventory);
}

void text_findings(const struct session *s, const struct findings *fs)
{
	static const char *const colors[] = {"", "\033[33m", "\033[31m"};
	bool colored = is_colored(s);

	for (size_t i = 0; i < fs->count; i++) {
		const struct finding *found = &fs->items[i];

		if (s->options.quiet && found->severity != SEVERITY_ERROR)
			continue;
		printf("%s%s:%s ", colored ? colors[found->severity] : "",
			severity_name(found->severity), colored ? "\033[0m" : "");
		put(found->message);
		printf(" [%s]\n", found->code);
		if (found->remedy) {
			fputs("  run: ", stdout);
			put(found->remedy);
			putchar('\n');
		}
	}
}

void text_modules(const struct session *s, const struct patient *p)
{
	static const char *const heads[] = {"MODULE", "KERNEL", "VERDICT", "REASON"};
	static const unsigned flags[] = {TABLE_WRAP, 0, 0, 0};
	const struct module_judgements *m = &p->verification.modules;
	_cleanup_(table_free_p) struct table *t = new_table(heads, flags, ARRAY_SIZE(heads));

	(void)s;
	for (size_t i = 0; t && i < m->count; i++) {
		const struct module_judgement *j = &m->items[i];
		const char *cells[] = {j->path, j->kernel, module_verdict_name(j->verdict),
			or_dash(j->reason)};

		table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (t && m->count)
		table_print(t, stdout, 0, is_ascii());
}

/* "VMware vmxnet3 at 0000:0b:00.0: vmxnet3, loads": what its root and network need. */
void text_hardware(const struct patient *p)
{
	const struct verification *v = &p->verification;

	for (size_t i = 0; i < v->hardware.count; i++) {
		const struct hardware_judgement *h = &v->hardware.items[i];
		_cleanup_free_ char *name = modalias_name(h->modalias, h->class);

		if (h->class == CLASS_OTHER || h->verdict != HARDWARE_DRIVEN)
			continue;
		put(name);
		if (strcmp(h->device, h->modalias) != 0) {
			fputs(" at ", stdout);
			put(h->device);
		}
		printf(": ");
		put(h->module);
		printf(", %s", h->is_built_in ? "built in" : "loads");
		if (v->kernel_count > 1) {
			printf(" (");
			put(h->kernel);
			printf(")");
		}
		putchar('\n');
	}
}

void text_verdict(const struct session *s, const struct patient *p)
{
	static const char *const words[] = {"it will boot.", "it will boot, but something is wrong.",
		"it will NOT boot."};
	static const char *const colors[] = {"\033[32m", "\033[33m", "\033[31m"};
	bool colored = is_colored(s);

	put(p->system->id);
	fputs(": ", stdout);
	printf("%s%s%s\n", colored ? colors[p->verification.verdict] : "",
		words[p->verification.verdict], colored ? "\033[0m" : "");
}
