// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/sock.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "maps/xsk.h"
#include "tools/slowpath/chunk.h"
#include "tools/slowpath/frame.h"

#ifndef XDP_MAX_TX_SKB_BUDGET /* headers before 6.18 */
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

__u32 sock_fill = SOCK_RING;

/* For one batch. A call sends 32 descriptors (MAX_PER_SOCKET_BUDGET in net/xdp/xsk.c) where
 * the kernel has no XDP_MAX_TX_SKB_BUDGET: with it a frame of 60 bytes takes the process some
 * 730 ns, 790 without (medians of rounds by turns). Larger batches than SOCK_BATCH gain nothing
 * that could be measured.
 */
#define KICKS 64

static bool id_used[1 << 16];

/* However often sockets are opened, no two have the same. There are more than sockets. */
static __u16 id_take(void)
{
	static __u16 last;

	while (!++last || id_used[last])
		;
	id_used[last] = true;
	return last;
}

static int umem_make(struct sock *s)
{
	const struct xsk_umem_config conf = { .fill_size = SOCK_RING,
					      .comp_size = SOCK_RING,
					      .frame_size = CHUNK };

	memset(&s->fill, 0, sizeof(s->fill));
	memset(&s->comp, 0, sizeof(s->comp));
	return xsk_umem__create(&s->umem, chunk_area, chunk_area_size, &s->fill, &s->comp, &conf);
}

static int bind_with(struct sock *s, const char *ifname, __u32 queue, __u16 flags)
{
	const struct xsk_socket_config conf = {
		.rx_size = SOCK_RING,
		.tx_size = SOCK_RING,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_USE_NEED_WAKEUP | flags,
	};
	int err;

	memset(&s->rx, 0, sizeof(s->rx));
	memset(&s->tx, 0, sizeof(s->tx));
	err = umem_make(s);
	if (err)
		return err;
	err = xsk_socket__create(&s->xsk, ifname, queue, s->umem, s->receives ? &s->rx : NULL,
				 &s->tx, &conf);
	if (err) {
		s->xsk = NULL;
		xsk_umem__delete(s->umem);
		s->umem = NULL;
	}
	return err;
}

static void options_read(struct sock *s)
{
	struct xdp_options options = {};
	socklen_t len = sizeof(options);

	getsockopt(s->fd, SOL_XDP, XDP_OPTIONS, &options, &len);
	s->zerocopy = options.flags & XDP_OPTIONS_ZEROCOPY;
}

/* Channels that receive, of all that the device was made with. Return: 0: not known. */
static __u32 channels_get(const char *ifname)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq req = { .ifr_data = (void *)&channels };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	__u32 n = 0;

	if (fd < 0)
		return 0;
	memcpy(req.ifr_name, ifname, strnlen(ifname, sizeof(req.ifr_name) - 1));
	if (!ioctl(fd, SIOCETHTOOL, &req))
		n = channels.rx_count + channels.combined_count;
	close(fd);
	return n;
}

__u32 sock_queues(const char *ifname, __u32 most)
{
	__u32 n = channels_get(ifname);

	if (!n || n > most)
		n = most;
	return n < XSW_XSK_QUEUES ? n : XSW_XSK_QUEUES;
}

int sock_open(struct sock *s, const char *ifname, __u32 queue, bool receives)
{
	int err, budget = SOCK_RING;

	memset(s, 0, sizeof(*s));
	s->receives = receives;
	s->takes_long = true;
	err = bind_with(s, ifname, queue, XDP_USE_SG);
	if (err == -EINVAL || err == -EOPNOTSUPP) { /* before 6.6, or not with this driver */
		s->takes_long = false;
		err = bind_with(s, ifname, queue, 0);
	}
	if (err)
		return err;
	s->id = id_take();
	s->fd = xsk_socket__fd(s->xsk);
	setsockopt(s->fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof(budget));
	pthread_mutex_init(&s->tx_lock, NULL);
	options_read(s);
	if (receives)
		sock_refill(s);
	return 0;
}

