/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of ports that can, or cannot, forward; see maps/able.h. Programs look at the device
 * itself (able_look.h), a process reads what they saw (tools/slowpath/steps/in_process.h).
 */
#pragma once

#include "bpf/tables.h"

static __always_inline struct xsw_able *able_get(__u32 port)
{
	return bpf_map_lookup_elem(&xsw_able, &port);
}

/**
 * port_able() - can the port of these settings forward?
 *
 * Source: xsw(7) "Learning and forwarding".
 */
__noinline int port_able(const struct xsw_port *p);

/* The port has been shut: note it. */
static __always_inline void able_shut(__u32 port);

/* Has the port where learned entry @e points lost its addresses since? */
static __always_inline bool able_void(const struct xsw_fdb_entry *e)
{
	const struct xsw_able *a = able_get(e->port);

	return a && xsw_able_void(a, e);
}

/* @now, or what is later than the port's last loss. */
static __always_inline __u32 able_since(const struct xsw_able *a, __u32 now)
{
	__u32 lost = *(const volatile __u32 *)&a->lost;

	return lost && (__s32)(lost - now) >= 0 ? lost + 1 : now;
}

/* The time that is written to what is learned on the port: later than its last loss. */
static __always_inline __u32 able_now(__u32 port, __u32 now)
{
	const struct xsw_able *a = able_get(port);

	return a ? able_since(a, now) : now;
}
