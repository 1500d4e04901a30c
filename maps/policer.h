/* SPDX-License-Identifier: GPL-2.0 */
/* Rates of a port: policers, and storm control, which is a policer of a class of
 * frames that enter.
 *
 * A bucket is one word that all CPUs and both paths share: the time until which what
 * has passed will have used up its rate ("theoretical arrival time" of the GCRA,
 * ITU-T I.371). A frame conforms if that time is not further ahead of now than the
 * burst lasts; it then moves the time on by what it costs.
 */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

/* Times of buckets are CLOCK_MONOTONIC in 1/256 ns: a byte at 1 Tbit/s is 2 of them. */
#define XSW_BUCKET_SHIFT 8

/* What a unit, byte or frame, costs: n units take n * mult >> shift. */
struct xsw_rate {
	__u64 mult;  /* 0: no such limit */
	__u64 burst; /* how long a full burst takes */
	__u32 shift; /* so that 2^20 units of the cost do not overflow 64 bits */
	__u32 pad;
};

#define XSW_POLICER_YELLOW_DROP (1U << 0)
#define XSW_POLICER_YELLOW_PCP (1U << 1) /* what is yellow gets PCP @yellow_pcp */
#define XSW_POLICER_YELLOW_DEI (1U << 2) /* what is yellow gets its DEI set */

/* Of bytes there may be a second rate, which makes three colours:
 * - @peak with mult: two rates, RFC 2698. Above @peak is red, above @bytes yellow.
 * - @peak with burst alone: one rate, RFC 2697. What @bytes leaves unused fills a
 *   second burst; what that takes is yellow.
 * Neither: above @bytes is red. Frames are taken as they come ("colour-blind").
 * Red is dropped; yellow is dropped or marked in the VLAN tag that it leaves with.
 * More frames than @packets allows are red.
 *
 * @user: as the user gave it, for show. Bytes are those of the frame without FCS and
 * with the tags it has at the port; of a GSO frame, those of its segments.
 *
 * Settings are written by the controller while no port refers to them, the rest by
 * the data path.
 */
struct xsw_policer {
	struct xsw_rate bytes;
	struct xsw_rate packets;
	struct xsw_rate peak;
	__u32 flags; /* XSW_POLICER_* */
	__u32 yellow_pcp;
	struct {
		__u64 rate_bps; /* bits/s, 0: none */
		__u64 burst;	/* bytes */
		__u64 pps;	/* frames/s, 0: none */
		__u64 burst_packets;
		__u64 peak_bps;	  /* 0: none */
		__u64 peak_burst; /* bytes; excess burst where peak_bps is 0 */
	} user;
	__u64 pad[8];

	/* One line of its own, which each frame writes. */
	__u64 bytes_until;
	__u64 packets_until;
	__u64 peak_until; /* one rate: how long what the second burst lacks would take */
	__u64 green;	  /* frames */
	__u64 yellow;
	__u64 red;
	__u64 pad2[2];
};

_Static_assert(sizeof(struct xsw_policer) == 256, "layout of xsw_policer");
_Static_assert(__builtin_offsetof(struct xsw_policer, bytes_until) == 192, "a line of its own");

/* Map xsw_policer, an array: those of a whole port. */
#define XSW_POLICE_INGRESS 0
#define XSW_POLICE_EGRESS 1
#define XSW_STORM_BROADCAST 2
#define XSW_STORM_MULTICAST 3
#define XSW_STORM_UNKNOWN 4
#define XSW_POLICE_KINDS 5
#define XSW_POLICER_INDEX(port, kind) ((port)*XSW_POLICE_KINDS + (kind))
#define XSW_POLICERS (XSW_MAX_PORTS * XSW_POLICE_KINDS)

/* Map xsw_policer_of, a hash: those of a VLAN or of a PCP at a port. The VLAN is that
 * inside the switch; the PCP that of the VLAN tag, 0 without. A frame must conform to
 * each that it meets.
 */
#define XSW_POLICE_VLAN 0
#define XSW_POLICE_PCP 1
#define XSW_POLICERS_OF 16384

struct xsw_policer_key {
	__u16 port;
	__u8 kind; /* XSW_POLICE_INGRESS or XSW_POLICE_EGRESS */
	__u8 of;   /* XSW_POLICE_VLAN or XSW_POLICE_PCP */
	__u32 value;
};

_Static_assert(sizeof(struct xsw_policer_key) == 8, "layout of xsw_policer_key");
