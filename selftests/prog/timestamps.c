// SPDX-License-Identifier: GPL-2.0
/* How many transmit timestamps a sender gets, for the shell tests.
 *
 *   timestamps [-s] IF MAC COUNT	frames from a packet socket, to that destination
 *   timestamps [-s] ADDRESS COUNT	UDP datagrams, left to the routes
 *   timestamps [-s] -t ADDRESS COUNT	TCP, COUNT writes of 1000 bytes
 *   timestamps -l ADDRESS		take what TCP sends there, one connection at a time
 *
 * -s asks for the timestamp of the queueing discipline as well. At SIGTERM, prints what has
 * come back by then: "sent N software N scheduled N".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctrl/base/mac.h"

#define FRAME_LEN 60

static void die(const char *what)
{
	fprintf(stderr, "timestamps: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int open_packet(const char *ifname, const char *mac, uint8_t *frame)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = 0 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	at.sll_ifindex = if_nametoindex(ifname);
	if (fd < 0 || !at.sll_ifindex || bind(fd, (void *)&at, sizeof(at)))
		die(ifname);
	if (!mac_parse(mac, frame))
		die(mac);
	memcpy(frame + 6, "\2\0\0\0\0\1\x88\xb5", 8);
	return fd;
}

static int open_ip(const char *address, int type, bool listens)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(7777) };
	int fd = socket(AF_INET, type, 0), one = 1;

	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
		die(address);
	setsockopt(fd, SOL_SOCKET, listens ? SO_REUSEADDR : SO_BROADCAST, &one, sizeof(one));
	if (listens ? bind(fd, (void *)&to, sizeof(to)) || listen(fd, 1) :
		      connect(fd, (void *)&to, sizeof(to)))
		die(address);
	return fd;
}

static int take(const char *address)
{
	int fd = open_ip(address, SOCK_STREAM, true), from;
	char data[4096];

	while ((from = accept(fd, NULL, NULL)) >= 0) {
		while (read(from, data, sizeof(data)) > 0)
			;
		close(from);
	}
	return 1;
}

/* So that each write is a frame. */
static void wait_for_ack(int fd)
{
	int left = 1;

	for (int i = 0; i < 10000 && left; i++) {
		if (ioctl(fd, SIOCOUTQ, &left))
			die("SIOCOUTQ");
		if (left)
			usleep(1000);
	}
}

static void print_all(int fd, int sent)
{
	int software = 0, scheduled = 0;
	char data[2048], control[512];

	for (;;) {
		struct iovec iov = { data, sizeof(data) };
		struct msghdr msg = { .msg_iov = &iov,
				      .msg_iovlen = 1,
				      .msg_control = control,
				      .msg_controllen = sizeof(control) };

		if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			break;
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
			struct sock_extended_err *e = (void *)CMSG_DATA(c);

			if (c->cmsg_level == SOL_SOCKET ||
			    e->ee_origin != SO_EE_ORIGIN_TIMESTAMPING)
				continue;
			software += e->ee_info == SCM_TSTAMP_SND;
			scheduled += e->ee_info == SCM_TSTAMP_SCHED;
		}
	}
	printf("sent %d software %d scheduled %d\n", sent, software, scheduled);
}

int main(int argc, char **argv)
{
	unsigned int ask = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
			   SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
	uint8_t frame[1000] = {};
	int c, fd, count, len = FRAME_LEN, type = SOCK_DGRAM;
	sigset_t term;

	if (argc == 3 && !strcmp(argv[1], "-l"))
		return take(argv[2]);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	while ((c = getopt(argc, argv, "st")) > 0) {
		if (c == 's')
			ask |= SOF_TIMESTAMPING_TX_SCHED;
		else if (c == 't')
			type = SOCK_STREAM;
		else
			return 1;
	}
	argc -= optind;
	argv += optind;
	if (argc < 2)
		return 1;
	if (argc == 3)
		fd = open_packet(argv[0], argv[1], frame);
	else
		fd = open_ip(argv[0], type, false);
	if (type == SOCK_STREAM)
		len = sizeof(frame);
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &ask, sizeof(ask)))
		die("SO_TIMESTAMPING");
	count = atoi(argv[argc - 1]);
	for (int i = 0; i < count; i++) {
		if (send(fd, frame, len, 0) != len)
			die("send");
		if (type == SOCK_STREAM)
			wait_for_ack(fd);
	}
	sigwait(&term, &c);
	print_all(fd, count);
	return 0;
}
