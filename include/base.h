/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every room stands on: ownership helpers, byte spans, growing buffers, string lists. */
#ifndef RESCUE_BASE_H
#define RESCUE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))
#define _printf_(text, first) __attribute__((__format__(__printf__, text, first)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))
#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))

/* Gives the value away and leaves the owner empty. */
#define TAKE_PTR(p)                                                                      \
	({                                                                               \
		__typeof__(p) *take_p_ = &(p);                                           \
		__typeof__(p) take_v_ = *take_p_;                                        \
		*take_p_ = NULL;                                                         \
		take_v_;                                                                 \
	})
#define TAKE_FD(fd)                                                                      \
	({                                                                               \
		int *take_p_ = &(fd);                                                    \
		int take_v_ = *take_p_;                                                  \
		*take_p_ = -1;                                                           \
		take_v_;                                                                 \
	})
/* Gives a whole struct away; the owner is left zeroed. Not for structs that hold fds. */
#define TAKE_STRUCT(s)                                                                   \
	({                                                                               \
		__typeof__(s) take_v_ = (s);                                             \
		memset(&(s), 0, sizeof(s));                                              \
		take_v_;                                                                 \
	})

/* Clean-up handlers; each accepts the empty value (NULL, -1). errno is kept. */
void free_p(void *pointer_to_pointer);
void close_p(int *fd);
#define _cleanup_free_ _cleanup_(free_p)
#define _cleanup_close_ _cleanup_(close_p)

/* Closes fd where it is >= 0, keeps errno; always answers -1: fd = safe_close(fd). */
int safe_close(int fd);

/* A borrowed span of bytes. */
struct bytes {
	const uint8_t *data;
	size_t size;
};
bool bytes_are_zero(struct bytes b);

/*
 * A growing byte buffer that it owns. data is NUL-terminated behind size whenever
 * it is not NULL, so text can be used as a C string. Zeroed is empty and valid.
 */
struct buffer {
	char *data;
	size_t size;
	size_t capacity;
};

void buffer_done(struct buffer *b);
/* Room for `more` further bytes behind size. 0 or -ENOMEM. */
int buffer_reserve(struct buffer *b, size_t more);
int buffer_append(struct buffer *b, const void *data, size_t size);
int buffer_puts(struct buffer *b, const char *text);
int buffer_printf(struct buffer *b, const char *format, ...) _printf_(2, 3);
/* Appends text with control bytes and broken UTF-8 as \xNN: safe on a terminal. */
int buffer_puts_escaped(struct buffer *b, const char *text);
/* Appends one word of a command line, quoted for a shell where it needs that. */
int buffer_puts_word(struct buffer *b, const char *word);
/* Gives the text away (never NULL on success: an empty buffer gives ""); NULL: no memory. */
char *buffer_steal(struct buffer *b);
struct bytes buffer_bytes(const struct buffer *b);

/* A list of strings that it owns. */
struct strings {
	char **items;
	size_t count;
	size_t capacity;
};

void strings_done(struct strings *s);
int strings_add(struct strings *s, const char *text);
/* take_text is consumed, also on failure; NULL gives -ENOMEM (an allocation just failed). */
int strings_take(struct strings *s, char *take_text);
int strings_add_new(struct strings *s, const char *text); /* only if not yet in it */
bool strings_has(const struct strings *s, const char *text);
void strings_sort(struct strings *s);
void strings_move_to_front(struct strings *s, size_t index);
int strings_copy(struct strings *ret, const struct strings *from);

/*
 * Grows an array so that element number `count` fits (capacity doubles).
 * array: address of the pointer. 0, -ENOMEM, or -EOVERFLOW.
 */
int vector_grow(void *array, size_t *capacity, size_t count, size_t element_size);
/* vector_grow for the usual {items, count, capacity} struct. */
#define VECTOR_GROW(v)                                                                   \
	vector_grow(&(v)->items, &(v)->capacity, (v)->count, sizeof(*(v)->items))

char *text_printf(const char *format, ...) _printf_(1, 2); /* NULL: no memory */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
bool text_equal(const char *a, const char *b); /* NULL equals NULL only */
/* Decimal without sign, blanks or rest. false: not a number or larger than max. */
bool text_to_u64(const char *text, uint64_t max, uint64_t *ret);
/* Strips blanks at both ends in place; answers the first kept character. */
char *text_strip(char *text);
/* strcmp, but digit runs compare as numbers (vmlinuz-9 before vmlinuz-10). */
int text_compare_natural(const char *a, const char *b);

/* Whole-fd helpers: retry EINTR and short counts. 0 or -errno. */
int fd_write_all(int fd, const void *data, size_t size);
/*
 * Up to limit bytes from the present offset to the end; -EFBIG when there is more.
 * ret is overwritten, as every ret: it must own nothing yet.
 */
int fd_read_all(int fd, size_t limit, struct buffer *ret);

/* How far a long work is; total 0: unknown. Called often: be quick. */
struct progress {
	void (*report)(void *data, const char *what, uint64_t done, uint64_t total);
	void *data;
};
void progress_report(const struct progress *p, const char *what, uint64_t done,
		     uint64_t total); /* p may be NULL */

/* 1.2 GiB, 340 KiB, 12 B: for people. text holds at least 16 bytes; answers text. */
char *size_text(uint64_t bytes, char text[16]);

/* "ENOENT" for 2, "E123" for what has no name. */
const char *errno_name(int error);

/* The log of this run (--log, --verbose). Lines are stamped, escaped and flushed. */
int log_open(const char *path);
void log_verbose(void); /* also to standard error */
void log_line(const char *format, ...) _printf_(1, 2);

#endif
