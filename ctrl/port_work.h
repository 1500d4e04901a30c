/* SPDX-License-Identifier: GPL-2.0 */
/* What port.c shares with the repair of half-done work. Private to ctrl/. */
#pragma once

#include "ctrl/port.h"
#include "ctrl/switch.h"
#include "maps/meta.h"

/**
 * port_take_apart() - finish or undo a port in any state: programs, tables, device settings
 *
 * Visits the device's namespace if need be; where that cannot be found only
 * the device keeps its settings. Afterwards the number is free.
 */
int port_take_apart(struct xsw_switch_handle *sw, __u32 port, const struct xsw_meta *meta);

/**
 * xsw_ports_refresh() - ask again which devices XDP can redirect to
 *
 * Called by every command that changes the switch: a veth peer may have gained
 * or lost GRO, or its namespace, meanwhile.
 */
void xsw_ports_refresh(const struct xsw_switch_handle *sw);

/** port_conf_make() - @now (zero for a new port) with the wishes of @want; checks them */
int port_conf_make(const char *ifname, const struct xsw_port *now, struct xsw_meta *meta,
		   const struct xsw_port_conf *want, struct xsw_port *conf);
