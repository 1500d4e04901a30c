/* SPDX-License-Identifier: GPL-2.0 */
/* Hook: native XDP at ingress of a port with path xdp. Frames that XDP cannot
 * do right are passed, untouched, to xsw_tc() on the same port.
 */
#pragma once

#include "bpf/cache.h"
#include "bpf/flood_xdp.h"
#include "bpf/netns.h"

static __always_inline int xdp_drop(const struct pkt *pkt, enum xsw_drop why)
{
	count_rx_drop(pkt, XSW_PATH_XDP, why);
	return XDP_DROP;
}

/* Is it better to let the device merge the TCP frames from port @in to port @out?
 * A guest that takes segments of 64 KB receives four times as many bytes so. It is
 * decided by protocol, not by frame: a flow that took both ways would be reordered.
 */
static __always_inline bool xdp_merges(__u32 in, __u32 out)
{
	return port_state(out) & XSW_STATE_GSO && port_state(in) & XSW_STATE_GRO;
}

static __always_inline bool xdp_is_tcp(struct xdp_md *ctx, const struct pkt *pkt)
{
	const void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 tags = !!pkt->outer.tpid + !!pkt->inner.tpid;
	const __u8 *l3 = data + ETH_HLEN + tags * VLAN_HLEN;

	if (l3 + sizeof(struct iphdr) > (const __u8 *)end)
		return false;
	if (*(const __be16 *)(l3 - 2) == bpf_htons(0x0800))
		return ((const struct iphdr *)l3)->protocol == IPPROTO_TCP;
	return *(const __be16 *)(l3 - 2) == bpf_htons(0x86dd) &&
	       ((const struct ipv6hdr *)l3)->nexthdr == IPPROTO_TCP;
}

/* To one port that takes XDP, retagged by @r; everything is done here. */
static __always_inline int xdp_send(struct xdp_md *ctx, const struct pkt *pkt, __u32 port,
				    const struct retag *r, enum count_as as)
{
	/* Choose the target before the frame is changed: without an entry
	 * (the device is going) TC still gets the frame as it came.
	 */
	if (bpf_redirect_map(&xsw_tx, port, XDP_PASS) != XDP_REDIRECT)
		return XDP_PASS;
	if (xdp_strip_meta(ctx))
		return XDP_PASS;
	count_rx(pkt, XSW_PATH_XDP, as);
	if (xdp_retag(ctx, r)) {
		count_tx_drop(port, XSW_DROP_NO_MEMORY);
		return XDP_DROP;
	}
	count_tx(port, pkt->bytes + retag_delta(r));
	return XDP_REDIRECT;
}

static __noinline int xdp_flood(struct xdp_md *ctx, struct pkt *pkt, __u32 flood_flag)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *out;
	struct retag r;
	struct flood_probe p = {
		.ctx = ctx,
		.pkt = pkt,
		.flood_flag = flood_flag,
		.reached = loop_zero,
		.last = loop_zero,
		.need_tc = loop_zero,
	};

	if (!sw || pkt->in_flags & XSW_PORT_TAP || pkt->len > FLOOD_XDP_MAX)
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
		if (!out)
			return XDP_PASS;
		egress_tags(pkt, out, &r);
		return xdp_send(ctx, pkt, p.last, &r, COUNT_FLOODED);
	}
	if (xdp_strip_meta(ctx) || flood_push_meta(ctx, pkt, flood_flag))
		return XDP_PASS;
	count_rx(pkt, XSW_PATH_XDP, COUNT_FLOODED);
	return bpf_redirect_map(&xsw_flood, 0,
				BPF_F_BROADCAST | (pkt->in_flags & XSW_PORT_HAIRPIN ?
							   0 :
							   BPF_F_EXCLUDE_INGRESS));
}

/* The whole decision, remembered if it is for one port.
 * verifier: global, as tc_decide().
 */
__noinline int xdp_decide(struct xdp_md *ctx, const struct pkt *frame,
			  const struct cache_key *k)
{
	const struct xsw_port *in;
	struct cache_key key;
	struct verdict v;
	struct retag r;
	struct pkt pkt;

	if (!frame || !k)
		return XDP_PASS;
	pkt = *frame; /* on 6.1 a key must be on the stack, not behind an argument */
	key = *k;
	in = port_by_slot(key.in_slot);
	if (!in || !netns_has_xdp(ctx))
		return XDP_PASS;
	forward(&pkt, in, &v);
	if (v.what == TO_DROP)
		return xdp_drop(&pkt, v.why);
	if (v.what == TO_FLOOD)
		return xdp_flood(ctx, &pkt, v.flood_flag);
	if (!port_takes_xdp(v.out->port))
		return XDP_PASS;
	egress_tags(&pkt, v.out, &r);
	key.tcp_to_tc = xdp_merges(pkt.port, v.out->port);
	cache_store(&key, v.out, 0, &r);
	if (key.tcp_to_tc && xdp_is_tcp(ctx, &pkt))
		return XDP_PASS;
	return xdp_send(ctx, &pkt, v.out->port, &r, COUNT_UNICAST);
}

SEC("xdp.frags")
int xsw_xdp(struct xdp_md *ctx)
{
	__u32 slot = slot_by_ifindex(ctx->ingress_ifindex);
	const struct xsw_port *in = port_by_slot(slot);
	const struct cache_entry *c;
	struct cache_key key;
	struct retag r;
	struct pkt pkt = {};
	bool suspect;

	if (!in)
		return XDP_PASS;
	/* Multi-buffer frames: 6.1 redirects none, 6.12 floods them damaged. */
	if (bpf_xdp_get_buff_len(ctx) != ctx->data_end - ctx->data)
		return XDP_PASS;
	pkt.port = XSW_SLOT_PORT(slot);
	if (xdp_parse(ctx, &pkt, in->flags & XSW_PORT_CSUM_CHECK, &suspect) == FRAME_RUNT)
		return xdp_drop(&pkt, XSW_DROP_RUNT);
	if (suspect)
		return XDP_PASS;
	c = cache_find(&pkt, slot, XSW_PATH_XDP, &key);
	if (c) {
		if (c->tcp_to_tc && xdp_is_tcp(ctx, &pkt))
			return XDP_PASS;
		cache_retag(c, &r);
		return xdp_send(ctx, &pkt, c->port, &r, COUNT_UNICAST);
	}
	return xdp_decide(ctx, &pkt, &key);
}
