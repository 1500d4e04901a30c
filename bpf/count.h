/* SPDX-License-Identifier: GPL-2.0 */
/* Step "count": per-CPU counters of a port, see maps/stats.h. */
#pragma once

#include "bpf/pkt.h"
#include "bpf/tables.h"

static __always_inline struct xsw_stats *stats_get(__u32 port)
{
	return bpf_map_lookup_elem(&xsw_stats, &port);
}

/* Where @drops count @why.
 * verifier: it must see the mask, which a compiler that knows all values of @why may leave
 * out (clang 19 does).
 */
static __always_inline __u64 *drop_counter(__u64 *drops, enum xsw_drop why)
{
	__u32 index = why;

	asm volatile("" : "+r"(index));
	return &drops[index & (XSW_DROP_MAX - 1)];
}

/* The slot that counts VLAN @vlan of @port. Takes one, if it has none yet.
 * verifier: global, so that its loop is verified once.
 */
__noinline int vlan_slot_find(__u32 port, __u32 vlan)
{
	__u32 key = port << 16 | vlan, bucket = xsw_vlan_bucket_of(key), was, i;
	struct xsw_vlan_bucket *b = bpf_map_lookup_elem(&xsw_vlan_keys, &bucket);
	__u32 *used = bpf_map_lookup_elem(&xsw_vlan_used, &port);

	if (!b || !used)
		return 0;
	for (i = 0; i < XSW_VLAN_WAYS; i++) {
		was = *(volatile __u32 *)&b->key[i];
		if (!was && *used < XSW_VLAN_PORT_MAX) {
			was = __sync_val_compare_and_swap(&b->key[i], 0, key);
			if (!was) {
				__sync_fetch_and_add(used, 1);
				was = key;
			}
		}
		if (was == key)
			return 1 + bucket * XSW_VLAN_WAYS + i;
		if (!was)
			break;
	}
	return XSW_VLAN_SLOTS + port;
}

/* The same, or 0 while VLANs are not counted. Most frames need not ask: the cache keeps the slot of
 * their flow.
 */
static __always_inline __u32 vlan_slot(__u32 port, __u32 vlan)
{
	const struct xsw_switch *sw = switch_get();

	return sw && sw->flags & XSW_SWITCH_VLAN_STATS ? vlan_slot_find(port, vlan) : 0;
}

static __always_inline struct xsw_vlan_stats *vlan_stats_get(__u32 slot)
{
	return slot ? bpf_map_lookup_elem(&xsw_vlan_stats, &slot) : NULL;
}

/* What became of a frame that entered; all but COUNT_DROP forward it. */
enum count_as { COUNT_UNICAST, COUNT_FLOODED };

static __always_inline void count_rx(const struct pkt *pkt, __u32 path, enum count_as as)
{
	struct xsw_vlan_stats *v = vlan_stats_get(pkt->vlan_in);
	struct xsw_stats *s = stats_get(pkt->port);

	if (v) {
		v->rx_packets++;
		v->rx_bytes += pkt->bytes;
	}
	if (!s)
		return;
	s->rx_path[path]++;
	s->rx_bytes += pkt->bytes;
	if (as == COUNT_UNICAST)
		s->rx_unicast++;
	else
		s->rx_flooded++;
}

static __always_inline void count_rx_drop(const struct pkt *pkt, __u32 path, enum xsw_drop why)
{
	struct xsw_stats *s = stats_get(pkt->port);

	if (!s)
		return;
	s->rx_path[path]++;
	s->rx_bytes += pkt->bytes;
	(*drop_counter(s->rx_drops, why))++;
}

/* A frame that left the switch: for a program, or for the host's stack. */
static __always_inline void count_rx_punted(const struct pkt *pkt, __u32 path, bool host)
{
	struct xsw_stats *s = stats_get(pkt->port);

	if (!s)
		return;
	s->rx_path[path]++;
	s->rx_bytes += pkt->bytes;
	if (host)
		s->rx_host++;
	else
		s->rx_punted++;
}

/* @vlan: vlan_slot() of the port that sends. Return: the counters of the port, or NULL. */
static __always_inline struct xsw_stats *count_tx(__u32 port, __u32 bytes, __u32 vlan)
{
	struct xsw_vlan_stats *v = vlan_stats_get(vlan);
	struct xsw_stats *s = stats_get(port);

	if (v) {
		v->tx_packets++;
		v->tx_bytes += bytes;
	}
	if (!s)
		return NULL;
	s->tx_packets++;
	s->tx_bytes += bytes;
	return s;
}

/* The same for XDP, which hands frames to the device in bulks: see flood_xdp.h. */
static __always_inline void count_tx_bulk(__u32 port, __u32 bytes, __u32 vlan)
{
	struct xsw_stats *s = count_tx(port, bytes, vlan);

	if (s)
		s->tx_unflushed++;
}

/* A frame that was not handed to the device. */
static __always_inline void count_tx_drop(__u32 port, enum xsw_drop why)
{
	struct xsw_stats *s = stats_get(port);

	if (s)
		(*drop_counter(s->tx_drops, why))++;
}

/* A frame that entered, and does not leave by @port. */
static __always_inline void count_unsent(const struct pkt *pkt, __u32 path, enum count_as as,
					 __u32 port, enum xsw_drop why)
{
	count_rx(pkt, path, as);
	count_tx_drop(port, why);
}

/* An address that was learned elsewhere is learned on @port. In one step: a request of a process may
 * be interrupted.
 */
static __always_inline void count_fdb_move(__u32 port)
{
	struct xsw_stats *s = stats_get(port);

	if (s)
		__sync_fetch_and_add(&s->fdb_moves, 1);
}

/* Frames that count_tx() has counted and the kernel then lost. */
static __always_inline void count_tx_lost(__u32 port, __u64 packets, __u64 bytes, enum xsw_drop why)
{
	struct xsw_stats *s = stats_get(port);

	if (!s)
		return;
	s->tx_lost_packets += packets;
	s->tx_lost_bytes += bytes;
	*drop_counter(s->tx_drops, why) += packets;
}
