/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Broken entries and why; entries of this root and of others. */
#include "patient.h"

#define FILES "f 0644 /boot/i.img =x\n"

/* One entry of these lines; the kernel's image is whole. */
static struct patient *with_entry(const char *lines)
{
	struct patient *p = patient_new(FILES);

	add_image(p, "/boot/vmlinuz-" V, V);
	add_text(p, "/boot/loader/entries/a.conf", lines);
	return p;
}

static const struct {
	const char *lines, *reason; /* NULL: works */
} works[] = {
	{"linux /boot/vmlinuz-" V "\ninitrd /boot/i.img\noptions root=UUID=" UUID "\n",
		NULL},
	{"linux /boot/vmlinuz-" V "\noptions root=UUID=" UUID "\n", "it has no initramfs"},
	{"linux /boot/vmlinuz-" V "\noptions root=/dev/disk/by-label/x\n",
		"alone finds no root=/dev/disk/by-label/x"},
	{"linux /boot/vmlinuz-" V "\noptions root=/dev/mapper/rl-root ro\n",
		"it has no initramfs"},
	{"linux /boot/vmlinuz-" V "\noptions root=PARTUUID=12-01\n", NULL},
	{"linux /boot/vmlinuz-" V "\noptions root=/dev/sda2\n", NULL},
	{"linux /boot/vmlinuz-" V "\noptions initrd=i.img root=UUID=" UUID "\n", NULL},
	{"linux /boot/gone\noptions root=UUID=" UUID "\n", "its kernel /boot/gone"},
	{"linux /boot\noptions root=UUID=" UUID "\n", "its kernel /boot"},
	{"linux /boot/vmlinuz-" V "\ninitrd /boot/gone.img\noptions root=x\n",
		"its initramfs /boot/gone.img"},
	{"title only\n", "no linux line"},
	{"title a\n\nlinux /boot/vmlinuz-" V "\n", "no further than line 2"},
	{"linux /boot/vmlinuz-" V "\n", "no root="},
	{"linux /boot/vmlinuz-" V "\noptions ro quiet\n", "no root="},
	{"linux /boot/vmlinuz-" V "\noptions\nroot=x\n", "no further than line 2"},
	{"linux /boot/vmlinuz-" V "\noptions $kernelopts\n", "no root="},
	{"", "no linux line"},
};

static void tells_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(works); i++) {
		struct patient *p = with_entry(works[i].lines);
		const struct entry *e;

		patient_read(p);
		e = patient_entry(p, "a");
		if (e->broken != (works[i].reason != NULL) ||
			(e->broken && !strstr(e->reason, works[i].reason)))
			fail_msg("%s: %s", works[i].lines,
				e->reason ? e->reason : "works");
		patient_free(p);
	}
}

static const struct {
	const char *root, *fstab_source, *uuid, *device;
	bool ours;
} roots[] = { /* label "/", PARTUUID abcd-02 */
	{"UUID=" UUID, "UUID=" UUID, NULL, NULL, true},
	{"UUID=0F1E2D3C-1111-4222-8333-445566778899", "UUID=" UUID, NULL, NULL, true},
	{"\"UUID=" UUID "\"", "UUID=" UUID, NULL, NULL, true},
	{"/dev/disk/by-uuid/" UUID, "UUID=" UUID, NULL, NULL, true},
	{"UUID=" UUID, "/dev/sda1", UUID, NULL, true},
	{"UUID=" UUID, "/dev/sda1", NULL, NULL, false},
	{"/dev/sda1", "LABEL=root", NULL, "/dev/sda1", true},
	{"/dev/sdb1", "LABEL=root", UUID, "/dev/sda1", false},
	/* fstab may still tell what it was before it was copied. */
	{"LABEL=root", "LABEL=root", UUID, NULL, false},
	{"PARTUUID=12-01", "/dev/disk/by-partuuid/12-01", NULL, NULL, false},
	{"UUID=" UUID, "UUID=" UUID, "22222222-1111-4222-8333-445566778899", NULL, false},
	{"PARTLABEL=root", "PARTLABEL=root", UUID, NULL, true},
	{"/dev/mapper/rl-root", "/dev/rl/root", NULL, NULL, true},
	{"/dev/my-vg/a-b", "/dev/mapper/my--vg-a--b", NULL, NULL, true},
	{"/dev/mapper/rl-root", "/dev/rl/home", NULL, NULL, false},
	{"UUID=x", NULL, NULL, NULL, true}, /* nothing to compare with */
	{"UUID=x", NULL, UUID, NULL, false},
	{"LABEL=/", "UUID=" UUID, UUID, NULL, true}, /* what the device itself says */
	{"PARTUUID=ABCD-02", "UUID=" UUID, UUID, NULL, true},
	{"LABEL=other", "UUID=" UUID, UUID, NULL, false},
};

