/* SPDX-License-Identifier: GPL-2.0 */
/* Settings of a port as the data path reads them. */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

/* vlan_mode: numbers and the words of the Open vSwitch Port table. Append only. */
#define XSW_VLAN_MODES(X)                                                                          \
	X(ACCESS, "access")                                                                        \
	X(TRUNK, "trunk")                                                                          \
	X(NATIVE_TAGGED, "native-tagged")                                                          \
	X(NATIVE_UNTAGGED, "native-untagged")                                                      \
	X(DOT1Q_TUNNEL, "dot1q-tunnel")

#define XSW_MODE_ENUM(name, text) XSW_MODE_##name,
enum xsw_vlan_mode { XSW_VLAN_MODES(XSW_MODE_ENUM) XSW_MODE_COUNT };
#undef XSW_MODE_ENUM

/* priority_tags */
#define XSW_PRIO_NEVER 0
#define XSW_PRIO_IF_NONZERO 1
#define XSW_PRIO_ALWAYS 2

#define XSW_PORT_LEARNING (1U << 0)
#define XSW_PORT_FLOOD (1U << 1)       /* receives unknown unicast */
#define XSW_PORT_MCAST_FLOOD (1U << 2) /* receives unknown multicast */
#define XSW_PORT_BCAST_FLOOD (1U << 3)
#define XSW_PORT_ISOLATED (1U << 4)
#define XSW_PORT_LOCKED (1U << 5)
#define XSW_PORT_HAIRPIN (1U << 6)
#define XSW_PORT_RX (1U << 7) /* off: what the device sends in is dropped */
#define XSW_PORT_TX (1U << 8) /* off: nothing leaves here */
#define XSW_PORT_ACCEPT_UNTAGGED (1U << 9)
#define XSW_PORT_ACCEPT_TAGGED (1U << 10)
#define XSW_PORT_TRUNKS_ALL (1U << 11) /* no `trunks` given; all bits are set */
#define XSW_PORT_CVLANS_ALL (1U << 12) /* no `cvlans` given; all bits are set */
/* Frames may come in with a partial checksum (veth, tap): XDP must
 * look before it redirects.
 */
#define XSW_PORT_CSUM_CHECK (1U << 13)
/* A tap. XDP may not flood from here (a tap runs native programs on skbs, where a
 * flood stops at the first port that refuses): TC does.
 */
#define XSW_PORT_TAP (1U << 14)
#define XSW_PORT_HOST (1U << 15) /* a veth pair of our own, the host's interface */
/* `local off`: exchanges frames with ports that have not this flag, the uplinks. */
#define XSW_PORT_UPLINK_ONLY (1U << 16)
#define XSW_PORT_PROMISC (1U << 17)	 /* receives all that its VLANs carry */
#define XSW_PORT_SPOOF_MAC (1U << 18)	 /* sources must stand in xsw_bind */
#define XSW_PORT_SPOOF_VLAN (1U << 19)	 /* tags must be those the port was given by name */
#define XSW_PORT_MAC_LIMIT (1U << 20)	 /* see maps/mac_limit.h; above it, frames are dropped */
#define XSW_PORT_MAC_NO_LEARN (1U << 21) /* ... are forwarded, and teach nothing */
#define XSW_PORT_MAC_SHUT (1U << 22)	 /* ... and the port is shut */
#define XSW_PORT_POLICE_IN (1U << 23)	 /* has a policer, see maps/policer.h */
#define XSW_PORT_POLICE_OUT (1U << 24)
#define XSW_PORT_POLICE_IN_OF (1U << 25) /* has policers of VLANs or PCPs */
#define XSW_PORT_POLICE_OUT_OF (1U << 26)
#define XSW_PORT_STORM (1U << 27)
#define XSW_PORT_AFXDP (1U << 28) /* what enters goes to its AF_XDP socket, if one is bound */
#define XSW_PORT_PUNT (1U << 29)  /* has rules, see maps/punt.h */
#define XSW_PORT_PEER (1U << 30)  /* TC hands frames to the veth's other end: maps/peer.h */
#define XSW_PORT_RARE (1U << 31)  /* what begins with struct xsw_port.rare is not 0 */

/* Steps that frames of most ports do not take. A frame that enters a plain port, or leaves by one, asks
 * one word, the port's flags, with one of these masks, and none of the steps is looked at. So a
 * step that few ports have gets a bit of `rare`: XSW_PORT_RARE stands for all of these, and no
 * bit of the flags is free. (Policers and storm limits are asked for where a frame is
 * charged, and keep no frame off the short way of bpf/short.h.) What concerns all ports of a switch for a time is a flag of the
 * switch: XSW_SWITCH_STEPS in maps/switch.h.
 */
