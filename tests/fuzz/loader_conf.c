/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as loader.conf: a default that was set is read back as systemd-boot would. */
#include "formats/bls.h"
#include "formats/loader_conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer text = {0};
	struct bls_entry read = {0};

	if (memchr(data, 0, size))
		return 0; /* for systemd-boot the file ends there */
	if (loader_conf_set_default(&text, (struct bytes){data, size}, "token-6.1.conf") < 0)
		abort();
	if (bls_parse(&read, buffer_bytes(&text), BLS_SYSTEMD, NULL) < 0)
		abort();
	if (strcmp(bls_get_last(&read, "default"), "token-6.1.conf") != 0)
		abort();
	bls_done(&read);
	buffer_done(&text);
	return 0;
}
