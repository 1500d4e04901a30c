/* SPDX-License-Identifier: GPL-2.0 */
/* Settings and state of one switch. Map xsw_switch has this one value. */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

#define XSW_SWITCH_FDB_EVICT (1U << 0)	  /* full table: drop an old learned entry */
#define XSW_SWITCH_FORWARD_BPDU (1U << 1) /* forward 01-80-C2-00-00-00..0F */
#define XSW_SWITCH_FDB_HOLD (1U << 2)	  /* the controller counts or moves the FDB: */
					  /* nothing is learned, evicted or aged */
#define XSW_SWITCH_PROMISC (1U << 3)	  /* there is a port with XSW_PORT_PROMISC */
#define XSW_SWITCH_VLAN_STATS (1U << 4)	  /* count per VLAN, too */
#define XSW_SWITCH_HANDS_OVER (1U << 5)	  /* set 0 of the loss programs hands over to set 1, */
					  /* or has; one bit further: set 1 to set 0 */

/* What frames of most switches need not do; beside XSW_PORT_STEPS_IN. Append what is new. */
#define XSW_SWITCH_STEPS (XSW_SWITCH_PROMISC | XSW_SWITCH_VLAN_STATS)

/* Which options the programs that run know. A version whose programs know an option that those before
 * would pass over in silence adds a line, and the controller refuses that option on a switch with
 * less: see features_need().
 */
#define XSW_FEATURES_LAYOUT_1 0
#define XSW_FEATURES_LAYOUT_2 1 /* dhcp_guard, default_pcp, forward_reserved */
#define XSW_FEATURES_RA_GUARD 2 /* and punt rules with icmp-type */
#define XSW_FEATURES XSW_FEATURES_RA_GUARD

/* A tick is 2^24 ns, about 16.8 ms, of CLOCK_MONOTONIC: the unit of all
 * timestamps in the FDB. 32 bits of it wrap after 834 days of uptime;
 * differences stay right.
 */
#define XSW_TICK_SHIFT 24

/* Written by the controller, read by every program. Every member is written
 * alone and whole, so a reader needs no lock.
 */
struct xsw_switch {
	__u32 flags;	    /* XSW_SWITCH_* */
	__u32 ageing_ticks; /* life of a learned entry since it last spoke */
	__u32 ageing_s;	    /* the same as the user gave it, seconds */
	__u32 fdb_max;	    /* learned entries at the most */
	__u32 port_end;	    /* port numbers in use are below this; at least 1 */
	__u32 netns_ino;    /* inode of the network namespace where the switch was made, that */
			    /* of all ports; 0: an earlier version made it, and it has no port */
	__u32 tracer;	    /* of the two sets of loss programs, the one that counts */
	__u32 layout;	    /* XSW_LAYOUT */
	char name[XSW_NAME_LEN];
	char version[XSW_NAME_LEN]; /* of the programs that run */
	__u64 netns_cookie;	/* of the same namespace; unlike an inode number never used again */
	__u32 forward_reserved; /* bit N: forward 01-80-C2-00-00-0N */
	__u32 features;	     /* XSW_FEATURES_* of the programs, if @features_prog is the number */
	__u32 features_prog; /* that the kernel gave to prog_tc: earlier versions know neither */
	__u32 mirrors;	     /* the element of xsw_mirror in use, and 1; 0: there is no mirror */
	__u64 pad[21];	     /* zero: options to come */
};

_Static_assert(sizeof(struct xsw_switch) == 256, "layout of xsw_switch");
