/* SPDX-License-Identifier: GPL-2.0 */
/* What programs of TC read behind their context: the skb itself, and the skb_shared_info at
 * the end of its buffer. From 6.2 on the kernel's structures are read as such, before by a
 * helper, which is slower.
 */
#pragma once

#include <bpf/bpf_core_read.h>

#include "bpf/kernel.h"

/* Member @m of @p, a structure of the kernel. (clang 22 minds that BPF_CORE_READ() declares a
 * variable of the member's type, const if @p points to what is const.)
 */
#define KERNEL_GET(p, m)                                                                           \
	(xsw_can_cast ? (p)->m : ({                                                                \
		__typeof__((p)->m + 0) value = 0;                                                  \
		bpf_core_read(&value, sizeof((p)->m), &(p)->m);                                    \
		value;                                                                             \
	}))
#define KERNEL_GET_BITS(p, m)                                                                      \
	(xsw_can_cast ? BPF_CORE_READ_BITFIELD(p, m) : BPF_CORE_READ_BITFIELD_PROBED(p, m))

/* The skb at @address, of which members are read by KERNEL_GET(). */
static __always_inline const struct sk_buff *skb_at(__u64 address)
{
	if (!xsw_can_cast)
		return (const void *)address;
	return bpf_rdonly_cast((const void *)address, bpf_core_type_id_kernel(struct sk_buff));
}

/* The skb that @ctx stands for. */
static __always_inline const struct sk_buff *skb_behind(struct __sk_buff *ctx)
{
	return xsw_can_cast ? bpf_cast_to_kern_ctx(ctx) : (void *)ctx;
}

/* As skb_shinfo() */
static __always_inline const struct skb_shared_info *skb_info(const struct sk_buff *skb)
{
	const void *end = KERNEL_GET(skb, head) + KERNEL_GET(skb, end);

	if (!xsw_can_cast)
		return end;
	return bpf_rdonly_cast(end, bpf_core_type_id_kernel(struct skb_shared_info));
}

/* SKBTX_SW_TSTAMP, SKBTX_SCHED_TSTAMP and, since 6.15, SKBTX_BPF (include/linux/skbuff.h) */
#define TX_REPORTS (1 << 1 | 1 << 6 | 1 << 7)

/**
 * skb_reports_tx() - did the frame's sender ask to be told when it is sent (SO_TIMESTAMPING)?
 *
 * The sender, on this host, has been told by the device that brought the frame here. Each
 * further device that sends the very skb tells it again, which a sender that counts on one
 * report a frame takes for a fault (ptp4l). A clone belongs to no socket and tells nobody.
 */
static __always_inline bool skb_reports_tx(struct __sk_buff *ctx)
{
	return ctx->sk && KERNEL_GET(skb_info(skb_behind(ctx)), tx_flags) & TX_REPORTS;
}
