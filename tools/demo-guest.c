// SPDX-License-Identifier: GPL-2.0
/* The part of a virtual machine that a switch sees, for tests and `make demo`:
 *
 *   demo-guest TAP NETNS NAME
 *
 *   switch --- TAP [ this process ] NAME in network namespace NETNS, the "guest"
 *
 * As QEMU does with virtio-net, it moves frames between two taps together with
 * their virtio header, so that partial checksums and TCP segments of 64 KB stay
 * what they are. Makes both taps if need be, prints "ready", and runs until
 * killed. It plays the guest and its NIC; the switch needs no process.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/if.h>
#include <linux/if_tun.h>

#define VNET_HDR_LEN 12 /* struct virtio_net_hdr_mrg_rxbuf */
#define BUFFER_LEN   (VNET_HDR_LEN + 14 + 2 * 4 + 65536)
#define BATCH	     64 /* frames from one side before the other has its turn */

static void die(const char *what, const char *name)
{
	fprintf(stderr, "demo-guest: %s '%s': %s\n", what, name, strerror(errno));
	exit(2);
}

/* Non-blocking, as QEMU's: only then does the kernel run native XDP. */
static int tap_open(const char *name)
{
	unsigned int offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
	int fd, hdr_len = VNET_HDR_LEN;

	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		die("cannot open", "/dev/net/tun");
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &ifr))
		die("cannot open tap", name);
	if (ioctl(fd, TUNSETVNETHDRSZ, &hdr_len) || ioctl(fd, TUNSETOFFLOAD, offloads))
		die("cannot switch offloads on", name);
	return fd;
}

static void netns_enter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("cannot enter namespace", name);
	close(fd);
}

/* What the other side does not take at once (ring full, device down) is lost,
 * as on a wire.
 */
static void relay(int from, int to)
{
	static char frame[BUFFER_LEN];

	for (int i = 0; i < BATCH; i++) {
		ssize_t len = read(from, frame, sizeof(frame));

		if (len < 0 && errno != EAGAIN && errno != EINTR)
			die("cannot read from", "tap");
		if (len <= 0)
			return;
		if (write(to, frame, len) < 0 && errno == EBADFD)
			die("cannot write to", "tap");
	}
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLIN}};

	if (argc != 4) {
		fprintf(stderr, "usage: demo-guest TAP NETNS NAME\n");
		return 1;
	}
	fds[0].fd = tap_open(argv[1]);
	netns_enter(argv[2]);
	fds[1].fd = tap_open(argv[3]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			die("cannot wait for", "frames");
		for (int i = 0; i < 2; i++)
			if (fds[i].revents)
				relay(fds[i].fd, fds[!i].fd);
	}
}
