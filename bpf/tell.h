/* SPDX-License-Identifier: GPL-2.0 */
/* What the steps tell of a frame's way while they go it. Only xsw trace listens
 * (tools/slowpath/steps/trace.c); in programs and in xsw-slowpath these are empty (tell_nothing.h),
 * and nothing of them is left in what is compiled. A step calls one where it has an answer, which
 * is never changed by that.
 */
#pragma once

#include "bpf/hook.h"
#include "maps/port.h"
#include "maps/switch.h"

struct verdict;

/* May the frame enter? If not, @v says what becomes of it. */
static __always_inline void tell_admitted(const struct pkt *pkt, const struct xsw_port *in,
					  const struct xsw_switch *sw, const struct verdict *v,
					  bool admitted);

/* What a locked port says of the source: ADMITTED, or the drop reason. */
static __always_inline void tell_source(const struct pkt *pkt, int why);

/* Where the destination lives: @out, NULL if the frame is to be flooded. */
static __always_inline void tell_destination(const struct pkt *pkt, const struct xsw_switch *sw,
					     const struct xsw_port *out, bool down);

/* May the frame leave by @out, the only port it is for? ADMITTED, or the drop reason. */
static __always_inline void tell_egress(const struct pkt *pkt, const struct xsw_port *out, int why);
