/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a port. */
#pragma once

#include <linux/types.h>

#include "maps/drop.h"

#define XSW_PATH_XDP 0
#define XSW_PATH_SKB 1
#define XSW_PATH_AFXDP 2
#define XSW_PATH_COUNT 3

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
	__u64 pad[4];

	__u64 rx_drops[XSW_DROP_MAX]; /* by enum xsw_drop */
	__u64 tx_drops[XSW_DROP_MAX];
};

_Static_assert(sizeof(struct xsw_stats) == 8 * (16 + 2 * XSW_DROP_MAX), "layout of xsw_stats");
