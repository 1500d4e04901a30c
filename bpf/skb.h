/* SPDX-License-Identifier: GPL-2.0 */
/* What programs of TC read at the end of the skb's buffer, its skb_shared_info. */
#pragma once

#include "bpf/kernel.h"

/* As skb_shinfo() */
static __always_inline const struct skb_shared_info *skb_info(const struct sk_buff *skb)
{
	const void *end = KERNEL_READ(skb, head) + KERNEL_READ(skb, end);

	if (!xsw_can_cast)
		return end;
	return bpf_rdonly_cast(end, bpf_core_type_id_kernel(struct skb_shared_info));
}

/* SKBTX_SW_TSTAMP, SKBTX_SCHED_TSTAMP and, since 6.15, SKBTX_BPF (include/linux/skbuff.h) */
#define TX_REPORTS (1 << 1 | 1 << 6 | 1 << 7)

/**
 * skb_reports_tx() - did the frame's sender ask to be told when it is sent (SO_TIMESTAMPING)?
 *
 * The sender is on this host, and the device that brought the frame here has told it. Each further
 * device that sends the same skb would tell it again, which ptp4l, which counts on one report a
 * frame, takes for a fault. A clone of the skb belongs to no socket, so no report comes of it.
 */
static __always_inline bool skb_reports_tx(struct __sk_buff *ctx)
{
	return ctx->sk && KERNEL_READ(skb_info(skb_behind(ctx)), tx_flags) & TX_REPORTS;
}
