/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user said: global options anywhere, a command, its options, its operands. */
#include "session.h"

#include <errno.h>
#include <getopt.h>

enum option_code {
	OPT_ROOT = 256, OPT_IMAGE, OPT_DEVICE, OPT_SYSTEM, OPT_HARDWARE, OPT_JSON, OPT_NO_COLOR,
	OPT_LOG, OPT_QUIET, OPT_VERBOSE, OPT_HELP, OPT_VERSION, OPT_KERNEL, OPT_MODULE,
	OPT_PACKAGE, OPT_ALL_MODULES, OPT_DRY_RUN, OPT_YES, OPT_RELEASE, OPT_DEFAULT,
	OPT_KEEP_DEFAULT, OPT_INITRAMFS, OPT_OPTIONS, OPT_ALLOW_UNSIGNED,
	OPT_ALLOW_INCOMPATIBLE, OPT_FORGET, OPT_OUTPUT, OPT_KEY, OPT_SAVE, OPT_COMPARE
};

/* group 0: every command takes it. */
static const struct {
	struct option option;
	unsigned group;
} known[] = {
	{{"root", required_argument, NULL, OPT_ROOT}, 0},
	{{"image", required_argument, NULL, OPT_IMAGE}, 0},
	{{"device", required_argument, NULL, OPT_DEVICE}, 0},
	{{"system", required_argument, NULL, OPT_SYSTEM}, 0},
	{{"hardware", required_argument, NULL, OPT_HARDWARE}, 0},
	{{"json", no_argument, NULL, OPT_JSON}, 0},
	{{"no-color", no_argument, NULL, OPT_NO_COLOR}, 0},
	{{"log", required_argument, NULL, OPT_LOG}, 0},
	{{"quiet", no_argument, NULL, OPT_QUIET}, 0},
	{{"verbose", no_argument, NULL, OPT_VERBOSE}, 0},
	{{"help", no_argument, NULL, OPT_HELP}, 0},
	{{"version", no_argument, NULL, OPT_VERSION}, 0},
	{{"kernel", required_argument, NULL, OPT_KERNEL}, OPTIONS_VERIFY},
	{{"module", required_argument, NULL, OPT_MODULE}, OPTIONS_VERIFY},
	{{"package", required_argument, NULL, OPT_PACKAGE}, OPTIONS_VERIFY},
	{{"all-modules", no_argument, NULL, OPT_ALL_MODULES}, OPTIONS_VERIFY},
	{{"dry-run", no_argument, NULL, OPT_DRY_RUN}, OPTIONS_CONFIRM},
	{{"yes", no_argument, NULL, OPT_YES}, OPTIONS_CONFIRM},
	{{"release", required_argument, NULL, OPT_RELEASE}, OPTIONS_RESTORE},
	{{"default", no_argument, NULL, OPT_DEFAULT}, OPTIONS_RESTORE},
	{{"keep-default", no_argument, NULL, OPT_KEEP_DEFAULT}, OPTIONS_RESTORE},
	{{"initramfs", required_argument, NULL, OPT_INITRAMFS}, OPTIONS_RESTORE},
	{{"options", required_argument, NULL, OPT_OPTIONS}, OPTIONS_RESTORE},
	{{"allow-unsigned", no_argument, NULL, OPT_ALLOW_UNSIGNED}, OPTIONS_RESTORE},
	{{"allow-incompatible", no_argument, NULL, OPT_ALLOW_INCOMPATIBLE}, OPTIONS_RESTORE},
	{{"key", required_argument, NULL, OPT_KEY}, OPTIONS_KEY},
	{{"forget", required_argument, NULL, OPT_FORGET}, OPTIONS_FORGET},
	{{"output", required_argument, NULL, OPT_OUTPUT}, OPTIONS_OUTPUT},
	{{"save", required_argument, NULL, OPT_SAVE}, OPTIONS_PLATFORM},
	{{"compare", required_argument, NULL, OPT_COMPARE}, OPTIONS_PLATFORM},
};

