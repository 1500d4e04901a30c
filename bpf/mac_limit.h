/* SPDX-License-Identifier: GPL-2.0 */
/* How many addresses are learned on a port that may have a limit of them, see maps/mac_limit.h.
 * The step that holds a port to its limit is in learn_write.h.
 */
#pragma once

#include "bpf/maps.h"

static __always_inline struct xsw_guard *guard_get(__u32 port)
{
	return bpf_map_lookup_elem(&xsw_guard, &port);
}

/* Has mac_limit_action shutdown struck? */
static __always_inline bool port_is_shut(__u32 port, __u32 flags)
{
	struct xsw_guard *g;

	if (!(flags & XSW_PORT_MAC_SHUT))
		return false;
	g = guard_get(port);
	return g && g->shut_ns;
}

/* An entry learned on @port has moved or gone. */
static __always_inline void mac_limit_forget(__u32 port)
{
	struct xsw_guard *g = guard_get(port);

	if (g)
		__sync_fetch_and_add(&g->learned, -1);
}
