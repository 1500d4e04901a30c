/* SPDX-License-Identifier: GPL-2.0 */
/* What the mirrors have to do with a port: see maps/mirror.h. Ports without a mirror pay the test of
 * a bit of their settings.
 */
#pragma once

#include "bpf/pkt.h"
#include "bpf/tables.h"

_Static_assert(XSW_MIRROR_BANKS < 4, "pkt.mirror_bank");

/* The element of xsw_mirror for the frame, NULL: there is no mirror. */
static __always_inline const struct xsw_mirrors *mirrors_get(const struct pkt *pkt)
{
	__u32 index = pkt->mirror_bank - 1;

	return bpf_map_lookup_elem(&xsw_mirror, &index);
}

/* From here on the frame's way is decided by the mirrors that there are now. */
static __always_inline void mirrors_begin(struct pkt *pkt, const struct xsw_switch *sw)
{
	if (!pkt->mirror_bank)
		pkt->mirror_bank = *(volatile const __u32 *)&sw->mirrors;
}

/* The word for port @port. verifier: global, to be verified once */
__noinline __u64 mirror_look(const struct pkt *pkt, __u32 port)
{
	const struct xsw_mirrors *m = pkt ? mirrors_get(pkt) : NULL;

	if (!m)
		return 0;
	port &= XSW_MAX_PORTS - 1;
	return m->port[port].src | (__u64)m->port[port].dst << 32;
}

static __always_inline __u64 mirror_of(const struct pkt *pkt, const struct xsw_port *p)
{
	if (!pkt->mirror_bank || !(p->flags & XSW_PORT_RARE) || !(p->rare & XSW_RARE_MIRROR))
		return 0;
	return mirror_look(pkt, p->port);
}

/* Is the port the output of a mirror, and nothing else? */
static __always_inline bool mirror_reserves(const struct pkt *pkt, const struct xsw_port *p)
{
	return mirror_of(pkt, p) & XSW_MIRROR_RESERVED;
}

/* Which mirrors select what enters by the port, or what leaves by it: a bit a place */
static __always_inline __u32 mirrors_of_src(const struct pkt *pkt, const struct xsw_port *p)
{
	return mirror_of(pkt, p) & XSW_MIRROR_PLACES;
}

static __always_inline __u32 mirrors_of_dst(const struct pkt *pkt, const struct xsw_port *p)
{
	return mirror_of(pkt, p) >> 32;
}
