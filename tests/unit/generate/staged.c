/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of a directory that is not yet in its place, on trees that want to lead astray.
 */
#include "../../../rescue/generate/staged.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define V "5.0"
#define D "/lib/modules/" V
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static const char manifest[] =
	"f 0644 /staged/kernel/a.ko =staged a\n"
	"f 0644 /staged/real/b.ko =staged b\n"
	"l /staged/directory real\n"
	"l /staged/same kernel/a.ko\n"
	"l /staged/up ../" V "/kernel/a.ko\n"
	"l /staged/absolute /lib/modules/" V "/kernel/a.ko\n"
	"l /staged/usr /usr/lib/modules/" V "/kernel/a.ko\n"
	"l /staged/twice directory/../absolute\n"
	"l /staged/other /lib/modules/4.0/x.ko\n"
	"l /staged/relative ../4.0/x.ko\n"
	"l /staged/out ../../../../../../../../outside\n"
	"l /staged/circle circle2\n"
	"l /staged/circle2 circle\n"
	"l /staged/gone /nothing/here\n"
	"p 0644 /staged/fifo\n"
	"f 0644 /patient/lib/modules/4.0/x.ko =patient x\n"
	"f 0644 /patient/lib/modules/" V "/kernel/a.ko =not this one\n"
	"f 0644 /patient/outside =inside the patient\n"
	"f 0644 /outside =outside of the patient\n"
	"f 0644 /patient/lib/modules/" V "x/other =of another release\n";

struct fixture {
	struct tree tree;
	struct target patient;
	struct staged staged;
};

static void set_up(struct fixture *x)
{
	int fd;

	tree_make(&x->tree, manifest);
	x->patient.fd = openat(x->tree.fd, "patient", O_RDONLY | O_DIRECTORY);
	fd = openat(x->tree.fd, "staged", O_RDONLY | O_DIRECTORY);
	assert_int_equal(staged_init(&x->staged, fd, V, &x->patient, NULL), 0);
}

static void tear_down(struct fixture *x)
{
	close(x->staged.fd);
	close(x->patient.fd);
	tree_remove(&x->tree);
}

static void opens(const struct fixture *x, const char *path, const char *content)
{
	struct buffer text = {0};
	int fd = staged_open(&x->staged, path);

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(-fd));
	assert_int_equal(fd_read_all(fd, 1024, &text), 0);
	assert_string_equal(text.data, content);
	buffer_done(&text);
	close(fd);
}

static void every_road(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x);
	opens(&x, D "/kernel/a.ko", "staged a\n");
	opens(&x, D "//kernel///a.ko", "staged a\n");
	opens(&x, "/usr" D "/kernel/a.ko", "staged a\n");
	opens(&x, D "/directory/b.ko", "staged b\n");
	opens(&x, D "/same", "staged a\n");
	opens(&x, D "/up", "staged a\n");
	opens(&x, D "/absolute", "staged a\n");
	opens(&x, D "/usr", "staged a\n");
	opens(&x, D "/twice", "staged a\n");
	opens(&x, D "/other", "patient x\n");
	opens(&x, D "/relative", "patient x\n");
	opens(&x, D "/out", "inside the patient\n");
	opens(&x, D "x/other", "of another release\n");
	opens(&x, "/outside", "inside the patient\n");
	tear_down(&x);
}

static void dead_ends(void **state)
{
	struct fixture x;
	char longest[PATH_MAX + 8];

	(void)state;
	set_up(&x);
	assert_int_equal(staged_open(&x.staged, D "/circle"), -ELOOP);
	assert_int_equal(staged_open(&x.staged, D "/gone"), -ENOENT);
	assert_int_equal(staged_open(&x.staged, D "/missing/a"), -ENOENT);
	assert_int_equal(staged_open(&x.staged, D "/kernel/a.ko/b"), -ENOTDIR);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(staged_open(&x.staged, longest), -ENAMETOOLONG);
	memcpy(longest, D "/", strlen(D "/"));
	longest[PATH_MAX - 8] = '\0';
	assert_int_equal(staged_open(&x.staged, longest), -ENAMETOOLONG);
	tear_down(&x);
}

static void without_a_patient(void **state)
{
	struct fixture x;

	(void)state;
	set_up(&x);
	x.staged.patient = NULL;
	opens(&x, D "/absolute", "staged a\n");
	assert_int_equal(staged_open(&x.staged, D "/other"), -ENOENT);
	assert_int_equal(staged_open(&x.staged, "/outside"), -ENOENT);
	tear_down(&x);
}

static void the_directory_itself(void **state)
{
	struct fixture x;
	int fd;

	(void)state;
	set_up(&x);
	fd = staged_open(&x.staged, D);
	assert_true(fd >= 0);
	assert_int_equal(faccessat(fd, "kernel/a.ko", R_OK, 0), 0);
	close(fd);
	tear_down(&x);
}

static void reading(void **state)
{
	struct fixture x;
	struct buffer text = {0};
	struct fault f;

	(void)state;
	set_up(&x);
	assert_int_equal(staged_read(&x.staged, "same", 100, &text, &f), 0);
	assert_string_equal(text.data, "staged a\n");
	buffer_done(&text);
	assert_int_equal(staged_read(&x.staged, "same", 3, &text, &f), -EFBIG);
	assert_int_equal(staged_read(&x.staged, "fifo", 100, &text, &f), -EINVAL);
	assert_int_equal(staged_read(&x.staged, "kernel", 100, &text, &f), -EINVAL);
	assert_int_equal(staged_read(&x.staged, "gone", 100, &text, &f), -ENOENT);
	assert_string_equal(f.path, D "/gone");
	tear_down(&x);
}

static void names_of_releases(void **state)
{
	struct staged s;

	(void)state;
	assert_int_equal(staged_init(&s, -1, "6.1.0-56-amd64+debug", NULL, NULL), 0);
	assert_int_equal(staged_init(&s, -1, "a/b", NULL, NULL), -EINVAL);
	assert_int_equal(staged_init(&s, -1, "..", NULL, NULL), -EINVAL);
	assert_int_equal(staged_init(&s, -1, "", NULL, NULL), -EINVAL);
	assert_int_equal(staged_init(&s, -1, LONG LONG LONG LONG, NULL, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_road),
		cmocka_unit_test(dead_ends),
		cmocka_unit_test(without_a_patient),
		cmocka_unit_test(the_directory_itself),
		cmocka_unit_test(reading),
		cmocka_unit_test(names_of_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
