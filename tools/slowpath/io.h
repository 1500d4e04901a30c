/* SPDX-License-Identifier: GPL-2.0 */
/* How the frames of a port come to the process and leave it. Each way is a file io_*.c with these
 * operations; ports.c chooses one for a port.
 *
 *   xdp	AF_XDP sockets: one a queue of a port that is served, else one to send
 *   packet	one AF_PACKET socket for all ports, which only sends
 *
 * Frames lie in the chunks of chunk.h, and are named by descriptors. What an operation is not
 * needed for is NULL.
 */
#pragma once

#include <stdbool.h>
#include <linux/if_xdp.h>
#include <linux/types.h>

#include "tools/slowpath/frame.h"
#include "tools/slowpath/port.h"

struct xsw_switch_handle;

struct port_io {
	/* Main thread: open up to @most queues, and set @p->queues and their @p->fd. Return: 0;
	 * -EBUSY: somebody else has them, or we had just now; -ENOSPC: there are enough of this
	 * kind; -errno. close() is called in any case.
	 */
	int (*open)(struct port *p, __u32 most);
	void (*close)(struct port *p);

	/* Main thread, of a port that is served: threads receive, let frames come. */
	int (*bind)(struct port *p, const struct xsw_switch_handle *sw);

	/* The thread that has the queue: call @take for each frame of a batch, which is its
	 * taker's then. Return: how many descriptors; -ENOBUFS: there is nothing to receive into.
	 */
	int (*receive)(struct port *p, __u32 queue, void (*take)(void *arg, struct frame *f),
		       void *arg);

	/* The same thread, with MODE_BUSY_POLL: poll the device if no frame @came. Return: 1; 0:
	 * what is to be polled is not known yet; -EOPNOTSUPP: not even after a frame came.
	 */
	int (*poll)(struct port *p, __u32 queue, bool came);

	/* Main thread: how many chunks has the kernel to receive into? */
	__u32 (*fills)(const struct port *p);

	/* Any thread: send @n descriptors of whole frames, and what waits. @queue is any number.
	 * Return: how many descriptors it took; in @lost the frames of those that were dropped.
	 */
	__u32 (*send)(struct port *p, __u32 queue, const struct xdp_desc *d, __u32 n, __u32 *lost);

	/* Any thread: does something that was taken wait? Then send() is to be called. */
	bool (*waits)(const struct port *p, __u32 queue);

	/* Any thread: take back the chunks of what has been sent. */
	void (*reap)(struct port *p);
};

extern const struct port_io xdp_io;
extern const struct port_io packet_io;

/**
 * packet_netns() - be ready for the ports of this namespace
 *
 * One packet socket sends to all ports that have no other: to close one that was bound to
 * a device would take some 12 ms (packet_release() waits for all CPUs), and at the start
 * each port needs it for a moment.
 */
void packet_netns(void);

/** packet_netns_end() - close that socket. Context: no worker runs. */
void packet_netns_end(void);

/** packet_mtu() - ask the kernel for the MTU of device @ifindex. Return: it, 0: unknown. */
__u32 packet_mtu(__u32 ifindex);
