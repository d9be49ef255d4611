/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmod's depmod inside another program; compiled in kmod's source directory by
 * dependencies-build.sh. depmod.c is included because all that is needed of it is static.
 */
#include "rescue-depmod.h"

#include "tools/depmod.c"

static const struct depmod_options *current;

static int open_through_caller(const char *path)
{
	return current->open(current->data, path);
}

_printf_format_(2, 0)
static void deliver(int priority, const char *format, va_list arguments)
{
	char *text;
	size_t length;

	if (vasprintf(&text, format, arguments) < 0)
		return;
	length = strlen(text);
	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	if (current != NULL && current->message != NULL)
		current->message(current->data, priority, text);
	else
		fprintf(stderr, "depmod: %s\n", text);
	free(text);
}

/* In place of tools/log.c, which ends the process after a critical message. */
void log_printf(int priority, const char *format, ...)
{
	va_list arguments;

	if (priority > verbose)
		return;
	va_start(arguments, format);
	deliver(priority, format, arguments);
	va_end(arguments);
}

_printf_format_(6, 0)
static void log_kmod(_unused_ void *data, int priority, _unused_ const char *file,
		     _unused_ int line, _unused_ const char *function, const char *format,
		     va_list arguments)
{
	deliver(priority, format, arguments);
}

void log_setup_kmod_log(struct kmod_ctx *ctx, int priority)
{
	kmod_set_log_priority(ctx, priority);
	kmod_set_log_fn(ctx, log_kmod, NULL);
}

/* What do_depmod() does for "depmod -a -b … -C …", with the directory given. */
static int index_directory(struct depmod *depmod, struct cfg *cfg)
{
	int r;

	if (current->configuration != NULL) {
		r = cfg_load(cfg, current->configuration);
		if (r < 0)
			return r;
	} else {
		r = cfg_search_add(cfg, "updates");
		if (r < 0)
			return r;
	}

	r = depmod_modules_search(depmod);
	if (r < 0)
		return r;
	r = depmod_modules_build_array(depmod);
	if (r < 0)
		return r;
	depmod_modules_sort(depmod);
	r = depmod_load(depmod);
	if (r < 0)
		return r;
	return depmod_output(depmod, NULL);
}

int depmod_index(const struct depmod_options *options)
{
	static const char *const no_configuration[] = { NULL };
	struct depmod depmod;
	struct cfg cfg;
	struct kmod_ctx *ctx;
	int length, r;

	memset(&depmod, 0, sizeof(depmod));
	memset(&cfg, 0, sizeof(cfg));
	cfg.kversion = options->release;
	length = snprintf(cfg.dirname, sizeof(cfg.dirname), "%s", options->directory);
	if (length <= 0 || options->directory[0] != '/' || cfg.dirname[length - 1] == '/')
		return -EINVAL;
	/* Room for the longest index name with its temporary suffix. */
	if ((size_t)length >= sizeof(cfg.dirname) - NAME_MAX)
		return -ENAMETOOLONG;
	cfg.dirnamelen = (size_t)length;

	current = options;
	verbose = DEFAULT_VERBOSE;
	kmod_open_hook = options->open != NULL ? open_through_caller : NULL;

	ctx = kmod_new(cfg.dirname, no_configuration);
	if (ctx == NULL) {
		r = -ENOMEM;
		goto out;
	}
	log_setup_kmod_log(ctx, verbose);
	r = depmod_init(&depmod, &cfg, ctx);
	if (r < 0) {
		kmod_unref(ctx);
		goto out;
	}
	r = index_directory(&depmod, &cfg);
	depmod_shutdown(&depmod);
	cfg_free(&cfg);
out:
	kmod_open_hook = NULL;
	current = NULL;
	return r;
}

int depmod_main(int argc, char *argv[])
{
	current = NULL;
	kmod_open_hook = NULL;
	verbose = DEFAULT_VERBOSE;
	/* Zero, not one: makes getopt_long() of both libcs forget an earlier scan. */
	optind = 0;
	return do_depmod(argc, argv);
}
