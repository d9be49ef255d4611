/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Public keys, from where a system keeps those of its vendors and from files named. */
#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define KEY_DIRECTORY "/etc/pki/rpm-gpg"
enum { KEY_FILES_MAX = 4096, KEYS_MAX = 65536 };

void package_keys_done(struct package_keys *keys)
{
	for (size_t i = 0; i < keys->file_count; i++)
		buffer_done(&keys->files[i]);
	free(keys->files);
	free(keys->items);
	memset(keys, 0, sizeof(*keys));
}

/* ---- the keys of one file ------------------------------------------------------------- */

static int add_key(struct package_keys *keys, const struct openpgp_packet *packet,
		   struct bytes certificate)
{
	struct known_key k = {.certificate = certificate,
			      .is_subkey = packet->tag == OPENPGP_SUBKEY};
	int r = openpgp_key_parse(&k.key, packet->body);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return 0; /* of another kind: the others still serve */
	if (keys->count >= KEYS_MAX)
		return -E2BIG;
	r = vector_grow(&keys->items, &keys->capacity, keys->count, sizeof(*keys->items));
	if (r < 0)
		return r;
	keys->items[keys->count++] = k;
	return 0;
}

/* One certificate: from a primary key up to the next one. */
static int add_certificate(struct package_keys *keys, struct bytes certificate)
{
	struct bytes rest = certificate;
	struct openpgp_packet packet;
	int r = 0;

	while (r == 0 && openpgp_next(&rest, &packet) > 0) {
		if (packet.tag == OPENPGP_KEY || packet.tag == OPENPGP_SUBKEY)
			r = add_key(keys, &packet, certificate);
	}
	return r;
}

/* What follows a damaged packet is lost; the certificates before it serve. */
static int add_certificates(struct package_keys *keys, struct bytes in)
{
	struct bytes rest = in, begin = {0};
	struct openpgp_packet packet;
	unsigned count = 0;
	int r = 0;

	for (;;) {
		const uint8_t *at = rest.data;
		bool more = openpgp_next(&rest, &packet) > 0;

		if (begin.data && (!more || packet.tag == OPENPGP_KEY)) {
			begin.size = (size_t)(at - begin.data);
			r = add_certificate(keys, begin);
			begin.data = NULL;
		}
		if (r < 0 || !more || ++count > OPENPGP_MAX_PACKETS)
			return r;
		if (packet.tag == OPENPGP_KEY)
			begin.data = at;
	}
}

/* take_file is consumed. */
static int add_binary(struct package_keys *keys, struct buffer *take_file)
{
	int r = vector_grow(&keys->files, &keys->file_capacity, keys->file_count,
			    sizeof(*keys->files));

	if (r < 0) {
		buffer_done(take_file);
		return r;
	}
	keys->files[keys->file_count++] = TAKE_STRUCT(*take_file);
	return add_certificates(keys, buffer_bytes(&keys->files[keys->file_count - 1]));
}

static int add_armored(struct package_keys *keys, struct bytes text)
{
	for (;;) {
		struct buffer block = {0};
		int r = openpgp_dearmor(&block, text, &text);

		if (r == -EBADMSG)
			return 0;
		if (r > 0)
			r = add_binary(keys, &block);
		else
			return r;
		if (r < 0)
			return r;
	}
}

int package_keys_add(struct package_keys *keys, struct bytes file)
{
	size_t before = keys->count;
	int r;

	if (file.size && file.data[0] & 0x80) {
		struct buffer copy = {0};

		r = buffer_append(&copy, file.data, file.size);
		if (r == 0)
			r = add_binary(keys, &copy);
	} else {
		r = add_armored(keys, file);
	}
	return r < 0 ? r : (int)(keys->count - before);
}

/* ---- files ------------------------------------------------------------------------------ */

/* Links to one another are usual there: every name is read, a key known twice is one. */
static int read_patient(struct package_keys *keys, const struct target *patient,
			struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0};
	int r = target_list(patient, KEY_DIRECTORY, &names, NULL);

	if (r == -ENOMEM)
		return fault_no_memory(f);
	for (size_t i = 0; i < MIN_OF(names.count, (size_t)KEY_FILES_MAX); i++) {
		_cleanup_(buffer_done) struct buffer file = {0};
		_cleanup_free_ char *path =
			text_printf("%s/%s", KEY_DIRECTORY, names.items[i]);
		struct stat st;

		r = path ? 0 : -ENOMEM;
		if (r == 0 && (target_lstat(patient, path, &st) < 0 || !S_ISREG(st.st_mode)))
			continue;
		if (r == 0)
			r = target_read(patient, path, OPENPGP_MAX_KEYS_SIZE, &file, NULL);
		if (r == 0)
			r = package_keys_add(keys, buffer_bytes(&file));
		if (r == -ENOMEM)
			return fault_no_memory(f);
		if (r < 0)
			log_line("keys: cannot use %s: %s", path, errno_name(-r));
	}
	return 0;
}

static int read_file(struct package_keys *keys, const char *path, struct fault *f)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_(buffer_done) struct buffer file = {0};
	int r;

	if (fd < 0)
		return fault_errno(f, errno, path, "read key file %s", path);
	r = fd_read_all(fd, OPENPGP_MAX_KEYS_SIZE, &file);
	if (r == 0)
		r = package_keys_add(keys, buffer_bytes(&file));
	if (r < 0)
		return fault_errno(f, -r, path, "read key file %s", path);
	if (r > 0)
		return 0;
	fault_errno(f, EINVAL, path, "use key file %s", path);
	fault_reason(f, "it holds no OpenPGP public key");
	return -EINVAL;
}

int package_keys_read(struct package_keys *ret, const struct target *patient,
		      const struct strings *files, struct fault *f)
{
	_cleanup_(package_keys_done) struct package_keys keys = {0};
	int r = patient ? read_patient(&keys, patient, f) : 0;

	for (size_t i = 0; r >= 0 && files && i < files->count; i++)
		r = read_file(&keys, files->items[i], f);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(keys);
	return 0;
}
