/* SPDX-License-Identifier: GPL-2.0 */
/* The context of an XDP program, for steps that run in a process: an address has 64 bits. */
#pragma once

#define xdp_md xdp_md_of_kernel
#include_next <linux/bpf.h>
#undef xdp_md

struct xdp_md {
	__u64 data;
	__u64 data_end;
	__u64 data_meta;
	__u64 data_hard_start; /* the frame may grow down to here */
	__u32 ingress_ifindex;
	__u32 rx_queue_index;
	__u32 egress_ifindex;
};
