/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a port, summed over CPUs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "ctrl/bpffs/handle.h"
#include "maps/stats.h"

/**
 * xsw_stats_read() - the sums since the last reset
 *
 * Return: 0 or -errno. Never waits.
 */
int xsw_stats_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_stats *sum);

/** xsw_stats_total() - the sums since the port was added, resets or not */
int xsw_stats_total(const struct xsw_switch_handle *sw, __u32 port, struct xsw_stats *sum);

/**
 * xsw_stats_reset() - begin to count from 0; the counters of the programs stay
 *
 * Context: under xsw_lock_and_repair(). Return: 0 or -errno.
 */
int xsw_stats_reset(const struct xsw_switch_handle *sw, __u32 port);

#define XSW_VLAN_OTHER 4095 /* xsw_vlan_row.vlan: VLANs for which there was no room */

/* What a port did in one VLAN. */
struct xsw_vlan_row {
	__u16 port;
	__u16 vlan;
	struct xsw_vlan_stats s;
};

/**
 * xsw_vlan_stats_list() - by port and VLAN, where something was counted, sorted
 * @port: of this port only; 0: of all
 * @total: since the port was added, not since the last reset
 * @rows: freed by the caller with free()
 *
 * Return: how many, or -errno. None while the switch has vlan_stats off, unless
 * it was on before.
 */
int xsw_vlan_stats_list(const struct xsw_switch_handle *sw, __u32 port, bool total,
			struct xsw_vlan_row **rows);

/* Derived figures, the names of `stats show`. */
__u64 xsw_stats_rx_packets(const struct xsw_stats *s);
__u64 xsw_stats_rx_dropped(const struct xsw_stats *s);
__u64 xsw_stats_tx_packets(const struct xsw_stats *s); /* without what the kernel lost */
__u64 xsw_stats_tx_bytes(const struct xsw_stats *s);
__u64 xsw_stats_tx_dropped(const struct xsw_stats *s);

/* A counter as users know it. */
struct xsw_counter {
	const char *word;			 /* of JSON; rx_ and tx_ begin those of frames */
	size_t at;				 /* of the member */
	__u64 (*sum)(const struct xsw_stats *s); /* what it is made of instead; NULL: @at */
	bool is_verdict; /* what became of a frame that came in and was not dropped */
};

/* Of struct xsw_stats, and of struct xsw_vlan_stats; the last one has no word. */
extern const struct xsw_counter xsw_counters[], xsw_vlan_counters[];

/** xsw_counter_get() - its value; @values: struct xsw_stats or xsw_vlan_stats */
__u64 xsw_counter_get(const struct xsw_counter *counter, const void *values);

/* What a port does in a second, as users are told. */
enum xsw_stats_rates {
	XSW_RATE_RX_PPS,
	XSW_RATE_RX_BPS,
	XSW_RATE_AFXDP_PPS, /* of those that came in */
	XSW_RATE_TX_PPS,
	XSW_RATE_TX_BPS,
	XSW_RATE_DROPS_PS,
	XSW_RATES
};

struct xsw_stats_rate {
	const char *word;      /* of JSON */
	struct xsw_counter of; /* what rises */
	unsigned int factor;
};

extern const struct xsw_stats_rate xsw_stats_rates[XSW_RATES];

/**
 * xsw_stats_rate() - what rose in a second, between two readings @s seconds apart
 *
 * Return: 0 also if it fell: the number is another port's since, which began at 0.
 */
double xsw_stats_rate(enum xsw_stats_rates which, const struct xsw_stats *then,
		      const struct xsw_stats *now, double s);

/** xsw_path_text() - the word for a path, XSW_PATH_*; "?" past the last */
const char *xsw_path_text(unsigned int path);

/** xsw_drop_text() - the stable word for a drop reason, or NULL past the last */
const char *xsw_drop_text(unsigned int reason);

/** stats_clear() - zero all counters of a number that a new port gets */
int stats_clear(const struct xsw_switch_handle *sw, __u32 port);

/** vlan_stats_clear() - the part of stats_clear() that concerns VLANs */
int vlan_stats_clear(const struct xsw_switch_handle *sw, __u32 port);

/** vlan_stats_reset() - and of xsw_stats_reset() */
int vlan_stats_reset(const struct xsw_switch_handle *sw, __u32 port);
