/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Version comparison as rpm's rpmvercmp (rpmio/rpmvercmp.c): segments, ~ and ^. */
#ifndef RESCUE_FORMATS_RPM_VERSION_H
#define RESCUE_FORMATS_RPM_VERSION_H

int rpm_version_compare(const char *a, const char *b); /* -1, 0, 1 */

#endif
