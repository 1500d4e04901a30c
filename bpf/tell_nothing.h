/* SPDX-License-Identifier: GPL-2.0 */
/* Nobody listens to what the steps tell, see tell.h. */
#pragma once

#include "bpf/tell.h"

static __always_inline void tell_admitted(const struct pkt *pkt, const struct xsw_port *in,
					  const struct xsw_switch *sw, const struct verdict *v,
					  bool admitted)
{
}

static __always_inline void tell_source(const struct pkt *pkt, int why)
{
}

static __always_inline void tell_destination(const struct pkt *pkt, const struct xsw_switch *sw,
					     const struct xsw_port *out, bool down)
{
}

static __always_inline void tell_egress(const struct pkt *pkt, const struct xsw_port *out, int why)
{
}
