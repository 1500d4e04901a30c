/* SPDX-License-Identifier: GPL-2.0 */
/* The TC side of a frame: the first tag may stand in skb->vlan_tci or in the
 * bytes, GSO frames are measured by segment, retagging goes through helpers
 * that keep GSO and partial checksums right.
 */
#pragma once

#include "bpf/egress.h"
#include "bpf/gso.h"

/* EtherType and TCI at @off of the bytes, if that is a VLAN tag. */
static __always_inline void tc_load_tag(struct __sk_buff *skb, __u32 off, struct vtag *tag)
{
	struct {
		__be16 tpid;
		__be16 tci;
		__be16 next;
	} raw;

	if (bpf_skb_load_bytes(skb, off, &raw, sizeof(raw)) || !is_vlan_tpid(raw.tpid))
		return; /* no tag, or a cut one: payload */
	tag->tpid = raw.tpid;
	tag->tci = bpf_ntohs(raw.tci);
}

/* At TC ingress the kernel has moved the first tag to vlan_tci and has
 * dropped frames whose first tag is cut (net/core/skbuff.c, skb_vlan_untag()).
 * The Ethernet header is never paged: eth_type_trans() has read it.
 * @end: result: where in the bytes the EtherType behind the second tag stands
 *
 * Return: FRAME_OK or FRAME_RUNT.
 */
static __always_inline int tc_parse_tags(struct __sk_buff *skb, struct pkt *pkt, __u32 *end)
{
	const struct eth_tags *eth = (void *)(long)skb->data;
	struct vtag third = {};
	__u32 off = 12;
	__be16 proto;

	pkt->outer.tpid = 0;
	pkt->outer.tci = 0;
	pkt->inner.tpid = 0;
	pkt->inner.tci = 0;
	pkt->third = false;
	pkt->bytes = skb->len;
	if ((void *)eth + ETH_HLEN > (void *)(long)skb->data_end)
		return FRAME_RUNT;
	mac_load(&pkt->dst, eth->dst);
	mac_load(&pkt->src, eth->src);
	proto = eth->tpid1;
	if (skb->vlan_present) {
		pkt->outer.tpid = skb->vlan_proto;
		pkt->outer.tci = skb->vlan_tci;
		pkt->bytes += VLAN_HLEN;
	} else if (is_vlan_tpid(proto)) {
		tc_load_tag(skb, off, &pkt->outer);
		if (!pkt->outer.tpid)
			return FRAME_RUNT;
		off += VLAN_HLEN;
	}
	if (pkt->outer.tpid && (off > 12 || is_vlan_tpid(proto)))
		tc_load_tag(skb, off, &pkt->inner);
	if (pkt->inner.tpid) {
		tc_load_tag(skb, off + VLAN_HLEN, &third);
		pkt->third = !!third.tpid;
		off += VLAN_HLEN;
	}
	*end = off;
	return FRAME_OK;
}

/* The same, and how long the frame is, or its segments. */
static __always_inline int tc_parse(struct __sk_buff *skb, struct pkt *pkt)
{
	__u32 end = 0;

	if (tc_parse_tags(skb, pkt, &end) == FRAME_RUNT)
		return FRAME_RUNT;
	pkt->len = pkt->bytes;
	if (skb->gso_size)
		gso_measure(skb, pkt, end + sizeof(__be16));
	return FRAME_OK;
}

/* Take @pop tags off and put @push, TPID (network order) << 16 | TCI, if not 0.
 * verifier: global, so that its branches are verified once and not for each
 * state of each caller (TC program: 168k instructions down to a third).
 */
__noinline int tc_change_tags(struct __sk_buff *skb, __u32 pop, __u32 push)
{
	int err = 0;

	if (pop > 0)
		err = bpf_skb_vlan_pop(skb);
	if (!err && pop > 1)
		err = bpf_skb_vlan_pop(skb);
	/* The kernel takes the tag off, then wants to move the next one to
	 * vlan_tci, and complains if that one is cut: it is payload to us.
	 */
	if (err && skb->len < ETH_HLEN + VLAN_HLEN)
		err = 0;
	if (!err && push)
		err = bpf_skb_vlan_push(skb, push >> 16, push & 0xffff);
	return err;
}

static __always_inline __u32 vtag_word(const struct vtag *tag)
{
	return tag->tpid ? (__u32)tag->tpid << 16 | tag->tci : 0;
}

/* Carry out @r. Return: 0 or -errno, after which the frame is of no use. */
static __always_inline int tc_retag(struct __sk_buff *skb, const struct retag *r)
{
	return r->pop || r->push.tpid ? tc_change_tags(skb, r->pop, vtag_word(&r->push)) : 0;
}

/* Undo tc_retag(): the frame as it came. */
static __always_inline int tc_untag(struct __sk_buff *skb, const struct pkt *pkt,
				    const struct retag *r)
{
	int err;

	err = tc_change_tags(skb, r->push.tpid ? 1 : 0, r->pop > 1 ? vtag_word(&pkt->inner) : 0);
	if (!err && r->pop)
		err = tc_change_tags(skb, 0, vtag_word(&pkt->outer));
	return err;
}
