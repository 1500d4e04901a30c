// SPDX-License-Identifier: GPL-2.0
/* The reader of capture files that xsw-pktgen replays. */
#include "selftests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tools/pktgen/config.h"
#include "tools/pktgen/dev.h"
#include "tools/pktgen/replay.h"

#define LEN 1518

static void look(const struct replay *r)
{
	size_t offset = 0;
	unsigned int sum = 0;

	must(r->frames > 0);
	for (__u64 i = 0; i < r->frames; i++) {
		must(r->frame[i].offset == offset);
		must(r->frame[i].len >= LEN_MIN && r->frame[i].len <= LEN);
		for (__u32 k = 0; k < r->frame[i].len; k++) /* each byte is there */
			sum += r->data[offset + k];
		offset += r->frame[i].len;
	}
	must(sum <= offset * 255);
	must(r->mean_len >= LEN_MIN && r->mean_len <= LEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct replay r = {};
	char path[32];

	if (fd < 0)
		fd = memfd_create("capture", 0);
	must(fd >= 0 && !ftruncate(fd, 0));
	must(pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (replay_read(&r, path, LEN)) {
		must(!r.data && !r.frame);
		return 0;
	}
	look(&r);
	replay_free(&r);
	return 0;
}