/* What lies in its rings belongs to us again when the kernel has let go of all of it, not
 * before: frames may come to the last, and a driver has chunks that are in no ring.
 */
void sock_close(struct sock *s)
{
	if (!s->xsk)
		return;
	xsk_socket__delete(s->xsk);
	xsk_umem__delete(s->umem);
	chunks_call_back(s->id);
	id_used[s->id] = false;
	pthread_mutex_destroy(&s->tx_lock);
	s->xsk = NULL;
}

__u32 sock_fills(const struct sock *s)
{
	return __atomic_load_n(s->fill.producer, __ATOMIC_RELAXED) -
	       __atomic_load_n(s->fill.consumer, __ATOMIC_ACQUIRE);
}

void sock_refill(struct sock *s)
{
	__u32 has = sock_fills(s), idx, got, want;
	__u64 at[SOCK_BATCH];

	for (; has < sock_fill; has += got) {
		want = sock_fill - has;
		got = chunks_get(at, want < SOCK_BATCH ? want : SOCK_BATCH);
		if (!got || xsk_ring_prod__reserve(&s->fill, got, &idx) != got) {
			while (got)
				chunk_put(at[--got]);
			break;
		}
		for (__u32 i = 0; i < got; i++) {
			*xsk_ring_prod__fill_addr(&s->fill, idx + i) = at[i];
			chunk_lend(at[i], s->id);
		}
		xsk_ring_prod__submit(&s->fill, got);
	}
	s->starved = !has;
}

static void reap(struct sock *s)
{
	__u32 idx, n;

	if (!s->tx_waits)
		return;
	n = xsk_ring_cons__peek(&s->comp, SOCK_RING, &idx);
	for (__u32 i = 0; i < n; i++) {
		__u64 at = *xsk_ring_cons__comp_addr(&s->comp, idx + i);

		chunk_lend(at, 0);
		chunk_put(at);
	}
	if (n)
		xsk_ring_cons__release(&s->comp, n);
	s->tx_waits -= n;
}

void sock_reap(struct sock *s)
{
	pthread_mutex_lock(&s->tx_lock);
	reap(s);
	pthread_mutex_unlock(&s->tx_lock);
}

bool sock_waits(const struct sock *s)
{
	return *s->tx.producer != __atomic_load_n(s->tx.consumer, __ATOMIC_ACQUIRE);
}

/* Return: how many frames the device dropped. */
static __u32 kick(struct sock *s)
{
	__u32 dropped = 0;

	for (int i = 0; i < KICKS && sock_waits(s) && xsk_ring_prod__needs_wakeup(&s->tx); i++) {
		if (sendto(s->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0 || errno == EINTR)
			continue;
		if (errno == EBUSY)
			dropped++;
		else if (errno != EAGAIN)
			break;
		if (s->zerocopy)
			break; /* the driver goes on by itself */
	}
	return dropped;
}

__u32 sock_send(struct sock *s, const struct xdp_desc *d, __u32 n, __u32 *lost)
{
	__u32 idx, room, took;

	pthread_mutex_lock(&s->tx_lock);
	reap(s);
	room = xsk_prod_nb_free(&s->tx, n);
	if (room > SOCK_RING - s->tx_waits) /* all of it must be able to come back */
		room = SOCK_RING - s->tx_waits;
	took = n < room ? n : room;
	while (took && took < n && d[took - 1].options & XDP_PKT_CONTD)
		took--; /* whole frames only */
	if (took && xsk_ring_prod__reserve(&s->tx, took, &idx) == took) {
		for (__u32 i = 0; i < took; i++) {
			*xsk_ring_prod__tx_desc(&s->tx, idx + i) = d[i];
			chunk_lend(d[i].addr, s->id);
		}
		xsk_ring_prod__submit(&s->tx, took);
		s->tx_waits += took;
	}
	*lost = kick(s);
	pthread_mutex_unlock(&s->tx_lock);
	return took;
}
