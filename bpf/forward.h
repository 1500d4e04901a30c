/* SPDX-License-Identifier: GPL-2.0 */
/* A frame's way through the switch, the same for every hook:
 *
 *   ingress -> learn -> look up -> { drop | one port | flood }
 */
#pragma once

#include "bpf/egress.h"
#include "bpf/learn.h"

/* What forward() decided; the hook carries it out. */
#define TO_DROP 0
#define TO_PORT 1
#define TO_FLOOD 2

struct verdict {
	const struct xsw_port *out; /* TO_PORT */
	__u32 what;		    /* TO_* */
	__u32 why;		    /* TO_DROP: enum xsw_drop */
	__u32 flood_flag;	    /* TO_FLOOD: XSW_PORT_*FLOOD a port must have */
};

static __always_inline void verdict_drop(struct verdict *v, int why)
{
	v->what = TO_DROP;
	v->why = why;
}

static __always_inline void verdict_flood(struct verdict *v, const struct pkt *pkt)
{
	bool broadcast = *(const __u32 *)pkt->dst.mac == 0xffffffff &&
			 *(const __u16 *)&pkt->dst.mac[4] == 0xffff;

	v->what = TO_FLOOD;
	v->flood_flag = broadcast		 ? XSW_PORT_BCAST_FLOOD :
			mac_is_group(&pkt->dst) ? XSW_PORT_MCAST_FLOOD :
						  XSW_PORT_FLOOD;
}

static __always_inline void forward(struct pkt *pkt, const struct xsw_port *in, struct verdict *v)
{
	const struct xsw_switch *sw = switch_get();
	struct xsw_fdb_entry *e;
	int why;

	v->out = NULL;
	if (!sw) {
		verdict_drop(v, XSW_DROP_VLAN);
		return;
	}
	pkt->now = tick_now();
	why = ingress(pkt, in, sw);
	if (why == ADMITTED)
		why = learn(pkt, sw);
	if (why != ADMITTED) {
		verdict_drop(v, why);
		return;
	}

	if (mac_is_group(&pkt->dst)) {
		verdict_flood(v, pkt);
		return;
	}
	e = fdb_find(&pkt->dst);
	if (!e || xsw_fdb_expired(e, pkt->now, sw->ageing_ticks)) {
		verdict_flood(v, pkt);
		return;
	}
	v->out = port_by_number(e->port);
	if (!v->out) { /* the port has just gone */
		verdict_flood(v, pkt);
		return;
	}
	why = egress_admit(pkt, v->out);
	if (why != ADMITTED) {
		verdict_drop(v, why);
		return;
	}
	v->what = TO_PORT;
}

/* Is @out among the ports that a flood reaches? */
static __always_inline bool flood_reaches(const struct pkt *pkt, __u32 flood_flag,
					  const struct xsw_port *out)
{
	return out->flags & flood_flag && egress_admit(pkt, out) == ADMITTED;
}
