/* SPDX-License-Identifier: GPL-2.0 */
/* The frames that are sent, and how they are known again.
 *
 *   Ethernet | tags | IPv4 or IPv6 | UDP | mark | fill
 *   Ethernet | tags | 88b5               | mark | fill     where the length has no room for UDP
 *
 * The mark is 8 bytes: magic (16 bits, one for requests and one for replies),
 * stream (16, one per sending thread), sequence number (32). Frames too short
 * for it have none. Checksums are right.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "tools/pktgen/config.h"

#define MARK_LEN 8

struct slot;

/* What all frames of a run have in common. */
struct frame_plan {
	const struct config *conf;
	__u32 len;     /* of the longest */
	__u32 len_min; /* of the shortest, where lengths are at random; else 0 */
	int family;    /* AF_INET, AF_INET6, 0: no UDP */
	__u32 l3;      /* offsets */
	__u32 l4;
	__u32 mark; /* 0: no room for one */
	bool macs_vary;
	bool ends_vary;
	__u8 bytes[LEN_MAX];
};

/* Where one thread is in the ranges. */
struct frame_maker {
	const struct frame_plan *plan;
	__u16 stream;
	__u32 seq; /* of the next frame */
	__u64 dmac;
	__u64 smac;
	__u64 src;
	__u64 dst;
	__u16 src_port;
	__u16 dst_port;
	__u64 random;	/* the last number drawn, never 0 */
	__u32 l3_sum;	/* of what does not vary from frame to frame of one length, as csum_add() */
	__u32 l4_sum;	/* makes them */
	__u32 ends_sum; /* of the addresses as they stand */
};

struct mark {
	__u32 offset;
	__u16 stream;
	__u32 seq;
	bool reply;
};

/**
 * frame_plan_make() - work out the frames of a run
 * @own: the device's address, for the source where none was asked for
 *
 * Return: 0, or -EINVAL with the error set: the length has no room for what was asked.
 */
int frame_plan_make(struct frame_plan *plan, const struct config *conf, const __u8 *own);

/** frame_maker_start() - begin at frame number @start of the run */
void frame_maker_start(struct frame_maker *m, const struct frame_plan *plan, __u16 stream,
		       __u64 start);

/** frame_make() - write the next frame to @slot */
void frame_make(struct frame_maker *m, struct slot *slot);

/** frame_mark() - find the mark. @len may be less than the frame's. Return: false: none. */
bool frame_mark(const __u8 *frame, __u32 len, struct mark *mark);

/** frame_reflect() - make the reply of a request: ends exchanged, checksum right */
void frame_reflect(__u8 *frame, __u32 len, const struct mark *mark, const __u8 *own);

/** frame_wire_bytes() - what a frame takes on a wire: padding, FCS, preamble and gap too */
static inline __u32 frame_wire_bytes(__u32 len)
{
	return (len < 60 ? 60 : len) + 24;
}
