// SPDX-License-Identifier: GPL-2.0
/* Hook: native XDP at ingress of a port with path xdp. Frames that XDP cannot
 * do right are passed, untouched, to xsw_tc() on the same port.
 */
#include "bpf/cache.h"
#include "bpf/decide.h"
#include "bpf/flood_xdp.h"
#include "bpf/short.h"
#include "bpf/veth.h"
#include "bpf/xdp_capture.h"

/* A frame that came in has been counted as what @kind says, XSW_CAPTURE_*. */
static __always_inline void xdp_came(struct xdp_md *ctx, const struct pkt *pkt, __u32 kind,
				     __u32 why)
{
	if (capture_on())
		xdp_capture(ctx, pkt->port, capture_as(kind, XSW_PATH_XDP, why), capture_vlan(pkt));
}

static __always_inline int xdp_drop(struct xdp_md *ctx, const struct pkt *pkt, enum xsw_drop why)
{
	count_rx_drop(pkt, XSW_PATH_XDP, why);
	xdp_came(ctx, pkt, XSW_CAPTURE_RX_DROP, why);
	return XDP_DROP;
}

/* The same, but it was for @port alone, which does not send it. */
static __always_inline int xdp_unsent(struct xdp_md *ctx, const struct pkt *pkt, enum count_as as,
				      __u32 port, enum xsw_drop why)
{
	count_unsent(pkt, XSW_PATH_XDP, as, port, why);
	xdp_came(ctx, pkt, XSW_CAPTURE_IN, 0);
	xdp_left(ctx, port, pkt->dst.vlan, XSW_CAPTURE_TX_DROP, why);
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

static __always_inline bool l3_is_tcp(const void *l3, const void *end, __be16 proto)
{
	if (l3 + sizeof(struct iphdr) > end)
		return false;
	if (proto == bpf_htons(0x0800))
		return ((const struct iphdr *)l3)->protocol == IPPROTO_TCP;
	return proto == bpf_htons(0x86dd) && ((const struct ipv6hdr *)l3)->nexthdr == IPPROTO_TCP;
}

static __always_inline bool l3_is_fragment(const void *l3, const void *end, __be16 proto)
{
	if (l3 + sizeof(struct iphdr) > end)
		return false;
	if (proto == bpf_htons(0x0800))
		return ((const struct iphdr *)l3)->frag_off & bpf_htons(0x3fff);
	return proto == bpf_htons(0x86dd) &&
	       ((const struct ipv6hdr *)l3)->nexthdr == IPPROTO_FRAGMENT;
}

typedef bool (*l3_is)(const void *l3, const void *end, __be16 proto);

/* What @is says of the packet behind the frame's tags. */
static __always_inline bool xdp_l3(struct xdp_md *ctx, const struct pkt *pkt, l3_is is)
{
	const void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 tags = !!pkt->outer.tpid + !!pkt->inner.tpid;
	const void *l3 = data + ETH_HLEN + tags * VLAN_HLEN;

	return l3 + sizeof(struct iphdr) <= end && is(l3, end, *(const __be16 *)(l3 - 2));
}

/* To the port that xdp_target() was asked for, retagged by @r; everything is done here. */
static __always_inline int xdp_send(struct xdp_md *ctx, const struct pkt *pkt, __u32 port,
				    const struct retag *r, enum count_as as, bool through)
{
	count_rx(pkt, XSW_PATH_XDP, as);
	if (xdp_retag(ctx, r)) {
		count_tx_drop(port, XSW_DROP_NO_MEMORY);
		return XDP_DROP;
	}
	if (through)
		count_tx(port, pkt->bytes + retag_delta(r), pkt->vlan_out);
	else
		count_tx_bulk(port, pkt->bytes + retag_delta(r), pkt->vlan_out);
	return XDP_REDIRECT;
}

/* Choose the target before anything is changed: without an entry (the device is
 * going) TC still gets the frame as it came.
 * @through: result: flood_lets_through()
 */
static __always_inline bool xdp_target(struct xdp_md *ctx, __u32 port, bool *through)
{
	long to;

	*through = flood_lets_through(port);
	if (*through)
		to = bpf_redirect_map(&xsw_flood, port, XDP_PASS);
	else
		to = bpf_redirect_map(&xsw_tx, port, XDP_PASS);
	return to == XDP_REDIRECT && !xdp_strip_meta(ctx);
}

/* xdp_send(), for all but the cache, which knows no decisions while somebody captures. */
static __always_inline int xdp_unicast(struct xdp_md *ctx, const struct pkt *pkt, __u32 port,
				       const struct retag *r, enum count_as as)
{
	bool captures = capture_on();
	int verdict;

	if (captures)
		xdp_came(ctx, pkt, XSW_CAPTURE_IN, 0);
	verdict = xdp_send(ctx, pkt, port, r, as, pkt->through);
	if (captures && verdict == XDP_REDIRECT)
		xdp_left(ctx, port, pkt->dst.vlan, XSW_CAPTURE_OUT, 0);
	else if (captures)
		xdp_left(ctx, port, pkt->dst.vlan, XSW_CAPTURE_TX_DROP, XSW_DROP_NO_MEMORY);
	return verdict;
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
		.walk = { loop_zero, loop_zero },
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
	bpf_loop(MEMBERS_STEPS, flood_probe_cb, &p, 0);
	if (p.need_tc)
		return FLOOD_BY_TC;
	if (p.reached <= 1)
		return p.reached ? p.last : FLOOD_TO_NONE;
	if (flood_is_sparse(p.reached, sw->port_end))
		return FLOOD_BY_TC;
	flood_note();
	bpf_loop(sw->port_end, flood_taken_cb, &p, 0);
	return p.taken ? FLOOD_BY_TC : FLOOD_TO_MANY;
}

/* To several ports, or to none. */
static __always_inline int xdp_flood(struct xdp_md *ctx, const struct pkt *pkt, __u32 flood_flag,
				     bool many, enum count_as as)
{
	count_rx(pkt, XSW_PATH_XDP, as);
	xdp_came(ctx, pkt, XSW_CAPTURE_IN, 0);
	if (!many || flood_push_meta(ctx, pkt, flood_flag))
		return XDP_DROP;
	return bpf_redirect_map(
		&xsw_flood, 0,
		BPF_F_BROADCAST | (pkt->in_flags & XSW_PORT_HAIRPIN ? 0 : BPF_F_EXCLUDE_INGRESS));
}

int xdp_nd_options(struct xdp_md *ctx, __u32 off, __u64 mac);
int xdp_spoofed(struct xdp_md *ctx, const struct pkt *pkt);
int xdp_guarded(struct xdp_md *ctx, const struct pkt *pkt, __u32 rare);
int xdp_punt(struct xdp_md *ctx, const struct pkt *pkt);

static __always_inline struct hook xdp_hook(struct xdp_md *ctx)
{
	return (struct hook){
		.ctx = ctx,
		.load = (load_bytes)bpf_xdp_load_bytes,
		.outer_in_bytes = true,
		.ifindex = ctx->ingress_ifindex,
		.path = XSW_PATH_XDP,
		.nd_options = (void *)xdp_nd_options,
		.spoofed = (void *)xdp_spoofed,
		.guarded = (void *)xdp_guarded,
		.punt = (void *)xdp_punt,
	};
}

__noinline int xdp_nd_options(struct xdp_md *ctx, __u32 off, __u64 mac)
{
	const struct hook hook = xdp_hook(ctx);

	return nd_options_look(&hook, off, mac);
}

__noinline int xdp_spoofed(struct xdp_md *ctx, const struct pkt *pkt)
{
	const struct hook hook = xdp_hook(ctx);

	return !pkt || spoof_source(&hook, pkt);
}

__noinline int xdp_guarded(struct xdp_md *ctx, const struct pkt *pkt, __u32 rare)
{
	const struct hook hook = xdp_hook(ctx);

	return pkt ? guard_why(&hook, pkt, rare) : ADMITTED;
}

__noinline int xdp_punt(struct xdp_md *ctx, const struct pkt *pkt)
{
	const struct hook hook = xdp_hook(ctx);

	return pkt ? punt(&hook, pkt) : PUNT_NONE;
}

/* What becomes of a frame that a rule matched: XDP_*. @what: PUNT_* but PUNT_NONE */
static __always_inline int xdp_punted(struct xdp_md *ctx, const struct pkt *pkt, int what)
{
	if (what == PUNT_HOST)
		return XDP_PASS;
	if (what != PUNT_SOCKET)
		return xdp_drop(ctx, pkt, punt_why(what));
	count_rx_punted(pkt, XSW_PATH_XDP, false);
	xdp_came(ctx, pkt, XSW_CAPTURE_PUNTED, 0);
	return XDP_DROP;
}

/* How to tell whether a checksum is partial: HINT_CSUM_*, or 0 if none is. */
static __always_inline __u32 xdp_csum_hint(struct xdp_md *ctx, __u32 in_flags)
{
	if (!(in_flags & XSW_PORT_CSUM_CHECK))
		return 0;
	if (in_flags & XSW_PORT_TAP || !veth_keeps_skb(ctx))
		return HINT_CSUM_BYTES;
	return HINT_CSUM_SKB;
}

/* Does a frame whose skb is kept belong with those of its flow that TC must have? A sender
 * that leaves checksums to hardware cannot do so with datagrams that it sends as
 * fragments: they are not to overtake the others.
 */
static __always_inline bool skb_goes_by_tc(const struct sk_buff *skb, const void *l3,
					   const void *end, __be16 proto)
{
	return skb && (veth_csum_partial(skb) || l3_is_fragment(l3, end, proto));
}

/* Without looking at the device, which would be a cache line more. */
static __always_inline struct flow_from xdp_from(struct xdp_md *ctx)
{
	const struct xdp_rxq_info *rxq;

	if (!xsw_can_cast)
		return (struct flow_from){ .from = ctx->ingress_ifindex };
	rxq = xdp_behind(ctx)->rxq;
	return (struct flow_from){ .from = (__u64)rxq, .dev = (__u64)rxq->dev };
}

static __always_inline void xdp_remember(struct xdp_md *ctx, const struct cache_key *key,
					 const struct pkt *pkt, __u32 port, const struct retag *r,
					 __u32 hint)
{
	const union cache_to to = { .device = (__u64)port_device(port) };

	hint |= xdp_csum_hint(ctx, pkt->in_flags);
	if (pkt->in_flags & XSW_PORT_AFXDP && !pkt->mirror_bank)
		hint |= HINT_SOCKET;
	if (!xsw_can_cast && pkt->in_flags & XSW_PORT_TAP)
		hint |= HINT_LOOK_IN;
	cache_store(key, xdp_from(ctx), pkt, port, r, to, hint);
}

#define XDP_GOES_ON (-1) /* what follows decides */

/* What becomes of the frame, up to where it is charged and learned from.
 * verifier: global, as tc_plan().
 */
__noinline int xdp_plan(struct xdp_md *ctx, struct pkt *pkt, const struct cache_key *key,
			struct verdict *v)
{
	const struct hook hook = xdp_hook(ctx);
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *in;

	if (!pkt || !v || !key || !sw)
		return XDP_PASS;
	in = port_by_slot(key->in_slot);
	if (!in || !device_is_port(xdp_device(ctx), in->port))
		return XDP_PASS;
	decide(pkt, &hook, in, sw, v);
	if (v->what == TO_PUNT)
		return xdp_punted(ctx, pkt, v->why);
	return XDP_GOES_ON;
}

/* Send a frame that has been charged and learned from. verifier: global, as tc_plan(). */
__noinline int xdp_finish(struct xdp_md *ctx, struct pkt *pkt, const struct cache_key *key,
			  const struct verdict *v)
{
	const struct xsw_port *out;
	enum count_as as;
	struct retag r;
	int why;

	if (!pkt || !v || !key)
		return XDP_DROP;
	as = v->what == TO_FLOOD && v->flood_flag ? COUNT_FLOODED : COUNT_UNICAST;
	out = port_by_slot(v->out);
	if (!out)
		return xdp_flood(ctx, pkt, v->flood_flag, v->many, as);
	if (v->what == TO_DOWN)
		return xdp_unsent(ctx, pkt, as, out->port, XSW_DROP_PORT_DOWN);
	pkt->vlan_out = vlan_slot(out->port, pkt->dst.vlan);
	egress_tags(pkt, out, &r);
	why = egress_prepare(pkt, out, 0, &r);
	if (why != ADMITTED)
		return xdp_unsent(ctx, pkt, as, out->port, why);
	if (v->what == TO_PORT && decision_lasts(pkt, out))
		xdp_remember(ctx, key, pkt, out->port, &r,
			     xdp_merges(pkt->port, out->port) ? HINT_TCP_TO_TC : 0);
	return xdp_unicast(ctx, pkt, out->port, &r, as);
}

/* To the port's AF_XDP socket, as it came. Return: XDP_PASS if there is none. */
static __always_inline int xdp_to_socket(struct xdp_md *ctx, __u32 port)
{
	__u32 queue = ctx->rx_queue_index;

	if (queue >= XSW_XSK_QUEUES)
		return XDP_PASS;
	return bpf_redirect_map(&xsw_xsk, XSW_XSK_INDEX(port, queue), XDP_PASS);
}

/* Ask the rules of a port that has an AF_XDP socket, before the socket gets the frame. A frame that
 * may not enter goes to the socket too: the program that reads there decides on it.
 * verifier: global, as tc_plan(). Return: PUNT_*
 */
__noinline int xdp_punt_first(struct xdp_md *ctx, struct pkt *pkt, __u32 slot)
{
	const struct hook hook = xdp_hook(ctx);
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *in = port_by_slot(slot);
	struct verdict v;

	if (!pkt || !sw || !in || decide_admit(pkt, &hook, in, sw, &v) || v.what != TO_PUNT)
		return PUNT_NONE;
	return v.why;
}

/* May the frame go to the AF_XDP socket of port @in? Not while the switch has mirrors. */
static __always_inline bool socket_may(struct xdp_md *ctx, const struct xsw_port *in)
{
	const struct xsw_switch *sw;

	if (!(in->flags & XSW_PORT_AFXDP) || !device_is_port(xdp_device(ctx), in->port))
		return false;
	sw = switch_get();
	return sw && !sw->mirrors && port_able(in);
}

/* Does the port's socket take frames that only some do? @which: XSW_AFXDP_* */
static __always_inline bool socket_takes(const struct xsw_port *in, __u32 which)
{
	struct xsw_state *state;
	__u32 port = in->port;

	if (!(in->flags & XSW_PORT_AFXDP))
		return false;
	state = bpf_map_lookup_elem(&xsw_state, &port);
	return state && state->afxdp & which;
}

/* Does the frame stand in one buffer? 6.1 redirects no others, 6.12 floods them damaged. */
static __always_inline bool xdp_is_whole(struct xdp_md *ctx)
{
	if (!xsw_can_cast)
		return bpf_xdp_get_buff_len(ctx) == ctx->data_end - ctx->data;
	return !(xdp_behind(ctx)->flags &
		 bpf_core_enum_value(enum xdp_buff_flags, XDP_FLAGS_HAS_FRAGS));
}

/* The flow of a frame. By words, wherever they begin: of a structure that is aligned to two
 * bytes clang reads two at a time.
 * Return: whether it is one that the cache may know.
 */
static __always_inline bool xdp_flow(const void *data, const void *end, struct flow *flow)
{
	__u64 word;
	__u32 tag;

	if (data + ETH_HLEN + VLAN_HLEN > end)
		return false;
	word = *(const __u64 *)data; /* and two bytes of the source */
	flow->dst = word & MAC_BITS;
	flow->src = word >> 48 | (__u64) * (const __u32 *)(data + 8) << 16;
	tag = *(const __u32 *)(data + 12);
	if (!is_vlan_tpid(tag & 0xffff))
		return true;
	flow->dst |= (__u64)bpf_ntohs(tag >> 16) << 48;
	flow->src |= (__u64)tag << 48;
	return !is_vlan_tpid(*(const __be16 *)(data + 16));
}

/* Must the frame go another way than the rest of its flow? Return: XDP_*, or -1 if not. */
static __always_inline int xdp_exception(struct xdp_md *ctx, const struct cache_entry *c)
{
	const void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	const void *l3 = data + ETH_HLEN + (c->src >> 48 ? VLAN_HLEN : 0);
	__be16 proto;

	if (l3 > end)
		return -1;
	proto = *(const __be16 *)(l3 - sizeof(proto));
	if (c->hint & HINT_CSUM_SKB && skb_goes_by_tc(veth_skb(ctx), l3, end, proto))
		return XDP_PASS;
	if (c->hint & HINT_CSUM_BYTES && csum_may_be_partial(ctx, l3, end, proto))
		return XDP_PASS;
	if (c->hint & HINT_SOCKET && xdp_to_socket(ctx, c->in_port) == XDP_REDIRECT)
		return XDP_REDIRECT;
	if (c->hint & HINT_TCP_TO_TC && l3_is_tcp(l3, end, proto))
		return XDP_PASS;
	return -1;
}

/* Do the devices of both ports run? That of the egress port may be gone since, and its memory be
 * another's: then it has no entry in xsw_tx either. Of the devices where frames come in only a tap
 * goes on sending when it has no carrier.
 */
static __always_inline bool xdp_runs(struct xdp_md *ctx, const struct cache_entry *c)
{
	if (!state_runs(KERNEL_READ_AT(struct net_device, c->to.device, state)))
		return false;
	return (!xsw_can_cast && !(c->hint & HINT_LOOK_IN)) || device_runs(xdp_device(ctx));
}

/* A frame of a flow that was decided on lately, as most frames are. What the memory of the flow
 * tells is not looked for again in the frame or in tables.
 * @key: result: where to remember it if it is not
 *
 * Return: XDP_*, or -1 with the frame untouched if its flow is not known.
 */
static __always_inline int xdp_known(struct xdp_md *ctx, struct pkt *pkt, struct cache_key *key)
{
	const void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	const struct cache_entry *c;
	struct flow_from from;
	struct flow flow;
	struct retag r;
	bool through;
	int verdict;

	cache_key_begin(key);
	if (!xdp_flow(data, end, &flow) || !xdp_is_whole(ctx))
		return -1;
	from = xdp_from(ctx);
	c = cache_look(&flow, from.from, XSW_PATH_XDP, key);
	if (!c || c->dev != from.dev || !xdp_runs(ctx, c))
		return -1;
	if (c->hint) {
		verdict = xdp_exception(ctx, c);
		if (verdict >= 0 || c->hint & HINT_TCP_ONLY)
			return verdict;
	}
	if (!xdp_target(ctx, c->port, &through))
		return XDP_PASS;
	pkt->port = c->in_port;
	pkt->bytes = ctx->data_end - ctx->data;
	cache_use(c, pkt, &r);
	return xdp_send(ctx, pkt, c->port, &r, COUNT_UNICAST, through);
}

/* Of TCP that TC is to merge only that is remembered: TC retags.
 * verifier: global, to be verified once
 */
__noinline int xdp_remember_short(struct xdp_md *ctx, const struct cache_key *key,
				  const struct pkt *pkt, __u32 port, const struct retag *r)
{
	__u32 hint;

	if (!key || !pkt || !r)
		return 0;
	hint = xdp_merges(pkt->port, port) ? HINT_TCP_TO_TC : 0;
	if (hint && xdp_l3(ctx, pkt, l3_is_tcp))
		hint |= HINT_TCP_ONLY;
	xdp_remember(ctx, key, pkt, port, r, hint);
	return 0;
}

/* The short way. Return: XDP_*, or XDP_GOES_ON with the frame untouched. */
static __always_inline int xdp_short(struct xdp_md *ctx, struct pkt *pkt, const struct xsw_port *in,
				     const struct cache_key *key)
{
	struct short_way way;
	struct retag r = {};
	__u32 port, state;
	bool keep, through;
	int why;

	if (!short_way(pkt, in, xdp_device(ctx), &way))
		return XDP_GOES_ON;
	port = way.out->port;
	keep = key->index != CACHE_NONE && decision_holds(pkt, way.out);
	state = port_state(port);
	if (!(state & XSW_STATE_XDP_OUT))
		return XDP_PASS;
	if (state & XSW_STATE_GSO && port_state(pkt->port) & XSW_STATE_GRO &&
	    xdp_l3(ctx, pkt, l3_is_tcp)) {
		if (keep)
			xdp_remember_short(ctx, key, pkt, port, &r);
		return XDP_PASS;
	}
	if (!xdp_target(ctx, port, &through))
		return XDP_PASS;
	why = short_commit(pkt, &way);
	if (why != ADMITTED) {
		count_rx_drop(pkt, XSW_PATH_XDP, why);
		return XDP_DROP;
	}
	egress_tags(pkt, way.out, &r);
	why = egress_prepare(pkt, way.out, 0, &r);
	if (why != ADMITTED) {
		count_unsent(pkt, XSW_PATH_XDP, COUNT_UNICAST, port, why);
		return XDP_DROP;
	}
	if (keep)
		xdp_remember_short(ctx, key, pkt, port, &r);
	return xdp_send(ctx, pkt, port, &r, COUNT_UNICAST, through);
}

/* Parse a frame, and look whether its checksum is partial: a veth's skb tells, of others the bytes.
 * @skb: result: that the frame came as, or NULL; @csum: result: CSUM_*
 *
 * Return: as xdp_parse().
 */
static __always_inline int xdp_look(struct xdp_md *ctx, const struct xsw_port *in, struct pkt *pkt,
				    const struct sk_buff **skb, int *csum)
{
	bool may_be = in->flags & XSW_PORT_CSUM_CHECK, partial;
	bool keeps = may_be && !(in->flags & XSW_PORT_TAP) && veth_keeps_skb(ctx);

	*skb = keeps ? veth_skb(ctx) : NULL;
	partial = veth_csum_partial(*skb);
	if (xdp_parse(ctx, pkt, may_be && (!keeps || partial), csum) == FRAME_RUNT)
		return FRAME_RUNT;
	if (partial && *csum == CSUM_FULL)
		*csum = CSUM_UNKNOWN; /* partial, though its bytes do not say so */
	return FRAME_OK;
}

/* To the AF_XDP socket of a port that may have one. Return: XDP_*, or XDP_GOES_ON. */
static __always_inline int xdp_socket(struct xdp_md *ctx, struct pkt *pkt,
				      const struct xsw_port *in, __u32 slot)
{
	int what;

	if (!socket_may(ctx, in))
		return XDP_GOES_ON;
	if (in->flags & XSW_PORT_PUNT) {
		if (!xdp_is_whole(ctx))
			pkt->len = pkt->bytes = bpf_xdp_get_buff_len(ctx);
		what = xdp_punt_first(ctx, pkt, slot);
		if (what != PUNT_NONE)
			return xdp_punted(ctx, pkt, what);
	}
	return xdp_to_socket(ctx, in->port) == XDP_REDIRECT ? XDP_REDIRECT : XDP_GOES_ON;
}

/* Do mirrors copy what leaves by the port of settings @slot? */
static __always_inline bool xdp_is_copied(const struct pkt *pkt, __u32 slot)
{
	const struct xsw_port *out = pkt->mirror_bank ? port_by_slot(slot) : NULL;

	return out && mirrors_of_dst(pkt, out);
}

/* Choose the target of what was decided, and change nothing else. Return: false if TC is to have
 * the frame.
 */
static __always_inline bool xdp_choose(struct xdp_md *ctx, struct pkt *pkt,
				       const struct cache_key *key, struct verdict *v)
{
	const struct retag none = {};
	const struct xsw_port *out;
	bool chosen, through;
	int plan;

	if (v->what == TO_FLOOD) {
		plan = xdp_flood_plan(ctx, pkt, v->flood_flag);
		if (plan == FLOOD_BY_TC)
			return false;
		v->many = plan == FLOOD_TO_MANY;
		v->out = v->many ? 0 : slot_by_port(plan);
	} else if (v->what == TO_PORT) {
		if (!port_takes_xdp(XSW_SLOT_PORT(v->out)) || xdp_is_copied(pkt, v->out))
			return false;
		if (xdp_merges(pkt->port, XSW_SLOT_PORT(v->out)) && xdp_l3(ctx, pkt, l3_is_tcp)) {
			out = port_by_slot(v->out);
			if (out && decision_lasts(pkt, out)) /* for TCP: TC learns, and retags */
				xdp_remember(ctx, key, pkt, XSW_SLOT_PORT(v->out), &none,
					     HINT_TCP_TO_TC | HINT_TCP_ONLY);
			return false;
		}
	} else {
		return true;
	}
	if (!v->out)
		return !xdp_strip_meta(ctx);
	chosen = xdp_target(ctx, XSW_SLOT_PORT(v->out), &through);
	pkt->through = through;
	return chosen;
}

/* The steps of decide.h. Return: XDP_* */
static __always_inline int xdp_long(struct xdp_md *ctx, struct pkt *pkt,
				    const struct cache_key *key)
{
	struct verdict v = {};
	int what;

	what = xdp_plan(ctx, pkt, key, &v);
	if (what != XDP_GOES_ON)
		return what;
	if (!xdp_choose(ctx, pkt, key, &v))
		return XDP_PASS;
	what = commit(pkt, &v);
	if (what != ADMITTED)
		return xdp_drop(ctx, pkt, what);
	return xdp_finish(ctx, pkt, key, &v);
}

/* Do mirrors copy what enters by @in? */
static __always_inline bool xdp_is_mirrored(struct pkt *pkt, const struct xsw_port *in)
{
	const struct xsw_switch *sw;

	if (!(in->flags & XSW_PORT_RARE) || !(in->rare & XSW_RARE_MIRROR))
		return false;
	sw = switch_get();
	if (!sw)
		return false;
	mirrors_begin(pkt, sw);
	return mirrors_of_src(pkt, in);
}

/* A frame whose flow is not known: by the port's socket, TC, the short way or the long one. */
static __always_inline int xdp_unknown(struct xdp_md *ctx, struct pkt *pkt, struct cache_key *key)
{
	__u32 slot = slot_by_ifindex(ctx->ingress_ifindex);
	const struct xsw_port *in = port_by_slot(slot);
	bool whole = xdp_is_whole(ctx);
	const struct sk_buff *skb;
	int what, csum;

	if (!in || (!whole && !socket_takes(in, XSW_AFXDP_LONG)))
		return XDP_PASS;
	key->in_slot = slot;
	pkt->port = XSW_SLOT_PORT(slot);
	if (xdp_look(ctx, in, pkt, &skb, &csum) == FRAME_RUNT)
		return xdp_drop(ctx, pkt, XSW_DROP_RUNT);
	if (csum && !(csum == CSUM_PARTIAL && socket_takes(in, XSW_AFXDP_CSUM)))
		return XDP_PASS;
	what = in->flags & XSW_PORT_AFXDP ? xdp_socket(ctx, pkt, in, slot) : XDP_GOES_ON;
	if (what != XDP_GOES_ON)
		return what;
	if (!whole || csum || (skb && xdp_l3(ctx, pkt, l3_is_fragment)) || xdp_is_mirrored(pkt, in))
		return XDP_PASS;
	what = xdp_short(ctx, pkt, in, key);
	return what != XDP_GOES_ON ? what : xdp_long(ctx, pkt, key);
}

SEC("xdp.frags")
int xsw_xdp(struct xdp_md *ctx)
{
	struct cache_key key = {};
	struct pkt pkt = {};
	int what = xdp_known(ctx, &pkt, &key);

	return what >= 0 ? what : xdp_unknown(ctx, &pkt, &key);
}
