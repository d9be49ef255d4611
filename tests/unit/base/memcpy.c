/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own memcpy: every size from every place, and not one byte more. */
#include "base.h"

#include <setjmp.h>

#include <cmocka.h>

void *__wrap_memcpy(void *restrict to, const void *restrict from, size_t size);

enum { PLACES = 17, SIZES = 200, ROOM = SIZES + 2 * PLACES, UNTOUCHED = 0xee };

static uint8_t byte_of(size_t i)
{
	return (uint8_t)(i * 7 + 1);
}

static void check(size_t to, size_t from, size_t size)
{
	uint8_t source[ROOM], target[ROOM];

	for (size_t i = 0; i < ROOM; i++) {
		source[i] = byte_of(i);
		target[i] = UNTOUCHED;
	}
	assert_ptr_equal(__wrap_memcpy(target + to, source + from, size), target + to);
	for (size_t i = 0; i < ROOM; i++)
		assert_int_equal(target[i], i < to || i >= to + size ? UNTOUCHED
								     : byte_of(i - to + from));
}

static void copies_every_size_from_and_to_every_place(void **state)
{
	(void)state;
	for (size_t size = 0; size <= SIZES; size++)
		for (size_t place = 0; place < PLACES; place++) {
			check(place, PLACES - 1 - place, size);
			check(place, 3, size);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_every_size_from_and_to_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
