/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a port, summed over CPUs. */
#pragma once

#include "ctrl/switch.h"
#include "maps/stats.h"

/**
 * xsw_stats_read() - the sums since the last reset
 *
 * Return: 0 or -errno. Never waits.
 */
int xsw_stats_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_stats *sum);

/** xsw_stats_reset() - begin to count from 0; the kernel's counters stay. Under xsw_lock(). */
int xsw_stats_reset(struct xsw_switch_handle *sw, __u32 port);

/* Derived figures, the names of `stats show`. */
__u64 xsw_stats_rx_packets(const struct xsw_stats *s);
__u64 xsw_stats_rx_dropped(const struct xsw_stats *s);
__u64 xsw_stats_tx_packets(const struct xsw_stats *s); /* without what the kernel lost */
__u64 xsw_stats_tx_bytes(const struct xsw_stats *s);
__u64 xsw_stats_tx_dropped(const struct xsw_stats *s);

/** xsw_drop_text() - the stable word for a drop reason, or NULL past the last */
const char *xsw_drop_text(unsigned int reason);
