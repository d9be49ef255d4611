/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue help, COMMAND --help, --version. */
#include "session.h"

static const char options_text[] =
	"Where to look (default: every block device of this machine):\n"
	"  --root DIR        DIR is the system; no device is touched\n"
	"  --image FILE      a disk image, partitioned or bare; may be repeated\n"
	"  --device DEV      only these block devices; may be repeated\n"
	"  --system SYSTEM   id, UUID, label or root device of one system\n"
	"  --hardware FILE   it shall run on that machine (rescue platform --save)\n"
	"Output:\n"
	"  --json (one document), --no-color, --quiet, --verbose, --log FILE\n";

static const char verify_text[] =
	"Options of verify:\n"
	"  --kernel RELEASE  only this kernel; may be repeated\n"
	"  --module FILE     would this module load; may be repeated\n"
	"  --package RPM|DIR judged as if it were restored; may be repeated\n"
	"  --all-modules     list those that load, too\n";

static const char confirm_text[] =
	"Before writing:\n"
	"  --dry-run         print the plan, write nothing\n"
	"  --yes             ask nothing\n";

static const char restore_text[] =
	"What to restore:\n"
	"  --release RELEASE which kernel, where there are several\n"
	"  --default         make it the default entry in any case\n"
	"  --keep-default    never change the default entry\n"
	"  --initramfs auto|builtin|dracut|none\n"
	"                    dracut runs the system's own, shut in\n"
	"  --options STRING  the kernel command line of a new entry\n"
	"  --allow-unsigned  accept packages that no known key vouches for\n"
	"  --allow-incompatible  accept packages that do not fit the system\n";

static const char platform_text[] =
	"This machine, or that of --hardware:\n"
	"  --save FILE       write it, for --hardware\n"
	"  --compare FILE [FILE]  how two machines differ, or that one and this\n";

static void print_command(const struct command *c)
{
	printf("rescue%s%s%s%s [OPTIONS]\n  %s\n\n", *c->name ? " " : "", c->name,
		*c->operands ? " " : "", c->operands, c->summary);
	if (c->options & OPTIONS_VERIFY)
		fputs(verify_text, stdout);
	if (c->options & OPTIONS_RESTORE)
		fputs(restore_text, stdout);
	if (c->options & OPTIONS_KEY)
		puts("  --key FILE        a public key that may vouch for packages");
	if (c->options & OPTIONS_CONFIRM)
		fputs(confirm_text, stdout);
	if (c->options & OPTIONS_PLATFORM)
		fputs(platform_text, stdout);
	if (c->options & OPTIONS_FORGET)
		puts("  --forget TRANSACTION  drop it and its undo data");
	if (c->options & OPTIONS_OUTPUT)
		puts("  -o FILE           where to write (default: initramfs-RELEASE.img)");
	fputs(options_text, stdout);
}

static void print_all(void)
{
	puts("rescue: find out why a Linux server does not boot, and repair it.\n");
	for (const struct command *const *c = commands; *c; c++)
		printf("  rescue %-10s %s\n", (*c)->name, (*c)->summary);
	puts("");
	fputs(options_text, stdout);
	puts("\n\"rescue COMMAND --help\" tells the options of a command.\n"
	     "Exit: 0 well, 1 errors found, 2 failed, 3 put back, 4 not put back, 64 usage.");
}

static int run(struct session *s, struct fault *f)
{
	const struct strings *operands = &s->options.operands;
	const struct command *about = s->command == &command_help ? NULL : s->command;

	if (s->options.json)
		return 0;
	if (s->options.version) {
		printf("rescue %s\n", RESCUE_VERSION);
		return 0;
	}
	if (operands->count) {
		about = command_find(operands->items[0]);
		if (!about)
			return fault_named(f, FAULT_USAGE, NULL, "understand the command line",
				"there is no command \"%s\"", operands->items[0]);
	}
	if (about && *about->name)
		print_command(about);
	else
		print_all();
	return 0;
}

const struct command command_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "this text",
	.run = run,
};
