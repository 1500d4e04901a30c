/* SPDX-License-Identifier: GPL-2.0 */
/* Look-ups in the switch's tables that several steps need. */
#pragma once

#include <stdbool.h>

#include "bpf/maps.h"

static __always_inline const struct xsw_switch *switch_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&xsw_switch, &zero);
}

/* The slot of the port that device @ifindex is, 0 if it is none. */
static __always_inline __u32 slot_by_ifindex(__u32 ifindex)
{
	__u32 *slot;

	slot = bpf_map_lookup_elem(&xsw_ifindex, &ifindex); /* NULL when out of range */
	if (!slot)
		slot = bpf_map_lookup_elem(&xsw_ifindex_hi, &ifindex);
	return slot ? *slot : 0;
}

/* The slot that port number @port uses, 0 if there is no such port. */
static __always_inline __u32 slot_by_port(__u32 port)
{
	__u32 *slot = bpf_map_lookup_elem(&xsw_slot, &port);

	return slot ? *slot : 0;
}

static __always_inline const struct xsw_port *port_by_slot(__u32 slot)
{
	return slot ? bpf_map_lookup_elem(&xsw_port, &slot) : NULL;
}

/* The settings of the port that device @ifindex is, or NULL. */
static __always_inline const struct xsw_port *port_by_ifindex(__u32 ifindex)
{
	return port_by_slot(slot_by_ifindex(ifindex));
}

/* The settings of port number @port, or NULL. One read of the slot decides
 * between old and new settings; the rest is read from that slot alone.
 */
static __always_inline const struct xsw_port *port_by_number(__u32 port)
{
	return port_by_slot(slot_by_port(port));
}

/* XSW_STATE_* of a port. */
static __always_inline __u32 port_state(__u32 port)
{
	struct xsw_state *state = bpf_map_lookup_elem(&xsw_state, &port);

	return state ? state->flags : 0;
}

static __always_inline bool port_takes_xdp(__u32 port)
{
	return port_state(port) & XSW_STATE_XDP_OUT;
}

static __always_inline struct xsw_fdb_count *fdb_count(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&xsw_fdb_count, &zero);
}

/* Something that decisions rest on has changed: what was decided before is
 * void (see cache.h).
 */
static __always_inline void tables_changed(void)
{
	struct xsw_fdb_count *c = fdb_count();

	if (c)
		__sync_fetch_and_add(&c->generation, 1);
}

/* Always 0, but the verifier does not know. Before 6.7 it goes through the callback
 * of a loop once, with the values that it was first handed: branches that only a
 * later round takes are removed as dead. What rounds hand on must begin unknown; no
 * bool can, for making one of this is a branch in which all copies of it are known.
 */
__u32 loop_zero;

/* @n, which the verifier is not to know, so that ways on which it differs are verified as one. */
static __always_inline __u32 unknown(__u32 n)
{
	return n + loop_zero;
}

/* What tick_now() said in a jiffy: the tick above, the jiffy's low half below. One word, so that CPUs
 * that write it at the same time do no harm.
 */
__u64 tick_word __attribute__((aligned(64)));

/* Ticks of the FDB's clock; CLOCK_MONOTONIC_COARSE costs 2 ns, the exact
 * clock 40.
 */
static __always_inline __u32 tick_now(void)
{
	return bpf_ktime_get_coarse_ns() >> XSW_TICK_SHIFT;
}

/* The same by a word of memory instead of a call, which takes 10 ns. The clock goes on once a jiffy;
 * who asks between the jiffy and the clock has for all that ask in this jiffy a tick that is one
 * jiffy old.
 */
static __always_inline __u32 tick_lately(void)
{
	__u64 word = *(volatile __u64 *)&tick_word;
	__u32 jiffy = bpf_jiffies64(), now;

	if ((__u32)word == jiffy)
		return word >> 32;
	now = tick_now();
	*(volatile __u64 *)&tick_word = (__u64)now << 32 | jiffy;
	return now;
}
