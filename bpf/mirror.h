/* SPDX-License-Identifier: GPL-2.0 */
/* Step "mirror": which mirrors take a frame, and how its copies leave. The hook that can copy frames
 * (hook_tc.c, a process) asks it where a frame enters, once its VLAN is known, and where it leaves;
 * XDP, which cannot, hands such frames to TC. Source: xsw(7) "Mirrors"; the rules are those of Open
 * vSwitch (ofproto/ofproto-dpif-xlate.c, mirror_packet()).
 */
#pragma once

#include "bpf/egress.h"
#include "bpf/mirror_of.h"

#define MIRROR_NOT_HERE (-2) /* a copy in a VLAN is not for this port */

/* Does the mirror send copies of frames in the VLAN of @pkt? */
static __always_inline bool mirror_takes(const struct xsw_mirror *m, const struct pkt *pkt)
{
	if (!xsw_vlan_listed(m->vlans, pkt->dst.vlan))
		return false;
	if (!(m->flags & XSW_MIRROR_TO_VLAN))
		return m->out_port;
	return pkt->dst.vlan != m->out_vlan && !mac_is_reserved(&pkt->dst);
}

/* The mirror at @place, or NULL.
 * verifier: it must see that the number that was compared is the one that is used
 */
static __always_inline const struct xsw_mirror *mirror_at(const struct pkt *pkt, __u32 place)
{
	const struct xsw_mirrors *m = mirrors_get(pkt);

	asm volatile("" : "+r"(place));
	return m && place < XSW_MIRRORS ? &m->mirror[place] : NULL;
}

/* A copy of @frame for mirror @m: in the mirror's VLAN, if it has one. */
static __always_inline void mirror_copy(const struct xsw_mirror *m, const struct pkt *frame,
					struct pkt *copy)
{
	*copy = *frame;
	copy->only_port = 0;
	if (!(m->flags & XSW_MIRROR_TO_VLAN))
		return;
	copy->dst.vlan = m->out_vlan;
	copy->vtag.tci = (copy->vtag.tci & PCP_DEI_MASK) | (m->out_vlan & VID_MASK);
	copy->tag_unchanged = false;
}

/**
 * mirror_admit() - may a copy leave by @out?
 *
 * An output port needs not be a member of the frame's VLAN. What isolates the port of arrival keeps
 * copies back as well.
 * Return: ADMITTED; MIRROR_NOT_HERE; or the drop reason.
 */
static __always_inline int mirror_admit(const struct xsw_mirror *m, const struct pkt *copy,
					const struct xsw_port *out)
{
	int why = ADMITTED;

	if (copy->in_flags & out->flags & XSW_PORT_ISOLATED)
		why = XSW_DROP_ISOLATED;
	else if (!(out->flags & XSW_PORT_TX))
		why = XSW_DROP_TX_OFF;
	else if (!port_able(out))
		why = XSW_DROP_PORT_DOWN;
	if (!(m->flags & XSW_MIRROR_TO_VLAN))
		return why;
	return why == ADMITTED && egress_member(copy, out) && !mirror_reserves(copy, out) ?
		       ADMITTED :
		       MIRROR_NOT_HERE;
}

static __always_inline struct xsw_mirror_sums *mirror_sums(const struct xsw_mirror *m)
{
	__u32 id = m->id;

	return bpf_map_lookup_elem(&xsw_mirror_sums, &id);
}

/* A copy of @bytes has left, by one port or the first of several. */
static __always_inline void mirror_count(const struct xsw_mirror *m, __u32 bytes)
{
	struct xsw_mirror_sums *s = mirror_sums(m);

	if (!s)
		return;
	s->packets++;
	s->bytes += bytes;
}

static __always_inline void mirror_count_drop(const struct xsw_mirror *m)
{
	struct xsw_mirror_sums *s = mirror_sums(m);

	if (s)
		s->dropped++;
}
