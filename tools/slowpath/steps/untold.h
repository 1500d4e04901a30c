/* SPDX-License-Identifier: GPL-2.0 */
/* What a way through the steps in a process tells, besides what bpf/tell.h has: nothing, where
 * nobody listens. The one who does is trace.c, which has all this instead.
 */
#pragma once

#include "bpf/tell_nothing.h"

struct way;
struct retag;

/* The rules of punting were asked by XDP, before the socket got the frame. */
static int (*const way_punt)(void *ctx, const struct pkt *pkt) = NULL;

/* @v has been decided, and nothing is charged or learned yet. */
static inline void tell_decided(struct way *w, const struct verdict *v)
{
}

/* It is now. @why: ADMITTED, or the drop reason */
static inline void tell_commit(const struct way *w, const struct verdict *v, int why)
{
}

/* A flood does not reach @out. */
static inline void tell_unreached(const struct way *w, __u32 flood_flag, const struct xsw_port *out)
{
}

/* The frame is about to leave by @out, and to be charged there. */
static inline void tell_leaving(const struct way *w, const struct xsw_port *out)
{
}

/* It leaves by @out with tags @r if @why is ADMITTED and a device of MTU @mtu takes it. */
static inline void tell_leaves(const struct way *w, const struct xsw_port *out, __u32 mtu,
			       const struct retag *r, int why)
{
}
