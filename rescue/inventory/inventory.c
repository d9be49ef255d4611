/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inventory as a value: names of its states, finding a kernel, letting go. */
#include "inventory.h"

const char *part_state_name(enum part_state s)
{
	static const char *const names[] = {
		"ok", "missing", "damaged", "mismatched", "incomplete", "unindexed"};

	return names[s];
}

const char *entry_kind_name(enum entry_kind k)
{
	static const char *const names[] = {"bls", "grub2", "grub-legacy", "extlinux"};

	return names[k];
}

void initramfs_file_done(struct initramfs_file *i)
{
	free(i->path);
	free(i->damage);
	free(i->release);
	strings_done(&i->modules);
	*i = (struct initramfs_file){0};
}

static void kernel_done(struct kernel *k)
{
	free(k->release);
	free(k->image.path);
	free(k->image.spare);
	free(k->image.damage);
	free(k->image.release);
	free(k->image.version);
	image_payload_done(&k->image.payload);
	free(k->modules.path);
	strings_done(&k->modules.files);
	strings_done(&k->modules.missing);
	initramfs_file_done(&k->initramfs);
	free(k->entries);
}

void entry_done(struct entry *e)
{
	free(e->id);
	free(e->title);
	free(e->source);
	free(e->linux_path);
	strings_done(&e->initrd);
	free(e->options);
	free(e->raw_options);
	free(e->reason);
	free(e->shadowed_by);
	free(e->place);
	free(e->loader_name);
	free(e->version);
	free(e->sort_key);
	free(e->machine_id);
}

static void lists_done(struct inventory *inv)
{
	for (size_t i = 0; i < inv->kernel_count; i++)
		kernel_done(&inv->kernels[i]);
	free(inv->kernels);
	for (size_t i = 0; i < inv->entry_count; i++)
		entry_done(&inv->entries[i]);
	free(inv->entries);
	for (size_t i = 0; i < inv->space_count; i++)
		free(inv->spaces[i].mountpoint);
	free(inv->spaces);
	for (size_t i = 0; i < inv->clue_count; i++)
		free(inv->clues[i].release);
	free(inv->clues);
	for (size_t i = 0; i < inv->observed_count; i++)
		free(inv->observed[i].path);
	free(inv->observed);
	strings_done(&inv->cached_rpms);
}

void inventory_done(struct inventory *inv)
{
	lists_done(inv);
	free(inv->systemd.root);
	free(inv->systemd.conf_path);
	buffer_done(&inv->systemd.conf);
	free(inv->systemd.once);
	free(inv->systemd.asked);
	free(inv->systemd.wanted);
	free(inv->grub_cfg);
	free(inv->lost.path);
	buffer_done(&inv->loader_config);
	grub_record_done(&inv->grub_record);
	free(inv->grubenv_path);
	grubenv_done(&inv->grubenv);
	free(inv->saved_entry);
	free(inv->next_entry);
	free(inv->entries_directory);
	free(inv->entry_token);
	free(inv->cmdline.etc_kernel_cmdline);
	free(inv->cmdline.usr_kernel_cmdline);
	free(inv->cmdline.kernelopts);
	free(inv->cmdline.default_grub);
	free(inv->generator.path);
	free(inv->generator.obstacle);
	free(inv->selinux_type);
	free(inv->lost_policy.wanted);
	free(inv->lost_policy.present);
	free(inv->hot_transaction);
	findings_done(&inv->findings);
	*inv = (struct inventory){.default_entry = -1};
}

char *inventory_image_path(const struct inventory *inv, const char *release)
{
	const struct systemd_boot *s = &inv->systemd;

	if (s->root && s->by_token)
		return text_printf("%s/%s/%s/linux", s->root, inv->entry_token, release);
	return text_printf("%s/vmlinuz-%s", s->root ? s->root : "/boot", release);
}

/* EL5's mkinitrd called it so. */
static const char *initramfs_prefix(const char *release)
{
	return strstr(release, ".el5") ? "initrd" : "initramfs";
}

unsigned long system_el_major(const struct system *sys)
{
	static const char *const ids[] = {"rhel", "centos", "almalinux", "rocky", "ol",
		"eurolinux", "circle", "cloudlinux", "scientific", "virtuozzo"};

	for (size_t i = 0; sys->os_version_id && i < ARRAY_SIZE(ids); i++)
		if (text_equal(sys->os_id, ids[i]))
			return strtoul(sys->os_version_id, NULL, 10);
	return 0;
}

bool system_is_suse(const struct system *sys)
{
	static const char *const ids[] = {"suse", "opensuse", "sles", "sled", "sle-micro"};

	for (size_t i = 0; sys->os_id && i < ARRAY_SIZE(ids); i++)
		if (text_starts(sys->os_id, ids[i]))
			return true;
	return false;
}

char *inventory_initramfs_path(const struct inventory *inv, const char *release)
{
	const struct systemd_boot *s = &inv->systemd;

	if (s->root && s->by_token)
		return text_printf("%s/%s/%s/initrd", s->root, inv->entry_token, release);
	if (system_is_suse(inv->system) && !s->root)
		return text_printf("/boot/initrd-%s", release);
	return text_printf("%s/%s-%s.img", s->root ? s->root : "/boot",
		initramfs_prefix(release), release);
}

struct bls_sort entry_sort(const struct entry *e)
{
	return (struct bls_sort){e->loader_name, e->sort_key, e->machine_id, e->version,
		e->tries_left, e->tries_done};
}

bool kernel_is_whole(const struct kernel *k)
{
	return (k->image.state == PART_OK || k->image.spare) &&
	       (k->modules.state == PART_OK || k->modules.state == PART_UNINDEXED) &&
	       k->modules.count > k->modules.third_party;
}

struct kernel *inventory_find_kernel(const struct inventory *inv, const char *release)
{
	for (size_t i = 0; i < inv->kernel_count; i++)
		if (strcmp(inv->kernels[i].release, release) == 0)
			return &inv->kernels[i];
	return NULL;
}
