/* SPDX-License-Identifier: GPL-2.0 */
/* Mirrors: which frames are copied, and where to. Map xsw_mirror has XSW_MIRROR_BANKS elements, each
 * all mirrors of the switch. The programs use the one that xsw_switch.mirrors names (0: there is no
 * mirror). The controller writes another one and then that word: a frame meets the mirrors as they
 * were or as they are to be.
 */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

#define XSW_MIRRORS 30 /* of a switch */
#define XSW_MIRROR_BANKS 2
#define XSW_MIRROR_NAME_LEN 32 /* with the final NUL */
#define XSW_MIRROR_PORT_WORDS (XSW_MAX_PORTS / 64)

#define XSW_MIRROR_USED (1U << 0)    /* controller: there is such a mirror */
#define XSW_MIRROR_ALL (1U << 1)     /* `all on` */
#define XSW_MIRROR_TO_VLAN (1U << 2) /* @out_vlan means something */

/* One mirror. Its place in struct xsw_mirrors is its turn: of several that select a frame for the
 * same destination the first one sends the copy. @id stays the same when the place changes.
 * @src, @dst: as the user named them, for the controller alone; bit N % 64 of word N / 64: port N.
 */
struct xsw_mirror {
	char name[XSW_MIRROR_NAME_LEN];
	__u32 flags;	/* XSW_MIRROR_* */
	__u32 snaplen;	/* 0: copies are whole, as programs of this version send them */
	__u16 id;	/* of its counters, 0 to XSW_MIRRORS - 1 */
	__u16 out_port; /* 0: none */
	__u16 out_vlan; /* 1 to 4094, with XSW_MIRROR_TO_VLAN */
	__u16 pad;
	__u32 same; /* bit N: the mirror at place N has this destination; its own bit too */
	__u32 pad2;
	__u64 vlans
		[XSW_VLAN_WORDS]; /* bit N % 64 of word N / 64: VLAN N. An empty list: all ones */
	__u64 src[XSW_MIRROR_PORT_WORDS];
	__u64 dst[XSW_MIRROR_PORT_WORDS];
	__u64 pad3[7]; /* zero: options to come */
};

/* What the mirrors have to do with a port: bit N is the mirror at place N. */
struct xsw_mirror_port {
	__u32 src; /* it copies what enters here */
	__u32 dst; /* it copies what leaves here */
};

#define XSW_MIRROR_PLACES ((1U << XSW_MIRRORS) - 1)
#define XSW_MIRROR_RESERVED (1U << 31) /* in @src: the port is a mirror's output, and no more */

/* Value of map xsw_mirror. Mirrors are at the places 0 to @n - 1. Of ports that a mirror with `all`
 * selects, all numbers have the bit, ports or not.
 */
struct xsw_mirrors {
	__u32 n;
	__u32 pad[15];
	struct xsw_mirror_port port[XSW_MAX_PORTS];
	struct xsw_mirror mirror[XSW_MIRRORS];
};

/* Value of map xsw_mirror_sums, a per-CPU array by @id; from the moment the mirror was made.
 * A copy in a VLAN counts once, however many ports it leaves by; what a port of the VLAN does not
 * send is one more in @dropped.
 */
struct xsw_mirror_sums {
	__u64 packets; /* copies */
	__u64 bytes;   /* of them, as they leave (by the first port, in a VLAN) */
	__u64 dropped; /* that were not sent */
	__u64 pad;
};

_Static_assert(sizeof(struct xsw_mirror) == 32 + 24 + 8 * XSW_VLAN_WORDS + 256 + 56,
	       "layout of xsw_mirror");
_Static_assert(sizeof(struct xsw_mirrors) ==
		       64 + 8 * XSW_MAX_PORTS + XSW_MIRRORS * sizeof(struct xsw_mirror),
	       "layout of xsw_mirrors");
_Static_assert(sizeof(struct xsw_mirror_sums) == 32, "layout of xsw_mirror_sums");
