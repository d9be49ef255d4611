/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LVM's physical volumes made in memory, for tests: a label, one area of metadata. */
#ifndef TESTS_MADE_VOLUME_H
#define TESTS_MADE_VOLUME_H

#include "digest.h"

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#define MADE_VOLUME_SIZE (16 * 1024 * 1024)
#define MADE_AREA_START 4096
#define MADE_AREA_SIZE 65536
#define MADE_TEXT_AT 512 /* in the area */

static void made_volume_put(uint8_t *at, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(number >> (8 * i));
}

static uint32_t made_volume_crc(const void *data, size_t size)
{
	return ~crc32_of((struct bytes){data, size}, ~0xf597a6cfu);
}

/* uuid: the last six characters. */
static void made_volume_label(uint8_t *label, const char *uuid)
{
	memcpy(label, "LABELONE", 8);
	made_volume_put(label + 8, 1, 8);
	made_volume_put(label + 20, 32, 4);
	memcpy(label + 24, "LVM2 001", 8);
	memcpy(label + 32, "aaaaaabbbbccccddddeeeeffff", 26);
	memcpy(label + 58, uuid, 6);
	made_volume_put(label + 64, MADE_VOLUME_SIZE, 8);
	made_volume_put(label + 72, 1024 * 1024, 8);
	made_volume_put(label + 104, MADE_AREA_START, 8);
	made_volume_put(label + 112, MADE_AREA_SIZE, 8);
	made_volume_put(label + 16, made_volume_crc(label + 20, 492), 4);
}

static void made_volume_area(uint8_t *area, const char *text)
{
	size_t size = strlen(text);

	assert_true(size + MADE_TEXT_AT < MADE_AREA_SIZE);
	memcpy(area + MADE_TEXT_AT, text, size);
	memcpy(area + 4, " LVM2 x[5A%r0N*>", 16);
	made_volume_put(area + 20, 1, 4);
	made_volume_put(area + 24, MADE_AREA_START, 8);
	made_volume_put(area + 32, MADE_AREA_SIZE, 8);
	made_volume_put(area + 40, MADE_TEXT_AT, 8);
	made_volume_put(area + 48, size, 8);
	made_volume_put(area + 56, made_volume_crc(text, size), 4);
	made_volume_put(area, made_volume_crc(area + 4, 508), 4);
}

/* A file of a physical volume whose UUID ends so. */
static void made_volume_write(const char *path, const char *uuid, const char *text)
{
	static uint8_t in[MADE_AREA_START + MADE_AREA_SIZE];
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	memset(in, 0, sizeof(in));
	made_volume_label(in + 512, uuid);
	made_volume_area(in + MADE_AREA_START, text);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, in, sizeof(in)), 0);
	assert_int_equal(ftruncate(fd, MADE_VOLUME_SIZE), 0);
}

#endif
