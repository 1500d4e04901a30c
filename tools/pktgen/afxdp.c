// SPDX-License-Identifier: GPL-2.0
/* The AF_XDP back end: one socket and one umem for each queue.
 *
 *   umem   | chunks of tx slots, as many for each as the longest frame needs | chunks to receive |
 *
 * The program that receives is attached by a link of this process: it goes
 * with it, however it ends. Frames sent on a veth arrive at its other end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <xdp/xsk.h>

#include "ctrl/base/error.h"
#include "ctrl/kernel/link.h"
#include "tools/pktgen/dev.h"
#include "pktgen.skel.h"

#ifndef XDP_USE_SG /* headers before 6.6 */
#define XDP_USE_SG (1 << 4)
#define XDP_PKT_CONTD (1 << 0)
#endif
#ifndef XDP_MAX_TX_SKB_BUDGET /* headers before 6.18 */
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

#define CHUNK 4096
#define RX_ROOM (CHUNK - 256) /* XDP_PACKET_HEADROOM */
#define TX_SLOTS 1024	      /* unless the user says otherwise */
#define RX_SLOTS 4096
#define RING 4096
#define TX_BUDGET BATCH_MAX
#define REBIND_MS 2000 /* a socket closed just now leaves its queue only then */

struct afxdp {
	struct pktgen_bpf *skel; /* NULL: nothing is received */
	int link;
	bool long_frames; /* to be received in pieces */
};

struct afxdp_queue {
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons comp, rx;
	__u8 *area;
	size_t size;
	__u32 per_slot; /* chunks of a tx slot */
	__u32 rx_base;	/* first chunk to receive */
	__u32 tx_slots;
	__u32 rx_slots; /* chunks to receive, and entries of those rings */
	__u32 tx_ring;	/* entries: all pieces of all slots find room */
	struct slot *slot;
	__u32 *free; /* a stack of slots */
	__u32 n_free;
	__u32 rx_idx; /* descriptors that rx_get() handed out */
	__u32 rx_descs;
	struct slot rx_slot[BATCH_MAX];
	bool napi_seen;
};

/* ---- the program */

static int attach(struct dev *dev, struct afxdp *a)
{
	static const __u32 modes[] = { XDP_FLAGS_DRV_MODE, XDP_FLAGS_SKB_MODE };
	int prog = bpf_program__fd(a->skel->progs.pktgen_rx), err = 0;

	for (int i = 0; i < 2; i++) {
		LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = modes[i]);

		a->link = bpf_link_create(prog, dev->ifindex, BPF_XDP, &opts);
		if (a->link >= 0 && i)
			dev_note(dev, "XDP in generic mode: %s", strerror(-err));
		if (a->link >= 0)
			return 0;
		err = -errno;
		if (err == -EBUSY || err == -EEXIST)
			break;
	}
	dev_fail(dev, err, "cannot attach XDP to receive: %s", strerror(-err));
	if (err == -EBUSY || err == -EEXIST)
		xsw_remedy("it has a program of somebody else: 'ip link show' names it");
	return err;
}

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return 0;
}

static int afxdp_open(struct dev *dev)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct link_info info;
	struct afxdp *a;
	unsigned int most;
	int err = link_get(dev->conf->ifname, &info);

	if (err)
		return err;
	most = dev->receives ? info.rx_queues : info.tx_queues;
	dev->queues = dev->receives && most <= QUEUES_MAX ? most : dev->conf->threads;
	if (dev->conf->threads > most)
		return dev_fail(dev, ENOSPC, "has %u queues, too few for %u threads", most,
				dev->conf->threads);
	a = dev->priv = calloc(1, sizeof(*a));
	if (!a)
		return dev_fail(dev, ENOMEM, "no memory");
	a->link = -1;
	a->long_frames = dev->mtu + 18 > RX_ROOM;
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	libbpf_set_print(quiet);
	if (!dev->receives)
		return 0;
	a->skel = pktgen_bpf__open_and_load();
	if (!a->skel)
		err = dev_fail(dev, errno, "cannot load the XDP program: %s", strerror(errno));
	else
		err = attach(dev, a);
	if (err)
		dev->ops->close(dev);
	return err;
}

static void afxdp_close(struct dev *dev)
{
	struct afxdp *a = dev->priv;

	if (!a)
		return;
	if (a->link >= 0)
		close(a->link);
	pktgen_bpf__destroy(a->skel);
	free(a);
	dev->priv = NULL;
}

/* ---- a queue */

