// SPDX-License-Identifier: GPL-2.0
/* The AF_PACKET back end, for devices and kernels that lack AF_XDP. Many frames
 * a system call, past the qdisc; what the host itself sends is not received.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_packet.h>

#include "ctrl/base/error.h"
#include "tools/pktgen/dev.h"

#define BATCH 64
#define TAG_LEN 4
#define SLOT_ROOM (TAG_LEN + LEN_MAX + 4)
#define RX_BUFFER (32 << 20)
#define CONTROL_LEN CMSG_SPACE(sizeof(struct tpacket_auxdata))

struct packet_queue {
	struct slot tx[BATCH];
	struct slot rx[BATCH];
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	char control[BATCH][CONTROL_LEN];
	__u8 *buffer;
	__u64 overruns;
};

static int packet_open(struct dev *dev)
{
	dev->queues = dev->conf->threads;
	strcpy(dev->backend, "packet");
	if (dev->conf->mode == MODE_BUSY_POLL)
		return dev_fail(dev, EOPNOTSUPP, "busy-poll is not possible with AF_PACKET");
	if (dev->receives && dev->queues > 1)
		return dev_fail(dev, EOPNOTSUPP, "receives in one thread with AF_PACKET");
	return 0;
}

static void packet_close(struct dev *dev)
{
}

static int slots_make(struct packet_queue *p)
{
	p->buffer = calloc(2 * BATCH, SLOT_ROOM);
	for (int i = 0; p->buffer && i < BATCH; i++) {
		p->tx[i].room = LEN_MAX;
		p->tx[i].piece[0].data = p->buffer + (size_t)i * SLOT_ROOM + TAG_LEN;
		p->rx[i].piece[0].data = p->tx[i].piece[0].data + (size_t)BATCH * SLOT_ROOM;
		p->msg[i].msg_hdr.msg_iov = &p->iov[i];
		p->msg[i].msg_hdr.msg_iovlen = 1;
	}
	return p->buffer ? 0 : -ENOMEM;
}

static int socket_make(struct queue *q)
{
	const struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_ifindex = q->dev->ifindex,
		.sll_protocol = htons(q->dev->receives ? ETH_P_ALL : 0),
	};
	int on = 1, room = RX_BUFFER;

	q->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (q->fd < 0)
		return -errno;
	setsockopt(q->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	setsockopt(q->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	setsockopt(q->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (setsockopt(q->fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    bind(q->fd, (const struct sockaddr *)&addr, sizeof(addr)))
		return -errno;
	return 0;
}

static void packet_queue_close(struct queue *q)
{
	struct packet_queue *p = q->priv;

	if (q->fd >= 0)
		close(q->fd);
	q->fd = -1;
	if (p)
		free(p->buffer);
	free(p);
}

static int packet_queue_open(struct queue *q)
{
	struct packet_queue *p = q->priv = calloc(1, sizeof(*p));
	int err = !p || slots_make(p) ? -ENOMEM : socket_make(q);

	if (!err)
		return 0;
	packet_queue_close(q);
	return dev_fail(q->dev, err, "cannot open an AF_PACKET socket: %s", strerror(-err));
}

static unsigned int packet_tx_get(struct queue *q, struct slot **slots, unsigned int n)
{
	struct packet_queue *p = q->priv;
	unsigned int i;

	for (i = 0; i < n && i < BATCH; i++)
		slots[i] = &p->tx[i];
	return i;
}

static int packet_tx_put(struct queue *q, struct slot **slots, unsigned int n)
{
	struct packet_queue *p = q->priv;
	unsigned int msgs = 0, sent = 0;
	int ret;

	for (unsigned int i = 0; i < n; i++) {
		if (!slots[i]->len)
			continue;
		p->iov[msgs].iov_base = slots[i]->piece[0].data;
		p->iov[msgs].iov_len = slots[i]->len;
		p->msg[msgs].msg_hdr.msg_controllen = 0;
		p->msg[msgs++].msg_hdr.msg_control = NULL;
	}
	while (sent < msgs) {
		ret = sendmmsg(q->fd, p->msg + sent, msgs - sent, 0);
		if (ret > 0) {
			sent += ret;
		} else if (errno == ENOBUFS) { /* the device dropped this one */
			q->tx_dropped++;
			sent++;
		} else if (errno != EAGAIN && errno != EINTR) {
			return dev_fail(q->dev, errno, "cannot send: %s", strerror(errno));
		}
	}
	return 0;
}

static int packet_tx_flush(struct queue *q)
{
	return 0;
}

/* Put the tag back that the kernel took out: there is room before the frame. */
static void tag_restore(struct slot *s, struct msghdr *msg)
{
	struct tpacket_auxdata aux;
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	__u8 *frame = s->piece[0].data - TAG_LEN;
	__u16 tpid, tci;

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
		return;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	if (!(aux.tp_status & TP_STATUS_VLAN_VALID) || s->len < 12)
		return;
	tpid = htons(aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid : 0x8100);
	tci = htons(aux.tp_vlan_tci);
	memmove(frame, frame + TAG_LEN, 12);
	memcpy(frame + 12, &tpid, 2);
	memcpy(frame + 14, &tci, 2);
	s->piece[0].data = frame;
	s->len += TAG_LEN;
	s->piece[0].len += TAG_LEN;
}

static int packet_rx_get(struct queue *q, struct slot **slots, unsigned int n)
{
	struct packet_queue *p = q->priv;
	int got;

	if (n > BATCH)
		n = BATCH;
	for (unsigned int i = 0; i < n; i++) {
		p->rx[i].piece[0].data = p->buffer + (size_t)(BATCH + i) * SLOT_ROOM + TAG_LEN;
		p->iov[i] = (struct iovec){ p->rx[i].piece[0].data, LEN_MAX };
		p->msg[i].msg_hdr.msg_control = p->control[i];
		p->msg[i].msg_hdr.msg_controllen = CONTROL_LEN;
	}
	got = recvmmsg(q->fd, p->msg, n, MSG_DONTWAIT, NULL);
	if (got < 0 && (errno == EAGAIN || errno == EINTR || errno == ENETDOWN))
		return 0;
	if (got < 0)
		return dev_fail(q->dev, errno, "cannot receive: %s", strerror(errno));
	for (int i = 0; i < got; i++) {
		p->rx[i].pieces = 1;
		p->rx[i].len = p->rx[i].piece[0].len = p->msg[i].msg_len;
		tag_restore(&p->rx[i], &p->msg[i].msg_hdr);
		slots[i] = &p->rx[i];
	}
	return got;
}

static void packet_rx_put(struct queue *q)
{
}

static __u64 packet_overruns(struct queue *q)
{
	struct packet_queue *p = q->priv;
	struct tpacket_stats s = {};
	socklen_t len = sizeof(s);

	if (!getsockopt(q->fd, SOL_PACKET, PACKET_STATISTICS, &s, &len))
		p->overruns += s.tp_drops; /* reading sets it to zero */
	return p->overruns;
}

const struct dev_ops packet_ops = {
	.open = packet_open,
	.close = packet_close,
	.queue_open = packet_queue_open,
	.queue_close = packet_queue_close,
	.tx_get = packet_tx_get,
	.tx_put = packet_tx_put,
	.tx_flush = packet_tx_flush,
	.rx_get = packet_rx_get,
	.rx_put = packet_rx_put,
	.overruns = packet_overruns,
};
