/* SPDX-License-Identifier: GPL-2.0 */
/* Hook: native XDP at ingress of a port with path xdp. Frames that XDP cannot
 * do right are passed, untouched, to xsw_tc() on the same port.
 */
#pragma once

#include "bpf/cache.h"
#include "bpf/flood_xdp.h"
#include "bpf/netns.h"
#include "bpf/punt.h"

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

/* To the port that xdp_target() was asked for, retagged by @r; everything is done here. */
static __always_inline int xdp_send(struct xdp_md *ctx, const struct pkt *pkt, __u32 port,
				    const struct retag *r, enum count_as as)
{
	count_rx(pkt, XSW_PATH_XDP, as);
	if (xdp_retag(ctx, r)) {
		count_tx_drop(port, XSW_DROP_NO_MEMORY);
		return XDP_DROP;
	}
	count_tx_bulk(port, pkt->bytes + retag_delta(r), pkt->vlan_out);
	return XDP_REDIRECT;
}

/* Choose the target before anything is changed: without an entry (the device is
 * going) TC still gets the frame as it came.
 */
static __always_inline bool xdp_target(struct xdp_md *ctx, __u32 port)
{
	return bpf_redirect_map(&xsw_tx, port, XDP_PASS) == XDP_REDIRECT && !xdp_strip_meta(ctx);
}

/* To one port that is chosen as target already. @mark: by its policer
 * verifier: global, to be verified once.
 */
__noinline int xdp_unicast(struct xdp_md *ctx, struct pkt *pkt, const struct xsw_port *out, int mark,
			   __u32 as)
{
	struct retag r;

	if (!pkt || !out)
		return XDP_DROP;
	if (mark == POLICE_DROP) {
		count_rx(pkt, XSW_PATH_XDP, as);
		count_tx_drop(out->port, XSW_DROP_POLICER);
		return XDP_DROP;
	}
	if (mark)
		police_mark(pkt, mark);
	egress_tags(pkt, out, &r);
	return xdp_send(ctx, pkt, out->port, &r, as);
}

/* What the policer of @out says.
 * verifier: beside xdp_unicast(), not in it, for the sake of the stack.
 */
static __always_inline int xdp_police(const struct pkt *pkt, const struct xsw_port *out)
{
	struct retag r;

	if (!(out->flags & EACH_FRAME_OUT))
		return POLICE_PASS;
	egress_tags(pkt, out, &r);
	return police_egress(pkt, out, retag_delta(&r));
}

/* What xdp_flood_plan() answers, if not the number of the one port to be reached: */
#define FLOOD_TO_NONE 0
#define FLOOD_TO_MANY XSW_MAX_PORTS
#define FLOOD_BY_TC (-1)

/* verifier: global, to be verified once (XDP program: 61k instructions before). */
__noinline int xdp_flood_plan(struct xdp_md *ctx, struct pkt *pkt, __u32 flood_flag)
{
	const struct xsw_switch *sw = switch_get();
	struct flood_probe p = {
		.ctx = ctx,
		.pkt = pkt,
		.flood_flag = flood_flag,
		.reached = loop_zero,
		.last = loop_zero,
		.need_tc = loop_zero,
		.taken = loop_zero,
	};

	if (!sw || !pkt || pkt->in_flags & XSW_PORT_TAP || pkt->len > FLOOD_XDP_MAX)
		return FLOOD_BY_TC;
	/* a driver without metadata (include/net/xdp.h, xdp_data_meta_unsupported()) */
	if ((void *)(long)ctx->data_meta > (void *)(long)ctx->data)
		return FLOOD_BY_TC;
	bpf_loop(sw->port_end, flood_probe_cb, &p, 0);
	if (p.need_tc || (p.taken && p.reached > 1))
		return FLOOD_BY_TC;
	return p.reached == 0 ? FLOOD_TO_NONE : p.reached == 1 ? p.last : FLOOD_TO_MANY;
}

