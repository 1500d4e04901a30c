/* SPDX-License-Identifier: GPL-2.0 */
/* Step "ingress": may the frame enter here, and which VLAN is it in? */
#pragma once

#include "bpf/able.h"
#include "bpf/mac_limit.h"
#include "bpf/mirror_of.h"
#include "bpf/pkt.h"
#include "bpf/tables.h"
#include "maps/drop.h"
#include "maps/port.h"
#include "maps/switch.h"

/* PCP and DEI of a frame without a tag: the port's default priority, 802.1Q-2018, 12.6.2. */
static __always_inline __u8 default_prio(const struct xsw_port *in)
{
	return in->flags & XSW_PORT_RARE ? in->default_pcp << 1 : 0;
}

/* The frame's first tag, if any, says the VLAN (or only the priority). */
static __always_inline void take_outer_tag(struct pkt *pkt, __u32 vlan)
{
	bool tagged = pkt->outer.tpid;

	pkt->replaces_tag = tagged;
	pkt->vtag.tpid = tagged ? pkt->outer.tpid : bpf_htons(0x8100);
	pkt->vtag.tci = pkt->prio << PCP_DEI_SHIFT | vlan;
	pkt->tag_unchanged = tagged && (pkt->outer.tci & VID_MASK) == vlan;
	pkt->has_cvlan = pkt->inner.tpid;
	pkt->cvid = pkt->inner.tpid ? pkt->inner.tci & VID_MASK : 0;
}

/* Does a VLAN tag stand beneath the priority tag of a frame that an access port took? It would
 * be the first one where another port removes the tag that took the priority tag's place, and
 * so reach a VLAN that is not the port's. One inner priority tag does no harm: where it could
 * come to the front, it is removed too.
 */
static __always_inline bool hides_vlan(const struct pkt *pkt)
{
	return pkt->inner.tpid && (pkt->third || pkt->inner.tci & VID_MASK);
}

/* The whole frame, tags included, is payload of a service tag. */
static __always_inline void push_service_tag(struct pkt *pkt, const struct xsw_port *in)
{
	pkt->replaces_tag = 0;
	pkt->tag_unchanged = false;
	pkt->vtag.tpid = in->qinq_tpid;
	pkt->vtag.tci = (pkt->outer.tpid ? 0 : pkt->prio << PCP_DEI_SHIFT) | in->tag;
	pkt->has_cvlan = pkt->outer.tpid;
	pkt->cvid = pkt->outer.tpid ? pkt->outer.tci & VID_MASK : 0;
}

/* Does the switch forward frames to the reserved address @dst? */
static __always_inline bool forwards_reserved(const struct xsw_switch *sw,
					      const struct xsw_fdb_key *dst)
{
	return sw->flags & XSW_SWITCH_FORWARD_BPDU ||
	       sw->forward_reserved >> (dst->mac[5] & 15) & 1;
}

/* May a frame to and from such addresses enter? Return: ADMITTED or the drop reason. */
static __always_inline int ingress_addresses(const struct pkt *pkt, const struct xsw_switch *sw)
{
	if (mac_is_reserved(&pkt->dst) && !forwards_reserved(sw, &pkt->dst))
		return XSW_DROP_RESERVED;
	if (mac_is_group(&pkt->src) || mac_is_zero(&pkt->src))
		return XSW_DROP_SRC;
	return ADMITTED;
}

/**
 * ingress_classify() - in which VLAN is a frame that came in by @in?
 *
 * Return: ADMITTED with the "set by ingress" members of @pkt filled that tell of tags, and the VLAN
 * in both keys; or the drop reason. Source: xsw(7) "Ingress"; the modes are those of the Open
 * vSwitch Port table.
 */
static __always_inline int ingress_classify(struct pkt *pkt, const struct xsw_port *in)
{
	__u32 vid = pkt->outer.tpid ? pkt->outer.tci & VID_MASK : 0;
	__u32 vlan;

	pkt->prio = pkt->outer.tpid ? pkt->outer.tci >> PCP_DEI_SHIFT : default_prio(in);
	if (vid == VID_RESERVED)
		return XSW_DROP_VID;
	switch (in->vlan_mode) {
	case XSW_MODE_ACCESS:
		if (vid || hides_vlan(pkt))
			return XSW_DROP_VLAN;
		vlan = in->tag;
		take_outer_tag(pkt, vlan);
		break;
	case XSW_MODE_TRUNK:
		if (!xsw_vlan_listed(in->trunks, vid))
			return XSW_DROP_VLAN;
		vlan = vid;
		take_outer_tag(pkt, vlan);
		break;
	case XSW_MODE_NATIVE_TAGGED:
	case XSW_MODE_NATIVE_UNTAGGED:
		if (vid && vid != in->tag && !xsw_vlan_listed(in->trunks, vid))
			return XSW_DROP_VLAN;
		vlan = vid ? vid : in->tag;
		take_outer_tag(pkt, vlan);
		break;
	case XSW_MODE_DOT1Q_TUNNEL:
		if (!xsw_vlan_listed(in->cvlans, vid))
			return XSW_DROP_VLAN;
		vlan = in->tag;
		push_service_tag(pkt, in);
		break;
	default:
		return XSW_DROP_VLAN;
	}
	key_set_vlan(&pkt->dst, vlan);
	key_set_vlan(&pkt->src, vlan);
	return ADMITTED;
}

/* The same, for a frame that enters. */
static __always_inline int ingress_vlan(struct pkt *pkt, const struct xsw_port *in)
{
	__u32 vid = pkt->outer.tpid ? pkt->outer.tci & VID_MASK : 0;

	if (vid != VID_RESERVED &&
	    !(in->flags & (vid ? XSW_PORT_ACCEPT_TAGGED : XSW_PORT_ACCEPT_UNTAGGED)))
		return XSW_DROP_VLAN;
	return ingress_classify(pkt, in);
}

/* May anything enter here now? Return: ADMITTED or the drop reason. */
static __always_inline int ingress_port(const struct pkt *pkt, const struct xsw_port *in)
{
	if (!(in->flags & XSW_PORT_RX))
		return XSW_DROP_RX_OFF;
	if (!port_able(in))
		return port_is_shut(in->port, in->flags) ? XSW_DROP_MAC_LIMIT : XSW_DROP_PORT_DOWN;
	return mirror_reserves(pkt, in) ? XSW_DROP_MIRROR : ADMITTED;
}

/**
 * ingress() - admit a frame and say its VLAN
 *
 * @pkt->now is then not earlier than what is learned on the port may be.
 * Return: ADMITTED with the "set by ingress" members of @pkt filled, or the
 * drop reason. Where a mirror selects what enters, the VLAN is looked at before the addresses.
 * Source: xsw(7) "Ingress" and "Mirrors".
 */
static __always_inline int ingress(struct pkt *pkt, const struct xsw_port *in,
				   const struct xsw_switch *sw)
{
	int why, vlan_why;

	pkt->port = in->port;
	pkt->in_flags = in->flags;
	why = ingress_port(pkt, in);
	if (why != ADMITTED)
		return why;
	pkt->now = able_now(in->port, pkt->now);
	why = ingress_addresses(pkt, sw);
	if (why != ADMITTED && !mirrors_of_src(pkt, in))
		return why;
	vlan_why = ingress_vlan(pkt, in);
	return vlan_why == ADMITTED ? why : vlan_why;
}
