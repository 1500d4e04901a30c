/* SPDX-License-Identifier: GPL-2.0 */
/* What the steps leave to whoever runs them, as a process does it: on the tables of a live switch
 * it has program xsw_user look at devices, write the FDB and charge policers, so that counts,
 * limits and events stay exact (maps/request.h). Tables of its own it writes itself. Its
 * counterpart for programs is bpf/in_kernel.h: what is compiled includes one of the two.
 */
#pragma once

#include "bpf/able.h"
#include "bpf/learn.h"
#include "bpf/learn_write.h"
#include "bpf/mac_limit.h"
#include "bpf/police.h"
#include "tools/slowpath/steps/request.h"

/* The kernel alone sees devices: it is asked to look before each batch (XSW_REQUEST_LOOK). */
__noinline int port_able(const struct xsw_port *p)
{
	const struct xsw_able *a = able_get(p->port);

	return !(a && *(const volatile __u32 *)&a->flags & XSW_ABLE_NOT) &&
	       !(port_state(p->port) & XSW_STATE_LINK_DOWN) && !port_is_shut(p->port, p->flags);
}

static inline void able_shut(__u32 port)
{
	tables_changed();
}

static inline int learn_write(const struct pkt *pkt, const struct fdb_seen *src)
{
	const struct xsw_request_learn ask = {
		.src = pkt->src, .port = pkt->port, .in_flags = pkt->in_flags, .now = pkt->now
	};

	return request_ops ? request_ops->learn(&ask) : learn_write_here(pkt, src);
}

static inline int police_of(__u32 port, __u32 kind, __u32 of, __u32 value, const struct charge *c)
{
	const struct xsw_request_police ask = {
		.key = { .port = port, .kind = kind, .of = of, .value = value },
		.bytes = c->bytes,
		.frames = c->frames,
		.first = c->first
	};

	return request_ops ? request_ops->police(&ask) : police_of_here(port, kind, of, value, c);
}
