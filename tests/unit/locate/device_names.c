/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every name by which a command line can call a device. */
#include "../../../rescue/locate/local.h"

#include <setjmp.h>

#include <cmocka.h>

static void names_of_what_was_seen(void **state)
{
	static const char *const names[] = {"/dev/sda1", "UUID=1-2", "LABEL=root",
		"PARTUUID=3-4", "PARTLABEL=boot disk", "/dev/sdb"};
	struct device devices[] = {
		{.path = (char *)"/dev/sda1", .uuid = (char *)"1-2", .label = (char *)"root",
			.partuuid = (char *)"3-4", .partlabel = (char *)"boot disk"},
		/* What is empty would be the name of any other without one. */
		{.path = (char *)"/dev/sdb", .label = (char *)"", .partuuid = NULL},
	};
	struct system systems[2];
	struct landscape l = {.devices = devices, .device_count = ARRAY_SIZE(devices),
		.systems = systems, .system_count = ARRAY_SIZE(systems)};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++)
		system_init(&systems[i]);
	assert_int_equal(name_devices(&l), 0);
	for (size_t s = 0; s < ARRAY_SIZE(systems); s++) {
		assert_int_equal(systems[s].device_names.count, ARRAY_SIZE(names));
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			assert_string_equal(systems[s].device_names.items[i], names[i]);
		system_done(&systems[s]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_what_was_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
