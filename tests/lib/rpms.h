/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real RPMs for unit tests (tests/lib/make-rpms), and what other programs say of them. */
#ifndef TESTS_RPMS_H
#define TESTS_RPMS_H

#include "base.h"

/* The folder of a case ("el9"), made if need be. Both abort the test on failure. */
char *rpms_folder(const char *name);
/* The RPM files of a case, sorted. */
void rpms_list(struct strings *ret, const char *name);
/* The one RPM of a case whose file name begins with prefix and a digit. */
char *rpms_find(const char *name, const char *prefix);
/* Standard output of a program that must exit 0. */
char *program_output(const char *const *argv);
/* A file's bytes. */
void file_load(const char *path, struct buffer *ret);
/* A fresh file below build/, to be unlinked by the caller, with that content. */
char *file_make(const void *data, size_t size);

#endif