void options_done(struct options *o)
{
	strings_done(&o->scope.images);
	strings_done(&o->scope.devices);
	strings_done(&o->verify.kernels);
	strings_done(&o->verify.modules);
	strings_done(&o->packages);
	strings_done(&o->keys);
	strings_done(&o->operands);
	strings_done(&o->restore.fitting);
	free(o->scope_text);
	memset(o, 0, sizeof(*o));
}

const struct command *command_find(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static int _printf_(2, 3) usage(struct fault *f, const char *reason, ...)
{
	char text[256];
	va_list args;

	va_start(args, reason);
	vsnprintf(text, sizeof(text), reason, args);
	va_end(args);
	fault_named(f, FAULT_USAGE, NULL, "understand the command line", "%s", text);
	fault_hint(f, "\"rescue help\" lists commands and options");
	return -EINVAL;
}

static int set_initramfs(struct options *o, const char *word, struct fault *f)
{
	static const char *const words[] = {"auto", "builtin", "dracut", "none"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0) {
			o->restore.initramfs = (enum initramfs_choice)i;
			return 0;
		}
	return usage(f, "--initramfs takes auto, builtin, dracut or none, not \"%s\"", word);
}

static int set_default(struct options *o, enum default_choice choice, struct fault *f)
{
	if (o->restore.default_choice != DEFAULT_AUTO && o->restore.default_choice != choice)
		return usage(f, "--default and --keep-default exclude each other");
	o->restore.default_choice = choice;
	return 0;
}

/* Scope options are repeated in every remedy. */
static int set_option(struct options *o, int code, char *value, struct fault *f)
{
	switch (code) {
	case OPT_ROOT: o->scope.root = value; return 0;
	case OPT_IMAGE: return strings_add(&o->scope.images, value);
	case OPT_DEVICE: return strings_add(&o->scope.devices, value);
	case OPT_SYSTEM: o->system = value; return 0;
	case OPT_HARDWARE: o->hardware = value; return 0;
	case OPT_JSON: o->json = true; return 0;
	case OPT_NO_COLOR: o->no_color = true; return 0;
	case OPT_LOG: o->log = value; return 0;
	case OPT_QUIET: o->quiet = true; return 0;
	case OPT_VERBOSE: o->verbose = true; return 0;
	case OPT_HELP: o->help = true; return 0;
	case OPT_VERSION: o->version = true; return 0;
	case OPT_KERNEL: return strings_add(&o->verify.kernels, value);
	case OPT_MODULE: return strings_add(&o->verify.modules, value);
	case OPT_PACKAGE: return strings_add(&o->packages, value);
	case OPT_ALL_MODULES: o->verify.all_modules = true; return 0;
	case OPT_DRY_RUN: o->dry_run = true; return 0;
	case OPT_YES: o->yes = true; return 0;
	case OPT_RELEASE: o->restore.release = value; return 0;
	case OPT_DEFAULT: return set_default(o, DEFAULT_SET, f);
	case OPT_KEEP_DEFAULT: return set_default(o, DEFAULT_KEEP, f);
	case OPT_INITRAMFS: return set_initramfs(o, value, f);
	case OPT_OPTIONS: o->restore.cmdline = value; return 0;
	case OPT_ALLOW_UNSIGNED: o->restore.allow_unsigned = true; return 0;
	case OPT_ALLOW_INCOMPATIBLE: o->restore.allow_incompatible = true; return 0;
	case OPT_KEY: return strings_add(&o->keys, value);
	case OPT_FORGET: o->forget = value; return 0;
	case OPT_SAVE: o->save = value; return 0;
	case OPT_COMPARE: o->compare = value; return 0;
	default: o->output = value; return 0; /* OPT_OUTPUT */
	}
}

static unsigned group_of(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].option.val == code)
			return known[i].group;
	return 0;
}

static int put_option(struct buffer *b, const char *name, const char *value)
{
	int r = buffer_printf(b, "%s%s ", b->size ? " " : "", name);

	return r < 0 ? r : buffer_puts_word(b, value);
}

