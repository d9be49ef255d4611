/* SPDX-License-Identifier: GPL-2.0-or-later */
/* depmod over a staged directory: equal to the machine's own, and failures that are told.
 */
#include "generate.h"
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define V "6.1.0-test"
#define MODULES "/lib/modules/" V
#define KERNEL_FIRST                                                                     \
	"f 0644 /usr/local/lib/depmod.d/dist.conf <<END\nsearch built-in extra\nEND\n"

static const struct made_module modules[] = {
	{"kernel/lib/base.ko", "", "base_a base_b", ""},
	{"kernel/drivers/scsi/host-a.ko", "alias=pci:v00001000d00000054sv*sd*bc*sc*i*",
		"host_a", "base_a"},
	{"kernel/drivers/scsi/top.ko",
		"alias=pci:v*d*sv*sd*bc01sc04i* alias=char-major-10-200 "
		"softdep=pre:|base|post:|x "
		"devname:a",
		"", "host_a base_b printk"},
	{"extra/host-a.ko", "alias=pci:v00001000d00000055sv*sd*bc*sc*i*", "host_a",
		"base_b"},
};

static void make_kernel(struct tree *t)
{
	tree_make(t, "f 0644 " MODULES "/modules.order <<END\n"
		     "kernel/lib/base.ko\n"
		     "kernel/drivers/scsi/host-a.ko\n"
		     "kernel/drivers/scsi/top.ko\n"
		     "END\n"
		     "f 0644 " MODULES "/modules.builtin =kernel/fs/ext4/ext4.ko\n"
		     "d 0755 /tmp/none\n");
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		add_module_file(t, MODULES, &modules[i]);
}

