/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images signed by openssl with keys of several owners, and shims that trust them. */
#include "facts.h"
#include "rpms.h"

#define IMAGE "/boot/vmlinuz-" V
#define SHIM "/boot/efi/EFI/redhat/shimx64.efi"

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
	"echo kernel >data\n"
	"sign() { openssl cms -sign -binary -nodetach -in data -signer $1.pem -inkey $1.key "
	"-md sha256 -outform DER -out $2.p7 $3 $4; }\n"
	"sign direct direct; sign direct bare -nocerts; sign owner owner; sign stranger stranger\n"
	"sign leaf chain -certfile middle.pem; sign leaf gap\n";

static struct tree keys;

static int group_setup(void **state)
{
	(void)state;
	tree_make(&keys, "d 0755 /x\n");
	free(program_output((const char *[]){"sh", "-c", make_keys, "sh", keys.path, NULL}));
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	tree_remove(&keys);
	return 0;
}

static int setup(void **state)
{
	struct facts *x = facts_new("d 0755 /boot/efi/EFI/redhat\n");

	x->kernel.image.path = (char *)IMAGE;
	x->machine.secure_boot = SECURE_BOOT_ON;
	x->options.platform = &x->machine;
	*state = x;
	return 0;
}

static void put(uint8_t *at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

enum { PE_AT = 0x80, DIRECTORIES = PE_AT + 24 + 112, SECTIONS = PE_AT + 24 + 240, DATA = 1024 };

/* A 64-bit EFI program with that behind its headers, as section or as certificates. */
static void add_program(struct facts *x, const char *path, struct bytes data, bool is_section)
{
	static uint8_t pe[65536];

	memset(pe, 0, sizeof(pe));
	memcpy(pe, "MZ", 2);
	put(pe + 0x3c, PE_AT, 4);
	memcpy(pe + PE_AT, "PE", 2);
	put(pe + PE_AT + 6, 1, 2);	 /* sections */
	put(pe + PE_AT + 20, 240, 2);
	put(pe + PE_AT + 24, 0x20b, 2);
	put(pe + DIRECTORIES - 4, 16, 4);
	memcpy(pe + SECTIONS, is_section ? ".vendor_" : ".text\0\0", 8);
	put(pe + SECTIONS + 8, is_section ? data.size : 16, 4);
	put(pe + SECTIONS + 16, is_section ? data.size : 16, 4);
	put(pe + SECTIONS + 20, DATA, 4);
	if (!is_section) {
		put(pe + DIRECTORIES + 32, DATA, 4);
		put(pe + DIRECTORIES + 36, data.size, 4);
	}
	memcpy(pe + DATA, data.data, data.size);
	tree_file(&x->tree, path, pe, DATA + data.size);
}

static void load(struct buffer *ret, const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/%s", keys.path, name);

	file_load(path, ret);
}

static void sign_image(struct facts *x, const char *message)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	uint8_t table[8192] = {0};

	load(&b, message);
	put(table, b.size + 8, 4);
	put(table + 4, 0x200, 2);
	put(table + 6, 2, 2);
	memcpy(table + 8, b.data, b.size);
	add_program(x, IMAGE, (struct bytes){table, (b.size + 15) & ~(size_t)7}, false);
}

/* The head of .vendor_cert: what is trusted begins behind it. */
static void trust(struct facts *x, const char *path, struct bytes certificates)
{
	uint8_t section[8192] = {0};

	put(section, certificates.size, 4);
	put(section + 8, 16, 4);
	memcpy(section + 16, certificates.data, certificates.size);
	add_program(x, path, (struct bytes){section, 16 + certificates.size}, true);
}

static void trust_one(struct facts *x, const char *name)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	load(&b, name);
	trust(x, SHIM, buffer_bytes(&b));
}

