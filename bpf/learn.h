/* SPDX-License-Identifier: GPL-2.0 */
/* Step "learn": hold a locked port to what is known, and remember the port behind
 * which the source address lives.
 */
#pragma once

#include "bpf/fdb.h"
#include "bpf/guard.h"
#include "bpf/ingress.h"

/**
 * source_find() - what is known of the source, and whether a locked port admits it
 * @e: result: the entry, expired or not; NULL if there is none
 *
 * Return: ADMITTED, or XSW_DROP_LOCKED.
 */
static __always_inline int source_find(const struct pkt *pkt, const struct xsw_switch *sw,
				       struct xsw_fdb_entry **e)
{
	*e = NULL;
	if (!(pkt->in_flags & (XSW_PORT_LEARNING | XSW_PORT_LOCKED)))
		return ADMITTED;
	*e = fdb_find(&pkt->src);
	if (pkt->in_flags & XSW_PORT_LOCKED &&
	    (!*e || (*e)->port != pkt->port || xsw_fdb_expired(*e, pkt->now, sw->ageing_ticks)))
		return XSW_DROP_LOCKED;
	return ADMITTED;
}

#define LEARN_TRIES 16 /* look-ups, more time than fdb_insert() takes */

/* One more address than the port may have. */
static __always_inline int learn_too_many(const struct pkt *pkt, struct xsw_guard *g)
{
	struct xsw_fdb_entry *e;

	if (event_is_due(&g->limit_told_ns))
		event(XSW_EVENT_LIMIT, pkt->port, &pkt->src, g->mac_limit);
	if (pkt->in_flags & XSW_PORT_MAC_NO_LEARN)
		return ADMITTED;
	if (pkt->in_flags & XSW_PORT_MAC_SHUT && !g->shut_ns) {
		/* The count is high also while another CPU learns this very address. */
		for (int i = 0; i < LEARN_TRIES; i++) {
			e = fdb_find(&pkt->src);
			if (e && e->port == pkt->port)
				return ADMITTED;
		}
		g->shut_ns = bpf_ktime_get_boot_ns();
		tables_changed();
		event(XSW_EVENT_SHUTDOWN, pkt->port, &pkt->src, XSW_DROP_MAC_LIMIT);
	}
	return XSW_DROP_MAC_LIMIT;
}

/* The place is taken in the port's count before the entry is made, so that the limit
 * binds exactly.
 * verifier: global, to be verified once.
 */
__noinline int learn_new(const struct pkt *pkt)
{
	struct xsw_fdb_entry *e;
	struct xsw_guard *g;
	__s32 n;

	if (!pkt)
		return ADMITTED;
	g = guard_get(pkt->port);
	if (!g)
		return ADMITTED;
	e = fdb_find(&pkt->src);
	n = __sync_fetch_and_add(&g->learned, 1) + 1;
	if (pkt->in_flags & XSW_PORT_MAC_LIMIT && n > (__s32)g->mac_limit) {
		__sync_fetch_and_add(&g->learned, -1);
		return learn_too_many(pkt, g);
	}
	/* a full table is no error: frames to the address are flooded */
	if (e ? !fdb_move(e, &pkt->src, pkt->now, pkt->port) :
		fdb_insert(&pkt->src, pkt->port, pkt->now))
		__sync_fetch_and_add(&g->learned, -1);
	return ADMITTED;
}

/**
 * learn() - runs after everything else has admitted the frame, so that a refused
 * frame teaches nothing
 * @e: of the source, as source_find() found it
 *
 * Return: ADMITTED, or XSW_DROP_MAC_LIMIT.
 */
static __always_inline int learn(const struct pkt *pkt, struct xsw_fdb_entry *e)
{
	if (!(pkt->in_flags & XSW_PORT_LEARNING) || (e && e->flags & XSW_FDB_STATIC))
		return ADMITTED;
	if (!e || e->port != pkt->port)
		return learn_new(pkt);
	if (e->seen != pkt->now) /* first frame of this tick */
		fdb_refresh(e, pkt->now, pkt->port);
	return ADMITTED;
}
