/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One module's file: its bytes, and what the ELF parser says of them. */
#ifndef RESCUE_VERIFY_OPENED_H
#define RESCUE_VERIFY_OPENED_H

#include "files.h"

#include "decompress.h"
#include "formats/elf_module.h"

/* Of a plain file, its tables alone are some third; what is compressed is read whole. */
enum opened_extent { OPENED_TABLES, OPENED_WHOLE };

/* What one thread unpacks one module after another with. */
struct unpacker {
	enum compression compression;
	struct decompressor *decompressor;
	struct buffer raw; /* the file that was read last, or room for the next */
};
void unpacker_done(struct unpacker *u);

/* May be used for one file after another: the room is kept, unless it is large. */
struct opened {
	struct buffer bytes; /* uncompressed; OPENED_TABLES: what elf points to is there */
	struct elf_module elf;
	int error; /* -ENOMEM ends the run; any other means that this module is damaged */
	struct fault fault; /* why it could not be parsed; or no reason: error says why */
};

void opened_done(struct opened *o);
/* What became of it is in o->error. */
void opened_parse(struct opened *o, struct buffer *take_raw);
void opened_read(struct opened *o, struct unpacker *u, const struct files *files,
		 const char *path, enum opened_extent extent);

#endif
