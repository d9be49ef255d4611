/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue platform: this machine's CPU and devices, saved, or compared with another's. */
#include "session.h"
#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- reading -------------------------------------------------------------------------- */

static int read_file(struct platform *ret, const char *path, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r;

	if (fd < 0)
		return fault_errno(f, errno, path, "open the list of devices %s", path);
	r = fd_read_all(fd, PLATFORM_MAX_SIZE, &text);
	if (r < 0)
		return fault_errno(f, -r, path, "read the list of devices %s", path);
	r = platform_parse(ret, buffer_bytes(&text), f);
	if (r >= 0 && ret->count == 0 && ret->features.count == 0) {
		fault_errno(f, ENODATA, path, "read the list of devices %s", path);
		fault_reason(f, "it names no device");
		fault_hint(f, "\"rescue platform --save %s\" writes one", path);
		platform_done(ret);
		return -ENODATA;
	}
	return r;
}

static int read_machine(struct platform *ret, struct fault *f)
{
	_cleanup_close_ int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct target machine = {fd};

	return fd < 0 ? fault_errno(f, errno, "/", "look at this machine")
		      : platform_read(ret, &machine, f);
}

int session_read_platform(struct session *s, struct fault *f)
{
	const struct options *o = &s->options;
	struct fault unread = {0};
	int r;

	if (s->has_platform)
		return 0;
	if (o->hardware) {
		r = read_file(&s->platform, o->hardware, f);
	} else if (o->scope.root || o->scope.images.count) {
		return 0; /* the machine at hand is not the patient's */
	} else {
		r = read_machine(&s->platform, &unread);
		if (r < 0 && r != -ENOMEM) {
			log_line("the devices of this machine: %s", unread.reason);
			return 0;
		}
	}
	s->has_platform = r >= 0;
	return r;
}

int session_mark_root(struct session *s, const struct system *system)
{
	_cleanup_close_ int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct target machine = {fd};

	if (!s->has_platform || s->options.hardware || fd < 0)
		return 0;
	return platform_mark_root(&s->platform, &machine, &s->landscape, system);
}

/* ---- saving --------------------------------------------------------------------------- */

static int save(const struct platform *p, const char *path, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_close_ int fd = -1;
	int r;

	if (platform_write(p, &text) < 0)
		return fault_no_memory(f);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return fault_errno(f, errno, path, "create %s", path);
	r = fd_write_all(fd, text.data, text.size);
	if (r >= 0 && fsync(fd) < 0 && errno != EINVAL)
		r = -errno;
	return r < 0 ? fault_errno(f, -r, path, "write %s", path) : 0;
}

/* ---- comparing ------------------------------------------------------------------------ */

static int add_difference(struct platform_differences *list, const char *what,
			  const char *subject, const char *first, const char *second)
{
	struct platform_difference *d;

	if (VECTOR_GROW(list) < 0)
		return -ENOMEM;
	d = &list->items[list->count++];
	*d = (struct platform_difference){.what = what, .subject = strdup(subject),
		.first = first ? strdup(first) : NULL, .second = second ? strdup(second) : NULL};
	return d->subject && (!first || d->first) && (!second || d->second) ? 0 : -ENOMEM;
}

static int compare_facts(struct platform_differences *list, const struct platform *a,
			 const struct platform *b)
{
	static const char *const boots[] = {NULL, "off", "on"};
	_cleanup_free_ char *first = text_printf("x86-64-v%u", platform_cpu_level(a));
	_cleanup_free_ char *second = text_printf("x86-64-v%u", platform_cpu_level(b));
	const struct {
		const char *name, *first, *second;
	} facts[] = {{"arch", a->arch, b->arch}, {"cpu", a->cpu, b->cpu},
		{"level", first, second}, {"firmware", a->firmware, b->firmware},
		{"secure-boot", boots[a->secure_boot], boots[b->secure_boot]}};

	if (!first || !second)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (!text_equal(facts[i].first, facts[i].second) &&
			add_difference(list, "fact", facts[i].name, facts[i].first,
				facts[i].second) < 0)
			return -ENOMEM;
	return 0;
}

static int compare_features(struct platform_differences *list, const struct platform *a,
			    const struct platform *b)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < a->features.count; i++)
		if (!strings_has(&b->features, a->features.items[i]))
			r = add_difference(list, "feature", a->features.items[i], "yes", NULL);
	for (size_t i = 0; r >= 0 && i < b->features.count; i++)
		if (!strings_has(&a->features, b->features.items[i]))
			r = add_difference(list, "feature", b->features.items[i], NULL, "yes");
	return r;
}

static size_t count_of(const struct platform *p, const char *modalias)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++)
		count += strcmp(p->items[i].modalias, modalias) == 0;
	return count;
}

/* Devices of p that q has fewer of; those that both have as many of are equal. */
static int compare_devices(struct platform_differences *list, const struct platform *p,
			   const struct platform *q, bool swapped)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct platform_device *d = &p->items[i];
		const char *name = d->name ? d->name : "?";

		if (count_of(q, d->modalias) < count_of(p, d->modalias) &&
			add_difference(list, "device", d->modalias, swapped ? NULL : name,
				swapped ? name : NULL) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int compare(struct session *s, struct fault *f)
{
	_cleanup_(platform_done) struct platform first = {0}, second = {0};
	const struct strings *more = &s->options.operands;
	struct platform_differences *list = &s->differences;
	int r = read_file(&first, s->options.compare, f);

	if (r >= 0)
		r = more->count ? read_file(&second, more->items[0], f)
				: read_machine(&second, f);
	if (r < 0)
		return r;
	if (compare_facts(list, &first, &second) < 0 ||
	    compare_features(list, &first, &second) < 0 ||
	    compare_devices(list, &first, &second, false) < 0 ||
	    compare_devices(list, &second, &first, true) < 0)
		return fault_no_memory(f);
	s->compared = true;
	return 0;
}

void platform_differences_done(struct platform_differences *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].subject);
		free(list->items[i].first);
		free(list->items[i].second);
	}
	free(list->items);
}

