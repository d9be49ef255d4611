/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an image told once is taken over where the same bytes are met again, and only there. */
#include "patient.h"

static struct linux_image parse(const struct buffer *file)
{
	struct linux_image image;

	assert_int_equal(linux_image_parse(&image, buffer_bytes(file), NULL), 0);
	return image;
}

/* A list that tells of the image's payload what no image says. */
static void claim(struct image_payloads *list, const struct linux_image *image)
{
	struct image_payload p = {0};

	assert_int_equal(image_payload_read(&p, image, NULL), 0);
	assert_int_equal(buffer_puts(&p.exports, "claimed"), 0);
	assert_int_equal(image_payloads_add(list, &p), 0);
	assert_null(p.exports.data);
}

static void the_same_bytes_are_known(void **state)
{
	struct buffer file = {0};
	struct image_payloads list = {0};
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
	assert_string_equal(p.digest, list.items[0].digest);
	image_payload_done(&p);
	image_payloads_done(&list);
	buffer_done(&file);
}

static void one_byte_more_or_other_is_not(void **state)
{
	struct buffer file = {0};
	struct image_payloads list = {0};
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
	image_payloads_done(&list);
	buffer_done(&file);
}

static void a_list_holds_each_once(void **state)
{
	struct image_payloads list = {0};
	struct image_payload nothing = {0}, one = {.digest = "01"}, again = {.digest = "01"},
			     other = {.digest = "02"};

	(void)state;
	assert_int_equal(image_payloads_add(&list, &nothing), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(image_payloads_add(&list, &one), 0);
	assert_int_equal(buffer_puts(&again.exports, "x"), 0);
	assert_int_equal(image_payloads_add(&list, &again), 0);
	assert_null(again.exports.data);
	assert_int_equal(image_payloads_add(&list, &other), 0);
	assert_int_equal(list.count, 2);
	image_payloads_done(&list);
}

/* From one reading to the next; a file that has changed since is read anew. */
static void inventories_hand_them_on(void **state)
{
	struct patient *p = patient_new(NULL);
	struct image_payloads list = {0};
	struct buffer file = {0};

	(void)state;
	tree_add(&p->tree, "d /usr/lib/modules/" V "\n");
	add_image(p, "/boot/vmlinuz-" V, V);
	patient_read(p);
	assert_int_equal(
		buffer_puts(&patient_kernel(p, V)->image.payload.exports, "claimed"), 0);
	assert_int_equal(inventory_give_payloads(&p->inv, &list), 0);
	assert_int_equal(list.count, 1);
	assert_null(patient_kernel(p, V)->image.payload.exports.data);
	p->known = &list;
	patient_read(p);
	assert_string_equal(patient_kernel(p, V)->image.payload.exports.data, "claimed");
	assert_int_equal(patient_kernel(p, V)->image.state, PART_OK);
	make_image(&file, V);
	file.data[1024 + 256 + 40] ^= 0x55;
	tree_file(&p->tree, "/boot/vmlinuz-" V, file.data, file.size);
	patient_read(p);
	assert_int_equal(patient_kernel(p, V)->image.state, PART_DAMAGED);
	image_payloads_done(&list);
	buffer_done(&file);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_are_known),
		cmocka_unit_test(one_byte_more_or_other_is_not),
		cmocka_unit_test(a_list_holds_each_once),
		cmocka_unit_test(inventories_hand_them_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
