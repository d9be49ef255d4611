/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An ESP that fstab does not name; kernels without vfat tell what they leave open. */
#include "images.h"

#define ESP "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define XBOOTLDR "BC13C2FF-59E6-4262-A352-B275FD6F7172"

/* FAT with a program for UEFI in partition `number`, of that type. */
static void make_fat(struct images *i, const char *name, int number, const char *type)
{
	char command[700];

	snprintf(command, sizeof(command),
		"PATH=$PATH:/sbin:/usr/sbin; cd %s && sfdisk -q --part-type %s %d %s"
		" && rm -f fat && truncate -s 2M fat && mkfs.vfat fat >/dev/null &&"
		" mmd -i fat ::EFI ::EFI/BOOT && mcopy -i fat /bin/sh ::EFI/BOOT/BOOTX64.EFI &&"
		" dd if=fat of=%s bs=1M conv=notrunc status=none"
		" seek=$(($(sfdisk -d %s | sed -nE 's/.*%d : start= *([0-9]+).*/\\1/p') / 2048))",
		i->directory, name, number, type, name, name, number);
	assert_int_equal(run((const char *const[]){"bash", "-c", command, NULL}), 0);
}

static void make_esp(struct images *i, const char *name)
{
	make_image(i, "image_system $d/%s boot=separate", name);
	make_fat(i, name, 4, ESP);
}

static void look(struct landscape *ret, struct images *i, const char *name)
{
	char *names[] = {(char *)image_path(i, name)};
	struct scope where = {.images = {names, 1, 1}};
	struct fault *f = calloc(1, sizeof(*f));

	if (locate_scan(ret, &where, f) < 0)
		fail_msg("locate_scan: %s: %s", f->doing, f->reason);
	free(f);
	assert_int_equal(ret->system_count, 1);
}

static void expect_looked_at(const struct system *s)
{
	bool told = findings_has(&s->findings, "device-unreadable");

	assert_true(s->esp.present && s->esp.separate);
	assert_string_equal(s->esp.mountpoint, "/efi");
	assert_true(text_ends(s->esp.device_path, "e.img4"));
	assert_int_not_equal(s->esp.mounted, told);
	assert_true(s->complete);
	assert_int_equal(s->firmware, FIRMWARE_UEFI);
}

static void found_by_its_type(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_esp(i, "e.img");
	look(&l, i, "e.img");
	assert_false(l.systems[0].esp.present); /* no directory to mount it on */
	assert_false(findings_has(&l.systems[0].findings, "device-unreadable"));
	landscape_done(&l);
	l = (struct landscape){0};
	make_image(i, "debug $d/e.img 1 -R 'mkdir efi'");
	look(&l, i, "e.img");
	expect_looked_at(&l.systems[0]);
}

/* EL's own fstab names it without nofail; GRUB's configuration is in /boot. */
static void named_by_fstab(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_esp(i, "e.img");
	make_image(i, "debug $d/e.img 1 -R 'mkdir efi'; cd $d; {"
		" debugfs -R 'cat etc/fstab' \"e.img?offset=1048576\" 2>/dev/null;"
		" echo UUID=$(blkid -p -s UUID -o value fat) /efi vfat umask=0077 0 2; } >fstab;"
		" printf '%%s\\n' 'rm etc/fstab' 'write fstab etc/fstab' >edit;"
		" debugfs -w -f edit \"e.img?offset=1048576\" >/dev/null 2>&1");
	look(&l, i, "e.img");
	assert_non_null(l.systems[0].esp.source);
	expect_looked_at(&l.systems[0]);
}

/* Kernels without vfat: what it boots from cannot be seen, so nothing is repaired. */
static void expect_boot(const struct system *s, const char *device)
{
	bool told = findings_has(&s->findings, "device-unreadable");

	assert_true(s->boot.present && s->boot.separate);
	assert_true(text_ends(s->boot.device_path, device));
	assert_int_not_equal(s->boot.mounted, told);
	assert_int_not_equal(s->complete, told);
}

static void the_esp_as_boot(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/b.img boot=none");
	make_fat(i, "b.img", 4, ESP);
	look(&l, i, "b.img");
	expect_boot(&l.systems[0], "b.img4");
	assert_true(l.systems[0].esp.present);
	assert_string_equal(l.systems[0].esp.mountpoint, "/boot");
}

static void an_xbootldr_partition(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/x.img boot=none");
	make_image(i, "debug $d/x.img 1 -R 'mkdir efi'");
	make_fat(i, "x.img", 4, ESP);
	make_fat(i, "x.img", 2, XBOOTLDR);
	look(&l, i, "x.img");
	expect_boot(&l.systems[0], "x.img2");
	assert_string_equal(l.systems[0].esp.mountpoint, "/efi");
	assert_true(text_ends(l.systems[0].esp.device_path, "x.img4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_its_type),
		cmocka_unit_test(named_by_fstab),
		cmocka_unit_test(the_esp_as_boot),
		cmocka_unit_test(an_xbootldr_partition),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
