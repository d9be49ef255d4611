/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which firmware modules ask for, and where the patient's is taken from. */
#include "../../../rescue/generate/firmware.h"

#include "kernel.h"

#include <sys/mman.h>
#include <unistd.h>

#define V "5.0"
#define F "/lib/firmware/"

static void note(struct firmware_list *list, const char *modinfo)
{
	struct buffer module = {0};

	make_module(&module, &(struct made_module){"a.ko", modinfo, "", ""});
	assert_int_equal(firmware_note(list, buffer_bytes(&module), NULL), 0);
	buffer_done(&module);
}

/* The archive of what is asked for, as text: names and contents stand in it as they are. */
static struct buffer archive_of(struct firmware_list *list, const struct staged *s)
{
	int fd = memfd_create("cpio", 0);
	struct buffer b = {0};
	struct cpio c;

	assert_int_equal(cpio_open(&c, fd, CPIO_PLAIN, 0, NULL), 0);
	assert_int_equal(firmware_add(list, &c, s, NULL), 0);
	assert_int_equal(cpio_finish(&c, NULL), 0);
	cpio_done(&c);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fd, 1 << 20, &b), 0);
	close(fd);
	return b;
}

static bool holds(const struct buffer *b, const char *text)
{
	return memmem(b->data, b->size, text, strlen(text));
}

static void names_are_taken_once_and_only_clean_ones(void **state)
{
	struct firmware_list list = {0};

	(void)state;
	note(&list, "firmware=a.bin firmware=dir/b.bin license=GPL firmware=a.bin");
	note(&list, "firmware=dir/b.bin firmware=../../etc/shadow firmware=/etc/shadow "
		    "firmware=x/../y");
	assert_int_equal(list.names.count, 2);
	assert_string_equal(list.names.items[0], "a.bin");
	assert_string_equal(list.names.items[1], "dir/b.bin");
	firmware_list_done(&list);
}

static void what_is_no_module_asks_for_nothing(void **state)
{
	static const uint8_t bytes[] = "\177ELF firmware=a.bin";
	struct firmware_list list = {0};

	(void)state;
	assert_int_equal(
		firmware_note(&list, (struct bytes){bytes, sizeof(bytes)}, NULL), 0);
	assert_int_equal(list.names.count, 0);
	firmware_list_done(&list);
}

/* The kernel's own order: updates before the rest, of this release before any other. */
static void the_first_place_wins(void **state)
{
	static const char *const places[] = {F "updates/" V "/a.bin", F "updates/a.bin",
		F V "/a.bin", F "a.bin", F "updates/a.bin.zst", F "a.bin.xz"};
	struct tree t;

	(void)state;
	for (size_t first = 0; first < ARRAY_SIZE(places); first++) {
		struct firmware_list list = {0};
		struct target patient;
		struct staged s;
		struct buffer b;

		tree_make(&t, "d /lib\n");
		for (size_t i = first; i < ARRAY_SIZE(places); i++) {
			_cleanup_free_ char *line =
				text_printf("f 0600 %s =place %zu\n", places[i], i);

			tree_add(&t, line);
		}
		patient = (struct target){.fd = t.fd};
		assert_int_equal(staged_init(&s, -1, V, &patient, NULL), 0);
		note(&list, "firmware=a.bin firmware=missing.bin");
		b = archive_of(&list, &s);
		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			_cleanup_free_ char *content = text_printf("place %zu\n", i);

			assert_int_equal(holds(&b, content), i == first);
		}
		assert_true(holds(&b, places[first] + 1));
		assert_false(holds(&b, "missing"));
		buffer_done(&b);
		firmware_list_done(&list);
		tree_remove(&t);
	}
}

static void without_a_patient_there_is_none(void **state)
{
	struct firmware_list list = {0};
	struct staged s;
	struct buffer b;

	(void)state;
	assert_int_equal(staged_init(&s, -1, V, NULL, NULL), 0);
	note(&list, "firmware=a.bin");
	b = archive_of(&list, &s);
	assert_false(holds(&b, "firmware"));
	buffer_done(&b);
	firmware_list_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_once_and_only_clean_ones),
		cmocka_unit_test(what_is_no_module_asks_for_nothing),
		cmocka_unit_test(the_first_place_wins),
		cmocka_unit_test(without_a_patient_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
