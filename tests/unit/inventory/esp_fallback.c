/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What shim on the removable path starts: its fallback, what that is told to start; a grub. */
#include "made_signatures.h"
#include "patient.h"

#define EFI "/boot/efi/EFI/"

/* Shim is the program on the removable path. */
static int setup(void **state)
{
	struct patient *p = patient_new("d 0755 " EFI "BOOT\nd 0755 " EFI "vendor\n");
	uint8_t shim[1024];

	p->sys.by_directory = false;
	p->sys.firmware = FIRMWARE_UEFI;
	p->sys.esp = (struct place){.device = -1, .mountpoint = (char *)"/boot/efi",
		.present = true, .separate = true, .mounted = true};
	tree_file(&p->tree, EFI "BOOT/bootx64.efi", shim,
		made_shim(shim, (struct bytes){0}, (struct bytes){0}));
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	patient_free(*state);
	return 0;
}

/* In UCS-2, with its mark. */
static void add_list(struct patient *p, const char *path, const char *text)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	buffer_append(&b, "\xff\xfe", 2);
	for (; *text; text++)
		buffer_append(&b, (char[]){*text, 0}, 2);
	tree_file(&p->tree, path, b.data, b.size);
}

/* The severity of what is said of the path, which holds words; -1: nothing. */
static int told(struct patient *p, const char *words)
{
	patient_read(p);
	for (size_t i = 0; i < p->inv.findings.count; i++) {
		const struct finding *f = &p->inv.findings.items[i];

		if (strcmp(f->code, "loader-astray") != 0 ||
			!strstr(f->message, "is a shim that starts nothing"))
			continue;
		if (!strstr(f->message, words))
			fail_msg("\"%s\" instead of \"%s\"", f->message, words);
		return (int)f->severity;
	}
	return -1;
}

static void a_grub_beside_it(void **state)
{
	struct patient *p = *state;

	assert_int_equal(told(p, "bootx64.efi, is"), SEVERITY_WARNING);
	assert_int_equal(told(p, "neither a grub nor a fallback"), SEVERITY_WARNING);
	tree_add(&p->tree, "f 0755 " EFI "BOOT/grubia32.efi =x\n"); /* of another machine */
	assert_int_equal(told(p, "neither a grub nor a fallback"), SEVERITY_WARNING);
	tree_add(&p->tree, "f 0755 " EFI "BOOT/GRUBX64.EFI =x\n");
	assert_int_equal(told(p, ""), -1);
}

static void the_fallback(void **state)
{
	struct patient *p = *state;

	/* It comes before the grub, and never falls back to that. */
	tree_add(&p->tree, "f 0755 " EFI "BOOT/grubx64.efi =x\n"
			   "f 0755 " EFI "BOOT/fbx64.efi =x\n");
	assert_int_equal(told(p, "no EFI/VENDOR/BOOTx64.CSV lists anything"), SEVERITY_WARNING);
	add_list(p, EFI "BOOT/BOOTX64.CSV", "bootx64.efi,it is not read here");
	add_list(p, EFI "vendor/boot.csv", "shimx64.efi,Vendor,,comment\n");
	assert_int_equal(told(p, "EFI/vendor/boot.csv names shimx64.efi, which is not there"),
		SEVERITY_WARNING);
	tree_add(&p->tree, "f 0755 " EFI "vendor/shimx64.efi =x\n"
			   "f 0755 " EFI "vendor/grubx64.efi =x\n");
	assert_int_equal(told(p, ""), -1);
	/* The list for this machine counts before the one for any. */
	add_list(p, EFI "vendor/BOOTX64.CSV", "gone.efi,Vendor\nshimx64.efi,Vendor\n");
	assert_int_equal(told(p, "EFI/vendor/BOOTX64.CSV names gone.efi, which is not there"),
		SEVERITY_WARNING);
	add_list(p, EFI "other/BOOTX64.CSV", "x.efi,Other\n");
	tree_add(&p->tree, "f 0755 " EFI "other/x.efi =x\n");
	assert_int_equal(told(p, ""), -1);
}

/* A firmware that knows the disk does not go there; nor does BIOS. */
static void how_bad_it_is(void **state)
{
	struct patient *p = *state;

	p->sys.firmware = FIRMWARE_BOTH;
	assert_int_equal(told(p, "neither"), SEVERITY_INFO);
	p->sys.firmware = FIRMWARE_UEFI;
	p->sys.efi_program = (char *)"/EFI/vendor/shimx64.efi";
	assert_int_equal(told(p, "neither"), SEVERITY_INFO);
	p->sys.efi_program = NULL;
	tree_add(&p->tree, "f 0755 " EFI "BOOT/bootx64.efi =no shim\n");
	assert_int_equal(told(p, ""), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_grub_beside_it),
		TEST(the_fallback),
		TEST(how_bad_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
