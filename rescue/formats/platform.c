/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine as text: read, written, and which x86-64 level its CPU reaches. */
#include "formats/platform.h"
#include "text_lines.h"

#include <errno.h>

static const char *const secure_boot_words[] = {NULL, "off", "on"};

void firmware_trust_done(struct firmware_trust *t)
{
	buffer_done(&t->db);
	buffer_done(&t->dbx);
	buffer_done(&t->mok);
	buffer_done(&t->mokx);
}

void platform_done(struct platform *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].modalias);
		free(p->items[i].name);
		free(p->items[i].driver);
		free(p->items[i].path);
	}
	free(p->items);
	free(p->arch);
	free(p->cpu);
	free(p->firmware);
	firmware_trust_done(&p->trust);
	strings_done(&p->features);
	*p = (struct platform){0};
}

struct platform_device *platform_add(struct platform *p, const char *modalias)
{
	struct platform_device *d;

	if (p->count >= PLATFORM_MAX_DEVICES || VECTOR_GROW(p) < 0)
		return NULL;
	d = &p->items[p->count];
	*d = (struct platform_device){.modalias = strdup(modalias),
		.class = modalias_class(modalias)};
	if (!d->modalias)
		return NULL;
	p->count++;
	return d;
}

/* ---- reading ------------------------------------------------------------------------ */

/* *ret: the word, NULL for "-" and for none. */
static int take_word(char **ret, struct bytes *line)
{
	struct bytes word = text_word(line);

	if (word.size == 0 || text_is(word, "-"))
		return 0;
	*ret = text_of(word);
	return *ret ? 0 : -ENOMEM;
}

static int take_device(struct platform *p, struct bytes line)
{
	_cleanup_free_ char *modalias = text_of(text_word(&line));
	_cleanup_free_ char *class = NULL;
	struct platform_device *d = modalias ? platform_add(p, modalias) : NULL;
	int r = d ? 0 : -ENOMEM;

	if (r >= 0)
		r = take_word(&d->name, &line);
	if (r >= 0)
		r = take_word(&class, &line);
	if (r >= 0 && class)
		(void)device_class_of_name(&d->class, class);
	return r < 0 ? r : take_word(&d->driver, &line);
}

static int take_words(struct strings *ret, struct bytes line)
{
	struct bytes word;

	while ((word = text_word(&line)).size > 0)
		if (strings_take(ret, text_of(word)) < 0)
			return -ENOMEM;
	strings_sort(ret);
	return 0;
}

static int replace(char **text, struct bytes line)
{
	free(*text);
	*text = text_of(text_trim(line));
	return *text ? 0 : -ENOMEM;
}

static int take_fact(struct platform *p, struct bytes line)
{
	struct bytes key = text_word(&line);

	line = text_trim(line);
	if (text_is(key, "arch"))
		return replace(&p->arch, line);
	if (text_is(key, "cpu"))
		return replace(&p->cpu, line);
	if (text_is(key, "firmware"))
		return replace(&p->firmware, line);
	if (text_is(key, "features"))
		return take_words(&p->features, line);
	if (text_is(key, "secure-boot"))
		p->secure_boot = text_is(line, "on")	 ? SECURE_BOOT_ON
				 : text_is(line, "off") ? SECURE_BOOT_OFF
							: SECURE_BOOT_UNKNOWN;
	return 0;
}

static int take_line(struct platform *p, struct bytes line)
{
	line = text_trim(line);
	if (line.size == 0)
		return 0;
	if (line.data[0] != '#')
		return take_device(p, line);
	return take_fact(p, (struct bytes){line.data + 1, line.size - 1});
}

int platform_parse(struct platform *ret, struct bytes in, struct fault *f)
{
	_cleanup_(platform_done) struct platform p = {0};
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;

	if (in.size > PLATFORM_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "read the list of devices");
	if (in.size > 0 && memchr(in.data, '\0', in.size)) {
		fault_errno(f, EBADMSG, NULL, "read the list of devices");
		fault_reason(f, "it holds NUL bytes: it is no text");
		return -EBADMSG;
	}
	while (text_lines_next(&lines, &line)) {
		if (p.count >= PLATFORM_MAX_DEVICES)
			return fault_errno(f, EFBIG, NULL, "read the list of devices");
		if (take_line(&p, line) < 0)
			return fault_no_memory(f);
	}
	*ret = TAKE_STRUCT(p);
	return 0;
}

/* ---- writing ------------------------------------------------------------------------ */

static int put_fact(struct buffer *b, const char *key, const char *value)
{
	return value ? buffer_printf(b, "# %s %s\n", key, value) : 0;
}

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

int platform_write(const struct platform *p, struct buffer *ret)
{
	int r = put_fact(ret, "arch", p->arch);

	if (r >= 0)
		r = put_fact(ret, "cpu", p->cpu);
	if (r >= 0 && p->features.count)
		r = buffer_puts(ret, "# features");
	for (size_t i = 0; r >= 0 && i < p->features.count; i++)
		r = buffer_printf(ret, " %s", p->features.items[i]);
	if (r >= 0 && p->features.count)
		r = buffer_puts(ret, "\n");
	if (r >= 0)
		r = put_fact(ret, "firmware", p->firmware);
	if (r >= 0)
		r = put_fact(ret, "secure-boot", secure_boot_words[p->secure_boot]);
	for (size_t i = 0; r >= 0 && i < p->count; i++) {
		const struct platform_device *d = &p->items[i];

		r = buffer_printf(ret, "%s %s %s %s\n", d->modalias, or_dash(d->name),
			device_class_name(d->class), or_dash(d->driver));
	}
	return r;
}

/* ---- CPU ---------------------------------------------------------------------------- */

int platform_take_cpuinfo(struct platform *p, struct bytes in)
{
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;
	int r = 0;

	/* An empty line ends what is said of the first CPU. */
	while (r >= 0 && text_lines_next(&lines, &line) && line.size > 0) {
		const uint8_t *colon = memchr(line.data, ':', line.size);
		size_t size = colon ? (size_t)(colon - line.data) : line.size;
		struct bytes key = text_trim((struct bytes){line.data, size});
		struct bytes value = {line.data + size + !!colon, line.size - size - !!colon};

		if (text_is(key, "model name"))
			r = replace(&p->cpu, value);
		else if (text_is(key, "flags") || text_is(key, "Features"))
			r = take_words(&p->features, value);
	}
	return r;
}

/* As /proc/cpuinfo names them: pni is SSE3, abm LZCNT. */
static const char *const level_features[][12] = {
	{"lm", "cmov", "cx8", "fpu", "fxsr", "mmx", "syscall", "sse", "sse2"},
	{"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"},
	{"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"},
	{"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
};

const char *platform_lacks(const struct platform *p, unsigned level)
{
	for (unsigned l = 0; l < MIN_OF(level, (unsigned)ARRAY_SIZE(level_features)); l++)
		for (size_t i = 0; i < 12 && level_features[l][i]; i++)
			if (!strings_has(&p->features, level_features[l][i]))
				return level_features[l][i];
	return NULL;
}

unsigned platform_cpu_level(const struct platform *p)
{
	unsigned level = 0;

	while (level < ARRAY_SIZE(level_features) && p->features.count &&
	       !platform_lacks(p, level + 1))
		level++;
	return level;
}