static void sizes_plan(struct queue *q, struct afxdp_queue *a)
{
	const struct config *c = q->dev->conf;
	__u32 piece = c->piece_len ? c->piece_len : CHUNK;

	a->tx_slots = c->tx_slots ? c->tx_slots : TX_SLOTS;
	a->rx_slots = c->rx_slots ? c->rx_slots : RX_SLOTS;
	a->per_slot = q->dev->sends ? (c->len + piece - 1) / piece : 0;
	if (c->function == FUNCTION_PONG)
		a->per_slot = q->dev->mtu + 22 > CHUNK ? SLOT_CHUNKS : 1;
	a->tx_ring = c->tx_slots ? 1 : RING;
	while (a->tx_ring < a->tx_slots * a->per_slot)
		a->tx_ring *= 2;
}

static int umem_make(struct queue *q, struct afxdp_queue *a)
{
	const struct xsk_umem_config conf = { .fill_size = a->rx_slots,
					      .comp_size = a->tx_ring,
					      .frame_size = CHUNK };
	__u32 chunks;
	int err;

	a->slot = calloc(a->tx_slots, sizeof(*a->slot));
	a->free = calloc(a->tx_slots, sizeof(*a->free));
	if (!a->slot || !a->free)
		return dev_fail(q->dev, ENOMEM, "no memory");
	a->rx_base = a->per_slot * a->tx_slots;
	chunks = a->rx_base + (q->dev->receives ? a->rx_slots : 0);
	a->size = (size_t)chunks * CHUNK;
	a->area = mmap(NULL, a->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->area == MAP_FAILED) {
		a->area = NULL;
		return dev_fail(q->dev, ENOMEM, "no memory");
	}
	err = xsk_umem__create(&a->umem, a->area, a->size, &a->fill, &a->comp, &conf);
	return err ? dev_fail(q->dev, err, "cannot make AF_XDP memory: %s", strerror(-err)) : 0;
}

static int socket_make(struct queue *q, struct afxdp_queue *a, __u16 flags)
{
	struct xsk_socket_config conf = {
		.rx_size = a->rx_slots,
		.tx_size = a->tx_ring,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = flags,
	};
	const struct timespec pause = { .tv_nsec = 5000000 };
	int err, waited_ms = 0;

	do {
		memset(&a->rx, 0, sizeof(a->rx));
		memset(&a->tx, 0, sizeof(a->tx));
		err = xsk_socket__create(&a->xsk, q->dev->conf->ifname, q->index, a->umem,
					 q->dev->receives ? &a->rx : NULL,
					 q->dev->sends ? &a->tx : NULL, &conf);
		if (err != -EBUSY || waited_ms >= REBIND_MS)
			break;
		nanosleep(&pause, NULL);
		waited_ms += 5;
	} while (true);
	return err;
}

static int socket_bind(struct queue *q, struct afxdp_queue *a)
{
	static const __u16 binding[] = { 0, XDP_COPY, XDP_ZEROCOPY };
	__u16 flags = XDP_USE_NEED_WAKEUP | binding[q->dev->conf->binding];
	bool long_rx = q->dev->receives && ((struct afxdp *)q->dev->priv)->long_frames;
	int err;

	err = socket_make(q, a, flags | (long_rx || a->per_slot > 1 ? XDP_USE_SG : 0));
	if (err && long_rx && q->dev->conf->len <= RX_ROOM) {
		err = socket_make(q, a, flags);
		if (!err && !q->index)
			dev_note(q->dev, "frames longer than %d bytes are not received", RX_ROOM);
	}
	if (err == -EINVAL && q->index) /* more were made than are in use */
		return dev_fail(q->dev, ENOSPC, "has %u queues in use, too few for %u threads",
				q->index, q->dev->conf->threads);
	if (!err)
		return 0;
	dev_fail(q->dev, err, "cannot open an AF_XDP socket on queue %u: %s", q->index,
		 strerror(-err));
	if (err == -EINVAL && q->dev->conf->piece_len)
		xsw_remedy("frames in several descriptors need Linux 6.6, and a driver that has "
			   "them");
	return err;
}

static void slots_make(struct afxdp_queue *a, __u32 piece_len)
{
	for (__u32 i = 0; a->per_slot && i < a->tx_slots; i++) {
		a->slot[i].room = a->per_slot * CHUNK;
		a->slot[i].piece_room = piece_len ? piece_len : CHUNK;
		for (__u32 j = 0; j < a->per_slot; j++)
			a->slot[i].piece[j].data = a->area + ((size_t)i * a->per_slot + j) * CHUNK;
		a->free[a->n_free++] = a->tx_slots - 1 - i;
	}
}

