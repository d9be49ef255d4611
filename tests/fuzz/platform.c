/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a list of devices: what is written of it is read again as the same. */
#include "formats/platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct platform p = {0}, again = {0};
	struct buffer text = {0}, second = {0};

	if (platform_parse(&p, (struct bytes){data, size}, NULL) < 0)
		return 0;
	for (size_t i = 0; i < p.count; i++)
		free(modalias_name(p.items[i].modalias, p.items[i].class));
	(void)platform_cpu_level(&p);
	if (platform_write(&p, &text) < 0 ||
	    platform_parse(&again, buffer_bytes(&text), NULL) < 0 ||
	    platform_write(&again, &second) < 0 || again.count != p.count ||
	    (!memchr(data, '\r', size) && !text_equal(text.data, second.data)))
		abort(); /* a line's last carriage return is dropped each time */
	platform_done(&again);
	buffer_done(&text);
	buffer_done(&second);
	platform_done(&p);
	if (platform_take_cpuinfo(&p, (struct bytes){data, size}) < 0)
		abort();
	platform_done(&p);
	return 0;
}
