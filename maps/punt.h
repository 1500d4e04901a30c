/* SPDX-License-Identifier: GPL-2.0 */
/* Punting: frames of a port that are not switched but go to a program on this host
 * ("socket") or to the host's own stack ("host").
 */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"
#include "maps/policer.h"

/* What of a frame rules look at; rules have one for the values and one for the bits
 * that count. Addresses of IPv4 stand as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
 */
struct xsw_punt_key {
	__u8 dst[6];
	__u16 vlan; /* host order: that inside the switch; of 01-80-C2-00-00-0X that of the tag */
	__be16 ethertype; /* behind two tags at the most */
	__u8 proto;	  /* behind extension headers, of which XSW_PUNT_EXTENSIONS are read */
	__u8 is;	  /* XSW_PUNT_IS_* */
	union {		  /* what is in no fragment: */
		__be16 src_port; /* of TCP, UDP and SCTP */
		struct {
			__u8 type, code; /* of ICMP and ICMPv6 */
		} icmp;
	};
	__be16 dst_port;
	__u8 src_ip[16];
	__u8 dst_ip[16];
} __attribute__((aligned(8)));

#define XSW_PUNT_IS_IP (1U << 0) /* there is a protocol */
#define XSW_PUNT_IS_IP4 (1U << 1)
#define XSW_PUNT_IS_IP6 (1U << 2)
#define XSW_PUNT_IS_PORTS (1U << 3) /* there are ports */
/* There are a type and a code. Programs that do not know this bit never set it, so a rule that asks
 * for it matches nothing there.
 */
#define XSW_PUNT_IS_ICMP (1U << 4)
#define XSW_PUNT_EXTENSIONS 4

#define XSW_PUNT_SOCKET 0
#define XSW_PUNT_HOST 1

#define XSW_PUNT_SOCKETS 16 /* of a switch: numbers 0 to 15 */

/* Settings are written by the controller while no order names the rule, what follows
 * @rate by the data path. A prefix is its length in 128 bits plus one, 0: none.
 */
struct xsw_punt_rule {
	struct xsw_punt_key value;
	struct xsw_punt_key mask;
	__u8 action; /* XSW_PUNT_SOCKET, XSW_PUNT_HOST */
	__u8 socket;
	__u8 src_prefix;
	__u8 dst_prefix;
	__u32 pad;
	__u64 pps; /* as the user gave it, 0: no limit */
	struct xsw_rate rate;
	__u64 until;   /* the bucket, see maps/policer.h */
	__u64 punted;  /* frames that went where the rule sends them */
	__u64 limited; /* dropped: over pps */
	__u64 full;    /* dropped: the reader is too slow */
	__u64 pad2[3];
};

/* Map xsw_punt, an array by port number. The first match wins, in the order of @order:
 * four bits a rule from the lowest on, its index in @rule; 0 ends. So a rule never
 * moves, and one store adds or removes it.
 */
#define XSW_PUNT_ORDER_BITS 4
#define XSW_PUNT_INDEXES (1 << XSW_PUNT_ORDER_BITS)
#define XSW_PUNT_RULES (XSW_PUNT_INDEXES - 1)

struct xsw_punts {
	__u64 order;
	__u64 pad[7];
	struct xsw_punt_rule rule[XSW_PUNT_INDEXES]; /* [0] is not used */
};

/* Map xsw_punt_out, a perf event array: the rings of socket S on CPU C are at
 * XSW_PUNT_OUT(S, C). A reader puts them there, and the kernel takes them away when its
 * descriptor of the map closes. A record is this, and @caught bytes of the frame.
 */
#define XSW_PUNT_OUT(socket, cpu) ((cpu)*XSW_PUNT_SOCKETS + (socket))

struct xsw_punt_meta {
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 ifindex;
	__u32 len;    /* of the frame, with all its tags */
	__u32 caught; /* bytes that follow */
	__u32 tag;    /* a first tag that stands beside the bytes: TPID << 16 | TCI; 0: none */
	__u16 port;
	__u16 vlan;	/* as in the key */
	__u16 gso_size; /* payload of the longest segment, 0: no GSO */
	__u8 rule;	/* its place in the order, from 0 on */
	__u8 path;	/* XSW_PATH_* */
};

/* A record of a perf ring is shorter than 64 KB (struct perf_event_header), of which
 * 8 bytes are its header and 4 a length.
 */
#define XSW_PUNT_CAUGHT_MAX (65535 - 7 - 12 - (int)sizeof(struct xsw_punt_meta))

_Static_assert(sizeof(struct xsw_punt_key) == 48, "layout of xsw_punt_key");
_Static_assert(sizeof(struct xsw_punt_rule) == 192, "layout of xsw_punt_rule");
_Static_assert(sizeof(struct xsw_punts) == 64 + 16 * 192, "layout of xsw_punts");
_Static_assert(sizeof(struct xsw_punt_meta) == 32, "layout of xsw_punt_meta");
