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
 *
 * The last three are known together or not at all.
 */
struct kernel_facts {
	bool can_cast;
	__u32 veth_skb;
	__u32 veth_rq;
	__u32 veth_rq_size;
};

/**
 * kernel_facts_read() - all of them
 *
 * Where veth is a module it is loaded, for only then its types can be read: the first
 * veth is often made after the switch. What cannot be found out is 0.
 */
void kernel_facts_read(struct kernel_facts *facts);
