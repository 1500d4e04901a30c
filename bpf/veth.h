/* SPDX-License-Identifier: GPL-2.0 */
/* What a veth knows of a frame beside its bytes. A veth's native XDP runs on frames that came as an
 * skb, and on frames that another XDP program redirected to the veth's peer. Of the former the
 * driver keeps the skb for the metadata helpers (since 6.3), and the skb says whether the checksum
 * is complete. The latter have no skb: if their checksum was partial, nothing can complete it any
 * more.
 */
#pragma once

#include "bpf/kernel.h"

/* The layout of drivers/net/veth.c, set before loading; 0 if it is not known. By CO-RE, which
 * reads every module's type information to find a module's, one that is broken would
 * keep the programs from loading.
 */
const volatile __u32 xsw_veth_skb;     /* offset of the skb in struct veth_xdp_buff */
const volatile __u32 xsw_veth_rq;      /* of the queues in struct veth_priv */
const volatile __u32 xsw_veth_rq_size; /* of one of them */

/* As netdev_priv() */
static __always_inline __u32 netdev_priv_offset(void)
{
	if (bpf_core_field_exists(struct net_device, priv))
		return bpf_core_field_offset(struct net_device, priv);
	return (bpf_core_type_size(struct net_device) + 31) & ~31U;
}

/**
 * veth_keeps_skb() - may the other functions here be called for frames of this queue?
 *
 * The device must be a veth: the private memory of other devices means something else. No, where
 * the program runs on a context that is not the veth's own: in generic XDP and BPF_PROG_RUN.
 */
static __always_inline bool veth_keeps_skb(struct xdp_md *ctx)
{
	const struct xdp_rxq_info *rxq;
	const struct net_device *dev;
	const void *rqs;

	if (!xsw_can_cast || !xsw_veth_skb)
		return false;
	rxq = xdp_behind(ctx)->rxq;
	dev = rxq->dev;
	rqs = pointer_at((const void *)dev + netdev_priv_offset() + xsw_veth_rq);
	return (__u64)rxq - (__u64)rqs < dev->num_rx_queues * xsw_veth_rq_size;
}

/* The skb that a frame came as, or NULL. */
static __always_inline const struct sk_buff *veth_skb(struct xdp_md *ctx)
{
	if (!xsw_can_cast || !xsw_veth_skb)
		return NULL;
	return pointer_at((const void *)xdp_behind(ctx) + xsw_veth_skb);
}

/* Is the checksum still to be completed? @skb: veth_skb() */
static __always_inline bool veth_csum_partial(const struct sk_buff *skb)
{
	return skb && BPF_CORE_READ_BITFIELD(skb, ip_summed) == CHECKSUM_PARTIAL;
}
