/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel image that openssl signed with keys of several owners, shims, lists of keys. */
#ifndef TESTS_UNIT_VERIFY_SIGNED_FACTS_H
#define TESTS_UNIT_VERIFY_SIGNED_FACTS_H

#include "facts.h"
#include "formats/pe_image.h"
#include "made_signatures.h"
#include "rpms.h"

#define IMAGE "/boot/vmlinuz-" V
#define ESP "/boot/efi"
#define SHIM ESP "/EFI/redhat/shimx64.efi"

/* An owner, whom it certified, whom that one certified; and a stranger. */
static const char make_keys[] =
	"set -e; cd \"$1\"; exec 2>/dev/null\n"
	"key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key\n"
	"openssl req -new -key $1.key -subj \"/O=Maker/CN=$2\" -out $1.req; }\n"
	"by() { openssl x509 -req -in $1.req -CA $2.pem -CAkey $2.key -set_serial $3 "
	"-extfile ext -out $1.pem; openssl x509 -in $1.pem -outform DER -out $1.der; }\n"
	"printf 'basicConstraints=CA:TRUE\\n' >ext\n"
	"for name in owner stranger; do key $name \"The $name\"\n"
	"openssl x509 -req -in $name.req -signkey $name.key -extfile ext -out $name.pem\n"
	"openssl x509 -in $name.pem -outform DER -out $name.der; done\n"
	"key middle 'The middle'; by middle owner 7\n"
	"key leaf 'The leaf'; by leaf middle 8\n"
	"key direct 'The direct'; by direct owner 9\n"
	"sign() { openssl cms -sign -binary -nodetach -in data -signer $1.pem -inkey $1.key "
	"-md sha256 -outform DER -out $2.p7 $3 $4; }\n"
	"sign direct direct; sign direct bare -nocerts; sign owner owner; sign stranger stranger\n"
	"sign leaf chain -certfile middle.pem; sign leaf gap\n";

static struct tree keys;
static uint8_t program[1024]; /* that is signed */
static size_t program_size;

static inline int group_setup(void **state)
{
	uint8_t digest[PE_DIGEST_SIZE];

	(void)state;
	program_size = made_program(program, ".text",
		(struct bytes){(const uint8_t *)"a kernel", 8});
	assert_int_equal(pe_digest(digest, (struct bytes){program, program_size}), 1);
	tree_make(&keys, "d 0755 /x\n");
	tree_file(&keys, "/data", digest, sizeof(digest));
	free(program_output((const char *[]){"sh", "-c", make_keys, "sh", keys.path, NULL}));
	return 0;
}

static inline int group_teardown(void **state)
{
	(void)state;
	tree_remove(&keys);
	return 0;
}

static inline int teardown(void **state)
{
	struct facts *x = *state;

	vouchers_done(&x->rules.vouchers);
	return facts_teardown(state);
}

static inline int setup(void **state)
{
	struct facts *x = facts_new("d 0755 /boot/efi/EFI/redhat\n");

	x->kernel.image.path = (char *)IMAGE;
	x->state = KERNEL_INCOMPLETE; /* no other one starts */
	x->machine.secure_boot = SECURE_BOOT_ON;
	x->options.platform = &x->machine;
	*state = x;
	return 0;
}

static inline void load(struct buffer *ret, const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/%s", keys.path, name);

	file_load(path, ret);
}

static inline void put_image(struct facts *x, const void *pe, size_t size)
{
	tree_file(&x->tree, IMAGE, pe, size);
}

/* WIN_CERTIFICATE behind the program. */
static inline void sign_file(struct facts *x, const char *path, const char *message)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	uint8_t pe[16384] = {0}, *table = pe + program_size;
	size_t size;

	load(&b, message);
	size = (b.size + 15) & ~(size_t)7;
	memcpy(pe, program, program_size);
	made_number(pe + MADE_DIRECTORIES + 32, program_size, 4);
	made_number(pe + MADE_DIRECTORIES + 36, size, 4);
	made_number(table, b.size + 8, 4);
	made_number(table + 4, 0x200, 2);
	made_number(table + 6, 2, 2);
	memcpy(table + 8, b.data, b.size);
	tree_file(&x->tree, path, pe, program_size + size);
}

static inline void sign_image(struct facts *x, const char *message)
{
	sign_file(x, IMAGE, message);
}

static inline void add_shim(struct facts *x, const char *path, struct bytes trusted,
		     struct bytes refused)
{
	static uint8_t pe[65536];

	tree_file(&x->tree, path, pe, made_shim(pe, trusted, refused));
}

static inline void trust_one(struct facts *x, const char *name)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	load(&b, name);
	add_shim(x, SHIM, buffer_bytes(&b), (struct bytes){0});
}

/* One more list with a certificate in the variable, or of a shim. */
static inline void append_list(struct buffer *lists, const char *name)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	uint8_t list[8192];

	load(&b, name);
	buffer_append(lists, list, made_list(list, LIST_X509, buffer_bytes(&b)));
}

static inline void append_digest_of(struct buffer *lists, struct bytes pe)
{
	uint8_t digest[PE_DIGEST_SIZE], list[256];

	assert_int_equal(pe_digest(digest, pe), 1);
	buffer_append(lists, list, made_list(list, LIST_SHA256,
		(struct bytes){digest, sizeof(digest)}));
}

static inline void append_digest(struct buffer *lists)
{
	append_digest_of(lists, (struct bytes){program, program_size});
}

#endif
