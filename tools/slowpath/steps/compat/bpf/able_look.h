/* SPDX-License-Identifier: GPL-2.0 */
/* Stands before bpf/able_look.h: the kernel alone sees devices. The process asks it to look before
 * each batch (XSW_REQUEST_LOOK), and reads what it saw.
 */
#pragma once

#include "bpf/able.h"
#include "bpf/mac_limit.h"
#include "bpf/tables.h"

#define SLOWPATH_LOOKS

static inline void able_shut(__u32 port)
{
	tables_changed();
}

static inline bool port_able(const struct xsw_port *p)
{
	const struct xsw_able *a = able_get(p->port);

	return !(a && *(const volatile __u32 *)&a->flags & XSW_ABLE_NOT) &&
	       !(port_state(p->port) & XSW_STATE_LINK_DOWN) && !port_is_shut(p->port, p->flags);
}