/* To several ports, or to none. */
static __always_inline int xdp_flood(struct xdp_md *ctx, const struct pkt *pkt, __u32 flood_flag,
				     bool many, enum count_as as)
{
	count_rx(pkt, XSW_PATH_XDP, as);
	if (!many || flood_push_meta(ctx, pkt, flood_flag))
		return XDP_DROP;
	return bpf_redirect_map(&xsw_flood, 0,
				BPF_F_BROADCAST | (pkt->in_flags & XSW_PORT_HAIRPIN ?
							   0 :
							   BPF_F_EXCLUDE_INGRESS));
}

/* Must not the source of the frame speak here? */
__noinline int xdp_spoofed(struct xdp_md *ctx, const struct pkt *pkt)
{
	return !pkt || spoof_source(ctx, (load_bytes)bpf_xdp_load_bytes, pkt,
				    pkt->outer.tpid);
}

static __always_inline int xdp_spoof(struct xdp_md *ctx, const struct pkt *pkt,
				     const struct xsw_port *in)
{
	if (in->flags & XSW_PORT_SPOOF_VLAN && spoof_vlan(pkt, in))
		return XSW_DROP_SPOOF;
	if (in->flags & XSW_PORT_SPOOF_MAC && xdp_spoofed(ctx, pkt))
		return XSW_DROP_SPOOF;
	return ADMITTED;
}

/* verifier: global, as xdp_unicast(). Return: PUNT_* */
__noinline int xdp_punt(struct xdp_md *ctx, const struct pkt *pkt)
{
	return pkt ? punt(ctx, (load_bytes)bpf_xdp_load_bytes, pkt, false, ctx->ingress_ifindex,
			  XSW_PATH_XDP) :
		     PUNT_NONE;
}

/* What becomes of a frame that a rule matched: XDP_*. @what: PUNT_* but PUNT_NONE */
static __always_inline int xdp_punted(const struct pkt *pkt, int what)
{
	if (what == PUNT_HOST)
		return XDP_PASS;
	if (what != PUNT_SOCKET)
		return xdp_drop(pkt, punt_why(what));
	count_rx_punted(pkt, XSW_PATH_XDP, false);
	return XDP_DROP;
}

/* The whole decision, remembered if it is for one port.
 * verifier: global, as tc_decide().
 */
__noinline int xdp_decide(struct xdp_md *ctx, struct pkt *pkt,
			  const struct cache_key *key)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *in;
	enum count_as as = COUNT_UNICAST;
	bool keep = false, merges = false, asks;
	int why, spoofed, what, plan = 0;
	struct verdict v = {}; /* verifier: clang reads it early; 6.1 minds */

	if (!pkt || !key || !sw)
		return XDP_PASS;
	in = port_by_slot(key->in_slot);
	if (!in || !netns_has_xdp(ctx))
		return XDP_PASS;
	pkt->now = tick_now();
	why = ingress(pkt, in, sw);
	asks = punt_asks(pkt, why);
	if (asks || why == ADMITTED) {
		spoofed = xdp_spoof(ctx, pkt, in);
		if (spoofed != ADMITTED)
			return xdp_drop(pkt, spoofed);
	}
	what = asks ? xdp_punt(ctx, pkt) : PUNT_NONE;
	if (what != PUNT_NONE)
		return xdp_punted(pkt, what);
	if (why != ADMITTED)
		return xdp_drop(pkt, why);
	forward(pkt, sw, &v);
	if (v.what == TO_FLOOD) {
		plan = xdp_flood_plan(ctx, pkt, v.flood_flag);
		if (plan == FLOOD_BY_TC)
			return XDP_PASS;
		v.out = plan == FLOOD_TO_MANY ? NULL : port_by_number(plan);
		as = v.flood_flag ? COUNT_FLOODED : COUNT_UNICAST;
	} else if (v.what == TO_PORT) {
		if (!port_takes_xdp(v.out->port))
			return XDP_PASS;
		merges = xdp_merges(pkt->port, v.out->port);
		keep = !((in->flags & EACH_FRAME_IN) | (v.out->flags & EACH_FRAME_OUT));
	}
	if (merges && xdp_is_tcp(ctx, pkt)) {
		if (keep) /* for TCP: nothing was learned here */
			cache_store(key, pkt, v.out, 0, TCP_TO_TC_ONLY);
		return XDP_PASS;
	}
	if (v.what != TO_DROP &&
	    (v.out ? !xdp_target(ctx, v.out->port) : xdp_strip_meta(ctx)))
		return XDP_PASS;
	why = enter(pkt, &v);
	if (why != ADMITTED)
		return xdp_drop(pkt, why);
	pkt->vlan_in = vlan_slot(pkt->port, pkt->dst.vlan);
	if (!v.out)
		return xdp_flood(ctx, pkt, v.flood_flag, plan == FLOOD_TO_MANY, as);
	pkt->vlan_out = vlan_slot(v.out->port, pkt->dst.vlan);
	if (keep)
		cache_store(key, pkt, v.out, 0, merges ? TCP_TO_TC : 0);
	return xdp_unicast(ctx, pkt, v.out, xdp_police(pkt, v.out), as);
}

