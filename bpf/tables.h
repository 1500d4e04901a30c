/* SPDX-License-Identifier: GPL-2.0 */
/* Look-ups in the switch's tables that several steps need. */
#pragma once

#include "bpf/maps.h"

static __always_inline const struct xsw_switch *switch_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&xsw_switch, &zero);
}

/* The settings of the port that device @ifindex is, or NULL. */
static __always_inline const struct xsw_port *port_by_ifindex(__u32 ifindex)
{
	__u32 *slot;

	if (ifindex < XSW_IFINDEX_ARRAY)
		slot = bpf_map_lookup_elem(&xsw_ifindex, &ifindex);
	else
		slot = bpf_map_lookup_elem(&xsw_ifindex_hi, &ifindex);
	if (!slot || !*slot)
		return NULL;
	return bpf_map_lookup_elem(&xsw_port, slot);
}

/* The settings of port number @port, or NULL. One read of the slot decides
 * between old and new settings; the rest is read from that slot alone.
 */
static __always_inline const struct xsw_port *port_by_number(__u32 port)
{
	__u32 *slot = bpf_map_lookup_elem(&xsw_slot, &port);

	if (!slot || !*slot)
		return NULL;
	return bpf_map_lookup_elem(&xsw_port, slot);
}

static __always_inline bool port_takes_xdp(__u32 port)
{
	struct xsw_state *state = bpf_map_lookup_elem(&xsw_state, &port);

	return state && state->flags & XSW_STATE_XDP_OUT;
}

/* Ticks of the FDB's clock; CLOCK_MONOTONIC_COARSE costs 2 ns, the exact
 * clock 40.
 */
static __always_inline __u32 tick_now(void)
{
	return bpf_ktime_get_coarse_ns() >> XSW_TICK_SHIFT;
}
