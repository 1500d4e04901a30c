/* SPDX-License-Identifier: GPL-2.0 */
/* What a process asks of program xsw_user (BPF_PROG_RUN), so that only programs write
 * what programs write. A request follows an Ethernet header of zeros. The answer is the
 * program's return value.
 */
#pragma once

#include <linux/types.h>

#include "maps/fdb.h"
#include "maps/policer.h"

#define XSW_REQUEST_LEARN 1  /* struct xsw_request_learn; answer: -1, or enum xsw_drop */
#define XSW_REQUEST_POLICE 2 /* struct xsw_request_police; answer: that of police() */
#define XSW_REQUEST_COUNT 3  /* @n of struct xsw_request_count; answer: 0 */
#define XSW_REQUEST_FORGET 4 /* @n of struct xsw_request_fdb; answer: how many, and 1 */
#define XSW_REQUEST_PUT 5    /* struct xsw_request_fdb; answer: XSW_REQUEST_PUT_* */
#define XSW_REQUEST_LOOK 6   /* nothing: brings xsw_able up to date; answer: how many ports */
/* cannot forward, and 1 */
#define XSW_REQUEST_MERGE 7   /* @n of struct xsw_request_fdb; answer: how many, and 1 */
#define XSW_REQUEST_FIT 8     /* merges up to @n buckets of a table too large; answer as above */
#define XSW_REQUEST_CAPTURE 9 /* struct xsw_request_capture, and bytes of the frame; answer: 0 */

struct xsw_request_head {
	__u32 what; /* XSW_REQUEST_* */
	__u32 n;
};

/* A frame with source @src has been admitted at @port. */
struct xsw_request_learn {
	struct xsw_fdb_key src;
	__u32 port;
	__u32 in_flags; /* XSW_PORT_* */
	__u32 now;	/* tick */
	__u32 pad;
};

/* A frame is to be charged to the policer of a VLAN or PCP, if there is one. */
struct xsw_request_police {
	struct xsw_policer_key key;
	__u32 bytes;
	__u32 frames;
	__u32 first; /* bytes of the first segment */
	__u32 pad;
};

/* Add @n to a counter. */
#define XSW_REQUEST_OF_PORT 0 /* @index: port, @word: of struct xsw_stats */
#define XSW_REQUEST_OF_VLAN 1 /* @index: slot, @word: of struct xsw_vlan_stats */

struct xsw_request_count {
	__u16 of; /* XSW_REQUEST_OF_* */
	__u16 word;
	__u32 index;
	__u64 n;
};

/* An entry of the FDB, by hand.
 * Forget it, if it is of the same port and as static as @old.
 * Put: make it @next, if it is @old, or is not there and @old is all zero.
 * Merge: it was learned in another table, as @next: insert it, or if that is newer, change it.
 * What ports have learned (struct xsw_guard) is not counted.
 */
struct xsw_request_fdb {
	struct xsw_fdb_key key;
	struct xsw_fdb_entry old;
	struct xsw_fdb_entry next;
};

#define XSW_REQUEST_PUT_DONE 1	  /* 0 is the answer of a version that does not know */
#define XSW_REQUEST_PUT_CHANGED 2 /* it is not @old any more */
#define XSW_REQUEST_PUT_FULL 3	  /* fdb_max */
#define XSW_REQUEST_PUT_NO_ROOM 4 /* the kernel's map is full, or there is no memory */

/* A frame is to be captured: the process has found that somebody does. A request has to fit a page,
 * so no more than XSW_REQUEST_CAUGHT bytes of the frame are handed over.
 */
struct xsw_request_capture {
	__u32 as; /* see bpf/capture.h, capture_as() */
	__u32 len;
	__u32 caught;
	__u16 port;
	__u16 vlan;
	__u16 queue;
	__u16 pad;
};

#define XSW_REQUEST_CAUGHT 3584

#define XSW_REQUEST_COUNTS 128 /* in a request, at the most: it has to fit a page */
#define XSW_REQUEST_FDBS 64

_Static_assert(sizeof(struct xsw_request_learn) == 24, "layout of xsw_request_learn");
_Static_assert(sizeof(struct xsw_request_police) == 24, "layout of xsw_request_police");
_Static_assert(sizeof(struct xsw_request_fdb) == 24, "layout of xsw_request_fdb");
_Static_assert(sizeof(struct xsw_request_capture) == 20, "layout of xsw_request_capture");
_Static_assert(sizeof(struct xsw_request_count) == 16, "layout of xsw_request_count");
