/* SPDX-License-Identifier: GPL-2.0 */
/* What a user asks of a policer or of storm control, and the table of it. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/base/opt.h"
#include "maps/policer.h"

#define XSW_POLICE_WHOLE 0xff /* not of a VLAN or a PCP: of all frames */

/* Which of a port's policers */
struct xsw_policer_id {
	__u8 kind;   /* XSW_POLICE_INGRESS ... XSW_STORM_UNKNOWN */
	__u8 of;     /* XSW_POLICE_WHOLE, XSW_POLICE_VLAN, XSW_POLICE_PCP */
	__u16 value; /* VLAN or PCP; 0 of a whole port */
};

enum xsw_yellow { XSW_YELLOW_REMARK, XSW_YELLOW_DROP };

/* Members that @given does not name are 0, and stand for no such limit, once
 * xsw_policer_finish() has filled in the defaults.
 */
struct xsw_policer_conf {
	__u64 given;	  /* bit N: row N of policer_opts, POLICER_* */
	__u32 yellow;	  /* enum xsw_yellow */
	__u32 yellow_pcp; /* 0 to 7 */
	__u32 yellow_dei; /* 1: set the DEI of what is yellow */
	__u32 pad;	  /* 0 */
	__u64 rate_bps;	  /* 8 to 1e12 */
	__u64 burst_bytes;
	__u64 pps; /* 1 to 1e9 */
	__u64 burst_packets;
	__u64 peak_bps; /* two rates, RFC 2698 */
	__u64 peak_burst_bytes;
	__u64 excess_burst_bytes; /* one rate, RFC 2697 */
};

/* Rows of policer_opts, and bits of xsw_policer_conf.given */
enum {
	POLICER_RATE,
	POLICER_BURST,
	POLICER_PPS,
	POLICER_BURST_PACKETS,
	STORM_OPTS,
	POLICER_PEAK_RATE = STORM_OPTS,
	POLICER_PEAK_BURST,
	POLICER_EXCESS_BURST,
	POLICER_YELLOW,
	POLICER_YELLOW_PCP,
	POLICER_YELLOW_DEI,
	POLICER_OPTS
};
#define POLICER_GIVEN(conf, opt) ((conf)->given >> (opt)&1)

extern const struct opts policer_opts;
extern const struct opts storm_opts; /* the first rows of policer_opts */

/* Names of xsw_policer_id.kind: "ingress", "egress", "broadcast", "multicast", "unknown" */
extern const char *const policer_kinds[XSW_POLICE_KINDS];

/** xsw_policer_is_storm() - is it storm control? */
bool xsw_policer_is_storm(const struct xsw_policer_id *id);

/** policer_opts_of() - the options that the policer, or storm control, has */
const struct opts *policer_opts_of(const struct xsw_policer_id *id);

/**
 * policer_of_text() - " vlan 10" or " pcp 7" behind a direction, "" of a whole port
 *
 * In a buffer that the next call overwrites.
 */
const char *policer_of_text(const struct xsw_policer_id *id);

/** policer_give() - set the number of row @opt, a __u64, unless it is named already */
void policer_give(struct xsw_policer_conf *conf, int opt, __u64 value);

/**
 * xsw_policer_finish() - check @conf and fill in what was not given
 * @ifname: for the error
 *
 * Return: 0 or -EINVAL with the error set. Afterwards equal settings are equal memory.
 */
int xsw_policer_finish(const char *ifname, const struct xsw_policer_id *id,
		       struct xsw_policer_conf *conf);

/** xsw_policer_small_burst() - can a burst not hold two frames of a device with @mtu? */
bool xsw_policer_small_burst(const struct xsw_policer_conf *conf, __u32 mtu);

/** policer_raise_burst() - let bursts that xsw_policer_small_burst() finds hold two frames */
void policer_raise_burst(struct xsw_policer_conf *conf, __u32 mtu);

/** policer_command() - the command that sets the policer; cut off at @size bytes */
void policer_command(const char *ifname, const struct xsw_policer_id *id,
		     const struct xsw_policer_conf *conf, char *text, size_t size);
