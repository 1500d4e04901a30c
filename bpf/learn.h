/* SPDX-License-Identifier: GPL-2.0 */
/* Step "learn": hold a locked port to what is known, and remember the port behind
 * which the source address lives.
 */
#pragma once

#include "bpf/fdb.h"
#include "bpf/local.h"
#include "maps/drop.h"

/* Is the source known on this very port? */
static __always_inline bool source_is_here(const struct pkt *pkt, const struct xsw_switch *sw,
					   const struct xsw_fdb_entry *e)
{
	if (e && !fdb_unknown(e, pkt->now, sw))
		return e->port == pkt->port;
	return local_port(&pkt->src) == pkt->port;
}

/**
 * source_find() - what is known of the source, and whether a locked port admits it
 * @e: result: the entry, expired, void or not; NULL if there is none
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
	if (pkt->in_flags & XSW_PORT_LOCKED && !source_is_here(pkt, sw, *e))
		return XSW_DROP_LOCKED;
	return ADMITTED;
}

/**
 * learns() - does a frame say where its source lives?
 * @e: of the source, as source_find() found it
 *
 * Not on a port with learning off, and not of an address with a static entry.
 */
static __always_inline bool learns(const struct pkt *pkt, const struct xsw_fdb_entry *e)
{
	return pkt->in_flags & XSW_PORT_LEARNING && !(e && e->flags & XSW_FDB_STATIC);
}

/* Write what a frame taught: a new address, a move, a time. A program writes the FDB (in_kernel.h),
 * a process has a program do it (tools/slowpath/steps/in_process.h).
 * @e: of the source, NULL if there is none. Return: ADMITTED, or XSW_DROP_MAC_LIMIT.
 */
static __always_inline int learn_write(const struct pkt *pkt, struct xsw_fdb_entry *e);

/**
 * learn() - runs after everything else has admitted the frame, so that a refused
 * frame teaches nothing
 * @e: of the source, as source_find() found it
 *
 * Return: ADMITTED, or XSW_DROP_MAC_LIMIT.
 */
static __always_inline int learn(const struct pkt *pkt, struct xsw_fdb_entry *e)
{
	if (!learns(pkt, e))
		return ADMITTED;
	if (e && e->port == pkt->port && e->seen == pkt->now)
		return ADMITTED; /* it has spoken in this tick */
	return learn_write(pkt, e);
}
