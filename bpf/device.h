/* SPDX-License-Identifier: GPL-2.0 */
/* The device of a port. An ifindex does not identify a device: when a device is gone, the kernel
 * gives its number to the next. But the kernel takes a device out of every devmap the moment that
 * the device is unregistered or leaves its network namespace. So the entry of a port in xsw_tx is
 * the device that a command made this port, or there is none. Programs may not look a devmap up,
 * but with CAP_PERFMON they may read the kernel's structure that it is.
 *
 * No program can have read an entry and still send to the next owner of the number: under RTNL
 * the device is closed and taken off the lists by number, the devmaps let go of it, and the
 * kernel waits for all readers of RCU (unregister_netdevice_many_notify() and
 * __dev_change_net_namespace() in net/core/dev.c, dev_map_notification() in
 * kernel/bpf/devmap.c). Only then, and under RTNL as well, may another device be listed with the
 * number. A program runs, and its redirect by number is resolved, within one read side of RCU.
 * An entry that a command writes just then stays until the kernel asks a second time
 * (netdev_wait_allrefs_any()), but what it holds is closed, and no port forwards by it.
 */
#pragma once

#include "bpf/kernel.h"
#include "bpf/maps.h"

/* linux/netdevice.h, enum netdev_state_t */
#define LINK_STATE_START (1UL << 0)
#define LINK_STATE_NOCARRIER (1UL << 2)

/* What device_places() says, once it has been asked for. */
__u64 tx_places;

/* Where the kernel keeps the entries of xsw_tx by port number, as long as that map lives. */
static __always_inline const void *device_places(void)
{
	__u64 places = *(volatile __u64 *)&tx_places;
	const struct bpf_dtab *tx;
	__u32 zero = 0;

	if (places)
		return (const void *)places;
	tx = bpf_map_lookup_elem(&xsw_devices, &zero);
	if (!tx)
		return NULL;
	places = (__u64)tx->netdev_map;
	*(volatile __u64 *)&tx_places = places;
	return (const void *)places;
}

/* Where the entry of port number @port stands. */
static __always_inline const void *port_device_place(__u32 port)
{
	const void *places = device_places();

	return places && port < XSW_MAX_PORTS ? places + port * sizeof(void *) : NULL;
}

/* The device whose entry stands at @place, NULL if it is gone. */
static __always_inline const struct net_device *device_at(const void *place)
{
	const void *entry = pointer_at(place);

	return entry ? KERNEL_READ_AT(struct bpf_dtab_netdev, entry, dev) : NULL;
}

/* The device of port number @port, NULL if it is gone. */
static __always_inline const struct net_device *port_device(__u32 port)
{
	const void *place = port_device_place(port);

	return place ? device_at(place) : NULL;
}

/* Is @dev the device of port number @port? Its ifindex may be another's. */
static __always_inline bool device_is_port(const struct net_device *dev, __u32 port)
{
	const struct net_device *is = port_device(port);

	return is && (__u64)is == (__u64)dev;
}

/* Is a device in @state up, and has it carrier? A tap has none while nobody has it open. The bits
 * change at once, long before rtnetlink tells.
 */
static __always_inline bool state_runs(unsigned long state)
{
	return (state & (LINK_STATE_START | LINK_STATE_NOCARRIER)) == LINK_STATE_START;
}

static __always_inline bool device_runs(const struct net_device *dev)
{
	return state_runs(KERNEL_READ(dev, state));
}

/* How often @dev has lost its carrier. */
static __always_inline __u32 device_downs(const struct net_device *dev)
{
	return KERNEL_READ(dev, carrier_down_count.counter);
}

/* The device where a frame came in. */
static __always_inline const struct net_device *skb_device(struct __sk_buff *ctx)
{
	return KERNEL_READ(skb_behind(ctx), dev);
}

static __always_inline const struct net_device *xdp_device(struct xdp_md *ctx)
{
	const struct xdp_buff *xdp = (const void *)ctx;
	const struct xdp_rxq_info *rxq;

	if (xsw_can_cast)
		return xdp_behind(ctx)->rxq->dev;
	rxq = pointer_at(&xdp->rxq);
	return pointer_at(&rxq->dev);
}
