/* SPDX-License-Identifier: GPL-2.0 */
/* Can a port forward now? The steps ask before a frame enters or leaves by the port. A port cannot
 * forward if its device is gone, down or without carrier, if mac_limit has shut it, or if it has
 * `link down`. Nothing tells the data path when a device changes: each question looks at the
 * device. From that change on, addresses learned on the port are void (maps/able.h). A carrier that
 * was lost and is back is noticed, because the kernel counts losses. A tap that was set down and up
 * again, and kept its carrier, is noticed if a frame or the ageing timer (every 250 ms) looked in
 * between. For programs alone: a process that runs the steps sees no device.
 */
#pragma once

#include "bpf/able.h"
#include "bpf/device.h"
#include "bpf/event.h"
#include "bpf/mac_limit.h"
#include "bpf/tables.h"

/* What was learned on the port is void: what spoke at tick @a->lost or before. @was: @a->lost before
 * the change was seen. Another CPU that has noted the same change meanwhile has raised it, and what
 * is learned since then stays; the ageing timer may have set it to 0, which notes nothing.
 */
static __always_inline void able_lost(struct xsw_able *a, __u32 port, __u32 was)
{
	const struct xsw_fdb_key all = { .vlan = 0xffff };
	struct xsw_guard *g = guard_get(port);
	__u32 now = tick_now();

	if (was && (__s32)(was - now) >= 0)
		now = was + 1; /* entries since the loss of this very tick have it: able_now() */
	if (!now)
		now = 1;
	if (g && g->learned > 0 && was == a->swept)
		event(XSW_EVENT_FLUSHED, port, &all, g->learned);
	/* before @a->flags, which say that nothing is left to note; cmpxchg keeps the order */
	if (!__sync_val_compare_and_swap(&a->lost, was, now) && was)
		__sync_val_compare_and_swap(&a->lost, 0, now);
}

/* The address of a veth's other end (maps/peer.h) is void too, until a command asks for it. */
static __always_inline void able_peer_void(__u32 port)
{
	__u64 *peer = bpf_map_lookup_elem(&xsw_peer, &port);

	if (peer)
		*peer = 0;
}

/* Note that the port can forward no longer, or again, or that its carrier was lost meanwhile.
 * verifier: global, to be verified once.
 */
__noinline int able_changed(__u32 port, __u32 not_able, __u32 downs)
{
	struct xsw_able *a = able_get(port);
	__u32 was, flags;

	if (!a)
		return 0;
	was = *(volatile __u32 *)&a->lost;
	flags = *(volatile __u32 *)&a->flags;
	/* no change is left to note if another CPU was faster */
	if (not_able || flags & XSW_ABLE_NOT ||
	    (flags & XSW_ABLE_SEEN && a->carrier_downs != downs))
		able_lost(a, port, was);
	if (not_able)
		able_peer_void(port);
	a->carrier_downs = downs;
	*(volatile __u32 *)&a->flags = XSW_ABLE_SEEN | (not_able ? XSW_ABLE_NOT : 0);
	tables_changed();
	return 0;
}

/* Could the port of device @dev forward when it was last looked at, and has nothing changed since?
 * What it says is the same as port_able() where it says yes.
 */
static __always_inline bool able_still(const struct xsw_able *a, const struct net_device *dev)
{
	return device_runs(dev) && a->flags == XSW_ABLE_SEEN &&
	       a->carrier_downs == device_downs(dev);
}

/* A change since the last look is noted. Only the device may have changed unseen: a command notes
 * `link down` itself, and the step that shuts a port notes that.
 * verifier: global, as able_changed().
 */
__noinline int port_able(const struct xsw_port *p)
{
	const struct net_device *dev;
	__u32 port, not_able, downs;
	struct xsw_able *a;

	if (!p)
		return 0;
	port = p->port;
	dev = port_device(port);
	a = able_get(port);
	if (!a)
		return 0;
	not_able = !dev || !device_runs(dev);
	downs = dev ? device_downs(dev) : a->carrier_downs;
	if (!not_able && a->flags == XSW_ABLE_SEEN && a->carrier_downs == downs)
		return 1;
	not_able |= port_state(port) & XSW_STATE_LINK_DOWN || port_is_shut(port, p->flags);
	if (a->carrier_downs != downs ||
	    a->flags != (XSW_ABLE_SEEN | (not_able ? XSW_ABLE_NOT : 0)))
		able_changed(port, not_able, downs);
	return !not_able;
}

static __always_inline void able_shut(__u32 port)
{
	const struct xsw_able *a = able_get(port);

	if (a)
		able_changed(port, 1, a->carrier_downs);
}
