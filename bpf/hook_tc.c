// SPDX-License-Identifier: GPL-2.0
/* Hook: TC ingress (tcx, or clsact before 6.6) of every port. All frames of
 * path skb, and those that XDP passed on. GSO and partial checksums survive.
 */
#include <linux/if_packet.h>

#include "bpf/cache.h"
#include "bpf/count.h"
#include "bpf/decide.h"
#include "bpf/mark.h"
#include "bpf/short.h"
#include "bpf/members.h"
#include "bpf/mirror_tc.h"
#include "bpf/tc_capture.h"
#include "bpf/tc_frame.h"

#define TC_NEXT (-1) /* TCX_NEXT, TC_ACT_UNSPEC: not ours, let others look */
#define TC_DROP 2    /* TCX_DROP, TC_ACT_SHOT */

static __always_inline int tc_drop(struct __sk_buff *skb, const struct pkt *pkt, enum xsw_drop why)
{
	count_rx_drop(pkt, XSW_PATH_SKB, why);
	tc_came(skb, pkt, XSW_CAPTURE_RX_DROP, why);
	return TC_DROP;
}

/* As tc_drop(), but it was for @port alone, which does not send it. */
static __always_inline int tc_unsent(struct __sk_buff *skb, const struct pkt *pkt, __u32 port,
				     enum xsw_drop why)
{
	count_unsent(pkt, XSW_PATH_SKB, COUNT_UNICAST, port, why);
	tc_came(skb, pkt, XSW_CAPTURE_IN, 0);
	tc_left(skb, port, pkt->dst.vlan, XSW_CAPTURE_TX_DROP, why);
	return TC_DROP;
}

/* Send a clone of the frame, which is retagged and counted, by a device, and drop the frame.
 * Return: what the program returns.
 */
static __noinline int tc_send_clone(struct __sk_buff *skb, __u32 ifindex, __u32 port)
{
	if (bpf_clone_redirect(skb, ifindex, 0) == -ENOMEM)
		tc_clone_lost(skb, port, skb->len + (skb->vlan_present ? VLAN_HLEN : 0));
	skb->tc_index = 0; /* no loss, see hook_loss.c */
	return TC_DROP;
}

/* A flood in progress. The frame is cloned to each port but the last, which
 * gets the frame itself, unless its sender asked for reports; it is retagged only
 * when the next port wants other tags than the one before.
 */
struct tc_flood {
	struct __sk_buff *skb;
	struct pkt *pkt;
	struct retag now;  /* how the frame is tagged at the moment */
	struct retag next; /* how the port that waits wants it */
	struct members_walk walk;
	__u16 flood_flag;
	__u16 next_port; /* the port that waits for its copy, 0: none */
	__u32 next_ifindex;
	__u8 broken;   /* retagging failed: the frame is of no use */
	__u8 mirrored; /* there are mirrors where it leaves */
};

static __always_inline bool retag_equal(const struct retag *a, const struct retag *b)
{
	return a->pop == b->pop && a->push.tpid == b->push.tpid && a->push.tci == b->push.tci;
}

/* Tag the frame for the port that waits, and count it there. */
static __always_inline int flood_prepare(struct tc_flood *f)
{
	if (!retag_equal(&f->now, &f->next)) {
		if (tc_untag(f->skb, f->pkt, &f->now) || tc_retag(f->skb, &f->next)) {
			f->broken = 1;
			count_tx_drop(f->next_port, XSW_DROP_NO_MEMORY);
			tc_left(f->skb, f->next_port, f->pkt->dst.vlan, XSW_CAPTURE_TX_DROP,
				XSW_DROP_NO_MEMORY);
			return -1;
		}
		f->now = f->next;
	}
	f->skb->tc_index = mark_for(f->next_ifindex);
	count_tx(f->next_port, f->pkt->bytes + retag_delta(&f->next),
		 vlan_slot(f->next_port, f->pkt->dst.vlan));
	tc_left(f->skb, f->next_port, f->pkt->dst.vlan, XSW_CAPTURE_OUT, 0);
	return 0;
}

/* Does @out get a copy, and how tagged?
 * verifier: global, to be verified once for any frame, and not in the loop for each kind of frame
 * (TC program: 125k instructions before).
 */
__noinline int flood_wants(struct pkt *pkt, const struct xsw_port *out, __u32 flood_flag,
			   struct retag *r)
{
	if (!pkt || !out || !r || !flood_reaches(pkt, flood_flag, out))
		return 0;
	egress_tags(pkt, out, r);
	return 1;
}

