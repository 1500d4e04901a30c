/* SPDX-License-Identifier: GPL-2.0 */
/* What the controller remembers of a port. The data path never reads it. */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

#define XSW_RECORD_FREE 0
#define XSW_RECORD_ADDING 1 /* a command was killed half-way: undo */
#define XSW_RECORD_ACTIVE 2
#define XSW_RECORD_DELETING 3 /* a command was killed half-way: finish */
#define XSW_RECORD_ATTACHING                                                                       \
	4 /* a command was killed half-way: the port waits for its device again */

/* Requested path */
#define XSW_WANT_AUTO 0
#define XSW_WANT_XDP 1
#define XSW_WANT_SKB 2
#define XSW_WANT_AFXDP 3

/* Device settings that a port changed and will put back. A bit says that
 * the old value was "on" for the features turned off and "off" for those
 * turned on; a feature that was already right has no bit.
 */
#define XSW_SAVED_PROMISC (1U << 0)	/* we raised the promiscuity count */
#define XSW_SAVED_RXVLAN (1U << 1)	/* we turned rxvlan off */
#define XSW_SAVED_LRO (1U << 2)		/* we turned LRO off */
#define XSW_SAVED_GRO_HW (1U << 3)	/* we turned rx-gro-hw off */
#define XSW_SAVED_PEER_TXVLAN (1U << 4) /* we turned txvlan of the veth peer off */
#define XSW_SAVED_PEER_GRO (1U << 5)	/* we turned gro of the veth peer on */
#define XSW_SAVED_RXVLAN_STAG (1U << 6) /* as RXVLAN, for tags of 802.1ad */
#define XSW_SAVED_PEER_TXVLAN_STAG (1U << 7)
#define XSW_SAVED_MADE (1U << 8)       /* the device is ours: it goes with the port */
#define XSW_SAVED_LINK_UP (1U << 9)    /* we took its link down */
#define XSW_SAVED_LINK_DOWN (1U << 10) /* we brought its link up */
#define XSW_SAVED_THREADED (1U << 11)  /* we turned threaded NAPI on */
#define XSW_SAVED_GRO (1U << 12)       /* we turned gro on */

/* Options whose default depends on others and that the user named */
#define XSW_GIVEN_VLAN_MODE (1U << 0)
#define XSW_GIVEN_LINK_UP (1U << 1) /* link up, link down; neither: link auto */
#define XSW_GIVEN_LINK_DOWN (1U << 2)
#define XSW_GIVEN_THREADED (1U << 3) /* threaded on */
/* A configuration file made the port or named it since: `config apply --prune` removes it when
 * files name it no more. Without the bit a command made it, or an earlier version, and it stays.
 */
#define XSW_GIVEN_CONFIG (1U << 4)
#define XSW_GIVEN_KEEP_ADDRESSES (1U << 5) /* keep_addresses on */

/* Value of map xsw_meta, an array by port number. Written under the
 * controller's lock only. `state` goes ADDING -> ACTIVE -> DELETING -> FREE, and while an
 * absent port gets its device ACTIVE -> ATTACHING -> ACTIVE: each step before (ADDING,
 * ATTACHING, DELETING) or after (ACTIVE, FREE) the work it names, so that the next command can
 * repair what a killed one left.
 */
struct xsw_port_record {
	__u32 state;		   /* XSW_RECORD_* */
	__u32 ifindex;		   /* of the device when it was added; 0: it is to come */
	__u32 want_path;	   /* XSW_WANT_* */
	__u32 use_path;		   /* XSW_PATH_XDP or XSW_PATH_SKB */
	__u32 saved;		   /* XSW_SAVED_* */
	__u32 tc_is_link;	   /* 1: tcx link; 0: clsact filter */
	__u32 clsact_ours;	   /* 1: the clsact qdisc was made by us */
	__u32 given;		   /* XSW_GIVEN_* */
	char ifname[XSW_NAME_LEN]; /* with XSW_SAVED_MADE of the host's end */
	char reason[80];	   /* why use_path, for path_reason */
	__u64 napi_cpus[16];	   /* a bit a CPU: for when the device comes */
	__u64 pad[32];		   /* zero: what is to come */
};

_Static_assert(sizeof(struct xsw_port_record) == 512, "layout of xsw_port_record");
