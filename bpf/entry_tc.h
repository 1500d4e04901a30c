/* SPDX-License-Identifier: GPL-2.0 */
/* Hook: TC ingress (tcx, or clsact before 6.6) of every port. All frames of
 * path skb, and those that XDP passed on. GSO and partial checksums survive.
 */
#pragma once

#include "bpf/cache.h"
#include "bpf/count.h"
#include "bpf/mark.h"
#include "bpf/netns.h"
#include "bpf/tc_frame.h"

#define TC_NEXT (-1) /* TCX_NEXT, TC_ACT_UNSPEC: not ours, let others look */
#define ENOMEM 12
#define TC_DROP 2    /* TCX_DROP, TC_ACT_SHOT */

static __always_inline int tc_drop(const struct pkt *pkt, enum xsw_drop why)
{
	count_rx_drop(pkt, XSW_PATH_SKB, why);
	return TC_DROP;
}

/* A flood in progress. The frame is cloned to each port but the last, which
 * gets the frame itself; it is retagged only when the next port wants other
 * tags than the one before.
 */
struct tc_flood {
	struct __sk_buff *skb;
	struct pkt *pkt;
	struct retag now;   /* how the frame is tagged at the moment */
	struct retag next;  /* how the port that waits wants it */
	__u32 flood_flag;
	__u32 next_port;    /* the port that waits for its copy, 0: none */
	__u32 next_ifindex;
	__u32 broken;	    /* retagging failed: the frame is of no use */
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
			return -1;
		}
		f->now = f->next;
	}
	f->skb->tc_index = mark_for(f->next_ifindex);
	count_tx(f->next_port, f->pkt->bytes + retag_delta(&f->next));
	return 0;
}

/* Does @out get a copy, and how tagged?
 * verifier: global, so that it is verified once for any frame and not in the
 * loop for each kind of frame (TC program: 125k instructions before).
 */
__noinline int flood_wants(const struct pkt *pkt, const struct xsw_port *out, __u32 flood_flag,
			   struct retag *r)
{
	if (!pkt || !out || !r || !flood_reaches(pkt, flood_flag, out))
		return 0;
	egress_tags(pkt, out, r);
	return 1;
}

static long tc_flood_cb(__u32 index, struct tc_flood *f)
{
	__u32 port = index + 1, mtu = 0;
	const struct xsw_port *out = port_by_number(port);
	struct retag r = {};

	if (!out || !flood_wants(f->pkt, out, f->flood_flag, &r))
		return 0;
	if (bpf_check_mtu(f->skb, out->ifindex, &mtu, 0, 0) < 0)
		return 0; /* the device is gone */
	if (!egress_fits(f->pkt, &r, mtu)) {
		count_tx_drop(port, XSW_DROP_MTU);
		return 0;
	}
	if (f->next_port) {
		if (flood_prepare(f))
			return 1;
		if (bpf_clone_redirect(f->skb, f->next_ifindex, 0) == -ENOMEM)
			count_tx_lost(f->next_port, 1, f->pkt->bytes, XSW_DROP_NO_MEMORY);
	}
	f->next = r;
	f->next_port = port;
	f->next_ifindex = out->ifindex;
	return 0;
}

static __noinline int tc_flood(struct __sk_buff *skb, struct pkt *pkt, __u32 flood_flag)
{
	const struct xsw_switch *sw = switch_get();
	const struct retag unknown = { { loop_zero, loop_zero }, loop_zero };
	struct tc_flood f = {
		.skb = skb,
		.pkt = pkt,
		.now = unknown,
		.next = unknown,
		.flood_flag = flood_flag,
		.next_port = loop_zero,
		.next_ifindex = loop_zero,
		.broken = loop_zero,
	};

	if (!sw)
		return TC_DROP;
	count_rx(pkt, XSW_PATH_SKB, COUNT_FLOODED);
	bpf_loop(sw->port_end, tc_flood_cb, &f, 0);
	if (f.broken || !f.next_port || flood_prepare(&f)) {
		skb->tc_index = 0;
		return TC_DROP;
	}
	return bpf_redirect(f.next_ifindex, 0);
}

/* To one port, retagged by @r. */
static __always_inline int tc_send(struct __sk_buff *skb, const struct pkt *pkt, __u32 port,
				   __u32 ifindex, __u32 mtu, const struct retag *r)
{
	count_rx(pkt, XSW_PATH_SKB, COUNT_UNICAST);
	if (!egress_fits(pkt, r, mtu)) {
		count_tx_drop(port, XSW_DROP_MTU);
		return TC_DROP;
	}
	if (tc_retag(skb, r)) {
		count_tx_drop(port, XSW_DROP_NO_MEMORY);
		return TC_DROP;
	}
	count_tx(port, pkt->bytes + retag_delta(r));
	skb->tc_index = mark_for(ifindex);
	return bpf_redirect(ifindex, 0);
}

/* The whole decision, remembered if it is for one port.
 * verifier: global, so that it is verified once for any frame and not for each
 * that tc_parse() tells apart (TC program: 121k instructions before).
 */
__noinline int tc_decide(struct __sk_buff *skb, const struct pkt *frame,
			 const struct cache_key *key)
{
	const struct xsw_port *in;
	struct verdict v;
	struct retag r;
	struct pkt pkt;
	__u32 mtu = 0;

	if (!frame || !key)
		return TC_NEXT;
	pkt = *frame; /* on 6.1 a key must be on the stack, not behind an argument */
	in = port_by_slot(key->in_slot);
	if (!in || !netns_has_skb(skb))
		return TC_NEXT;
	forward(&pkt, in, &v);
	if (v.what == TO_DROP)
		return tc_drop(&pkt, v.why);
	if (v.what == TO_FLOOD)
		return tc_flood(skb, &pkt, v.flood_flag);
	if (bpf_check_mtu(skb, v.out->ifindex, &mtu, 0, 0) < 0) /* the device is gone */
		return tc_flood(skb, &pkt, XSW_PORT_FLOOD);
	egress_tags(&pkt, v.out, &r);
	cache_store(key, v.out, mtu, &r);
	return tc_send(skb, &pkt, v.out->port, v.out->ifindex, mtu, &r);
}

SEC("tc")
int xsw_tc(struct __sk_buff *skb)
{
	__u32 slot = slot_by_ifindex(skb->ifindex);
	const struct cache_entry *c;
	struct cache_key key;
	struct pkt pkt = {};
	struct retag r;

	if (!slot)
		return TC_NEXT;
	if (skb->tc_index & MARK_REDIRECTED) /* by another switch, over a veth */
		skb->tc_index = 0;
	pkt.port = XSW_SLOT_PORT(slot);
	if (tc_parse(skb, &pkt) == FRAME_RUNT)
		return tc_drop(&pkt, XSW_DROP_RUNT);
	c = cache_find(&pkt, slot, XSW_PATH_SKB, &key);
	if (c) {
		cache_retag(c, &r);
		return tc_send(skb, &pkt, c->port, c->ifindex, c->mtu, &r);
	}
	return tc_decide(skb, &pkt, &key);
}
