/* SPDX-License-Identifier: GPL-2.0 */
/* Step "forward": which ports a frame is for; and step "commit", which charges the frame and learns
 * from it once a hook knows that it will finish the frame.
 */
#pragma once

#include "bpf/capture.h"
#include "bpf/count.h"
#include "bpf/egress.h"
#include "bpf/learn.h"
#include "bpf/police.h"
#include "bpf/tell.h"

/* What was decided; the hook carries it out. */
#define TO_DROP 0
#define TO_PORT 1
#define TO_FLOOD 2
#define TO_DOWN 3 /* a static address behind a port that cannot forward: dropped there */
#define TO_PUNT 4 /* a rule of punting has matched */

struct verdict {
	struct fdb_seen src; /* what is known of the source, for learn() */
	__u32 out;	     /* TO_PORT, TO_DOWN: the slot of the port's settings; else 0 */
	__u32 flood_flag;    /* TO_FLOOD: XSW_PORT_*FLOOD a port must have; 0: pkt.only_port */
	__u16 what;	     /* TO_* */
	__u16 why;	     /* TO_DROP: enum xsw_drop; TO_PUNT: PUNT_* */
	__u16 teaches;	     /* TO_DROP: it was the destination's fault */
	__u16 many;	     /* XDP, TO_FLOOD: to several ports, and @out says none */
};

/* Both return false: the frame does not go on. */
static __always_inline bool verdict_drop(struct verdict *v, int why)
{
	v->what = TO_DROP;
	v->why = why;
	return false;
}

static __always_inline bool verdict_punt(struct verdict *v, int what)
{
	v->what = TO_PUNT;
	v->why = what;
	return false;
}

static __always_inline void verdict_flood(struct verdict *v, const struct pkt *pkt)
{
	bool broadcast = *(const __u32 *)pkt->dst.mac == 0xffffffff &&
			 *(const __u16 *)&pkt->dst.mac[4] == 0xffff;

	v->what = TO_FLOOD;
	v->flood_flag = broadcast		? XSW_PORT_BCAST_FLOOD :
			mac_is_group(&pkt->dst) ? XSW_PORT_MCAST_FLOOD :
						  XSW_PORT_FLOOD;
}

/* A frame for one port. Where there are ports that receive all frames, it is flooded to that port
 * and to them.
 */
static __always_inline void verdict_port(struct verdict *v, struct pkt *pkt,
					 const struct xsw_switch *sw)
{
	v->what = TO_PORT;
	if (sw->flags & XSW_SWITCH_PROMISC) {
		v->what = TO_FLOOD;
		v->flood_flag = 0;
		pkt->only_port = XSW_SLOT_PORT(v->out);
	}
}

/* The slot of the port behind which the destination lives, 0 if that is unknown. An address that was learned
 * on a port that cannot forward is unknown; a static address stays on such a port, and @down says
 * so. (This is where another port may stand in for one that cannot forward.)
 * @aim: at the destination, if it is no group
 * @src: the entry of the source
 *
 * A frame to its own source is for the port where it came in. The FDB says so only after learn()
 * has run, which it must not before the frame is admitted, and not at all where the FDB is full.
 */
static __always_inline __u32 slot_of_dst(const struct pkt *pkt, const struct xsw_switch *sw,
					 const struct fdb_aim *aim, const struct fdb_seen *src,
					 bool *down)
{
	const struct xsw_port *out;
	struct fdb_seen dst = {};
	bool to_itself;
	__u32 slot;

	if (mac_is_group(&pkt->dst))
		return 0;
	to_itself = *(const __u64 *)&pkt->dst == *(const __u64 *)&pkt->src && learns(pkt, src);
	if (to_itself || !fdb_get(fdb_key_word(&pkt->dst), aim, &dst) ||
	    fdb_unknown(&dst.is.e, pkt->now, sw)) {
		dst.is.e.port = local_port(&pkt->dst);
		dst.is.e.flags = XSW_FDB_STATIC;
	}
	if (!dst.is.e.port && to_itself)
		dst.is.e.port = pkt->port;
	slot = slot_by_port(dst.is.e.port);
	out = port_by_slot(slot);
	if (!out) /* it is not known, or the port has just gone */
		return 0;
	*down = !port_able(out);
	return *down && !(dst.is.e.flags & XSW_FDB_STATIC) ? 0 : slot;
}

/**
 * forward() - decide on a frame that ingress() has admitted; changes no table
 */