static void knows_this_root(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		_cleanup_free_ char *lines = text_printf("linux /boot/vmlinuz-" V
			"\ninitrd /boot/i.img\noptions ro root=%s quiet\n",
			roots[i].root);
		_cleanup_free_ char *fstab =
			roots[i].fstab_source
				? text_printf("%s / ext4\n", roots[i].fstab_source)
				: strdup("");
		struct patient *p = with_entry(lines);

		patient_fstab(p, fstab);
		p->sys.root.uuid = (char *)roots[i].uuid;
		p->sys.root.device_path = (char *)roots[i].device;
		p->sys.root.label = (char *)"/";
		p->sys.root.partuuid = (char *)"abcd-02";
		patient_read(p);
		if (patient_entry(p, "a")->is_of_this_root != roots[i].ours)
			fail_msg("root=%s with %s", roots[i].root, fstab);
		assert_false(patient_entry(p, "a")->broken);
		patient_free(p);
	}
}

static const struct {
	const char *flags, *subvolume;
	uint64_t id;
	bool is_default, by_directory, ours;
} subvolumes[] = {
	{"rootflags=subvol=root", "root", 256, false, false, true},
	{"rootflags=noatime,subvol=/root", "root", 256, false, false, true},
	{"rootflags=subvol=other", "root", 256, false, false, false},
	{"rootflags=subvol=roo", "root", 256, false, false, false},
	{"rootflags=subvol=root", NULL, 5, true, false, false},
	{"rootflags=subvol=/", NULL, 5, false, false, true},
	{"rootflags=subvolid=256", "root", 256, false, false, true},
	{"rootflags=subvolid=257", "root", 256, false, false, false},
	{"rootflags=subvolid=0", NULL, 5, false, false, true},
	{"rootflags=subvolid=x", "root", 256, false, false, false},
	{"rootflags=subvolid=257", "root", 0, false, true, true}, /* not known there */
	/* Nothing is named: the kernel mounts the default subvolume. */
	{"", "root", 256, false, false, false},
	{"rootflags=noatime", "root", 256, false, false, false},
	{"", "root", 256, true, false, true},
	{"", NULL, 5, true, false, true},
	{"", "root", 0, false, true, false}, /* a tree whose fstab names it */
	{"rootflags=subvol=root", NULL, 0, false, true, true},
};

static void knows_this_subvolume(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(subvolumes); i++) {
		_cleanup_free_ char *lines = text_printf(
			"linux /boot/vmlinuz-" V "\noptions root=UUID=" UUID " %s\n",
			subvolumes[i].flags);
		struct patient *p = with_entry(lines);

		p->sys.root.fstype = (char *)"btrfs";
		p->sys.root.uuid = (char *)UUID;
		p->sys.subvolume = (char *)subvolumes[i].subvolume;
		p->sys.subvolume_id = subvolumes[i].id;
		p->sys.is_default_subvolume = subvolumes[i].is_default;
		p->sys.by_directory = subvolumes[i].by_directory;
		patient_read(p);
		if (patient_entry(p, "a")->is_of_this_root != subvolumes[i].ours)
			fail_msg("%zu: \"%s\" for %s", i, subvolumes[i].flags,
				subvolumes[i].subvolume ? subvolumes[i].subvolume : "/");
		patient_free(p);
	}
}

/* A snippet that no blscfg reads is no way to start. */
static void tells_the_unread(void **state)
{
	struct patient *p = with_entry(works[0].lines);

	(void)state;
	add_text(p, "/boot/grub2/grub.cfg", "set timeout=5\n# blscfg\n");
	patient_read(p);
	assert_true(patient_entry(p, "a")->broken);
	assert_non_null(strstr(patient_entry(p, "a")->reason, "blscfg"));
	assert_int_equal(p->inv.default_entry, -1);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_why),
		cmocka_unit_test(knows_this_root),
		cmocka_unit_test(knows_this_subvolume),
		cmocka_unit_test(tells_the_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