/* To the port's AF_XDP socket, as it came. Return: XDP_PASS if there is none. */
static __always_inline int xdp_to_socket(struct xdp_md *ctx, const struct xsw_port *in)
{
	__u32 queue = ctx->rx_queue_index;

	if (!(in->flags & XSW_PORT_AFXDP) || queue >= XSW_XSK_QUEUES)
		return XDP_PASS;
	return bpf_redirect_map(&xsw_xsk, XSW_XSK_INDEX(in->port, queue), XDP_PASS);
}

/* The rules of a port with a socket are asked before that gets the frame. What may not
 * enter at all is left to who reads there.
 * verifier: global, as tc_decide(). Return: PUNT_*
 */
__noinline int xdp_punt_first(struct xdp_md *ctx, struct pkt *pkt, __u32 slot)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *in = port_by_slot(slot);

	if (!pkt || !sw || !in || !netns_has_xdp(ctx))
		return PUNT_NONE;
	if (!punt_asks(pkt, ingress(pkt, in, sw)) || xdp_spoof(ctx, pkt, in) != ADMITTED)
		return PUNT_NONE;
	return xdp_punt(ctx, pkt);
}

/* Does the port's socket take multi-buffer frames? */
static __always_inline bool socket_takes_long(const struct xsw_port *in)
{
	struct xsw_state *state;
	__u32 port = in->port;

	if (!(in->flags & XSW_PORT_AFXDP))
		return false;
	state = bpf_map_lookup_elem(&xsw_state, &port);
	return state && state->afxdp & XSW_AFXDP_LONG;
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
	bool suspect, whole;
	int what;

	if (!in)
		return XDP_PASS;
	/* Multi-buffer frames: 6.1 redirects none, 6.12 floods them damaged. */
	whole = bpf_xdp_get_buff_len(ctx) == ctx->data_end - ctx->data;
	if (!whole && !socket_takes_long(in))
		return XDP_PASS;
	pkt.port = XSW_SLOT_PORT(slot);
	if (xdp_parse(ctx, &pkt, in->flags & XSW_PORT_CSUM_CHECK, &suspect) == FRAME_RUNT)
		return xdp_drop(&pkt, XSW_DROP_RUNT);
	if (suspect)
		return XDP_PASS;
	if (in->flags & XSW_PORT_AFXDP && in->flags & XSW_PORT_PUNT) {
		if (!whole)
			pkt.len = pkt.bytes = bpf_xdp_get_buff_len(ctx);
		what = xdp_punt_first(ctx, &pkt, slot);
		if (what != PUNT_NONE)
			return xdp_punted(&pkt, what);
	}
	if (xdp_to_socket(ctx, in) == XDP_REDIRECT)
		return XDP_REDIRECT;
	if (!whole)
		return XDP_PASS;
	c = cache_find(&pkt, slot, XSW_PATH_XDP, &key);
	if (c && c->hint) {
		if (xdp_is_tcp(ctx, &pkt))
			return XDP_PASS;
		if (c->hint == TCP_TO_TC_ONLY)
			c = NULL;
	}
	if (c) {
		if (!xdp_target(ctx, c->port))
			return XDP_PASS;
		cache_use(c, &pkt, &r);
		return xdp_send(ctx, &pkt, c->port, &r, COUNT_UNICAST);
	}
	return xdp_decide(ctx, &pkt, &key);
}
