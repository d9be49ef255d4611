/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes one JSON document into a buffer. Errors stick until json_finish. */
#ifndef RESCUE_JSON_H
#define RESCUE_JSON_H

#include "base.h"

struct json {
	struct buffer out;
	int error;	/* first -errno */
	unsigned depth;
	bool comma;	/* the next value follows another */
};

void json_done(struct json *j);
/* key: NULL inside arrays and at the top. */
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_close_object(struct json *j);
void json_close_array(struct json *j);
/* Text NULL gives null; bytes that are no UTF-8 come as U+FFFD. */
void json_text(struct json *j, const char *key, const char *text);
void json_number(struct json *j, const char *key, uint64_t number);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
void json_texts(struct json *j, const char *key, const struct strings *list);
/* Ends the line; 0 or the first error. */
int json_finish(struct json *j);

#endif
