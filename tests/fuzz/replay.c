/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a fuzz target over files instead of made-up input: every corpus in every check. */
#include "base.h"

#include <fcntl.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	struct buffer content = {0};
	uint8_t *exact; /* malloc'ed to the byte, so that ASan sees its end */
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -1 : fd_read_all(fd, 16 << 20, &content);

	if (r < 0) {
		fprintf(stderr, "cannot read %s: %m\n", path);
		return 1;
	}
	close(fd);
	exact = malloc(content.size + !content.size);
	if (!exact)
		return 1;
	memcpy(exact, content.data ? content.data : "", content.size);
	LLVMFuzzerTestOneInput(exact, content.size);
	free(exact);
	buffer_done(&content);
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (replay(argv[i]))
			return 1;
	}
	return 0;
}
