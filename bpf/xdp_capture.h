/* SPDX-License-Identifier: GPL-2.0 */
/* The XDP side of capturing: at ingress, and in the devmap program of a flood's copies. */
#pragma once

#include "bpf/capture.h"

/* verifier: global, to be verified once. @as: of capture_as() */
__noinline int xdp_capture(struct xdp_md *ctx, __u32 port, __u32 as, __u32 vlan)
{
	__u32 len = bpf_xdp_get_buff_len(ctx);
	struct xsw_capture_meta m = {
		.len = len,
		.frames = 1,
		.port = port,
		.vlan = vlan,
		.queue = capture_is_inbound(as) ? ctx->rx_queue_index : XSW_CAPTURE_ANY,
	};

	capture_is(&m, as);
	capture(ctx, (capture_output)bpf_perf_event_output, &m, len, false);
	return 0;
}

/* A frame in VLAN @vlan has been counted where it leaves, by @port. */
static __always_inline void xdp_left(struct xdp_md *ctx, __u32 port, __u32 vlan, __u32 kind,
				     __u32 why)
{
	if (capture_on())
		xdp_capture(ctx, port, capture_as(kind, XSW_PATH_XDP, why), vlan);
}
