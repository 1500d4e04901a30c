/* SPDX-License-Identifier: GPL-2.0 */
/* Raw frames on a device for the tests: a packet socket that sends bytes as
 * they are and gives received frames back as they were on the wire, with the
 * outer VLAN tag that the kernel moved aside put back.
 */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctrl/base/clock.h"

#define FRAME_MAX 65600

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

static inline void die(const char *what, const char *name)
{
	fprintf(stderr, "%s %s: %s\n", what, name, strerror(errno));
	exit(2);
}

/**
 * frame_open() - a non-blocking packet socket bound to @ifname
 *
 * Receives everything that arrives at the device, but not what this or
 * another socket sends there. Ends the program on failure.
 */
static inline int frame_open(const char *ifname)
{
	struct packet_mreq promisc = { .mr_type = PACKET_MR_PROMISC };
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd, one = 1, room = 8 << 20;

	addr.sll_ifindex = if_nametoindex(ifname);
	promisc.mr_ifindex = addr.sll_ifindex;
	fd = addr.sll_ifindex ? socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;
	if (fd < 0)
		die("cannot open", ifname);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc, sizeof(promisc)) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		die("cannot set up", ifname);
	return fd;
}

/* Frames that the socket's owner would never see are no failure of the test: a full device queue
 * is tried again for a while.
 */
static inline int frame_send(int fd, const uint8_t *data, size_t len)
{
	for (int tries = 0; tries < 1000; tries++) {
		if (send(fd, data, len, 0) == (ssize_t)len)
			return 0;
		if (errno != ENOBUFS && errno != EAGAIN)
			break;
		usleep(100);
	}
	return -errno;
}

/* Put the tag that the kernel took out of the bytes back in its place. */
static inline ssize_t frame_retag(uint8_t *data, ssize_t len, const struct tpacket_auxdata *aux)
{
	uint16_t tag[2];

	if (!(aux->tp_status & TP_STATUS_VLAN_VALID))
		return len;
	tag[0] = htons(aux->tp_status & TP_STATUS_VLAN_TPID_VALID ? aux->tp_vlan_tpid : 0x8100);
	tag[1] = htons(aux->tp_vlan_tci);
	memmove(data + 16, data + 12, len - 12);
	memcpy(data + 12, tag, 4);
	return len + 4;
}

/**
 * frame_recv() - the next frame, without waiting
 * @data: room for FRAME_MAX bytes
 *
 * Return: its length, or -1 if there is none.
 */
static inline ssize_t frame_recv(int fd, uint8_t *data)
{
	union {
		char room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
		struct cmsghdr align;
	} control;
	struct sockaddr_ll from;
	struct iovec iov = { data, FRAME_MAX - 4 };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, 0);

	if (len < 0)
		return -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA)
			len = frame_retag(data, len, (struct tpacket_auxdata *)CMSG_DATA(c));
	return len;
}