static long tc_flood_cb(__u32 index, struct tc_flood *f)
{
	const struct xsw_port *out;
	struct retag r = {};
	__u32 port, mtu = 0;
	int why;

	if (!f->walk.bits)
		return !members_word(&f->walk, f->pkt->dst.vlan);
	port = members_take(&f->walk);
	out = port_by_number(port);
	if (!out || !flood_wants(f->pkt, out, f->flood_flag, &r))
		return 0;
	if (bpf_check_mtu(f->skb, out->ifindex, &mtu, 0, 0) < 0)
		return 0; /* the device is gone */
	why = egress_prepare(f->pkt, out, mtu, &r);
	if (why != ADMITTED) {
		count_tx_drop(port, why);
		tc_left(f->skb, port, f->pkt->dst.vlan, XSW_CAPTURE_TX_DROP, why);
		return 0;
	}
	if (mirrors_of_dst(f->pkt, out)) {
		mirror_note(port, &r);
		f->mirrored = 1;
	}
	if (f->next_port) {
		if (flood_prepare(f))
			return 1;
		if (bpf_clone_redirect(f->skb, f->next_ifindex, 0) == -ENOMEM)
			tc_clone_lost(f->skb, f->next_port, f->pkt->bytes);
	}
	f->next = r;
	f->next_port = port;
	f->next_ifindex = out->ifindex;
	return 0;
}

/* The last port gets the frame. */
static __always_inline int flood_end(struct tc_flood *f)
{
	if (f->broken || !f->next_port || flood_prepare(f)) {
		f->skb->tc_index = 0;
		return TC_DROP;
	}
	if (skb_reports_tx(f->skb))
		return tc_send_clone(f->skb, f->next_ifindex, f->next_port);
	return bpf_redirect(f->next_ifindex, 0);
}

/* What tc_flood() returns to have mirrors copy the frame, and then tc_flood_end() called; or
 * tc_plan() to have mirrors see it before the decision. mirror_all() is called by xsw_tc() itself, for
 * the sake of the stack.
 */
#define TC_MIRROR (1 << 28)

/* All but the last port have their copies, and mirrors want some: the frame as it came. */
static __always_inline int flood_put_off(struct tc_flood *f)
{
	struct mirror_work *w = mirror_work();

	if (!w || tc_untag(f->skb, f->pkt, &f->now)) {
		count_tx_drop(f->next_port, XSW_DROP_NO_MEMORY);
		tc_left(f->skb, f->next_port, f->pkt->dst.vlan, XSW_CAPTURE_TX_DROP,
			XSW_DROP_NO_MEMORY);
		f->skb->tc_index = 0;
		return TC_DROP;
	}
	w->last = f->next;
	w->last_port = f->next_port;
	w->last_ifindex = f->next_ifindex;
	return TC_MIRROR;
}

/* verifier: global, as tc_plan(), and called beside it: on 6.1 the stack of a call is
 * rounded up to 32 bytes, and what police() needs below would be too much of it.
 */
__noinline int tc_flood(struct __sk_buff *skb, struct pkt *pkt, __u32 flood_flag)
{
	const struct retag unknown = { { loop_zero, loop_zero }, loop_zero };
	struct tc_flood f = {
		.skb = skb,
		.pkt = pkt,
		.now = unknown,
		.next = unknown,
		.walk = { loop_zero, loop_zero },
		.flood_flag = flood_flag,
		.next_port = loop_zero,
		.next_ifindex = loop_zero,
		.broken = loop_zero,
		.mirrored = loop_zero,
	};

	if (!pkt)
		return TC_DROP;
	count_rx(pkt, XSW_PATH_SKB, flood_flag ? COUNT_FLOODED : COUNT_UNICAST);
	tc_came(skb, pkt, XSW_CAPTURE_IN, 0);
	if (pkt->mirror_bank)
		mirror_begin(pkt);
	bpf_loop(MEMBERS_STEPS, tc_flood_cb, &f, 0);
	return f.mirrored && !f.broken ? flood_put_off(&f) : flood_end(&f);
}

/* ... the rest of it. verifier: global, to be verified once */
__noinline int tc_flood_end(struct __sk_buff *skb, struct pkt *pkt)
{
	struct mirror_work *w = mirror_work();
	struct tc_flood f = { .skb = skb, .pkt = pkt };

	if (!pkt || !w)
		return TC_DROP;
	f.next = w->last;
	f.next_port = w->last_port;
	f.next_ifindex = w->last_ifindex;
	if (w->broken) {
		count_tx_drop(f.next_port, XSW_DROP_NO_MEMORY);
		tc_left(skb, f.next_port, pkt->dst.vlan, XSW_CAPTURE_TX_DROP, XSW_DROP_NO_MEMORY);
		f.broken = 1;
	}
	return flood_end(&f);
}

