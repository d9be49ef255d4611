/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device ids: their class, their name, who makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "formats/modalias.h"

#define VMXNET3 "pci:v000015ADd000007B0sv000015ADsd000007B0bc02sc00i00"

static void classes(void **state)
{
	static const struct {
		const char *modalias;
		enum device_class class;
	} cases[] = {
		{VMXNET3, CLASS_NETWORK},
		{"pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01", CLASS_STORAGE},
		{"pci:v00001077d00002532sv00001077sd0000015Cbc0Csc04i00", CLASS_STORAGE},
		{"pci:v00008086d00007190sv000015ADsd00001976bc06sc00i00", CLASS_OTHER},
		{"virtio:d00000001v00001AF4", CLASS_NETWORK},
		{"virtio:d00000002v00001AF4", CLASS_STORAGE},
		{"virtio:d00000004v00001AF4", CLASS_OTHER},
		{"vmbus:635161f83edfc546913ff2d2f965ed0e", CLASS_NETWORK},
		{"xen:vbd", CLASS_STORAGE},
		{"scsi:t-0x00", CLASS_STORAGE},
		{"scsi:t-0x05", CLASS_OTHER},
		{"usb:v0BDAp8153d3000dc00dsc00dp00ic02isc06ip00in00", CLASS_NETWORK},
		{"", CLASS_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(modalias_class(cases[i].modalias), cases[i].class);
}

static void class_names(void **state)
{
	enum device_class class = CLASS_OTHER;

	(void)state;
	assert_true(device_class_of_name(&class, "network"));
	assert_int_equal(class, CLASS_NETWORK);
	assert_false(device_class_of_name(&class, "networks"));
	assert_string_equal(device_class_name(CLASS_STORAGE), "storage");
}

static void assert_name(const char *modalias, enum device_class class, const char *wanted)
{
	_cleanup_free_ char *name = modalias_name(modalias, class);

	assert_string_equal(name, wanted);
}

static void names(void **state)
{
	(void)state;
	assert_name(VMXNET3, CLASS_NETWORK, "VMware vmxnet3");
	assert_name("pci:v000014E4d00001657sv0bc02", CLASS_NETWORK,
		"Broadcom network card 14e4:1657");
	assert_name("pci:v0000BEEFd00001657", CLASS_STORAGE, "storage controller beef:1657");
	assert_name("pci:v15", CLASS_OTHER, "device pci:v15");
	assert_name("pci:v000015AD", CLASS_OTHER, "device pci:v000015AD");
	assert_name("usb:v1234", CLASS_NETWORK, "network card usb:v1234");
}

static void hypervisors(void **state)
{
	(void)state;
	assert_string_equal(modalias_hypervisor(VMXNET3), "VMware");
	assert_ptr_equal(modalias_hypervisor(VMXNET3), modalias_card(VMXNET3)->maker);
	assert_string_equal(modalias_hypervisor("vmbus:00"), "Hyper-V");
	assert_null(modalias_hypervisor("pci:v000014E4d00001657"));
	assert_null(modalias_hypervisor("acpi:PNP0A08:"));
}

/* The class of each known card is what its own line says. */
static void cards_agree_with_their_class(void **state)
{
	(void)state;
	for (const struct known_card *card = known_cards; card->name; card++)
		if (!text_starts(card->modalias, "pci:"))
			assert_int_equal(modalias_class(card->modalias), card->class);
	assert_null(modalias_card("pci:v0000FFFF"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes),
		cmocka_unit_test(class_names),
		cmocka_unit_test(names),
		cmocka_unit_test(hypervisors),
		cmocka_unit_test(cards_agree_with_their_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
