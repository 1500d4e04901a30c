/* SPDX-License-Identifier: GPL-2.0 */
/* Hook: native XDP at ingress of a port with path xdp. Frames that XDP cannot
 * do right are passed, untouched, to xsw_tc() on the same port.
 */
#pragma once

#include "bpf/flood_xdp.h"

static __always_inline int xdp_drop(const struct pkt *pkt, enum xsw_drop why)
{
	count_rx_drop(pkt, XSW_PATH_XDP, why);
	return XDP_DROP;
}

/* To one port; everything is done here. */
static __always_inline int xdp_unicast(struct xdp_md *ctx, const struct pkt *pkt,
				       const struct xsw_port *out, enum count_as as)
{
	__u32 port = out->port;
	struct retag r;

	if (!port_takes_xdp(port))
		return XDP_PASS;
	/* Choose the target before the frame is changed: without an entry
	 * (the device is going) TC still gets the frame as it came.
	 */
	if (bpf_redirect_map(&xsw_tx, port, XDP_PASS) != XDP_REDIRECT)
		return XDP_PASS;
	if (xdp_strip_meta(ctx))
		return XDP_PASS;
	egress_tags(pkt, out, &r);
	if (xdp_retag(ctx, &r)) {
		count_tx_drop(port, XSW_DROP_NO_MEMORY);
		count_rx(pkt, XSW_PATH_XDP, as);
		return XDP_DROP;
	}
	count_rx(pkt, XSW_PATH_XDP, as);
	count_tx(port, pkt->bytes + retag_delta(&r));
	return XDP_REDIRECT;
}

static __noinline int xdp_flood(struct xdp_md *ctx, struct pkt *pkt, __u32 flood_flag)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *out;
	struct flood_probe p = {
		.ctx = ctx,
		.pkt = pkt,
		.flood_flag = flood_flag,
	};

	if (!sw || pkt->in_flags & XSW_PORT_TC_FLOOD || pkt->len > FLOOD_XDP_MAX)
		return XDP_PASS;
	bpf_loop(sw->port_end, flood_probe_cb, &p, 0);
	if (p.need_tc)
		return XDP_PASS;
	if (!p.reached) {
		count_rx(pkt, XSW_PATH_XDP, COUNT_FLOODED);
		return XDP_DROP;
	}
	if (p.reached == 1) {
		out = port_by_number(p.last);
		return out ? xdp_unicast(ctx, pkt, out, COUNT_FLOODED) : XDP_PASS;
	}
	if (xdp_strip_meta(ctx) || flood_push_meta(ctx, pkt, flood_flag))
		return XDP_PASS;
	count_rx(pkt, XSW_PATH_XDP, COUNT_FLOODED);
	return bpf_redirect_map(&xsw_flood, 0,
				BPF_F_BROADCAST | (pkt->in_flags & XSW_PORT_HAIRPIN ?
							   0 :
							   BPF_F_EXCLUDE_INGRESS));
}

SEC("xdp.frags")
int xsw_xdp(struct xdp_md *ctx)
{
	const struct xsw_port *in = port_by_ifindex(ctx->ingress_ifindex);
	bool suspect;
	struct verdict v;
	struct pkt pkt;

	if (!in)
		return XDP_PASS;
	/* Multi-buffer frames: 6.1 redirects none, 6.12 floods them damaged. */
	if (bpf_xdp_get_buff_len(ctx) != ctx->data_end - ctx->data)
		return XDP_PASS;
	if (xdp_parse(ctx, &pkt, in->flags & XSW_PORT_CSUM_CHECK, &suspect) == FRAME_RUNT) {
		pkt.port = in->port;
		return xdp_drop(&pkt, XSW_DROP_RUNT);
	}
	if (suspect)
		return XDP_PASS;
	forward(&pkt, in, &v);
	switch (v.what) {
	case TO_DROP:
		return xdp_drop(&pkt, v.why);
	case TO_PORT:
		return xdp_unicast(ctx, &pkt, v.out, COUNT_UNICAST);
	default:
		return xdp_flood(ctx, &pkt, v.flood_flag);
	}
}
