/* SPDX-License-Identifier: GPL-2.0 */
/* Step "count": per-CPU counters of a port, see maps/stats.h. */
#pragma once

#include "bpf/maps.h"
#include "bpf/pkt.h"

static __always_inline struct xsw_stats *stats_get(__u32 port)
{
	return bpf_map_lookup_elem(&xsw_stats, &port);
}

/* What became of a frame that entered; all but COUNT_DROP forward it. */
enum count_as { COUNT_UNICAST, COUNT_FLOODED };

static __always_inline void count_rx(const struct pkt *pkt, __u32 path, enum count_as as)
{
	struct xsw_stats *s = stats_get(pkt->port);

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
	s->rx_drops[why & (XSW_DROP_MAX - 1)]++;
}

static __always_inline void count_tx(__u32 port, __u32 bytes)
{
	struct xsw_stats *s = stats_get(port);

	if (!s)
		return;
	s->tx_packets++;
	s->tx_bytes += bytes;
}

/* A frame that was not handed to the device. */
static __always_inline void count_tx_drop(__u32 port, enum xsw_drop why)
{
	struct xsw_stats *s = stats_get(port);

	if (s)
		s->tx_drops[why & (XSW_DROP_MAX - 1)]++;
}

/* Frames that count_tx() has counted and the kernel then lost. */
static __always_inline void count_tx_lost(__u32 port, __u64 packets, __u64 bytes, enum xsw_drop why)
{
	struct xsw_stats *s = stats_get(port);

	if (!s)
		return;
	s->tx_lost_packets += packets;
	s->tx_lost_bytes += bytes;
	s->tx_drops[why & (XSW_DROP_MAX - 1)] += packets;
}
