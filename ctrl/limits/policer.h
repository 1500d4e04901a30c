/* SPDX-License-Identifier: GPL-2.0 */
/* Policers and storm control as a user sees them. What stands in the maps, and what
 * the colours mean: maps/policer.h.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "maps/policer.h"

#define XSW_POLICE_WHOLE 0xff /* not of a VLAN or a PCP: of all frames */

/* Which of a port's policers */
struct xsw_policer_id {
	__u8 kind;   /* XSW_POLICE_INGRESS ... XSW_STORM_UNKNOWN */
	__u8 of;     /* XSW_POLICE_WHOLE, XSW_POLICE_VLAN, XSW_POLICE_PCP */
	__u16 value; /* VLAN or PCP; 0 of a whole port */
};

enum xsw_yellow { XSW_YELLOW_REMARK, XSW_YELLOW_DROP };

/* What a user asks of a policer: @given names the members, see ctrl/limits/policer_opts.h.
 * xsw_policer_finish() fills in the rest; 0 then means none.
 */
struct xsw_policer_conf {
	__u32 given;
	__u32 yellow;	  /* enum xsw_yellow */
	__u32 yellow_pcp; /* 0 to 7 */
	__u32 yellow_dei; /* 1: set the DEI of what is yellow */
	__u64 rate_bps;	  /* 8 to 1e12 */
	__u64 burst_bytes;
	__u64 pps; /* 1 to 1e9 */
	__u64 burst_packets;
	__u64 peak_bps; /* two rates, RFC 2698 */
	__u64 peak_burst_bytes;
	__u64 excess_burst_bytes; /* one rate, RFC 2697 */
};

struct xsw_policer_row {
	__u32 port;
	struct xsw_policer_id id;
	struct xsw_policer_conf conf;
	__u64 passed, yellow, dropped; /* frames; what is yellow is among the other two */
};

/** xsw_policer_is_storm() - is it storm control? */
bool xsw_policer_is_storm(const struct xsw_policer_id *id);

/**
 * xsw_policer_finish() - check @conf and fill in what was not given
 * @ifname: for the error
 *
 * Return: 0 or -EINVAL with the error set. Afterwards equal settings are equal memory.
 */
int xsw_policer_finish(const char *ifname, const struct xsw_policer_id *id,
		       struct xsw_policer_conf *conf);

/**
 * xsw_policer_set() - limit frames of @port; replaces what the policer had
 * @conf: finished
 *
 * Its counters go on. Return: 0 or -errno with the error set. Context: under xsw_lock_and_repair().
 */
int xsw_policer_set(struct xsw_switch_handle *sw, __u32 port, const struct xsw_policer_id *id,
		    const struct xsw_policer_conf *conf);

/** xsw_policer_del() - Return: 0 or -ENOENT, -errno. Context: under xsw_lock_and_repair(). */
int xsw_policer_del(struct xsw_switch_handle *sw, __u32 port, const struct xsw_policer_id *id);

/**
 * xsw_policer_list() - policers and storm control of @port (or XSW_ANY_PORT), sorted
 * @rows: freed by the caller with free()
 *
 * Return: how many, or -errno. A switch of an earlier version has none.
 */
int xsw_policer_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_policer_row **rows);

/** xsw_policer_small_burst() - can a burst not hold two frames of a device with @mtu? */
bool xsw_policer_small_burst(const struct xsw_policer_conf *conf, __u32 mtu);

/** policers_clear() - remove all policers and storm control of a port that is gone */
void policers_clear(const struct xsw_switch_handle *sw, __u32 port);
