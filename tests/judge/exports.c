/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program reads from a kernel image: lines as in Module.symvers, on standard output. */
#include "inventory.h"

#include "formats/linux_image.h"

#include <fcntl.h>
#include <unistd.h>

static int read_image(struct image_payload *ret, const char *path, struct fault *f)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(buffer_done) struct buffer file = {0};
	struct linux_image image;
	int r = fd_read_all(fd, LINUX_IMAGE_MAX_SIZE, &file);

	if (r >= 0)
		r = linux_image_parse(&image, buffer_bytes(&file), f);
	if (r < 0)
		return r;
	fprintf(stderr, "%s %s\n", image.release, compression_name(image.compression));
	return image_payload_read(ret, &image, NULL);
}

int main(int argc, char **argv)
{
	_cleanup_(image_payload_done) struct image_payload payload = {0};
	_cleanup_free_ struct fault *f = calloc(1, sizeof(*f));

	if (argc != 2 || !f || read_image(&payload, argv[1], f) < 0) {
		fprintf(stderr, "exports: cannot read %s: %s\n", argc == 2 ? argv[1] : "IMAGE",
			f ? f->reason : "");
		return 1;
	}
	fwrite(payload.exports.data, 1, payload.exports.size, stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
