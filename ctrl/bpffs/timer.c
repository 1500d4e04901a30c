// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/timer.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FRAME_LEN 64 /* BPF_PROG_RUN wants at least a header */
#define TRIES 100
#define PAGE 4096
#define PAGES_MAX 16 /* what a pipe holds */

/* Have the kernel allocate @n pages, and free them. What it cannot allocate is no error: the
 * timer's next try will tell.
 */
static void pages_touch(int n)
{
	static const char page[PAGE];
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return;
	while (n-- > 0 && write(fds[1], page, sizeof(page)) > 0)
		;
	close(fds[0]);
	close(fds[1]);
}

int timer_start(int prog)
{
	unsigned char frame[FRAME_LEN] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = 1);

	for (int i = 1; i <= TRIES; i++) {
		if (bpf_prog_test_run_opts(prog, &opts))
			return -errno;
		if (!opts.retval)
			return 0;
		pages_touch(i < PAGES_MAX ? i : PAGES_MAX);
	}
	return opts.retval == TIMER_NO_MEMORY ? -ENOMEM : -EIO;
}