static __always_inline void forward(struct pkt *pkt, const struct xsw_switch *sw, struct verdict *v)
{
	struct fdb_aim src = {}, dst = {};
	const struct xsw_port *out;
	bool down = false;
	int why;

	v->out = 0;
	v->teaches = false;
	if (source_matters(pkt))
		fdb_aim(fdb_key_word(&pkt->src), &src);
	if (!mac_is_group(&pkt->dst))
		fdb_aim(fdb_key_word(&pkt->dst), &dst);
	why = source_find(pkt, sw, &src, &v->src);
	tell_source(pkt, why);
	if (why != ADMITTED) {
		verdict_drop(v, why);
		return;
	}
	v->teaches = true;
	v->out = slot_of_dst(pkt, sw, &dst, &v->src, &down);
	out = port_by_slot(v->out);
	tell_destination(pkt, sw, out, down);
	if (!out) {
		verdict_flood(v, pkt);
		return;
	}
	why = egress_admit(pkt, out);
	tell_egress(pkt, out, why);
	if (why != ADMITTED) {
		verdict_drop(v, why);
		return;
	}
	verdict_port(v, pkt, sw);
	if (down && v->what == TO_PORT)
		v->what = TO_DOWN;
}

/* verifier: global, to be verified once; learn() is not in it, for the sake of the stack */
__noinline int commit_rates(struct pkt *pkt, __u32 flood_flag)
{
	if (!pkt)
		return ADMITTED;
	if (flood_flag && !storm(pkt, flood_flag))
		return XSW_DROP_STORM;
	return police_ingress(pkt) ? ADMITTED : XSW_DROP_POLICER;
}

/**
 * commit() - charge a frame that will be forwarded, and learn from it
 *
 * Runs when the hook knows that it will finish the frame itself.
 * Return: ADMITTED, or the drop reason.
 */
static __always_inline int commit(struct pkt *pkt, const struct verdict *v)
{
	int why;

	if (v->what == TO_DROP && !v->teaches)
		return v->why;
	if (pkt->in_flags & (XSW_PORT_STORM | XSW_PORT_POLICE_IN | XSW_PORT_POLICE_IN_OF)) {
		why = commit_rates(pkt, v->what == TO_FLOOD ? v->flood_flag : 0);
		if (why != ADMITTED)
			return why;
	}
	why = learn(pkt, &v->src);
	if (why == ADMITTED && v->what == TO_DROP)
		why = v->why;
	if (why == ADMITTED)
		pkt->vlan_in = vlan_slot(pkt->port, pkt->dst.vlan);
	return why;
}

/* Settings with which each frame is looked at anew: nothing is remembered. */
#define EACH_FRAME_IN                                                                              \
	(XSW_PORT_SPOOF_MAC | XSW_PORT_POLICE_IN | XSW_PORT_POLICE_IN_OF | XSW_PORT_PUNT)
#define EACH_FRAME_RARE (XSW_RARE_GUARDS | XSW_RARE_MIRROR)
#define EACH_FRAME_OUT (XSW_PORT_POLICE_OUT | XSW_PORT_POLICE_OUT_OF)

/* Will the same be decided for the next frame of the flow, so that the decision may be kept? */
static __always_inline bool decision_holds(const struct pkt *pkt, const struct xsw_port *out)
{
	const struct xsw_port *in;

	if ((pkt->in_flags & EACH_FRAME_IN) | (out->flags & EACH_FRAME_OUT))
		return false;
	if (out->flags & XSW_PORT_RARE && out->rare & XSW_RARE_MIRROR)
		return false;
	if (!(pkt->in_flags & XSW_PORT_RARE))
		return true;
	in = port_by_number(pkt->port);
	return in && !(in->rare & EACH_FRAME_RARE);
}

/* ... and does nobody want to see these frames? On the short way nobody does. */
static __always_inline bool decision_lasts(const struct pkt *pkt, const struct xsw_port *out)
{
	return !capture_on() && decision_holds(pkt, out);
}

/* Is @out among the ports that a flood reaches? */
static __always_inline bool flood_reaches(const struct pkt *pkt, __u32 flood_flag,
					  const struct xsw_port *out)
{
	if (!(out->flags & (flood_flag | XSW_PORT_PROMISC)) &&
	    (!pkt->only_port || out->port != pkt->only_port))
		return false;
	return egress_admit(pkt, out) == ADMITTED && port_able(out);
}