static void fill_all(struct afxdp_queue *a)
{
	__u32 idx;

	if (xsk_ring_prod__reserve(&a->fill, a->rx_slots, &idx) != a->rx_slots)
		return;
	for (__u32 i = 0; i < a->rx_slots; i++)
		*xsk_ring_prod__fill_addr(&a->fill, idx++) = (__u64)(a->rx_base + i) * CHUNK;
	xsk_ring_prod__submit(&a->fill, a->rx_slots);
}

static int rx_begin(struct queue *q, struct afxdp_queue *a)
{
	struct afxdp *d = q->dev->priv;
	__u32 key = q->index;

	fill_all(a);
	if (!bpf_map_update_elem(bpf_map__fd(d->skel->maps.pktgen_xsk), &key, &q->fd, 0))
		return 0;
	return dev_fail(q->dev, errno, "cannot receive on queue %u: %s", q->index, strerror(errno));
}

/* For the user: what was agreed on with the driver. */
static void describe(struct dev *dev, struct xsk_socket *xsk)
{
	struct xdp_options options = {};
	socklen_t len = sizeof(options);

	getsockopt(xsk_socket__fd(xsk), SOL_XDP, XDP_OPTIONS, &options, &len);
	strcpy(dev->backend,
	       options.flags & XDP_OPTIONS_ZEROCOPY ? "af_xdp zero-copy" : "af_xdp copy");
}

static void afxdp_queue_close(struct queue *q)
{
	struct afxdp_queue *a = q->priv;

	if (!a)
		return;
	if (a->xsk)
		xsk_socket__delete(a->xsk);
	if (a->umem)
		xsk_umem__delete(a->umem);
	if (a->area)
		munmap(a->area, a->size);
	free(a->slot);
	free(a->free);
	free(a);
	q->priv = NULL;
	q->fd = -1;
}

static int afxdp_queue_open(struct queue *q)
{
	struct afxdp_queue *a = q->priv = calloc(1, sizeof(*a));
	int budget = TX_BUDGET, err;

	if (!a)
		return dev_fail(q->dev, ENOMEM, "no memory");
	sizes_plan(q, a);
	err = umem_make(q, a);
	if (!err)
		err = socket_bind(q, a);
	if (err)
		goto out;
	q->fd = xsk_socket__fd(a->xsk);
	/* more than 32 frames for one system call, where the kernel has it */
	setsockopt(q->fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof(budget));
	slots_make(a, q->dev->conf->piece_len);
	describe(q->dev, a->xsk);
	err = q->dev->receives ? rx_begin(q, a) : 0;
	if (!err && q->dev->conf->mode == MODE_BUSY_POLL)
		err = queue_poll_begin(q);
	if (!err)
		return 0;
out:
	afxdp_queue_close(q);
	return err;
}

/* ---- sending */

static void reclaim(struct afxdp_queue *a)
{
	__u32 idx, n = xsk_ring_cons__peek(&a->comp, a->tx_ring, &idx);

	for (__u32 i = 0; i < n; i++) {
		__u32 chunk = *xsk_ring_cons__comp_addr(&a->comp, idx + i) / CHUNK;

		if (chunk % a->per_slot == 0) /* the others go with the first */
			a->free[a->n_free++] = chunk / a->per_slot;
	}
	if (n)
		xsk_ring_cons__release(&a->comp, n);
}

static unsigned int afxdp_tx_get(struct queue *q, struct slot **slots, unsigned int n)
{
	struct afxdp_queue *a = q->priv;

	if (a->n_free < n)
		reclaim(a);
	if (n > a->n_free)
		n = a->n_free;
	for (unsigned int i = 0; i < n; i++)
		slots[i] = &a->slot[a->free[--a->n_free]];
	return n;
}