/* May the frame skip the device of @out and come in at the veth's other end, in the network
 * namespace there? Only if it is for the very address of that end: for the kernel has
 * compared the destination with the address of the device where it came in, and is told
 * here that it was for this host (net/ethernet/eth.c, eth_type_trans()).
 */
static __always_inline bool tc_to_peer(const struct pkt *pkt, const struct xsw_port *out)
{
	__u32 port = out->port;
	__u64 *peer;

	if (!(out->flags & XSW_PORT_PEER) || out->flags & EACH_FRAME_OUT)
		return false;
	peer = bpf_map_lookup_elem(&xsw_peer, &port);
	return peer && *peer == ((*(const __u64 *)&pkt->dst & MAC_BITS) | XSW_PEER_VALID);
}

/* What a frame to one port has before it is sent: counts, and tags by @r. @known: by the cache,
 * which knows no decisions while somebody captures. Return: ADMITTED, or why it is not sent.
 */
static __always_inline int tc_prepare(struct __sk_buff *skb, const struct pkt *pkt, __u32 port,
				      __u32 mtu, const struct retag *r, bool known)
{
	bool captures = !known && capture_on();
	int why = ADMITTED;

	count_rx(pkt, XSW_PATH_SKB, COUNT_UNICAST);
	if (captures)
		tc_came(skb, pkt, XSW_CAPTURE_IN, 0);
	if (!egress_fits(pkt, r, mtu))
		why = XSW_DROP_MTU;
	else if (tc_retag(skb, r))
		why = XSW_DROP_NO_MEMORY;
	if (why == ADMITTED)
		count_tx(port, pkt->bytes + retag_delta(r), pkt->vlan_out);
	else
		count_tx_drop(port, why);
	if (captures)
		tc_left(skb, port, pkt->dst.vlan,
			why == ADMITTED ? XSW_CAPTURE_OUT : XSW_CAPTURE_TX_DROP, why & 0xff);
	return why;
}

/* To one port, retagged by @r. @hint: HINT_PEER or 0; @known: see tc_prepare() */
static __always_inline int tc_send(struct __sk_buff *skb, const struct pkt *pkt, __u32 port,
				   __u32 ifindex, __u32 mtu, const struct retag *r, __u32 hint,
				   bool known)
{
	if (tc_prepare(skb, pkt, port, mtu, r, known) != ADMITTED)
		return TC_DROP;
	skb->tc_index = mark_for(ifindex);
	if (hint == HINT_PEER) {
		bpf_skb_change_type(skb, PACKET_HOST);
		return bpf_redirect_peer(ifindex, 0);
	}
	/* before 6.2 the look would take too long for a frame to one port */
	if (xsw_can_cast && skb_reports_tx(skb))
		return tc_send_clone(skb, ifindex, port);
	return bpf_redirect(ifindex, 0);
}

int tc_nd_options(struct __sk_buff *skb, __u32 off, __u64 mac);
int tc_spoofed(struct __sk_buff *skb, const struct pkt *pkt);
int tc_guarded(struct __sk_buff *skb, const struct pkt *pkt, __u32 rare);
int tc_punt(struct __sk_buff *skb, const struct pkt *pkt);

static __always_inline struct hook tc_hook(struct __sk_buff *skb)
{
	return (struct hook){
		.ctx = skb,
		.load = (load_bytes)bpf_skb_load_bytes,
		.outer_in_bytes = !skb->vlan_present,
		.ifindex = skb->ifindex,
		.path = XSW_PATH_SKB,
		.nd_options = (void *)tc_nd_options,
		.spoofed = (void *)tc_spoofed,
		.guarded = (void *)tc_guarded,
		.punt = (void *)tc_punt,
	};
}

__noinline int tc_nd_options(struct __sk_buff *skb, __u32 off, __u64 mac)
{
	const struct hook hook = tc_hook(skb);

	return nd_options_look(&hook, off, mac);
}

__noinline int tc_spoofed(struct __sk_buff *skb, const struct pkt *pkt)
{
	const struct hook hook = tc_hook(skb);

	return !pkt || spoof_source(&hook, pkt);
}

__noinline int tc_guarded(struct __sk_buff *skb, const struct pkt *pkt, __u32 rare)
{
	const struct hook hook = tc_hook(skb);

	return pkt ? guard_why(&hook, pkt, rare) : ADMITTED;
}

