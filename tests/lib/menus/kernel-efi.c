/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest program for UEFI that a boot loader takes for a kernel: it tells the serial
 * port its name and its command line, "@NAME|COMMAND LINE|", and ends the machine. Its name
 * takes the place of the bytes behind NAME= (UEFI specification: 4.3, 7.4, 8.5, 9.1).
 */
#include <stddef.h>
#include <stdint.h>

struct guid {
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};

struct loaded_image {
	uint32_t revision;
	void *parent, *system_table, *device, *path, *reserved;
	uint32_t options_size;
	const uint16_t *options;
};

struct boot_services {
	uint8_t header[24];
	void *before_handle_protocol[16];
	long (*handle_protocol)(void *handle, const struct guid *, void **ret);
};

struct runtime_services {
	uint8_t header[24];
	void *before_reset_system[10];
	void (*reset_system)(int kind, long status, size_t size, void *data);
};

struct system_table {
	uint8_t header[24];
	void *vendor;
	uint32_t revision;
	void *consoles[6];
	struct runtime_services *runtime;
	struct boot_services *boot;
};

#define RESET_SHUTDOWN 2

static const struct guid loaded_image_protocol = {0x5b1b31a1, 0x9562, 0x11d2,
	{0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
static volatile const char name[5 + 96] = "NAME=";

static uint8_t in(uint16_t port)
{
	uint8_t byte;

	__asm__ volatile("inb %1, %0" : "=a"(byte) : "Nd"(port));
	return byte;
}

static void put(char c)
{
	while (!(in(0x3fd) & 0x20))
		;
	__asm__ volatile("outb %0, %1" : : "a"((uint8_t)c), "Nd"((uint16_t)0x3f8));
}

long efi_main(void *self, struct system_table *table)
{
	struct loaded_image *image;

	put('@');
	for (size_t i = 5; i < sizeof(name) && name[i]; i++)
		put(name[i]);
	put('|');
	if (table->boot->handle_protocol(self, &loaded_image_protocol, (void **)&image) == 0)
		for (size_t i = 0; i < image->options_size / 2 && image->options[i]; i++)
			put((char)image->options[i]);
	put('|');
	put('\n');
	table->runtime->reset_system(RESET_SHUTDOWN, 0, 0, NULL);
	return 0;
}
