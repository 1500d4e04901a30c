/* SPDX-License-Identifier: GPL-2.0 */
/* What bench.c and its programs in the kernel share. */
#ifndef XSW_BENCH_H
#define XSW_BENCH_H

#include <linux/types.h>

/* What stands in a frame of one of the lengths of IMIX; the generator reads it. */
struct gen_length {
	__u32 cut; /* bytes off the end */
	__be16 ip_len;
	__be16 ip_sum;
	__be16 udp_len;
	__u16 unused;
};

/* What a sink has counted on one CPU. */
struct sink {
	__u64 frames;
	__u64 bytes; /* tags included, FCS not */
};

#endif