__noinline int tc_punt(struct __sk_buff *skb, const struct pkt *pkt)
{
	const struct hook hook = tc_hook(skb);

	return pkt ? punt(&hook, pkt) : PUNT_NONE;
}

/* What becomes of a frame that a rule matched: TC_*. @what: PUNT_* but PUNT_NONE */
static __always_inline int tc_punted(struct __sk_buff *skb, const struct pkt *pkt, int what)
{
	if (what != PUNT_SOCKET && what != PUNT_HOST)
		return tc_drop(skb, pkt, punt_why(what));
	count_rx_punted(pkt, XSW_PATH_SKB, what == PUNT_HOST);
	tc_came(skb, pkt, what == PUNT_HOST ? XSW_CAPTURE_HOST : XSW_CAPTURE_PUNTED, 0);
	return what == PUNT_HOST ? TC_NEXT : TC_DROP;
}

static __always_inline void tc_remember(const struct cache_key *key, const struct pkt *pkt,
					const struct xsw_port *out, __u32 mtu,
					const struct retag *r, __u32 hint)
{
	const union cache_to to = { .ifindex = out->ifindex, .mtu = mtu };
	struct flow_from from = flow_from_slot(key->in_slot, XSW_PATH_SKB);

	from.dev = (__u64)port_device_place(out->port);
	cache_store(key, from, pkt, out->port, r, to, hint);
}

/* Is the device of the egress port still there, and do both run? The ingress device is the port's
 * if it has not left the network namespace since: one that leaves loses its filter (clsact), but
 * not its link of tcx, and where there are such links there are casts.
 */
static __always_inline bool tc_runs(struct __sk_buff *skb, const struct cache_entry *c)
{
	const struct net_device *in, *out;

	in = skb_device(skb);
	out = device_at((const void *)c->dev);
	if (!out || (xsw_can_cast && KERNEL_READ(in, nd_net.net) != KERNEL_READ(out, nd_net.net)))
		return 0;
	return device_runs(out) && device_runs(in);
}

/* What tc_plan() returns to have the frame go on, and what tc_finish() to have it flooded: flags
 * or'ed to it
 */
#define TC_GOES_ON (1 << 29)
#define TC_FLOOD (1 << 30)

/* What becomes of the frame, up to where it is charged and learned from.
 * verifier: global, so that it is verified once for any frame and not for each
 * that tc_parse() tells apart (TC program: 121k instructions before); and beside commit(), which
 * needs much of the stack that programs have.
 */
__noinline int tc_plan(struct __sk_buff *skb, struct pkt *pkt, __u32 slot, struct verdict *v)
{
	const struct hook hook = tc_hook(skb);
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *in = port_by_slot(slot);

	if (!pkt || !v || !sw)
		return TC_NEXT;
	if (!in || !device_is_port(skb_device(skb), in->port))
		return TC_NEXT;
	mirrors_begin(pkt, sw);
	if (!pkt->mirrored && mirrors_of_src(pkt, in))
		return TC_MIRROR;
	decide(pkt, &hook, in, sw, v);
	return v->what == TO_PUNT ? tc_punted(skb, pkt, v->why) : TC_GOES_ON;
}

/* Send a frame that has been charged and learned from, unless it is to be flooded.
 * verifier: global, as tc_plan().
 */
__noinline int tc_finish(struct __sk_buff *skb, struct pkt *pkt, const struct cache_key *key,
			 const struct verdict *v)
{
	const struct xsw_port *out;
	__u32 mtu = 0, hint;
	struct retag r;
	int why;

	if (!pkt || !v || !key)
		return TC_DROP;
	if (v->what == TO_FLOOD)
		return TC_FLOOD | v->flood_flag;
	out = port_by_slot(v->out);
	if (out && v->what == TO_DOWN)
		return tc_unsent(skb, pkt, out->port, XSW_DROP_PORT_DOWN);
	if (!out || bpf_check_mtu(skb, out->ifindex, &mtu, 0, 0) < 0) /* the device is gone */
		return TC_FLOOD | XSW_PORT_FLOOD;
	if (mirrors_of_dst(pkt, out)) { /* as a flood to that port, which makes copies */
		pkt->only_port = out->port;
		return TC_FLOOD;
	}
	pkt->vlan_out = vlan_slot(out->port, pkt->dst.vlan);
	egress_tags(pkt, out, &r);
	why = egress_prepare(pkt, out, 0, &r);
	if (why != ADMITTED)
		return tc_unsent(skb, pkt, out->port, why);
	hint = tc_to_peer(pkt, out) ? HINT_PEER : 0;
	if (decision_lasts(pkt, out))
		tc_remember(key, pkt, out, mtu, &r, hint);
	return tc_send(skb, pkt, out->port, out->ifindex, mtu, &r, hint, false);
}

