/* SPDX-License-Identifier: GPL-2.0 */
/* The TC side of capturing: the first tag may stand beside the bytes. */
#pragma once

#include "bpf/capture.h"
#include "bpf/count.h"

/* verifier: global, to be verified once. @as: of capture_as() */
__noinline int tc_capture(struct __sk_buff *skb, __u32 port, __u32 as, __u32 vlan)
{
	__u32 tag = skb->vlan_present ? (__u32)bpf_ntohs(skb->vlan_proto) << 16 | skb->vlan_tci : 0;
	struct xsw_capture_meta m = {
		.len = skb->len + (tag ? VLAN_HLEN : 0),
		.tag = tag,
		.frames = 1,
		.port = port,
		.vlan = vlan,
		/* one more than the queue, 0: the driver told none */
		.queue = capture_is_inbound(as) ? skb->queue_mapping - 1 : XSW_CAPTURE_ANY,
		.gso_size = skb->gso_size,
	};

	capture_is(&m, as);
	capture(skb, (capture_output)bpf_perf_event_output, &m, skb->len, false);
	return 0;
}

/* A frame that came in has been counted as what @kind says, XSW_CAPTURE_*. */
static __always_inline void tc_came(struct __sk_buff *skb, const struct pkt *pkt, __u32 kind,
				    __u32 why)
{
	if (capture_on())
		tc_capture(skb, pkt->port, capture_as(kind, XSW_PATH_SKB, why), capture_vlan(pkt));
}

/* A frame in VLAN @vlan has been counted where it leaves, by @port. */
static __always_inline void tc_left(struct __sk_buff *skb, __u32 port, __u32 vlan, __u32 kind,
				    __u32 why)
{
	if (capture_on())
		tc_capture(skb, port, capture_as(kind, XSW_PATH_SKB, why), vlan);
}

/* There was no memory for a clone of the frame, which has been counted where it leaves. */
static __always_inline void tc_clone_lost(struct __sk_buff *skb, __u32 port, __u32 bytes)
{
	count_tx_lost(port, 1, bytes, XSW_DROP_NO_MEMORY);
	tc_left(skb, port, XSW_CAPTURE_ANY, XSW_CAPTURE_LOST, XSW_DROP_NO_MEMORY);
}
