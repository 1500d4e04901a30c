// SPDX-License-Identifier: GPL-2.0
/* Sending by one AF_PACKET socket, frame by frame. A port needs no preparation for it. */
#include <fcntl.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/slowpath/chunk.h"
#include "tools/slowpath/io.h"

#ifndef PACKET_QDISC_BYPASS
#define PACKET_QDISC_BYPASS 20
#endif

#define PACKET_ROOM (8 << 20)

static int packet = -1;

void packet_netns(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, room = PACKET_ROOM;

	if (fd < 0)
		return;
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	if (packet < 0) {
		packet = fd;
		return;
	}
	dup3(fd, packet, O_CLOEXEC); /* threads may send by it right now */
	close(fd);
}

void packet_netns_end(void)
{
	if (packet >= 0)
		close(packet);
	packet = -1;
}

__u32 packet_mtu(__u32 ifindex)
{
	struct ifreq req = { .ifr_ifindex = ifindex };

	return ioctl(packet, SIOCGIFNAME, &req) || ioctl(packet, SIOCGIFMTU, &req) ? 0 :
										     req.ifr_mtu;
}

static __u32 packet_send(struct port *p, __u32 queue, const struct xdp_desc *d, __u32 n,
			 __u32 *lost)
{
	struct iovec iov[PIECES];
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = p->ifindex };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = iov };
	__u32 all = n, of;

	*lost = 0;
	for (; n; d += of, n -= of) {
		of = frame_descs(d, n);
		for (__u32 i = 0; i < of; i++)
			iov[i] = (struct iovec){ chunk_area + d[i].addr, d[i].len };
		msg.msg_iovlen = of;
		if (sendmsg(packet, &msg, MSG_DONTWAIT) < 0) {
			frames_lost(p->number, d, of);
			continue;
		}
		for (__u32 i = 0; i < of; i++)
			chunk_put(d[i].addr);
	}
	return all;
}

const struct port_io packet_io = {
	.send = packet_send,
};
