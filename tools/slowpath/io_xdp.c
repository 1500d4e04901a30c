// SPDX-License-Identifier: GPL-2.0
/* Receiving and sending by AF_XDP sockets. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "ctrl/switch/switch.h"
#include "maps/port.h"
#include "tools/slowpath/chunk.h"
#include "tools/slowpath/io.h"
#include "tools/slowpath/sock.h"
#include "tools/slowpath/steps/pinned.h"

#define SENDERS_MAX 64

static __u32 senders; /* sockets that only send */

static struct sock *sock_of(const struct port *p, __u32 queue)
{
	return p->priv[queue % p->queues];
}

/* ---- open and close */

/* Queue @q of the port. Return: 0 or -errno. */
static int queue_open(struct port *p, __u32 q)
{
	struct sock *s = calloc(1, sizeof(*s));
	int err = s ? sock_open(s, p->ifname, q, p->served) : -ENOMEM;

	if (err) {
		free(s);
		return err;
	}
	p->fd[q] = s->fd;
	p->priv[q] = s;
	p->queues++;
	return 0;
}

static int poll_begin(struct port *p)
{
	int err = 0;

	for (__u32 q = 0; q < p->queues && !err; q++)
		err = napi_poll_begin(p->fd[q]);
	if (!err && !napi_take(p->ifname, p->ifindex, &p->napi))
		port_note(p->ifname, "busy-poll without napi_defer_hard_irqs and "
				     "gro_flush_timeout: cannot set them in /sys");
	return err;
}

/* A socket on each queue that is in use.
 *
 * To open one takes the kernel some 4 ms: 2.5 to make a table of all chunks (bind), about
 * 200 bytes each, and the rest to pin and map them (XDP_UMEM_REG; five times that without
 * huge pages). It did that twice more for a queue that was not in use, and closed a packet
 * socket: 40 ms a port in all.
 */
static int queues_open(struct port *p, __u32 most)
{
	int err = 0;

	most = sock_queues(p->ifname, most);
	for (__u32 q = 0; q < most && !err; q++) {
		err = queue_open(p, q);
		if (err == -EINVAL && q) { /* more were made than are in use */
			err = 0;
			break;
		}
	}
	if (!err && p->mode == MODE_BUSY_POLL)
		err = poll_begin(p);
	return err;
}

/* An AF_XDP socket, as long as there are not so many that their memory matters (each has
 * some of the kernel's for each chunk).
 */
static int sender_open(struct port *p)
{
	int err = senders < SENDERS_MAX ? queue_open(p, 0) : -ENOSPC;

	if (!err)
		senders++;
	return err;
}

static int xdp_open(struct port *p, __u32 most)
{
	return p->served ? queues_open(p, most) : sender_open(p);
}

static void xdp_close(struct port *p)
{
	for (__u32 q = 0; q < p->queues; q++) {
		sock_close(p->priv[q]);
		free(p->priv[q]);
	}
	napi_restore(&p->napi);
	if (!p->served)
		senders -= p->queues;
}

/* Let the kernel know, queue by queue, where the frames are to go. */
static int xdp_bind(struct port *p, const struct xsw_switch_handle *sw)
{
	struct xsw_state *state = umap_pinned_state(p->number);
	__u32 how = XSW_AFXDP_BOUND | XSW_AFXDP_LONG | XSW_AFXDP_ZEROCOPY;

	for (__u32 q = 0; q < p->queues; q++) {
		__u32 index = XSW_XSK_INDEX(p->number, q);
		const struct sock *s = p->priv[q];

		if (bpf_map_update_elem(sw->map.xsk, &index, &s->fd, BPF_ANY))
			return -errno;
		if (!s->takes_long)
			how &= ~XSW_AFXDP_LONG;
		if (!s->zerocopy)
			how &= ~XSW_AFXDP_ZEROCOPY;
	}
	if (p->csum)
		how |= XSW_AFXDP_CSUM;
	__atomic_store_n(&state->afxdp, how, __ATOMIC_RELEASE);
	return 0;
}

/* ---- what comes in */

/* Take the next frame out of the @left descriptors from @idx on. Its chunks are ours again.
 * Return: how many descriptors it has, 0 if its end is not there. One of more than PIECES is
 * longer than any; it is given back, and @f->n is 0.
 */
static __u32 gather(struct sock *s, struct frame *f, __u32 idx, __u32 left)
{
	__u32 n = 0;

	do {
		if (n == left)
			return 0;
	} while (xsk_ring_cons__rx_desc(&s->rx, idx + n++)->options & XDP_PKT_CONTD);
	f->n = n > PIECES ? 0 : n;
	for (__u32 i = 0; i < n; i++) {
		const struct xdp_desc *d = xsk_ring_cons__rx_desc(&s->rx, idx + i);

		chunk_lend(d->addr, 0);
		if (f->n)
			f->d[i] = *d;
		else
			chunk_put(d->addr);
	}
	if (f->n)
		frame_set(f);
	return n;
}

/* Nothing can come to a socket that has nothing to receive into. */
static int feed(struct sock *s)
{
	if (s->starved)
		sock_refill(s);
	return s->starved ? -ENOBUFS : 0;
}

static int xdp_receive(struct port *p, __u32 queue, void (*take)(void *arg, struct frame *f),
		       void *arg)
{
	struct sock *s = p->priv[queue];
	__u32 idx = 0, used = 0, of, descs = xsk_ring_cons__peek(&s->rx, SOCK_BATCH, &idx);
	struct frame f;

	if (!descs)
		return feed(s);
	for (__u32 i = 0; i < descs; i++)
		__builtin_prefetch(chunk_area + xsk_ring_cons__rx_desc(&s->rx, idx + i)->addr);
	while (used < descs && (of = gather(s, &f, idx + used, descs - used))) {
		if (f.n)
			take(arg, &f);
		used += of;
	}
	if (used < descs)
		xsk_ring_cons__cancel(&s->rx, descs - used);
	xsk_ring_cons__release(&s->rx, used);
	sock_refill(s);
	if (xsk_ring_prod__needs_wakeup(&s->fill))
		recvfrom(s->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
	return used;
}

/* Which NAPI it is the driver may tell only when the first frame has come. */
static int xdp_poll(struct port *p, __u32 queue, bool came)
{
	struct sock *s = p->priv[queue];

	if (!s->napi_seen)
		s->napi_seen = napi_known(s->fd);
	if (!s->napi_seen)
		return came ? -EOPNOTSUPP : 0;
	if (!came)
		recvfrom(s->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
	return 1;
}

static __u32 xdp_fills(const struct port *p)
{
	__u32 fills = 0;

	for (__u32 q = 0; q < p->queues; q++)
		fills += sock_fills(p->priv[q]);
	return fills;
}

/* ---- what leaves */

static __u32 xdp_send(struct port *p, __u32 queue, const struct xdp_desc *d, __u32 n, __u32 *lost)
{
	return sock_send(sock_of(p, queue), d, n, lost);
}

static bool xdp_waits(const struct port *p, __u32 queue)
{
	return sock_waits(sock_of(p, queue));
}

static void xdp_reap(struct port *p)
{
	for (__u32 q = 0; q < p->queues; q++)
		sock_reap(p->priv[q]);
}

const struct port_io xdp_io = {
	.open = xdp_open,
	.close = xdp_close,
	.bind = xdp_bind,
	.receive = xdp_receive,
	.poll = xdp_poll,
	.fills = xdp_fills,
	.send = xdp_send,
	.waits = xdp_waits,
	.reap = xdp_reap,
};
