/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a port. */
#pragma once

#include <linux/types.h>

#include "maps/drop.h"
#include "maps/limits.h"

/* The path that finished a frame: numbers and words. Append only. */
#define XSW_PATHS(X) X(XDP, "xdp") X(SKB, "skb") X(AFXDP, "afxdp")

#define XSW_PATH_ENUM(name, text) XSW_PATH_##name,
enum xsw_path { XSW_PATHS(XSW_PATH_ENUM) XSW_PATH_COUNT };
#undef XSW_PATH_ENUM

/* Value of map xsw_stats, a per-CPU array by port number: written by the
 * programs on their own CPU, summed when shown. The first line is what a
 * forwarded frame touches at ingress, the next what it touches at egress.
 *
 * A frame counts once when a path finishes it: rx_packets is the sum of
 * rx_path, and rx = rx_unicast + rx_flooded + rx_punted + rx_host +
 * sum(rx_drops). tx_* count what was handed to the device; what the kernel
 * then loses is counted in tx_drops and shown subtracted from tx_packets
 * (member tx_lost_*).
 *
 * Map xsw_stats_base, a plain array by port number, holds the sums at the
 * last `stats reset`; only the controller knows it.
 */
struct xsw_stats {
	__u64 rx_path[XSW_PATH_COUNT]; /* frames, by the path that finished them */
	__u64 rx_bytes;
	__u64 rx_unicast;
	__u64 rx_flooded;
	__u64 rx_punted;
	__u64 rx_host;

	__u64 tx_packets;
	__u64 tx_bytes;
	__u64 tx_lost_packets; /* counted in tx_packets, then lost by the kernel */
	__u64 tx_lost_bytes;   /* 0 where the kernel does not tell the length */
	__u64 tx_unflushed;    /* not to be summed, see bpf/flood_xdp.h */
	__u64 fdb_moves;       /* addresses that moved here from another port */
	__u64 pad[2];

	__u64 rx_drops[XSW_DROP_MAX]; /* by enum xsw_drop */
	__u64 tx_drops[XSW_DROP_MAX];
};

/* Counters of a port in one VLAN, while XSW_SWITCH_VLAN_STATS is set: what it
 * forwarded of the VLAN (rx: the sum over VLANs is rx_unicast + rx_flooded), and
 * what it was handed to send (tx, with what the kernel then lost). Map
 * xsw_vlan_stats, a per-CPU array of XSW_VLAN_STATS slots; xsw_vlan_base as
 * xsw_stats_base.
 */
struct xsw_vlan_stats {
	__u64 rx_packets;
	__u64 rx_bytes;
	__u64 tx_packets;
	__u64 tx_bytes;
};

/* Which slot is whose: map xsw_vlan_keys, an array of buckets. A key's bucket
 * follows from its bits; it takes the first word there that is 0, in one step,
 * when its first frame comes. Slots are numbered from 1, bucket after bucket. A
 * key may have two slots (if another left in between): they are summed. The
 * controller sets words back to 0 when a port is removed.
 */
#define XSW_VLAN_BUCKETS 64
#define XSW_VLAN_WAYS 64
#define XSW_VLAN_SLOTS (XSW_VLAN_BUCKETS * XSW_VLAN_WAYS)

/* No port has more slots than this (map xsw_vlan_used, by port number), so that
 * one that speaks on every VLAN leaves room for others. What a port does in
 * further VLANs is counted in a slot of its own: XSW_VLAN_SLOTS + port.
 */
#define XSW_VLAN_PORT_MAX 512
#define XSW_VLAN_STATS (XSW_VLAN_SLOTS + XSW_MAX_PORTS)

struct xsw_vlan_bucket {
	__u32 key[XSW_VLAN_WAYS]; /* port << 16 | VLAN, 0: free */
};

static inline __attribute__((always_inline)) __u32 xsw_vlan_bucket_of(__u32 key)
{
	return key * 0x9e3779b1U >> 26; /* Knuth, 6.4 */
}

_Static_assert(XSW_VLAN_BUCKETS == 1 << (32 - 26), "xsw_vlan_bucket_of() says one of so many");
_Static_assert(XSW_VLAN_STATS < 65536, "struct cache_entry has 16 bits for a slot");
_Static_assert(sizeof(struct xsw_stats) == 8 * (16 + 2 * XSW_DROP_MAX), "layout of xsw_stats");
