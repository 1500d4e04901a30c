/* SPDX-License-Identifier: GPL-2.0 */
/* The short way: a frame between two plain ports, to a known address, as nearly all frames are.
 * Its steps are those of decide.h, by the same functions and in the same order. What a plain frame
 * cannot meet is not asked; each port, device and record is looked up once. Where a frame is not
 * plain, nothing has been changed yet, and decide() begins anew with it.
 */
#pragma once

#include "bpf/able_look.h"
#include "bpf/forward.h"
#include "bpf/ingress.h"

/* What is known of a frame on the short way. */
struct short_way {
	const struct xsw_port *out;
	const struct net_device *to; /* the device of @out */
	struct fdb_seen src;
};

/* The settings of frames that enter by a plain port */
#define SHORT_IN (XSW_PORT_RX | XSW_PORT_LEARNING)

/* May the frame enter, and in which VLAN? @places: device_places(); @dev: where the frame came in */
static __always_inline bool short_ingress(struct pkt *pkt, const struct xsw_port *in,
					  const void *places, const struct net_device *dev)
{
	__u32 port = in->port;
	const struct xsw_able *a = able_get(port);

	if (!a || mac_is_group(&pkt->dst) || mac_is_group(&pkt->src) || mac_is_zero(&pkt->src))
		return false;
	if ((__u64)device_at(places + port * sizeof(void *)) != (__u64)dev || !able_still(a, dev))
		return false;
	pkt->port = port;
	pkt->in_flags = in->flags;
	pkt->now = tick_lately();
	return able_since(a, pkt->now) == pkt->now && ingress_vlan(pkt, in) == ADMITTED;
}

/* May the frame leave by the port of entry @e? */
static __always_inline bool short_egress(const struct pkt *pkt, const struct xsw_switch *sw,
					 const void *places, const struct xsw_fdb_entry *e,
					 struct short_way *way)
{
	__u32 port = e->port;
	const struct xsw_able *a = able_get(port);

	way->out = port_by_number(port);
	if (!a || !way->out || way->out->flags & XSW_PORT_STEPS_OUT ||
	    xsw_fdb_expired(e, pkt->now, sw->ageing_ticks) || xsw_able_void(a, e))
		return false;
	way->to = device_at(places + port * sizeof(void *));
	return way->to && able_still(a, way->to) && egress_admit(pkt, way->out) == ADMITTED;
}

/**
 * short_way() - find out where a frame goes
 * @pkt: parsed; the members "set by ingress" are filled
 * @in: the port where it came in, on device @dev
 * @way: result
 *
 * Return: false if it has to go the long way.
 */
static __always_inline bool short_way(struct pkt *pkt, const struct xsw_port *in,
				      const struct net_device *dev, struct short_way *way)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_fdb_count *c = fdb_count();
	const void *places = device_places();
	struct fdb_aim src, dst;
	struct fdb_seen seen;

	if (!sw || !c || !places || sw->flags & XSW_SWITCH_STEPS || c->captures ||
	    (in->flags & (SHORT_IN | XSW_PORT_LOCKED | XSW_PORT_STEPS_IN)) != SHORT_IN)
		return false;
	if (!short_ingress(pkt, in, places, dev))
		return false;
	fdb_aim_by(c, fdb_key_word(&pkt->src), &src);
	fdb_aim_by(c, fdb_key_word(&pkt->dst), &dst);
	return fdb_get(fdb_key_word(&pkt->src), &src, &way->src) &&
	       way->src.is.e.port == pkt->port && fdb_get(fdb_key_word(&pkt->dst), &dst, &seen) &&
	       short_egress(pkt, sw, places, &seen.is.e, way);
}

/**
 * short_commit() - charge a frame that will be forwarded, and learn from it; as commit()
 *
 * Return: ADMITTED, or the drop reason.
 */
static __always_inline int short_commit(struct pkt *pkt, const struct short_way *way)
{
	int why = ADMITTED;

	if (pkt->in_flags & (XSW_PORT_POLICE_IN | XSW_PORT_POLICE_IN_OF))
		why = commit_rates(pkt, 0);
	if (why == ADMITTED && way->src.is.e.seen != pkt->now &&
	    !(way->src.is.e.flags & XSW_FDB_STATIC))
		fdb_refresh(&way->src, pkt->now);
	return why;
}
