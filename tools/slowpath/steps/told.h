/* SPDX-License-Identifier: GPL-2.0 */
/* What untold.h has, where trace.c listens. */
#pragma once

#include "bpf/tell.h"

struct way;
struct retag;

static int way_punt(void *ctx, const struct pkt *pkt);
static void tell_decided(struct way *w, const struct verdict *v);
static void tell_commit(const struct way *w, const struct verdict *v, int why);
static void tell_unreached(const struct way *w, __u32 flood_flag, const struct xsw_port *out);
static void tell_leaving(const struct way *w, const struct xsw_port *out);
static void tell_leaves(const struct way *w, const struct xsw_port *out, __u32 mtu,
			const struct retag *r, int why);
