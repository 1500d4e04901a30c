/* SPDX-License-Identifier: GPL-2.0 */
/* What a veth knows of a frame beside its bytes. Its native XDP runs on frames that came
 * as an skb, and on those that another XDP program redirected to its peer. Of the
 * former it keeps the skb for the metadata helpers of drivers (since 6.3), and that says
 * whether the checksum is complete. The latter bear no notes: nobody could complete them.
 */
#pragma once

#include <bpf/bpf_core_read.h>

#include "bpf/kernel.h"

/* Of drivers/net/veth.c, which may be a module. */
struct veth_xdp_buff {
	struct sk_buff *skb;
} __attribute__((preserve_access_index));

struct veth_rq {
	struct net_device *dev;
} __attribute__((preserve_access_index));

struct veth_priv {
	struct veth_rq *rq;
} __attribute__((preserve_access_index));

/* The pointer that stands at @at. A cast takes types of the kernel proper alone: any
 * that begins with a pointer will do.
 */
static __always_inline void *pointer_at(const void *at)
{
	const struct sk_buff *any = bpf_rdonly_cast(at, bpf_core_type_id_kernel(struct sk_buff));

	return any->next;
}

/* As netdev_priv() */
static __always_inline __u32 netdev_priv_offset(void)
{
	if (bpf_core_field_exists(struct net_device, priv))
		return bpf_core_field_offset(struct net_device, priv);
	return (bpf_core_type_size(struct net_device) + 31) & ~31U;
}

/**
 * veth_keeps_skb() - may veth_csum_partial() be called for frames from this queue?
 *
 * Not if the device is no veth, nor if the program runs where the context is not a
 * veth's own: in generic XDP and BPF_PROG_RUN.
 */
static __always_inline bool veth_keeps_skb(struct xdp_md *ctx)
{
	const struct xdp_rxq_info *rxq;
	const struct net_device *dev;
	const void *rqs;

	if (!xsw_can_cast || !bpf_core_field_exists(struct veth_xdp_buff, skb))
		return false;
	rxq = ((const struct xdp_buff *)bpf_cast_to_kern_ctx(ctx))->rxq;
	dev = rxq->dev;
	rqs = pointer_at((const void *)dev + netdev_priv_offset() +
			 bpf_core_field_offset(struct veth_priv, rq));
	return (__u64)rxq - (__u64)rqs < dev->num_rx_queues * bpf_core_type_size(struct veth_rq);
}

#define CHECKSUM_PARTIAL 3 /* include/linux/skbuff.h */

/* Is the checksum of a veth's frame still to be completed? */
static __always_inline bool veth_csum_partial(struct xdp_md *ctx)
{
	const struct sk_buff *skb;

	if (!xsw_can_cast || !bpf_core_field_exists(struct veth_xdp_buff, skb))
		return true;
	skb = pointer_at(bpf_cast_to_kern_ctx(ctx) +
			 bpf_core_field_offset(struct veth_xdp_buff, skb));
	return skb && BPF_CORE_READ_BITFIELD(skb, ip_summed) == CHECKSUM_PARTIAL;
}
