/* SPDX-License-Identifier: GPL-2.0 */
/* Stands before bpf/police_of.h: a hash of the kernel can be charged by the kernel only. */
#pragma once

#include "tools/slowpath/steps/request.h"

#define SLOWPATH_POLICES
#define police_of police_of_here
#include_next "bpf/police_of.h"
#undef police_of

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