/* Frames beyond what the kernel takes at once wait for the next call. */
static int kick(struct queue *q, struct afxdp_queue *a)
{
	if (xsk_prod_nb_free(&a->tx, a->tx_ring) == a->tx_ring ||
	    !xsk_ring_prod__needs_wakeup(&a->tx) ||
	    sendto(q->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
		return 0;
	if (errno == EBUSY) /* the device dropped a frame, which stands in for one taken */
		q->tx_dropped++;
	else if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
		return dev_fail(q->dev, errno, "cannot send: %s", strerror(errno));
	return 0;
}

static int afxdp_tx_put(struct queue *q, struct slot **slots, unsigned int n)
{
	struct afxdp_queue *a = q->priv;
	__u32 idx, descs = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (slots[i]->len)
			descs += slots[i]->pieces;
		else
			a->free[a->n_free++] = slots[i] - a->slot;
	}
	/* There is room: the ring holds all pieces of all slots. */
	if (!descs || !xsk_ring_prod__reserve(&a->tx, descs, &idx))
		return 0;
	for (unsigned int i = 0; i < n; i++) {
		const struct slot *s = slots[i];

		for (__u32 j = 0; s->len && j < s->pieces; j++) {
			struct xdp_desc *d = xsk_ring_prod__tx_desc(&a->tx, idx++);

			d->addr = s->piece[j].data - a->area;
			d->len = s->piece[j].len;
			d->options = j + 1 < s->pieces ? XDP_PKT_CONTD : 0;
		}
	}
	xsk_ring_prod__submit(&a->tx, descs);
	return kick(q, a);
}

static int afxdp_tx_flush(struct queue *q)
{
	struct afxdp_queue *a = q->priv;
	int err;

	reclaim(a);
	if (a->n_free == a->tx_slots)
		return 0;
	err = kick(q, a);
	return err ? err : (int)(a->tx_slots - a->n_free);
}

/* ---- receiving */

/* One frame of those that lie in the ring. Return: its descriptors, 0 if it is cut. */
static __u32 gather(struct afxdp_queue *a, struct slot *s, __u32 idx, __u32 descs)
{
	const struct xdp_desc *d;

	s->len = s->pieces = 0;
	for (__u32 i = 0; i < descs; i++) {
		d = xsk_ring_cons__rx_desc(&a->rx, idx + i);
		s->len += d->len;
		if (s->pieces < SLOT_PIECES) {
			s->piece[s->pieces].data = xsk_umem__get_data(a->area, d->addr);
			s->piece[s->pieces++].len = d->len;
		}
		if (!(d->options & XDP_PKT_CONTD))
			return i + 1;
	}
	return 0;
}

static int afxdp_rx_get(struct queue *q, struct slot **slots, unsigned int n)
{
	struct afxdp_queue *a = q->priv;
	__u32 idx = 0, descs = xsk_ring_cons__peek(&a->rx, a->rx_slots, &idx), used = 0, one;
	unsigned int frames = 0;

	while (used < descs && frames < n) {
		one = gather(a, &a->rx_slot[frames], idx + used, descs - used);
		if (!one)
			break;
		used += one;
		slots[frames] = &a->rx_slot[frames];
		frames++;
	}
	if (used < descs)
		xsk_ring_cons__cancel(&a->rx, descs - used);
	a->rx_idx = idx;
	a->rx_descs = used;
	if (frames && q->dev->conf->mode == MODE_BUSY_POLL && !a->napi_seen) {
		a->napi_seen = napi_known(q->fd);
		if (!a->napi_seen)
			return napi_impossible(q->dev);
	}
	return frames;
}

static void afxdp_rx_put(struct queue *q)
{
	struct afxdp_queue *a = q->priv;
	__u32 idx;

	if (!a->rx_descs || !xsk_ring_prod__reserve(&a->fill, a->rx_descs, &idx))
		return;
	for (__u32 i = 0; i < a->rx_descs; i++)
		*xsk_ring_prod__fill_addr(&a->fill, idx++) =
			xsk_ring_cons__rx_desc(&a->rx, a->rx_idx + i)->addr & ~(CHUNK - 1ULL);
	xsk_ring_prod__submit(&a->fill, a->rx_descs);
	xsk_ring_cons__release(&a->rx, a->rx_descs);
	a->rx_descs = 0;
	if (xsk_ring_prod__needs_wakeup(&a->fill))
		recvfrom(q->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static __u64 afxdp_overruns(struct queue *q)
{
	struct xdp_statistics s = {};
	socklen_t len = sizeof(s);

	getsockopt(q->fd, SOL_XDP, XDP_STATISTICS, &s, &len);
	return s.rx_dropped + s.rx_ring_full;
}

/* Which NAPI it is the driver may tell only when the first frame has come. */
static int afxdp_busy_poll(struct queue *q)
{
	struct afxdp_queue *a = q->priv;

	a->napi_seen = a->napi_seen || napi_known(q->fd);
	if (a->napi_seen)
		recvfrom(q->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
	return a->napi_seen;
}

const struct dev_ops afxdp_ops = {
	.open = afxdp_open,
	.close = afxdp_close,
	.queue_open = afxdp_queue_open,
	.queue_close = afxdp_queue_close,
	.tx_get = afxdp_tx_get,
	.tx_put = afxdp_tx_put,
	.tx_flush = afxdp_tx_flush,
	.rx_get = afxdp_rx_get,
	.rx_put = afxdp_rx_put,
	.overruns = afxdp_overruns,
	.busy_poll = afxdp_busy_poll,
};
