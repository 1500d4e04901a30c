// SPDX-License-Identifier: GPL-2.0
/* A frame of every size, one after the other, from one device to another: each has to
 * arrive as it was sent.
 *
 *   slowpath_sizes FROM TO MIN MAX	prints "N frames, M wrong", and the first wrong ones
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "frame.h"

#define WAIT_MS 20000 /* it is lost then: a busy machine may take seconds */
#define TELL 5

static uint8_t sent[FRAME_MAX], got[FRAME_MAX];

static void make(int len)
{
	static const uint8_t head[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5 };

	memcpy(sent, head, sizeof(head));
	for (int i = sizeof(head); i < len; i++)
		sent[i] = i * 7 + len;
}

static bool arrives(int fd, int len)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int came;

	if (poll(&p, 1, WAIT_MS) != 1) {
		printf("# %d bytes: nothing came\n", len);
		return false;
	}
	came = frame_recv(fd, got);
	if (came == len && !memcmp(sent, got, len))
		return true;
	printf("# %d bytes: %d came%s\n", len, came, came == len ? ", others" : "");
	return false;
}

int main(int argc, char **argv)
{
	int from, to, wrong = 0, n = 0;

	if (argc != 5)
		return 2;
	from = frame_open(argv[1]);
	to = frame_open(argv[2]);
	for (int len = atoi(argv[3]); len <= atoi(argv[4]) && wrong < TELL; len++, n++) {
		make(len);
		if (frame_send(from, sent, len))
			printf("# %d bytes: cannot be sent: %s\n", len, strerror(errno));
		else if (arrives(to, len))
			continue;
		wrong++;
	}
	printf("%d frames, %d wrong\n", n, wrong);
	return !!wrong;
}
