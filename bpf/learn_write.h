/* SPDX-License-Identifier: GPL-2.0 */
/* The part of step "learn" that writes new addresses, moves and times. A file of its own,
 * because a process that runs the steps on a live switch leaves it to the kernel.
 */
#pragma once

#include "bpf/able.h"
#include "bpf/fdb.h"
#include "bpf/local.h"
#include "bpf/mac_limit.h"

#define LEARN_TRIES 16 /* look-ups, more time than fdb_insert() takes */

/* One more address than the port may have. */
static __always_inline int learn_too_many(const struct pkt *pkt, struct xsw_guard *g)
{
	struct fdb_seen is;

	if (event_is_due(&g->limit_told_ns))
		event(XSW_EVENT_LIMIT, pkt->port, &pkt->src, g->mac_limit);
	if (pkt->in_flags & XSW_PORT_MAC_NO_LEARN)
		return ADMITTED;
	if (pkt->in_flags & XSW_PORT_MAC_SHUT && !g->shut_ns) {
		/* Another CPU that learns this very address raises the count, too. */
		for (int i = 0; i < LEARN_TRIES; i++) {
			if (fdb_look(fdb_key_word(&pkt->src), &is) && is.is.e.port == pkt->port)
				return ADMITTED;
		}
		g->shut_ns = bpf_ktime_get_boot_ns();
		able_shut(pkt->port);
		event(XSW_EVENT_SHUTDOWN, pkt->port, &pkt->src, XSW_DROP_MAC_LIMIT);
	}
	return XSW_DROP_MAC_LIMIT;
}

/* On hold, entries are neither added nor counted: the controller may write the counts. */
static __always_inline bool fdb_on_hold(void)
{
	const struct xsw_switch *sw = switch_get();

	return !sw || sw->flags & XSW_SWITCH_FDB_HOLD;
}

/* Count the address, then make its entry: in this order the port never exceeds its limit.
 * @known: what is known of the address
 * @held: the FDB is on hold, no entry is made
 */
static __always_inline int learn_counted(const struct pkt *pkt, struct xsw_guard *g,
					 union fdb_word known, bool held)
{
	__s32 n = (held ? g->learned : __sync_fetch_and_add(&g->learned, 1)) + 1;

	if (pkt->in_flags & XSW_PORT_MAC_LIMIT && n > (__s32)g->mac_limit) {
		if (!held)
			__sync_fetch_and_add(&g->learned, -1);
		return learn_too_many(pkt, g);
	}
	if (held)
		return ADMITTED;
	/* a full table is no error: frames to the address are flooded */
	if (known.e.port ? !fdb_move(&pkt->src, known, pkt->now, pkt->port) :
			   fdb_insert(&pkt->src, pkt->port, pkt->now))
		__sync_fetch_and_add(&g->learned, -1);
	return ADMITTED;
}

/* A new address, or one that moves here. verifier: global, to be verified once. */
__noinline int learn_new(const struct pkt *pkt)
{
	struct fdb_seen is;
	struct xsw_guard *g;
	bool known;
	int why;

	if (!pkt)
		return ADMITTED;
	g = guard_get(pkt->port);
	if (!g)
		return ADMITTED;
	if (local_port(&pkt->src))
		return ADMITTED; /* an address of the host: it needs no entry and does not move */
	known = fdb_look(fdb_key_word(&pkt->src), &is);
	if (known)
		fdb_moves(true);
	why = learn_counted(pkt, g, is.is, !known && fdb_on_hold());
	if (known)
		fdb_moves(false);
	return why;
}

/* learn_write() where the tables are one's own. */
static __always_inline int learn_write_here(const struct pkt *pkt, const struct fdb_seen *src)
{
	if (src->is.e.port != pkt->port)
		return learn_new(pkt);
	fdb_refresh(src, pkt->now);
	return ADMITTED;
}
