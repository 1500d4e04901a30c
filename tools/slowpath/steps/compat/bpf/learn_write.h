/* SPDX-License-Identifier: GPL-2.0 */
/* Stands before bpf/learn_write.h: who runs on the tables of a live switch has the kernel
 * write them, so that counts, limits and events stay exact.
 */
#pragma once

#include "tools/slowpath/steps/request.h"

#define SLOWPATH_LEARNS
#define learn_write learn_write_here
#include_next "bpf/learn_write.h"
#undef learn_write

static inline int learn_write(const struct pkt *pkt, struct xsw_fdb_entry *e)
{
	const struct xsw_request_learn ask = {
		.src = pkt->src, .port = pkt->port, .in_flags = pkt->in_flags, .now = pkt->now
	};

	return request_ops ? request_ops->learn(&ask) : learn_write_here(pkt, e);
}
