/* SPDX-License-Identifier: GPL-2.0 */
/* What the running kernel has, as its type information (BTF) tells. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct kernel_facts - what the data path is told before it is loaded
 * @can_cast: programs may look behind their context (bpf_cast_to_kern_ctx(), 6.2)
 * @veth_skb: offset of `skb` in struct veth_xdp_buff (6.3), in bytes, 0: not known
 * @veth_rq: offset of `rq` in struct veth_priv
 * @veth_rq_size: bytes of a struct veth_rq
 *	(these three are known together or not at all)
 * @gso: what the kernel calls SKB_GSO_TCPV4 and so on, in this order; all 0: not known
 */
struct kernel_facts {
	bool can_cast;
	__u32 veth_skb;
	__u32 veth_rq;
	__u32 veth_rq_size;
	struct {
		__u32 tcp4;
		__u32 tcp6;
		__u32 dodgy;
		__u32 sctp;
		__u32 udp;
		__u32 udp_l4;
	} gso;
};

/**
 * kernel_facts_read() - all of them
 *
 * Where veth is a module it is loaded, for only then its types can be read: the first
 * veth is often made after the switch. What cannot be found out is 0.
 */
void kernel_facts_read(struct kernel_facts *facts);
