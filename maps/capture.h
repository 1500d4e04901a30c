/* SPDX-License-Identifier: GPL-2.0 */
/* Captures: copies of frames, as they came in, as they leave and as they are dropped, for
 * processes that ask for them (`xsw capture`).
 */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

#define XSW_CAPTURES 8 /* of a switch at a time */

/* What becomes of a frame where it is copied. Append only. The first ones are told once of each
 * frame that a port counts as received, all others at the port where the frame was to leave.
 */
#define XSW_CAPTURE_IN 0      /* it came in, and is forwarded or flooded */
#define XSW_CAPTURE_PUNTED 1  /* it came in, and goes to a program */
#define XSW_CAPTURE_HOST 2    /* it came in, and goes to the host's stack */
#define XSW_CAPTURE_RX_DROP 3 /* it came in, and is dropped */
#define XSW_CAPTURE_OUT 4     /* it leaves */
#define XSW_CAPTURE_TX_DROP 5 /* it was to leave, and is dropped */
#define XSW_CAPTURE_LOST 6    /* it left, and the kernel lost it */
#define XSW_CAPTURE_KINDS 7

#define XSW_CAPTURE_INBOUND                                                                        \
	(1U << XSW_CAPTURE_IN | 1U << XSW_CAPTURE_PUNTED | 1U << XSW_CAPTURE_HOST |                \
	 1U << XSW_CAPTURE_RX_DROP)
#define XSW_CAPTURE_DROPS                                                                          \
	(1U << XSW_CAPTURE_RX_DROP | 1U << XSW_CAPTURE_TX_DROP | 1U << XSW_CAPTURE_LOST)

#define XSW_CAPTURE_ANY 0xffff /* VLAN or queue that is not known, or not asked for */

/* One instruction of a filter, as struct bpf_insn of pcap-filter(7)'s compiler */
struct xsw_capture_insn {
	__u16 code;
	__u8 jt;
	__u8 jf;
	__u32 k;
};

#define XSW_CAPTURE_INSNS 512

/* One capture. @owner and @seen_ns say whose it is: the process takes one whose @owner is 0, or that
 * was not @seen for XSW_CAPTURE_DEAD_NS, by a compare-and-swap of @owner, and then tells about once
 * a second that it lives. All up to @lost is the owner's, written while the capture is off.
 */
struct xsw_capture {
	__u64 owner;   /* a number that no other process uses; 0: free */
	__u64 seen_ns; /* CLOCK_BOOTTIME */
	__u32 kinds;   /* a bit for each XSW_CAPTURE_* that is wanted */
	__u32 reasons; /* a bit for each enum xsw_drop that is wanted of drops */
	__u32 snaplen; /* bytes of a frame at the most */
	__u16 vlan;    /* XSW_CAPTURE_ANY: all */
	__u16 queue;   /* where frames came in; XSW_CAPTURE_ANY: all */
	__u32 insns;   /* of @insn; 0: no filter */
	__u32 pad[7];
	__u64 ports[XSW_MAX_PORTS / 64]; /* a bit a port number */
	struct xsw_capture_insn insn[XSW_CAPTURE_INSNS];
	__u64 lost[XSW_MAX_PORTS]; /* by port number: copies for which there was no room */
};

/* Map xsw_capture, an array of one element that processes map.
 *
 * What the data path tests is @captures of struct xsw_fdb_count, which each frame reads anyway: bit N is
 * set by the owner of capture N, and cleared by it or, if it was not seen for long, by the ageing
 * timer. While a bit is set no decision is remembered (bpf/cache.h) and no frame takes the short way
 * (bpf/short.h), so that neither has anything to ask. Whoever sets a bit raises the generation of
 * decisions after that.
 */
struct xsw_captures {
	struct xsw_capture capture[XSW_CAPTURES];
};

#define XSW_CAPTURE_DEAD_NS 3000000000LL

/* Map xsw_capture_out, a perf event array: the ring of capture N on CPU C is at
 * XSW_CAPTURE_RING(N, C). The owner puts it there, and the kernel takes it away when the owner's
 * descriptor of the map closes. A record is this, @skip bytes, and @caught bytes of the frame.
 */
#define XSW_CAPTURE_RING(capture, cpu) ((cpu)*XSW_CAPTURES + (capture))

struct xsw_capture_meta {
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 len;     /* of the frame, with all its tags; 0: the kernel does not tell */
	__u32 caught;  /* bytes of the frame that follow */
	__u32 tag;     /* a first tag that stands beside the bytes: TPID << 16 | TCI; 0: none */
	__u32 frames;  /* that this record stands for; more than 1 only where no bytes follow */
	__u16 port;
	__u16 vlan;	/* inside the switch, or that of the tag; XSW_CAPTURE_ANY: not known */
	__u16 queue;	/* where it came in; XSW_CAPTURE_ANY: not known */
	__u16 gso_size; /* payload of the longest segment, 0: no GSO */
	__u8 kind;	/* XSW_CAPTURE_* */
	__u8 path;	/* XSW_PATH_* */
	__u8 reason;	/* of a drop: enum xsw_drop */
	__u8 skip;	/* bytes in front of the frame that do not belong to it */
	__u32 pad;
};

/* A record of a perf ring is shorter than 64 KB (struct perf_event_header), of which 8 bytes are its
 * header and 4 a length.
 */
#define XSW_CAPTURE_CAUGHT_MAX (65535 - 7 - 12 - 64 - (int)sizeof(struct xsw_capture_meta))

_Static_assert(sizeof(struct xsw_capture) == 64 + 128 + 8 * XSW_CAPTURE_INSNS + 8 * XSW_MAX_PORTS,
	       "layout of xsw_capture");
_Static_assert(sizeof(struct xsw_captures) == XSW_CAPTURES * sizeof(struct xsw_capture),
	       "layout of xsw_captures");
_Static_assert(sizeof(struct xsw_capture_meta) == 40, "layout of xsw_capture_meta");