#define XSW_PORT_STEPS_IN                                                                          \
	(XSW_PORT_SPOOF_MAC | XSW_PORT_SPOOF_VLAN | XSW_PORT_AFXDP | XSW_PORT_PUNT | XSW_PORT_RARE)
#define XSW_PORT_STEPS_OUT XSW_PORT_RARE

/* Options that few ports have: struct xsw_port.rare */
#define XSW_RARE_DHCP_GUARD (1U << 0) /* takes nothing of a DHCP server */
#define XSW_RARE_RA_GUARD (1U << 1)   /* takes nothing of a router of IPv6 */
#define XSW_RARE_GUARDS (XSW_RARE_DHCP_GUARD | XSW_RARE_RA_GUARD)
/* Mirrors may have to do with the port: maps/mirror.h tells. No option of a port. The controller
 * sets the bit in settings that are in use, before the mirrors are, and takes it away after them.
 */
#define XSW_RARE_MIRROR (1U << 2)

/* Value of map xsw_port, an array of XSW_MAX_SLOTS. Written by the
 * controller while the slot is not in use, read by all programs. `trunks`
 * and `cvlans` are bitmaps of VIDs, bit N of word N / 64; an empty list of
 * the user's is stored as all ones.
 *
 * All but the bitmaps is in one cache line. Options that most ports have or most frames meet are
 * bits of @flags; all others are bits of @rare, or members in the place of @pad. While one of
 * these is not 0 the controller sets XSW_PORT_RARE: frames of other ports need not look.
 */
struct xsw_port {
	__u32 ifindex;
	__u16 port;
	__u8 vlan_mode;	    /* XSW_MODE_* */
	__u8 priority_tags; /* XSW_PRIO_* */
	__u32 flags;	    /* XSW_PORT_* */
	__u16 tag;	    /* VLAN of access, native-* and dot1q-tunnel */
	__be16 qinq_tpid;   /* 0x8100 or 0x88a8 */
	__u32 rare;	    /* XSW_RARE_* */
	__u8 default_pcp;   /* of frames that enter without a tag */
	__u8 pad0[3];
	__u32 pad[10]; /* zero: options to come */
	__u64 trunks[XSW_VLAN_WORDS];
	__u64 cvlans[XSW_VLAN_WORDS];
};

_Static_assert(sizeof(struct xsw_port) == 64 + 2 * 8 * XSW_VLAN_WORDS, "layout of xsw_port");
_Static_assert(__builtin_offsetof(struct xsw_port, trunks) == 64, "one cache line");

/* Is @vid in a list of VIDs? @bits: as in struct xsw_port */
static inline __attribute__((always_inline)) int xsw_vlan_listed(const __u64 *bits, __u32 vid)
{
	vid &= 0xfff;
	return bits[vid / 64] >> (vid % 64) & 1;
}

/* Is a port with the settings @p a member of @vlan, 0 to 4094? What tags a frame has beneath
 * that of its VLAN may still keep the frame from the port. Source: xsw(7) "Egress".
 */
static inline __attribute__((always_inline)) int xsw_port_has_vlan(const struct xsw_port *p,
								   __u32 vlan)
{
	switch (p->vlan_mode) {
	case XSW_MODE_TRUNK:
		return xsw_vlan_listed(p->trunks, vlan);
	case XSW_MODE_NATIVE_TAGGED:
	case XSW_MODE_NATIVE_UNTAGGED:
		return vlan == p->tag || (vlan && xsw_vlan_listed(p->trunks, vlan));
	case XSW_MODE_ACCESS:
	case XSW_MODE_DOT1Q_TUNNEL:
		return vlan == p->tag;
	}
	return 0;
}

/* Value of map xsw_state, an array by port number: what may change without
 * a command. @flags: written by controller and by the loss-tracing programs.
 * @afxdp: written by xsw-slowpath, and of no meaning when that does not live.
 */
#define XSW_STATE_XDP_OUT (1U << 0)   /* XDP can redirect to this device */
#define XSW_STATE_GRO (1U << 1)	      /* path xdp; the device merges what XDP passes on */
#define XSW_STATE_GSO (1U << 2)	      /* a tap on path skb: its guest takes merged TCP */
#define XSW_STATE_LINK_DOWN (1U << 3) /* `link down`: it cannot forward, whatever its device does */

#define XSW_AFXDP_BOUND (1U << 0)    /* there is a socket for each queue */
#define XSW_AFXDP_LONG (1U << 1)     /* which takes frames of several buffers */
#define XSW_AFXDP_ZEROCOPY (1U << 2) /* the device writes into its memory */
#define XSW_AFXDP_CSUM (1U << 3)     /* who reads there completes partial checksums */

struct xsw_state {
	__u32 flags; /* XSW_STATE_* */
	__u32 afxdp; /* XSW_AFXDP_* */
};