/* ---- telling -------------------------------------------------------------------------- */

static void print_differences(const struct session *s)
{
	static const char *const heads[] = {"DIFFERENCE", "OF", "FIRST", "SECOND"};
	static const unsigned flags[] = {0, TABLE_WRAP, 0, 0};
	_cleanup_(table_free_p) struct table *t = table_new();
	bool lacks = false;

	for (size_t i = 0; t && i < ARRAY_SIZE(heads); i++)
		table_column(t, heads[i], flags[i]);
	for (size_t i = 0; t && i < s->differences.count; i++) {
		const struct platform_difference *d = &s->differences.items[i];
		const char *cells[] = {d->what, d->subject, d->first ? d->first : "-",
			d->second ? d->second : "-"};

		lacks = lacks || (strcmp(d->what, "feature") == 0 && !d->second);
		table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (!s->differences.count)
		puts("They do not differ.");
	else if (t)
		table_print(t, stdout, 0, is_ascii());
	if (lacks)
		puts("\nA virtual machine that runs on the first cannot be moved live to the second,\n"
		     "whose CPU lacks features that it may be using; mask them for both.");
}

static void print(const struct platform *p)
{
	static const char *const heads[] = {"DEVICE", "CLASS", "DRIVER", "WHAT"};
	static const char *const boots[] = {"unknown", "off", "on"};
	_cleanup_(table_free_p) struct table *t = table_new();
	unsigned level = platform_cpu_level(p);

	printf("CPU: %s, %s", p->cpu ? p->cpu : "unknown", p->arch ? p->arch : "?");
	if (level)
		printf(", level x86-64-v%u", level);
	printf("; %zu features\nFirmware: %s, Secure Boot %s\n", p->features.count,
		p->firmware ? p->firmware : "unknown", boots[p->secure_boot]);
	for (size_t i = 0; t && i < ARRAY_SIZE(heads); i++)
		table_column(t, heads[i], 0);
	for (size_t i = 0; t && i < p->count; i++) {
		const struct platform_device *d = &p->items[i];
		_cleanup_free_ char *name = modalias_name(d->modalias, d->class);
		const char *cells[] = {d->name ? d->name : "-", device_class_name(d->class),
			d->driver ? d->driver : "-", name ? name : "-"};

		if (d->class != CLASS_OTHER)
			table_row(t, -1, cells, ARRAY_SIZE(cells));
	}
	if (t && p->count)
		table_print(t, stdout, 0, is_ascii());
}

static int run(struct session *s, struct fault *f)
{
	const struct options *o = &s->options;
	int r;

	if (o->operands.count > (o->compare ? 1u : 0u))
		return fault_named(f, FAULT_USAGE, NULL, "understand the command line",
			"platform does not know what to do with \"%s\"",
			o->operands.items[o->operands.count - 1]);
	if (o->compare) {
		r = compare(s, f);
		if (r >= 0 && !o->json)
			print_differences(s);
		return r;
	}
	r = o->hardware ? read_file(&s->platform, o->hardware, f)
			: read_machine(&s->platform, f);
	s->has_platform = r >= 0;
	if (r >= 0 && o->save)
		r = save(&s->platform, o->save, f);
	if (r >= 0 && !o->json && !o->save)
		print(&s->platform);
	return r;
}

static void json_machine(struct json *j, const struct platform *p)
{
	unsigned level = platform_cpu_level(p);

	json_object(j, "platform");
	json_text(j, "arch", p->arch);
	json_text(j, "cpu", p->cpu);
	if (level)
		json_number(j, "level", level);
	else
		json_null(j, "level");
	json_texts(j, "features", &p->features);
	json_text(j, "firmware", p->firmware);
	if (p->secure_boot == SECURE_BOOT_UNKNOWN)
		json_null(j, "secure_boot");
	else
		json_bool(j, "secure_boot", p->secure_boot == SECURE_BOOT_ON);
	json_array(j, "devices");
	for (size_t i = 0; i < p->count; i++) {
		json_object(j, NULL);
		json_text(j, "device", p->items[i].name);
		json_text(j, "modalias", p->items[i].modalias);
		json_text(j, "class", device_class_name(p->items[i].class));
		json_text(j, "driver", p->items[i].driver);
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
}

static void json(const struct session *s, struct json *j)
{
	if (s->has_platform)
		json_machine(j, &s->platform);
	else
		json_null(j, "platform");
	if (!s->compared) {
		json_null(j, "differences");
		return;
	}
	json_array(j, "differences");
	for (size_t i = 0; i < s->differences.count; i++) {
		json_object(j, NULL);
		json_text(j, "what", s->differences.items[i].what);
		json_text(j, "subject", s->differences.items[i].subject);
		json_text(j, "first", s->differences.items[i].first);
		json_text(j, "second", s->differences.items[i].second);
		json_close_object(j);
	}
	json_close_array(j);
}

const struct command command_platform = {
	.name = "platform",
	.operands = "",
	.summary = "CPU and devices of this machine, and how two machines differ",
	.options = OPTIONS_PLATFORM,
	.run = run,
	.json = json,
};
