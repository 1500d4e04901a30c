/* SPDX-License-Identifier: GPL-2.0 */
/* One AF_XDP socket, on one queue of a device. It registers the whole area of chunks as its
 * own umem: so each is bound as its device allows, with or without a copy, for long frames
 * or not, which sockets that share one umem cannot be.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <linux/if_xdp.h>
#include <linux/types.h>
#include <xdp/xsk.h>

#ifndef XDP_USE_SG /* headers before 6.6 */
#define XDP_USE_SG (1 << 4)
#endif

#define SOCK_RING 2048
#define SOCK_BATCH 64

struct sock {
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons comp, rx;
	int fd;
	__u16 id; /* for chunk_lend(); no other open socket has it */
	bool receives, takes_long, zerocopy;
	bool napi_seen; /* the driver has named a NAPI, which can be polled */
	bool starved;	/* it has nothing to receive into, and there was nothing to give it */
	__u32 tx_waits; /* descriptors handed to the kernel and not come back */
	pthread_mutex_t tx_lock; /* all threads send */
};

/* How many chunks each socket has to receive into. Each is soon where this says. */
extern __u32 sock_fill;

/**
 * sock_queues() - how many queues of @ifname are to have a socket
 * @most: queues that it has
 *
 * Those that are in use, as far as its driver tells, XSW_XSK_QUEUES at most.
 */
__u32 sock_queues(const char *ifname, __u32 most);

/**
 * sock_open() - bind to @queue of @ifname
 * @receives: or else it only sends
 *
 * Return: 0; -EINVAL: no such queue in use; -EBUSY: another socket has it, or had it just
 * now; -errno.
 */
int sock_open(struct sock *s, const char *ifname, __u32 queue, bool receives);

/** sock_close() - no thread uses it any more */
void sock_close(struct sock *s);

/** sock_refill() - let the kernel have chunks to receive into, as many as sock_fill says */
void sock_refill(struct sock *s);

/** sock_fills() - how many chunks does it have to receive into? */
__u32 sock_fills(const struct sock *s);

/** sock_reap() - take back the chunks of what has been sent. Context: any thread */
void sock_reap(struct sock *s);

/** sock_waits() - does something still wait for the kernel to send it? */
bool sock_waits(const struct sock *s);

/**
 * sock_send() - queue descriptors of whole frames, and let the kernel send
 *
 * Return: how many it took; the others are the caller's. @lost: how many frames the device
 * dropped of those taken.
 */
__u32 sock_send(struct sock *s, const struct xdp_desc *d, __u32 n, __u32 *lost);
