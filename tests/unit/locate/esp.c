/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An ESP that fstab does not name; kernels without vfat tell what they leave open. */
#include "images.h"

#define ESP "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"

static void make_esp(struct images *i, const char *name)
{
	char command[512];

	make_image(i, "image_system $d/%s boot=separate", name);
	snprintf(command, sizeof(command),
		"PATH=$PATH:/sbin:/usr/sbin; cd %s && sfdisk -q --part-type %s 4 " ESP
		" && truncate -s 2M fat && mkfs.vfat fat >/dev/null &&"
		" dd if=fat of=%s bs=1M conv=notrunc status=none"
		" seek=$(($(sfdisk -d %s | sed -nE 's/.*4 : start= *([0-9]+).*/\\1/p') / 2048))",
		i->directory, name, name, name);
	assert_int_equal(run((const char *const[]){"bash", "-c", command, NULL}), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_its_type),
		cmocka_unit_test(named_by_fstab),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
