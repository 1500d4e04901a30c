// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/port.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/slowpath/chunk.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#ifndef PACKET_QDISC_BYPASS
#define PACKET_QDISC_BYPASS 20
#endif

#define PACKET_ROOM (8 << 20)

static struct port *table[XSW_MAX_PORTS];
static int packet = -1;

struct port *port_get(__u32 number)
{
	return number < XSW_MAX_PORTS ? __atomic_load_n(&table[number], __ATOMIC_ACQUIRE) : NULL;
}

void port_set(__u32 number, struct port *p)
{
	__atomic_store_n(&table[number], p, __ATOMIC_RELEASE);
}

__u32 port_mtu(struct port *p)
{
	struct ifreq req = { .ifr_ifindex = p->ifindex };
	__u64 now = umap_clock.coarse_ns;

	if (__atomic_load_n(&p->mtu_asked, __ATOMIC_RELAXED) != now) {
		__atomic_store_n(&p->mtu_asked, now, __ATOMIC_RELAXED);
		if (!ioctl(packet, SIOCGIFNAME, &req) && !ioctl(packet, SIOCGIFMTU, &req))
			__atomic_store_n(&p->mtu, req.ifr_mtu, __ATOMIC_RELAXED);
	}
	return __atomic_load_n(&p->mtu, __ATOMIC_RELAXED);
}

void port_netns(void)
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

void port_netns_end(void)
{
	if (packet >= 0)
		close(packet);
	packet = -1;
}

/* ---- send */

static __u32 frame_descs(const struct xdp_desc *d, __u32 n)
{
	__u32 i = 0;

	while (i + 1 < n && d[i].options & XDP_PKT_CONTD)
		i++;
	return i + 1;
}

/* None of these frames got away. */
static void give_up(const struct port *p, const struct xdp_desc *d, __u32 n)
{
	while (n) {
		__u32 of = frame_descs(d, n), bytes = 0;

		for (__u32 i = 0; i < of; i++) {
			bytes += d[i].len;
			chunk_put(d[i].addr);
		}
		steps_lost(p->number, bytes);
		d += of;
		n -= of;
	}
}

static void packet_send(struct port *p, const struct xdp_desc *d, __u32 n)
{
	struct iovec iov[PIECES];
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = p->ifindex };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = iov };
	__u32 of;

	for (; n; d += of, n -= of) {
		of = frame_descs(d, n);
		for (__u32 i = 0; i < of; i++)
			iov[i] = (struct iovec){ chunk_area + d[i].addr, d[i].len };
		msg.msg_iovlen = of;
		if (sendmsg(packet, &msg, MSG_DONTWAIT) < 0) {
			give_up(p, d, of);
			continue;
		}
		for (__u32 i = 0; i < of; i++)
			chunk_put(d[i].addr);
	}
}

void port_send(struct port *p, __u32 queue, const struct xdp_desc *d, __u32 n)
{
	__u32 took, lost;

	if (!p->queues) {
		packet_send(p, d, n);
		return;
	}
	took = sock_send(p->sock[queue % p->queues], d, n, &lost);
	while (lost--)
		steps_lost(p->number, 0);
	give_up(p, d + took, n - took);
}

void ports_reap(void)
{
	for (__u32 number = 1; number < XSW_MAX_PORTS; number++) {
		struct port *p = port_get(number);

		for (__u32 q = 0; p && q < p->queues; q++)
			sock_reap(p->sock[q]);
	}
}

bool port_push(struct port *p, __u32 queue)
{
	struct sock *s = p->queues ? p->sock[queue % p->queues] : NULL;
	__u32 lost;

	if (!s || !sock_waits(s))
		return false;
	sock_send(s, NULL, 0, &lost);
	while (lost--)
		steps_lost(p->number, 0);
	return sock_waits(s);
}
