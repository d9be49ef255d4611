/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel images signed by openssl with keys of several owners; shims, and firmware with its
 * variables, that trust or refuse them.
 */
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

static int group_setup(void **state)
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

static int group_teardown(void **state)
{
	(void)state;
	tree_remove(&keys);
	return 0;
}

static int teardown(void **state)
{
	struct facts *x = *state;

	vouchers_done(&x->rules.vouchers);
	return facts_teardown(state);
}

static int setup(void **state)
{
	struct facts *x = facts_new("d 0755 /boot/efi/EFI/redhat\n");

	x->kernel.image.path = (char *)IMAGE;
	x->state = KERNEL_INCOMPLETE; /* no other one starts */
	x->machine.secure_boot = SECURE_BOOT_ON;
	x->options.platform = &x->machine;
	*state = x;
	return 0;
}

static void load(struct buffer *ret, const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/%s", keys.path, name);

	file_load(path, ret);
}

static void put_image(struct facts *x, const void *pe, size_t size)
{
	tree_file(&x->tree, IMAGE, pe, size);
}

/* WIN_CERTIFICATE behind the program. */
static void sign_image(struct facts *x, const char *message)
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
	put_image(x, pe, program_size + size);
}

static void add_shim(struct facts *x, const char *path, struct bytes trusted,
		     struct bytes refused)
{
	static uint8_t pe[65536];

	tree_file(&x->tree, path, pe, made_shim(pe, trusted, refused));
}

static void trust_one(struct facts *x, const char *name)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	load(&b, name);
	add_shim(x, SHIM, buffer_bytes(&b), (struct bytes){0});
}

/* One more list with a certificate in the variable, or of a shim. */
static void append_list(struct buffer *lists, const char *name)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	uint8_t list[8192];

	load(&b, name);
	buffer_append(lists, list, made_list(list, LIST_X509, buffer_bytes(&b)));
}

static void append_digest(struct buffer *lists)
{
	uint8_t digest[PE_DIGEST_SIZE], list[256];

	pe_digest(digest, (struct bytes){program, program_size});
	buffer_append(lists, list, made_list(list, LIST_SHA256,
		(struct bytes){digest, sizeof(digest)}));
}

static const struct finding *judge(struct facts *x)
{
	findings_done(&x->v.findings);
	x->v.findings = (struct findings){0};
	vouchers_done(&x->rules.vouchers);
	x->rules.vouchers = (struct vouchers){0};
	assert_int_equal(vouchers_read(&x->rules.vouchers, &x->system, &x->machine), 0);
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
	_cleanup_(buffer_done) struct buffer lists = {0};
	struct facts *x = *state;

	append_list(&lists, "stranger.der");
	append_list(&lists, "owner.der");
	add_shim(x, SHIM, buffer_bytes(&lists), (struct bytes){0});
	sign_image(x, "direct.p7");
	assert_null(judge(x));
	sign_image(x, "stranger.p7");
	assert_null(judge(x));
}

/* Whom to compare with is not known, or there is no need. */
static void nothing_to_say(void **state)
{
	struct facts *x = *state;

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
	assert_int_equal(judge(x)->severity, SEVERITY_ERROR);
	assert_non_null(strstr(judge(x)->message, "is not signed"));
}

static void assert_told(struct facts *x, enum severity severity, const char *words)
{
	const struct finding *f = judge(x);

	if (!f)
		fail_msg("nothing is said, instead of \"%s\"", words);
	if (!strstr(f->message, words))
		fail_msg("\"%s\" instead of \"%s\"", f->message, words);
	assert_int_equal(f->severity, severity);
}

/* With the machine's own firmware: db, then shim and its list of owners' keys. */
static void known_to_the_firmware(void **state)
{
	struct facts *x = *state;
	struct firmware_trust *t = &x->machine.trust;

	t->is_known = true;
	append_list(&t->db, "owner.der");
	sign_image(x, "chain.p7");
	assert_null(judge(x)); /* no shim: db alone */
	sign_image(x, "stranger.p7");
	assert_told(x, SEVERITY_ERROR, "whom neither the firmware trusts nor a shim");
	trust_one(x, "direct.der");
	assert_told(x, SEVERITY_ERROR, "whom neither the firmware nor shim nor the machine");
	append_list(&t->mok, "stranger.der");
	assert_told(x, SEVERITY_WARNING, "only the shim trusts that started this session");
	append_list(&t->mok, "stranger.der");
	assert_null(judge(x));
	x->system.efi_program = (char *)"/EFI/redhat/grubx64.efi"; /* no shim is asked */
	assert_told(x, SEVERITY_ERROR, "whom neither the firmware trusts nor a shim");
	x->system.efi_program = (char *)"/EFI/redhat/shimx64.efi";
	assert_null(judge(x));
	sign_image(x, "chain.p7");
	assert_null(judge(x));
	t->ignores_db = true;
	assert_told(x, SEVERITY_ERROR, "The leaf, whom neither");
	t->checks_nothing = true; /* mokutil --disable-validation */
	assert_null(judge(x));
	firmware_trust_done(t);
}

static void known_by_digest(void **state)
{
	struct facts *x = *state;
	struct firmware_trust *t = &x->machine.trust;

	t->is_known = true;
	put_image(x, program, program_size);
	assert_told(x, SEVERITY_ERROR, "is not signed");
	append_digest(&t->mok);
	assert_told(x, SEVERITY_ERROR, "is not signed"); /* without a shim nobody reads it */
	trust_one(x, "owner.der");
	assert_null(judge(x));
	append_digest(&t->mokx);
	assert_told(x, SEVERITY_ERROR, "is on a list of what must not start");
	x->system.efi_program = (char *)"/EFI/redhat/none.efi";
	append_digest(&t->db);
	assert_null(judge(x));
	firmware_trust_done(t);
}

static void refused(void **state)
{
	_cleanup_(buffer_done) struct buffer own = {0}, vendor = {0};
	struct facts *x = *state;
	struct firmware_trust *t = &x->machine.trust;

	t->is_known = true;
	append_list(&t->db, "owner.der");
	append_list(&t->dbx, "direct.der");
	sign_image(x, "owner.p7");
	assert_null(judge(x));
	sign_image(x, "bare.p7");
	assert_told(x, SEVERITY_ERROR, "is on a list of what must not start");
	buffer_done(&t->dbx);
	assert_null(judge(x));
	append_list(&t->dbx, "middle.der"); /* who certified the signer */
	sign_image(x, "chain.p7");
	assert_told(x, SEVERITY_ERROR, "is on a list of what must not start");
	buffer_done(&t->dbx);
	load(&own, "owner.der");
	append_digest(&vendor);
	add_shim(x, SHIM, buffer_bytes(&own), buffer_bytes(&vendor));
	sign_image(x, "owner.p7");
	assert_told(x, SEVERITY_ERROR, "is on a list of what must not start");
	firmware_trust_done(t);
}

static void changed(void **state)
{
	struct facts *x = *state;

	trust_one(x, "owner.der");
	program[MADE_CONTENT]++;
	sign_image(x, "owner.p7");
	program[MADE_CONTENT]--;
	assert_told(x, SEVERITY_ERROR, "was changed after it was signed");
	sign_image(x, "owner.p7");
	assert_null(judge(x));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_to_shim),
		TEST(strangers),
		TEST(lists_of_certificates),
		TEST(nothing_to_say),
		TEST(known_to_the_firmware),
		TEST(known_by_digest),
		TEST(refused),
		TEST(changed),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
