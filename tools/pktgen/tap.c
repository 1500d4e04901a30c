// SPDX-License-Identifier: GPL-2.0
/* The tap back end: plays the guest. What it writes comes in at the tap on the
 * host's side, what the host sends there it reads; one frame a system call.
 * A tap that was not there before goes when the last queue is closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>

#include "ctrl/base/error.h"
#include "tools/pktgen/dev.h"

#define VNET_HDR_LEN 10

struct tap_queue {
	unsigned int header; /* bytes before each frame */
	struct slot tx[BATCH_MAX];
	struct slot rx[BATCH_MAX];
	__u8 *buffer;
};

#define SLOT_ROOM (VNET_HDR_LEN + LEN_MAX + 6)

static int tap_open(struct dev *dev)
{
	if (dev->conf->tx_slots && dev->sends)
		dev_note(dev, "-C: what a guest sends through a tap waits in no ring");
	dev->queues = dev->conf->threads;
	strcpy(dev->backend, dev->conf->vnet_hdr ? "tap vnet_hdr" : "tap");
	if (dev->conf->mode == MODE_BUSY_POLL) {
		dev_fail(dev, EOPNOTSUPP,
			 "busy-poll is not possible on this device: a tap has no NAPI");
		xsw_remedy("-m spin or -m adaptive");
		return -EOPNOTSUPP;
	}
	return 0;
}

static void tap_close(struct dev *dev)
{
}

static int attach(struct queue *q)
{
	const struct config *c = q->dev->conf;
	struct ifreq ifr = {};
	int err, header = VNET_HDR_LEN;

	memcpy(ifr.ifr_name, c->ifname, IFNAMSIZ);
	ifr.ifr_flags = IFF_TAP | IFF_NO_PI | (c->vnet_hdr ? IFF_VNET_HDR : 0) |
			(c->threads > 1 ? IFF_MULTI_QUEUE : 0);
	err = ioctl(q->fd, TUNSETIFF, &ifr);
	if (err && errno == EINVAL && c->threads == 1) { /* made before, with multi_queue */
		ifr.ifr_flags |= IFF_MULTI_QUEUE;
		err = ioctl(q->fd, TUNSETIFF, &ifr);
	}
	if (err)
		return dev_fail(q->dev, errno, "cannot open: %s",
				errno == EINVAL ? "not a tap, or made without multi_queue" :
						  strerror(errno));
	if (ioctl(q->fd, TUNSETOFFLOAD, 0) ||
	    (c->vnet_hdr && ioctl(q->fd, TUNSETVNETHDRSZ, &header)))
		return dev_fail(q->dev, errno, "cannot set headers: %s", strerror(errno));
	return 0;
}

static int slots_make(struct tap_queue *t)
{
	t->buffer = calloc(2 * BATCH_MAX, SLOT_ROOM);
	for (int i = 0; t->buffer && i < BATCH_MAX; i++) {
		t->tx[i].room = LEN_MAX;
		t->tx[i].piece[0].data = t->buffer + (size_t)i * SLOT_ROOM + VNET_HDR_LEN;
		t->rx[i].piece[0].data = t->tx[i].piece[0].data + (size_t)BATCH_MAX * SLOT_ROOM;
	}
	return t->buffer ? 0 : -ENOMEM;
}

static void tap_queue_close(struct queue *q)
{
	struct tap_queue *t = q->priv;

	close(q->fd);
	q->fd = -1;
	if (t)
		free(t->buffer);
	free(t);
}

/* A tap of our own, with an MTU for the frames that are to be sent. */
static int setup(const struct config *c)
{
	__u32 l2 = 14 + 4 * c->tags, mtu = c->mtu;
	int err = 0;

	if (!mtu && c->len > ETH_DATA_LEN + l2)
		mtu = c->len - l2;
	if (mtu)
		err = link_set_mtu(c->ifname, mtu);
	if (!err && c->rx_slots)
		err = link_set_txqlen(c->ifname, c->rx_slots);
	return err ? err : link_up(c->ifname);
}

static int tap_queue_open(struct queue *q)
{
	struct tap_queue *t;
	int err;

	/* Non-blocking, as QEMU's: only then does the kernel run native XDP. */
	q->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (q->fd < 0)
		return dev_fail(q->dev, errno, "cannot open /dev/net/tun: %s", strerror(errno));
	t = q->priv = calloc(1, sizeof(*t));
	err = !t || slots_make(t) ? dev_fail(q->dev, ENOMEM, "no memory") : attach(q);
	if (!err && !q->index && q->dev->conf->up)
		err = setup(q->dev->conf);
	if (!err)
		t->header = q->dev->conf->vnet_hdr ? VNET_HDR_LEN : 0;
	else
		tap_queue_close(q);
	return err;
}

static unsigned int tap_tx_get(struct queue *q, struct slot **slots, unsigned int n)
{
	struct tap_queue *t = q->priv;

	for (unsigned int i = 0; i < n; i++)
		slots[i] = &t->tx[i];
	return n;
}

static int tap_send(struct queue *q, const struct tap_queue *t, const struct slot *s)
{
	ssize_t n;

	do {
		n = write(q->fd, s->piece[0].data - t->header, s->len + t->header);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n >= 0)
		return 0;
	if (errno == EBADFD)
		return dev_fail(q->dev, ENODEV, "is gone");
	if (errno != ENOBUFS && errno != ENOMEM)
		return dev_fail(q->dev, errno, "cannot send: %s", strerror(errno));
	q->tx_dropped++;
	return 0;
}

static int tap_tx_put(struct queue *q, struct slot **slots, unsigned int n)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < n; i++)
		if (slots[i]->len)
			err = tap_send(q, q->priv, slots[i]);
	return err;
}

static int tap_tx_flush(struct queue *q)
{
	return 0;
}

static int tap_rx_get(struct queue *q, struct slot **slots, unsigned int n)
{
	struct tap_queue *t = q->priv;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct slot *s = &t->rx[i];
		ssize_t len = read(q->fd, s->piece[0].data - t->header, LEN_MAX + t->header);

		if (len < 0 && errno != EAGAIN && errno != EINTR)
			return dev_fail(q->dev, ENODEV, "is gone");
		if (len < (ssize_t)t->header)
			break;
		s->pieces = 1;
		s->len = s->piece[0].len = len - t->header;
		slots[i] = s;
	}
	return i;
}

static void tap_rx_put(struct queue *q)
{
}

static __u64 tap_overruns(struct queue *q)
{
	return 0; /* they are the tap's tx_dropped */
}

const struct dev_ops tap_ops = {
	.open = tap_open,
	.close = tap_close,
	.queue_open = tap_queue_open,
	.queue_close = tap_queue_close,
	.tx_get = tap_tx_get,
	.tx_put = tap_tx_put,
	.tx_flush = tap_tx_flush,
	.rx_get = tap_rx_get,
	.rx_put = tap_rx_put,
	.overruns = tap_overruns,
};