static int make_scope_text(struct options *o)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	int r = o->scope.root ? put_option(&b, "--root", o->scope.root) : 0;

	for (size_t i = 0; r >= 0 && i < o->scope.images.count; i++)
		r = put_option(&b, "--image", o->scope.images.items[i]);
	for (size_t i = 0; r >= 0 && i < o->scope.devices.count; i++)
		r = put_option(&b, "--device", o->scope.devices.items[i]);
	if (r >= 0 && o->hardware)
		r = put_option(&b, "--hardware", o->hardware);
	o->scope_text = r < 0 ? NULL : buffer_steal(&b);
	o->verify.scope = o->scope_text;
	return o->scope_text ? 0 : -ENOMEM;
}

static int take_operand(struct options *o, const struct command **command, char *word,
			struct fault *f)
{
	if (*command)
		return strings_add(&o->operands, word);
	*command = command_find(word);
	return *command ? 0 : usage(f, "there is no command \"%s\"", word);
}

/* Each option seen must belong to the command, which may stand behind it. */
static int check_groups(const struct command *command, unsigned seen, struct fault *f)
{
	static const struct {
		unsigned group;
		const char *names;
	} groups[] = {
		{OPTIONS_VERIFY, "--kernel, --module, --package and --all-modules"},
		{OPTIONS_CONFIRM, "--dry-run and --yes"},
		{OPTIONS_RESTORE, "--release, --default, --initramfs, --options and --allow-…"},
		{OPTIONS_FORGET, "--forget"},
		{OPTIONS_OUTPUT, "-o"},
		{OPTIONS_KEY, "--key"},
		{OPTIONS_PLATFORM, "--save and --compare"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (seen & groups[i].group & ~command->options)
			return usage(f, "this command does not know %s", groups[i].names);
	return 0;
}

static int check_scope(const struct options *o, struct fault *f)
{
	if (o->scope.root && (o->scope.images.count || o->scope.devices.count))
		return usage(f, "--root excludes --image and --device");
	if (o->scope.images.count && o->scope.devices.count)
		return usage(f, "--image excludes --device");
	if (o->save && o->compare)
		return usage(f, "--save excludes --compare");
	if (o->quiet && o->verbose)
		return usage(f, "--quiet excludes --verbose");
	return 0;
}

/* "-" in front: operands come in their place, so that the first one names the command. */
static const char short_options[] = "-:o:hVy";

static int short_code(int code)
{
	return code == 'o' ? OPT_OUTPUT : code == 'h' ? OPT_HELP : code == 'V' ? OPT_VERSION
		: code == 'y' ? OPT_YES : code;
}

static int parse_words(struct options *o, const struct command **command, int argc,
		       char **argv, struct fault *f)
{
	struct option list[ARRAY_SIZE(known) + 1] = {0};
	unsigned seen = 0;
	int code, r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		list[i] = known[i].option;
	optind = 1;
	opterr = 0;
	while (r >= 0 && (code = getopt_long(argc, argv, short_options, list, NULL)) != -1) {
		if (code == 1)
			r = take_operand(o, command, optarg, f);
		else if (code == ':')
			return usage(f, "%s needs a value", argv[optind - 1]);
		else if (code == '?')
			return usage(f, "there is no option %s", argv[optind - 1]);
		else
			r = set_option(o, short_code(code), optarg, f);
		seen |= group_of(short_code(code));
	}
	for (; r >= 0 && optind < argc; optind++)
		r = take_operand(o, command, argv[optind], f);
	if (r >= 0 && !*command)
		*command = &command_diagnose;
	return r < 0 ? r : check_groups(*command, seen, f);
}

int options_parse(struct options *ret, const struct command **ret_command, int argc,
		  char **argv, struct fault *f)
{
	int r = parse_words(ret, ret_command, argc, argv, f);

	if (r >= 0)
		r = check_scope(ret, f);
	if (r >= 0)
		r = make_scope_text(ret);
	return r == -ENOMEM ? fault_no_memory(f) : r;
}
