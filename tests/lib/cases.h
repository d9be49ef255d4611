/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data-driven tests: each folder below tests/data/NAME is a case that holds `input` and
 * `expect`, the text that a dump of the parsed input must give. A new case needs no C.
 */
#ifndef RESCUE_TESTS_CASES_H
#define RESCUE_TESTS_CASES_H

#include "base.h"

/* Appends the parsed input to ret as text; how it fails is part of the text. */
typedef void dump_case(struct buffer *ret, struct bytes input);

/* Fails the running test at the first case that differs, and shows both texts. */
void run_cases(const char *name, dump_case *dump);

/* The bytes of a string constant. */
#define BYTES(text) ((struct bytes){(const uint8_t *)(text), sizeof(text) - 1})

#endif
