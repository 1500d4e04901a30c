/* SPDX-License-Identifier: GPL-2.0 */
/* Step "learn": remember the port behind which the source address lives, and
 * hold a locked port to what is known.
 */
#pragma once

#include "bpf/fdb.h"
#include "bpf/ingress.h"

/**
 * learn() - runs after ingress() has admitted the VLAN, so that a refused
 * frame teaches nothing
 *
 * Return: ADMITTED, or XSW_DROP_LOCKED.
 */
static __always_inline int learn(const struct pkt *pkt, const struct xsw_switch *sw)
{
	struct xsw_fdb_entry *e;

	if (!(pkt->in_flags & (XSW_PORT_LEARNING | XSW_PORT_LOCKED)))
		return ADMITTED;
	e = fdb_find(&pkt->src);
	if (pkt->in_flags & XSW_PORT_LOCKED &&
	    (!e || e->port != pkt->port || xsw_fdb_expired(e, pkt->now, sw->ageing_ticks)))
		return XSW_DROP_LOCKED;
	if (!(pkt->in_flags & XSW_PORT_LEARNING))
		return ADMITTED;

	if (!e) /* a full table is no error: frames to the address are flooded */
		fdb_insert(&pkt->src, pkt->port, pkt->now);
	else if (e->flags & XSW_FDB_STATIC)
		return ADMITTED;
	else if (e->port != pkt->port)
		fdb_move(e, pkt->now, pkt->port);
	else if (e->seen != pkt->now) /* first frame of this tick */
		fdb_write(e, pkt->now, pkt->port);
	return ADMITTED;
}
