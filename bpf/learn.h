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
					   const struct fdb_seen *src)
{
	if (src->is.e.port && !fdb_unknown(&src->is.e, pkt->now, sw))
		return src->is.e.port == pkt->port;
	return local_port(&pkt->src) == pkt->port;
}

/* Does anybody ask what is known of the source? */
static __always_inline bool source_matters(const struct pkt *pkt)
{
	return pkt->in_flags & (XSW_PORT_LEARNING | XSW_PORT_LOCKED);
}

/**
 * source_find() - what is known of the source, and whether a locked port admits it
 * @aim: at the source, if it matters
 * @src: result: the entry, expired, void or not
 *
 * Return: ADMITTED, or XSW_DROP_LOCKED.
 */
static __always_inline int source_find(const struct pkt *pkt, const struct xsw_switch *sw,
				       const struct fdb_aim *aim, struct fdb_seen *src)
{
	src->is.word = 0;
	if (!source_matters(pkt))
		return ADMITTED;
	fdb_get(fdb_key_word(&pkt->src), aim, src);
	if (pkt->in_flags & XSW_PORT_LOCKED && !source_is_here(pkt, sw, src))
		return XSW_DROP_LOCKED;
	return ADMITTED;
}

/**
 * learns() - does a frame say where its source lives?
 * @src: as source_find() found it
 *
 * Not on a port with learning off, and not of an address with a static entry.
 */
static __always_inline bool learns(const struct pkt *pkt, const struct fdb_seen *src)
{
	return pkt->in_flags & XSW_PORT_LEARNING && !(src->is.e.flags & XSW_FDB_STATIC);
}

/* Write what a frame taught: a new address, a move, a time. A program writes the FDB (in_kernel.h),
 * a process has a program do it (tools/slowpath/steps/in_process.h).
 * @src: as source_find() found it. Return: ADMITTED, or XSW_DROP_MAC_LIMIT.
 */
static __always_inline int learn_write(const struct pkt *pkt, const struct fdb_seen *src);

/**
 * learn() - runs after everything else has admitted the frame, so that a refused
 * frame teaches nothing
 * @src: as source_find() found it
 *
 * Return: ADMITTED, or XSW_DROP_MAC_LIMIT.
 */
static __always_inline int learn(const struct pkt *pkt, const struct fdb_seen *src)
{
	if (!learns(pkt, src))
		return ADMITTED;
	if (src->is.e.port == pkt->port && src->is.e.seen == pkt->now)
		return ADMITTED; /* it has spoken in this tick */
	return learn_write(pkt, src);
}
