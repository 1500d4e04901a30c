/* SPDX-License-Identifier: GPL-2.0 */
/* Step "egress": may the frame leave by a port, at its rates, and with which tags? */
#pragma once

#include "bpf/mirror_of.h"
#include "bpf/pkt.h"
#include "bpf/police.h"
#include "maps/drop.h"
#include "maps/port.h"

/* What to do to the frame as it came: take @pop tags off its front, then put
 * @push (tpid 0: none) there.
 */
struct retag {
	struct vtag push;
	__u32 pop; /* 0 to 2 */
};

static __always_inline int retag_delta(const struct retag *r)
{
	return (r->push.tpid ? VLAN_HLEN : 0) - (int)r->pop * VLAN_HLEN;
}

static __always_inline bool egress_member(const struct pkt *pkt, const struct xsw_port *out)
{
	if (!xsw_port_has_vlan(out, pkt->dst.vlan))
		return false;
	if (out->vlan_mode == XSW_MODE_ACCESS)
		return !pkt->cvid;
	return out->vlan_mode != XSW_MODE_DOT1Q_TUNNEL || xsw_vlan_listed(out->cvlans, pkt->cvid);
}

static __always_inline void leave_tagged(const struct pkt *pkt, struct retag *r)
{
	if (pkt->tag_unchanged)
		return;
	r->pop = pkt->replaces_tag;
	r->push = pkt->vtag;
}

/* Does the frame get a priority tag where it leaves without its VLAN tag? It must have come
 * with a tag.
 */
static __always_inline bool wants_priority(const struct pkt *pkt, const struct xsw_port *out)
{
	if (!pkt->outer.tpid)
		return false;
	return out->priority_tags == XSW_PRIO_ALWAYS ||
	       (out->priority_tags == XSW_PRIO_IF_NONZERO && pkt->prio << PCP_DEI_SHIFT & PCP_MASK);
}

/* Without its VLAN tag, but perhaps with a priority tag in its place. In VLAN 0 that is the
 * one that it came with. Elsewhere it gets none if an inner tag comes to the front.
 */
static __always_inline void leave_untagged(const struct pkt *pkt, const struct xsw_port *out,
					   struct retag *r)
{
	bool exposes = pkt->has_cvlan;

	r->pop = pkt->replaces_tag;
	if (exposes && !pkt->cvid && out->vlan_mode == XSW_MODE_ACCESS) {
		r->pop++; /* a priority tag */
		exposes = false;
	}
	if ((exposes && pkt->dst.vlan) || !wants_priority(pkt, out))
		return;
	r->push.tpid = pkt->dst.vlan ? bpf_htons(0x8100) : pkt->outer.tpid;
	r->push.tci = pkt->prio << PCP_DEI_SHIFT;
}

/* Does a frame of @vlan keep its VLAN tag where it leaves? In VLAN 0 there is none. Copies of a
 * mirror leave by ports that are no members.
 */
static __always_inline bool leaves_tagged(const struct xsw_port *out, __u32 vlan)
{
	switch (out->vlan_mode) {
	case XSW_MODE_TRUNK:
		return vlan;
	case XSW_MODE_NATIVE_TAGGED:
		return vlan;
	case XSW_MODE_NATIVE_UNTAGGED:
		return vlan && vlan != out->tag;
	}
	return false;
}

/**
 * egress_tags() - how the frame leaves by a port that is a member of its VLAN
 * @r: all of it is written
 *
 * Source: xsw(7) "Egress".
 */
static __always_inline void egress_tags(const struct pkt *pkt, const struct xsw_port *out,
					struct retag *r)
{
	r->pop = 0;
	r->push.tpid = 0;
	r->push.tci = 0;
	if (leaves_tagged(out, pkt->dst.vlan))
		leave_tagged(pkt, r);
	else
		leave_untagged(pkt, out, r);
	/* A priority tag that is kept as it came needs no work. */
	if (r->pop == 1 && r->push.tpid == pkt->outer.tpid && r->push.tci == pkt->outer.tci) {
		r->pop = 0;
		r->push.tpid = 0;
	}
}

/**
 * egress_admit() - may a frame to a known address leave by @out?
 *
 * Whether @out can forward at all, port_able() tells.
 * Return: ADMITTED or the drop reason, counted at the ingress port.
 */
static __always_inline int egress_admit(const struct pkt *pkt, const struct xsw_port *out)
{
	if (out->port == pkt->port && !(pkt->in_flags & XSW_PORT_HAIRPIN))
		return XSW_DROP_SAME_PORT;
	if (pkt->in_flags & out->flags & (XSW_PORT_ISOLATED | XSW_PORT_UPLINK_ONLY))
		return XSW_DROP_ISOLATED;
	if (!(out->flags & XSW_PORT_TX))
		return XSW_DROP_TX_OFF;
	if (mirror_reserves(pkt, out))
		return XSW_DROP_MIRROR;
	if (!egress_member(pkt, out))
		return XSW_DROP_NO_MEMBER;
	return ADMITTED;
}

/* Does the device take the frame after @r? Its limit is MTU + 18, the same
 * that XDP's redirect enforces (include/linux/filter.h, xdp_ok_fwd_dev()).
 */
static __always_inline bool egress_fits(const struct pkt *pkt, const struct retag *r, __u32 mtu)
{
	return pkt->len + retag_delta(r) <= mtu + ETH_HLEN + VLAN_HLEN;
}

/* Charge a frame that leaves by @out with tags @r. If it is yellow it is marked, for these tags alone.
 * verifier: global, to be verified once; not part of egress_prepare(), because a call costs 8 ns.
 */
__noinline int egress_police(struct pkt *pkt, const struct xsw_port *out, struct retag *r)
{
	struct vtag tag;
	__u8 prio;
	bool same;
	int mark;

	if (!pkt || !out || !r)
		return XSW_DROP_NO_MEMORY;
	mark = police_egress(pkt, out, retag_delta(r));
	if (mark == POLICE_DROP)
		return XSW_DROP_POLICER;
	if (!mark)
		return ADMITTED;
	tag = pkt->vtag; /* a copy of the frame would not fit on the stack */
	same = pkt->tag_unchanged;
	prio = pkt->prio;
	police_mark(pkt, mark);
	egress_tags(pkt, out, r);
	pkt->vtag = tag;
	pkt->tag_unchanged = same;
	pkt->prio = prio;
	return ADMITTED;
}

/**
 * egress_prepare() - may a frame leave by @out at its rates, and with which tags then?
 * @mtu: of the device, to measure the frame before it is charged; 0: the caller measures it
 * @r: what egress_tags() said; a yellow frame is marked there
 *
 * Return: ADMITTED, or the drop reason, which counts at @out.
 */
static __always_inline int egress_prepare(struct pkt *pkt, const struct xsw_port *out, __u32 mtu,
					  struct retag *r)
{
	if (mtu && !egress_fits(pkt, r, mtu))
		return XSW_DROP_MTU;
	if (!(out->flags & (XSW_PORT_POLICE_OUT | XSW_PORT_POLICE_OUT_OF)))
		return ADMITTED;
	return egress_police(pkt, out, r);
}