static int open_modules(const struct tree *t)
{
	int fd = openat(t->fd, "lib/modules/" V, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static int run_index(const struct tree *t, struct fault *f)
{
	const struct target patient = {.fd = t->fd};
	int fd = open_modules(t), r;

	r = generate_index(fd, V, &patient, f);
	close(fd);
	return r;
}

static void line_is_in(const struct tree *t, const char *file, const char *line)
{
	char *path = text_printf(MODULES "/%s", file);
	char *text = read_file_of(t, path, NULL);

	assert_non_null(text);
	if (!strstr(text, line))
		fail_msg("no \"%s\" in %s:\n%s", line, file, text);
	free(text);
	free(path);
}

/* The machine's depmod, configured as the tree is. -1: there is none. */
static int run_host_depmod(const struct tree *t, const char *configuration)
{
	char *config = text_printf("%s%s", t->path, configuration);
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execlp("depmod", "depmod", "-C", config, "-b", t->path, V, (char *)NULL);
		execl("/sbin/depmod", "depmod", "-C", config, "-b", t->path, V,
			(char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	free(config);
	return WEXITSTATUS(status) == 127 ? -1 : WEXITSTATUS(status);
}

static void equals_host_depmod(const char *manifest, const char *configuration)
{
	struct tree ours, theirs;
	struct fault f;
	char *a, *b;

	make_kernel(&ours);
	make_kernel(&theirs);
	tree_add(&ours, manifest);
	tree_add(&theirs, manifest);
	assert_int_equal(run_index(&ours, &f), 0);
	switch (run_host_depmod(&theirs, configuration)) {
	case 0:
		a = tree_describe(&ours);
		b = tree_describe(&theirs);
		assert_string_equal(a, b);
		free(a);
		free(b);
		break;
	case -1:
		break;
	default:
		fail_msg("the machine's depmod failed");
	}
	tree_remove(&ours);
	tree_remove(&theirs);
}

static void without_configuration(void **state)
{
	(void)state;
	equals_host_depmod("", "/tmp/none");
}

static void with_the_search_of_el(void **state)
{
	(void)state;
	equals_host_depmod("f 0644 /etc/depmod.d/dist.conf "
			   "<<END\nsearch updates extra built-in weak-updates\nEND\n",
		"/etc/depmod.d");
}

static void etc_hides_a_file_of_the_same_name(void **state)
{
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	tree_add(&t,
		"f 0644 /usr/lib/depmod.d/dist.conf <<END\nsearch extra built-in\nEND\n"
		"l /lib/depmod.d ../usr/lib/depmod.d\n");
	assert_int_equal(run_index(&t, &f), 0);
	line_is_in(&t, "modules.dep", "extra/host-a.ko: kernel/lib/base.ko\n");
	tree_add(
		&t, "f 0644 /etc/depmod.d/dist.conf <<END\nsearch built-in extra\nEND\n");
	assert_int_equal(run_index(&t, &f), 0);
	line_is_in(
		&t, "modules.dep", "kernel/drivers/scsi/host-a.ko: kernel/lib/base.ko\n");
	tree_remove(&t);
}

/* What the next boot does not find there must not count. */
static void run_is_not_read(void **state)
{
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	tree_add(&t, KERNEL_FIRST
		"f 0644 /run/depmod.d/dist.conf <<END\nsearch extra built-in\nEND\n");
	assert_int_equal(run_index(&t, &f), 0);
	line_is_in(&t, "modules.dep", "kernel/drivers/scsi/host-a.ko:");
	tree_remove(&t);
}

static void content_is_as_expected(void **state)
{
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	tree_add(&t, KERNEL_FIRST);
	assert_int_equal(run_index(&t, &f), 0);
	line_is_in(&t, "modules.dep",
		"kernel/drivers/scsi/top.ko: kernel/drivers/scsi/host-a.ko "
		"kernel/lib/base.ko\n");
	line_is_in(&t, "modules.alias", "alias pci:v*d*sv*sd*bc01sc04i* top\n");
	line_is_in(&t, "modules.softdep", "softdep top pre: base post: x\n");
	line_is_in(&t, "modules.symbols", "alias symbol:host_a host_a\n");
	tree_remove(&t);
}

/* EL's weak-updates are absolute; they lead into the patient, not into this machine. */
static void links_are_the_patients(void **state)
{
	static const struct made_module other = {
		"extra/weak.ko", "alias=weak-alias", "", "base_a"};
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	add_module_file(&t, "/lib/modules/other", &other);
	tree_add(&t,
		"l " MODULES "/weak-updates/weak.ko /lib/modules/other/extra/weak.ko\n"
		"l " MODULES "/weak-updates/own.ko /usr/lib/modules/" V
		"/kernel/drivers/scsi/top.ko\n"
		"l " MODULES "/weak-updates/relative.ko ../../other/extra/weak.ko\n"
		"l " MODULES "/weak-updates/gone.ko /lib/modules/gone/extra/gone.ko\n"
		"l " MODULES "/weak-updates/circle.ko circle.ko\n"
		"l " MODULES "/weak-updates/out.ko ../../../../../../../etc/hosts\n"
		"l " MODULES "/build /usr/src/not-there\n");
	assert_int_equal(run_index(&t, &f), 0);
	line_is_in(&t, "modules.dep", "weak-updates/weak.ko: kernel/lib/base.ko\n");
	line_is_in(&t, "modules.dep", "weak-updates/relative.ko: kernel/lib/base.ko\n");
	line_is_in(&t, "modules.dep", "weak-updates/own.ko: ");
	line_is_in(&t, "modules.alias", "alias weak-alias weak\n");
	tree_remove(&t);
}

static void lib_may_be_an_absolute_link(void **state)
{
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	assert_int_equal(mkdirat(t.fd, "usr", 0755), 0);
	assert_int_equal(renameat(t.fd, "lib", t.fd, "usr/lib"), 0);
	tree_add(&t, "l /lib /usr/lib\n");
	{
		const struct target patient = {.fd = t.fd};
		int fd = openat(t.fd, "usr/lib/modules/" V, O_PATH | O_DIRECTORY);

		assert_int_equal(generate_index(fd, V, &patient, &f), 0);
		close(fd);
	}
	assert_int_equal(
		faccessat(t.fd, "usr/lib/modules/" V "/modules.dep.bin", R_OK, 0), 0);
	tree_remove(&t);
}

static void damaged_modules_are_left_out(void **state)
{
	struct tree t;
	struct fault f;
	char *dep;

	(void)state;
	make_kernel(&t);
	tree_add(&t, "f 0644 " MODULES "/kernel/a/empty.ko\n"
		     "f 0644 " MODULES "/kernel/a/text.ko =this is no module\n"
		     "z 0644 " MODULES "/kernel/a/zeros.ko 65536\n"
		     "p 0644 " MODULES "/kernel/a/fifo.ko\n");
	assert_int_equal(run_index(&t, &f), 0);
	dep = read_file_of(&t, MODULES "/modules.dep", NULL);
	assert_non_null(strstr(dep, "kernel/lib/base.ko:"));
	assert_null(strstr(dep, "fifo"));
	free(dep);
	tree_remove(&t);
}

static void a_circle_is_a_fault_with_its_reason(void **state)
{
	static const struct made_module circle[] = {
		{"kernel/c/one.ko", "", "one", "two"},
		{"kernel/c/two.ko", "", "two", "one"},
	};
	struct tree t;
	struct fault f;
	char *before, *after;

	(void)state;
	make_kernel(&t);
	for (size_t i = 0; i < ARRAY_SIZE(circle); i++)
		add_module_file(&t, MODULES, &circle[i]);
	before = tree_describe(&t);
	assert_true(run_index(&t, &f) < 0);
	assert_non_null(strstr(f.reason, "depmod:"));
	assert_string_equal(f.path, MODULES);
	after = tree_describe(&t);
	assert_string_equal(before, after);
	free(before);
	free(after);
	tree_remove(&t);
}

/* depmod itself calls it success when it could not create a file. */
static void an_index_that_cannot_be_made_is_a_fault(void **state)
{
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	tree_add(&t, "d 0755 " MODULES "/modules.symbols\nf 0644 " MODULES
		     "/modules.symbols/in-the-way\n");
	assert_true(run_index(&t, &f) < 0);
	assert_string_not_equal(f.reason, "");
	tree_remove(&t);
}

static void a_second_run_replaces_the_first(void **state)
{
	struct tree t;
	struct fault f;
	char *once, *twice;

	(void)state;
	make_kernel(&t);
	assert_int_equal(run_index(&t, &f), 0);
	once = tree_describe(&t);
	assert_int_equal(run_index(&t, &f), 0);
	twice = tree_describe(&t);
	assert_string_equal(once, twice);
	free(once);
	free(twice);
	tree_remove(&t);
}

static void needs_no_temporary_directory(void **state)
{
	struct tree t;
	struct fault f;

	(void)state;
	make_kernel(&t);
	setenv("TMPDIR", "/nonexistent", 1);
	assert_int_equal(run_index(&t, &f), 0);
	unsetenv("TMPDIR");
	tree_remove(&t);
}

static void releases_that_are_no_names(void **state)
{
	static const char *const bad[] = {"", ".", "..", "a/b", "../x", "a\nb"};
	struct fault f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(generate_index(AT_FDCWD, bad[i], NULL, &f), -EINVAL);
}

/* A whole distribution kernel, where the test lab has fetched one. "": there is none. */
static void find_whole_kernel(char path[PATH_MAX])
{
	const char *cache = getenv("RESCUE_CACHE"), *home = getenv("HOME");
	char *pattern = cache ? text_printf("%s/lab/kernel/*/lib/modules/*", cache)
			      : text_printf("%s/.cache/rescue/lab/kernel/*/lib/modules/*",
					home ? home : "");
	glob_t found = {0};

	path[0] = '\0';
	if (glob(pattern, 0, NULL, &found) == 0)
		snprintf(path, PATH_MAX, "%s", found.gl_pathv[0]);
	globfree(&found);
	free(pattern);
}

/* Only links to its files: the kernel itself stays as it is. */
static void link_kernel(struct tree *t, const char *kernel)
{
	static const char *const names[] = {
		"kernel", "modules.order", "modules.builtin", "modules.builtin.modinfo"};

	tree_make(t, "d 0755 " MODULES "\n");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *line = text_printf(
			"l " MODULES "/%s %s/%s\n", names[i], kernel, names[i]);

		tree_add(t, line);
		free(line);
	}
}

static void a_whole_kernel_as_the_hosts_depmod(void **state)
{
	const struct target machine = {.fd = open("/", O_RDONLY | O_DIRECTORY)};
	char kernel[PATH_MAX];
	struct tree ours, theirs;
	struct fault f;
	size_t size = 0;
	char *a, *b;
	int fd;

	(void)state;
	find_whole_kernel(kernel);
	if (!*kernel)
		skip();
	link_kernel(&ours, kernel);
	link_kernel(&theirs, kernel);
	tree_add(&theirs, "d 0755 /tmp/none\n");
	tree_add(&ours, "d 0755 /tmp/none\n");
	fd = open_modules(&ours);
	assert_int_equal(generate_index(fd, V, &machine, &f), 0);
	close(fd);
	free(read_file_of(&ours, MODULES "/modules.dep", &size));
	if (run_host_depmod(&theirs, "/tmp/none") == 0) {
		a = tree_describe(&ours);
		b = tree_describe(&theirs);
		assert_string_equal(a, b);
		assert_true(size > 100000); /* thousands of modules */
		free(a);
		free(b);
	}
	close(machine.fd);
	tree_remove(&ours);
	tree_remove(&theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_configuration),
		cmocka_unit_test(with_the_search_of_el),
		cmocka_unit_test(etc_hides_a_file_of_the_same_name),
		cmocka_unit_test(run_is_not_read),
		cmocka_unit_test(content_is_as_expected),
		cmocka_unit_test(links_are_the_patients),
		cmocka_unit_test(lib_may_be_an_absolute_link),
		cmocka_unit_test(damaged_modules_are_left_out),
		cmocka_unit_test(a_circle_is_a_fault_with_its_reason),
		cmocka_unit_test(an_index_that_cannot_be_made_is_a_fault),
		cmocka_unit_test(a_second_run_replaces_the_first),
		cmocka_unit_test(needs_no_temporary_directory),
		cmocka_unit_test(releases_that_are_no_names),
		cmocka_unit_test(a_whole_kernel_as_the_hosts_depmod),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
