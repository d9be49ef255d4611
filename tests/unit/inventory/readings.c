/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file told once is taken over where the same bytes are met again, and only there. */
#include "patient.h"

static struct linux_image parse(const struct buffer *file)
{
	struct linux_image image;

	assert_int_equal(linux_image_parse(&image, buffer_bytes(file), NULL), 0);
	return image;
}

/* A list that tells of the image's payload what no image says. */
static void claim(struct readings *list, const struct linux_image *image)
{
	struct image_payload p = {0};

	assert_int_equal(image_payload_read(&p, image, list), 0);
	assert_int_equal(strlen(p.digest), 64);
	assert_int_equal(buffer_puts(&p.exports, "claimed"), 0);
	assert_int_equal(readings_add_image(list, &p), 0);
	assert_null(p.exports.data);
}

static void the_same_bytes_are_known(void **state)
{
	struct buffer file = {0};
	struct readings list = {0};
	struct image_payload p;
	struct linux_image image;

	(void)state;
	make_image(&file, V);
	image = parse(&file);
	assert_int_equal(image_payload_read(&p, &image, &list), 0);
	assert_int_equal(p.exports.size, 0);
	assert_int_equal(strlen(p.digest), 64);
	image_payload_done(&p);
	claim(&list, &image);
	assert_int_equal(image_payload_read(&p, &image, &list), 0);
	assert_string_equal(p.exports.data, "claimed");
	assert_string_equal(p.digest, list.images.items[0].digest);
	image_payload_done(&p);
	readings_done(&list);
	buffer_done(&file);
}

static void one_byte_more_or_other_is_not(void **state)
{
	struct buffer file = {0};
	struct readings list = {0};
	struct image_payload p = {0};
	struct linux_image image;

	(void)state;
	make_image(&file, V);
	image = parse(&file);
	claim(&list, &image);
	file.data[image.payload.data - (uint8_t *)file.data + 40] ^= 0x55;
	assert_int_equal(image_payload_read(&p, &image, &list), -EBADMSG);
	file.data[image.payload.data - (uint8_t *)file.data + 40] ^= 0x55;
	image.payload.size++;
	assert_int_equal(image_payload_read(&p, &image, &list), 0);
	assert_int_equal(p.exports.size, 0);
	image_payload_done(&p);
	readings_done(&list);
	buffer_done(&file);
}

static void a_list_holds_each_once(void **state)
{
	struct readings list = {0};
	struct image_payload nothing = {0}, one = {.digest = "01"}, again = {.digest = "01"},
			     other = {.digest = "02"};

	(void)state;
	assert_int_equal(readings_add_image(&list, &nothing), 0);
	assert_int_equal(list.images.count, 0);
	assert_int_equal(readings_add_image(&list, &one), 0);
	assert_int_equal(buffer_puts(&again.exports, "x"), 0);
	assert_int_equal(readings_add_image(&list, &again), 0);
	assert_null(again.exports.data);
	assert_int_equal(readings_add_image(&list, &other), 0);
	assert_int_equal(list.images.count, 2);
	readings_done(&list);
}

/* From one reading to the next; a file that has changed since is read anew. */
static void inventories_hand_them_on(void **state)
{
	struct patient *p = patient_new(NULL);
	struct readings list = {0};
	struct buffer file = {0};

	(void)state;
	tree_add(&p->tree, "d /usr/lib/modules/" V "\n");
	add_image(p, "/boot/vmlinuz-" V, V);
	p->known = &list;
	patient_read(p);
	assert_int_equal(
		buffer_puts(&patient_kernel(p, V)->image.payload.exports, "claimed"), 0);
	assert_int_equal(inventory_give_readings(&p->inv, &list), 0);
	assert_int_equal(list.images.count, 1);
	assert_null(patient_kernel(p, V)->image.payload.exports.data);
	patient_read(p);
	assert_string_equal(patient_kernel(p, V)->image.payload.exports.data, "claimed");
	assert_int_equal(patient_kernel(p, V)->image.state, PART_OK);
	make_image(&file, V);
	file.data[1024 + 256 + 40] ^= 0x55;
	tree_file(&p->tree, "/boot/vmlinuz-" V, file.data, file.size);
	patient_read(p);
	assert_int_equal(patient_kernel(p, V)->image.state, PART_DAMAGED);
	readings_done(&list);
	buffer_done(&file);
	patient_free(p);
}

#define INITRAMFS "/boot/initramfs-" V ".img"
#define MODULE "lib/modules/" V "/kernel/fs/ext4/ext4.ko"

static void write_initramfs(struct patient *p, const char *extra)
{
	const char *names[] = {"init", MODULE, "usr/lib/systemd/systemd", extra,
		NULL};
	_cleanup_(buffer_done) struct buffer b = {0};

	append_cpio(&b, names);
	tree_file(&p->tree, INITRAMFS, b.data, b.size);
}

static const struct initramfs_file *read_initramfs_of(struct patient *p)
{
	patient_read(p);
	return &patient_kernel(p, V)->initramfs;
}

static void an_initramfs_is_known_for_its_kernel(void **state)
{
	struct patient *p = patient_new(NULL);
	struct readings list = {0};
	const struct initramfs_file *i;

	(void)state;
	tree_add(&p->tree, "d /usr/lib/modules/" V "\n");
	write_initramfs(p, NULL);
	p->known = &list;
	i = read_initramfs_of(p);
	assert_int_equal(i->modules.count, 1);
	assert_int_equal(
		strings_add(&patient_kernel(p, V)->initramfs.modules, "claimed"), 0);
	assert_int_equal(inventory_give_readings(&p->inv, &list), 0);
	assert_int_equal(list.initramfs.count, 1);
	i = read_initramfs_of(p);
	assert_int_equal(i->state, PART_OK);
	assert_true(i->listed && strings_has(&i->modules, "claimed"));
	assert_string_equal(i->release, V);
	assert_true(i->has_systemd);
	assert_string_equal(i->path, INITRAMFS);
	assert_int_equal(i->pieces, list.initramfs.items[0].file.pieces);
	list.initramfs.items[0].release[0] ^= 1; /* of another kernel */
	assert_int_equal(read_initramfs_of(p)->modules.count, 1);
	list.initramfs.items[0].release[0] ^= 1;
	write_initramfs(p, "etc/more");
	assert_int_equal(read_initramfs_of(p)->modules.count, 1);
	readings_done(&list);
	patient_free(p);
}

/* It would be the same tomorrow, but why it is damaged is not worth to be kept. */
static void a_damaged_initramfs_is_not_kept(void **state)
{
	struct patient *p = patient_new(NULL);
	struct readings list = {0};

	(void)state;
	tree_add(&p->tree, "d /usr/lib/modules/" V "\nf 0600 " INITRAMFS " =no archive\n");
	p->known = &list;
	assert_int_equal(read_initramfs_of(p)->state, PART_DAMAGED);
	assert_int_equal(inventory_give_readings(&p->inv, &list), 0);
	assert_int_equal(list.initramfs.count, 0);
	assert_int_equal(read_initramfs_of(p)->state, PART_DAMAGED);
	readings_done(&list);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_are_known),
		cmocka_unit_test(one_byte_more_or_other_is_not),
		cmocka_unit_test(a_list_holds_each_once),
		cmocka_unit_test(inventories_hand_them_on),
		cmocka_unit_test(an_initramfs_is_known_for_its_kernel),
		cmocka_unit_test(a_damaged_initramfs_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