/* EFI_SIGNATURE_LIST with one certificate each. */
static size_t append_list(uint8_t *at, const char *name)
{
	static const uint8_t x509[] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5,
		0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
	_cleanup_(buffer_done) struct buffer b = {0};

	load(&b, name);
	memcpy(at, x509, sizeof(x509));
	put(at + 16, 28 + 16 + b.size, 4);
	put(at + 20, 0, 4);
	put(at + 24, 16 + b.size, 4);
	memcpy(at + 28 + 16, b.data, b.size);
	return 28 + 16 + b.size;
}

static const struct finding *judge(struct facts *x)
{
	findings_done(&x->v.findings);
	x->v.findings = (struct findings){0};
	assert_int_equal(rules_secure_boot(&x->rules, &x->kernel), 0);
	assert_true(x->v.findings.count <= 1);
	return x->v.findings.count ? &x->v.findings.items[0] : NULL;
}

static void known_to_shim(void **state)
{
	static const char *const good[] = {"direct.p7", "bare.p7", "owner.p7", "chain.p7"};
	struct facts *x = *state;

	trust_one(x, "owner.der");
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		sign_image(x, good[i]);
		if (judge(x))
			fail_msg("%s: %s", good[i], judge(x)->message);
	}
	trust_one(x, "direct.der"); /* the signer itself */
	sign_image(x, "bare.p7");
	assert_null(judge(x));
}

static void strangers(void **state)
{
	struct facts *x = *state;

	trust_one(x, "owner.der");
	sign_image(x, "stranger.p7");
	assert_non_null(strstr(judge(x)->message, "is signed by The stranger, and shim trusts "
						  "The owner:"));
	assert_string_equal(judge(x)->code, "secureboot-unsigned");
	assert_int_equal(judge(x)->severity, SEVERITY_WARNING);
	sign_image(x, "gap.p7"); /* who certified the signer is not in the message */
	assert_non_null(strstr(judge(x)->message, "signed by The leaf"));
	trust_one(x, "stranger.der");
	sign_image(x, "bare.p7"); /* its own name is not in there */
	assert_non_null(strstr(judge(x)->message, "signed by The owner"));
}

static void lists_of_certificates(void **state)
{
	struct facts *x = *state;
	uint8_t lists[8192] = {0};
	size_t one = append_list(lists, "stranger.der"), size = one;

	size += append_list(lists + size, "owner.der");
	trust(x, SHIM, (struct bytes){lists, size});
	sign_image(x, "direct.p7");
	assert_null(judge(x));
	sign_image(x, "stranger.p7");
	assert_null(judge(x));
	/* Of digests, which name nobody; or cut off. */
	lists[0] ^= 1;
	trust(x, SHIM, (struct bytes){lists, size});
	assert_non_null(judge(x));
	lists[0] ^= 1;
	trust(x, SHIM, (struct bytes){lists, one - 1});
	assert_null(judge(x)); /* trusts nobody that could be read */
}

/* Whom to compare with is not known, or there is no need. */
static void nothing_to_say(void **state)
{
	struct facts *x = *state;
	_cleanup_(buffer_done) struct buffer plain = {0};

	sign_image(x, "stranger.p7");
	assert_null(judge(x)); /* no shim */
	tree_add(&x->tree, "f 0644 " SHIM " =MZ\n");
	assert_null(judge(x));
	trust_one(x, "owner.der");
	assert_non_null(judge(x));
	x->machine.secure_boot = SECURE_BOOT_OFF;
	assert_null(judge(x));
	x->machine.secure_boot = SECURE_BOOT_ON;
	x->kernel.image.state = PART_DAMAGED;
	assert_null(judge(x));
	x->kernel.image.state = PART_OK;
	tree_add(&x->tree, "f 0644 " IMAGE " =MZ\n");
	x->state = KERNEL_INCOMPLETE;
	assert_int_equal(judge(x)->severity, SEVERITY_ERROR);
	assert_non_null(strstr(judge(x)->message, "is not signed"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, facts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_to_shim),
		TEST(strangers),
		TEST(lists_of_certificates),
		TEST(nothing_to_say),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