/* verifier: global, to be verified once */
__noinline int tc_remember_short(const struct cache_key *key, const struct pkt *pkt,
				 const struct xsw_port *out, __u32 mtu, const struct retag *r)
{
	if (key && pkt && out && r)
		tc_remember(key, pkt, out, mtu, r, tc_to_peer(pkt, out) ? HINT_PEER : 0);
	return 0;
}

/* The short way. Return: TC_*, or TC_GOES_ON with the frame untouched. */
static __always_inline int tc_short(struct __sk_buff *skb, struct pkt *pkt,
				    const struct xsw_port *in, const struct cache_key *key)
{
	struct short_way way;
	__u32 mtu, hint;
	struct retag r;
	int why;

	if (!short_way(pkt, in, skb_device(skb), &way))
		return TC_GOES_ON;
	why = short_commit(pkt, &way);
	if (why != ADMITTED) {
		count_rx_drop(pkt, XSW_PATH_SKB, why);
		return TC_DROP;
	}
	egress_tags(pkt, way.out, &r);
	why = egress_prepare(pkt, way.out, 0, &r);
	if (why != ADMITTED) {
		count_unsent(pkt, XSW_PATH_SKB, COUNT_UNICAST, way.out->port, why);
		return TC_DROP;
	}
	mtu = KERNEL_READ(way.to, mtu);
	hint = tc_to_peer(pkt, way.out) ? HINT_PEER : 0;
	if (key->index != CACHE_NONE && decision_holds(pkt, way.out))
		tc_remember_short(key, pkt, way.out, mtu, &r);
	return tc_send(skb, pkt, way.out->port, way.out->ifindex, mtu, &r, hint, true);
}

/* The steps of decide.h. Return: TC_* */
static __always_inline int tc_long(struct __sk_buff *skb, struct pkt *pkt,
				   const struct cache_key *key)
{
	struct verdict v = {};
	int what;

	what = tc_plan(skb, pkt, key->in_slot, &v);
	if (what == TC_MIRROR) {
		if (mirror_all(skb, pkt, mirror_enter(pkt, key->in_slot)))
			return tc_drop(skb, pkt, XSW_DROP_NO_MEMORY);
		pkt->mirrored = true;
		what = tc_plan(skb, pkt, key->in_slot, &v);
	}
	if (what != TC_GOES_ON)
		return what;
	what = commit(pkt, &v);
	if (what != ADMITTED)
		return tc_drop(skb, pkt, what);
	what = tc_finish(skb, pkt, key, &v);
	if (what >= TC_FLOOD)
		what = tc_flood(skb, pkt, what & ~TC_FLOOD);
	if (what != TC_MIRROR)
		return what;
	mirror_all(skb, pkt, 0);
	return tc_flood_end(skb, pkt);
}

/* A frame of a flow that was decided on lately. Return: TC_*, or TC_GOES_ON. */
static __always_inline int tc_known(struct __sk_buff *skb, struct pkt *pkt, struct cache_key *key)
{
	const struct cache_entry *c = cache_find(pkt, key->in_slot, XSW_PATH_SKB, key);
	struct retag r;

	if (!c || !tc_runs(skb, c))
		return TC_GOES_ON;
	cache_use(c, pkt, &r);
	return tc_send(skb, pkt, c->port, c->to.ifindex, c->to.mtu, &r, c->hint, true);
}

SEC("tc")
int xsw_tc(struct __sk_buff *skb)
{
	struct cache_key key = { .in_slot = slot_by_ifindex(skb->ifindex) };
	const struct xsw_port *in;
	struct pkt pkt = {};
	int what;

	if (!key.in_slot)
		return TC_NEXT;
	if (skb->tc_index & MARK_REDIRECTED) /* by another switch, over a veth */
		skb->tc_index = 0;
	pkt.port = XSW_SLOT_PORT(key.in_slot);
	if (tc_parse(skb, &pkt) == FRAME_RUNT)
		return tc_drop(skb, &pkt, XSW_DROP_RUNT);
	what = tc_known(skb, &pkt, &key);
	if (what != TC_GOES_ON)
		return what;
	in = port_by_slot(key.in_slot);
	what = in ? tc_short(skb, &pkt, in, &key) : TC_NEXT;
	return what != TC_GOES_ON ? what : tc_long(skb, &pkt, &key);
}
