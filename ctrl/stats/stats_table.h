/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "maps/stats.h"

/** stats_clear() - zero all counters of a number that a new port gets */
int stats_clear(const struct xsw_switch_handle *sw, __u32 port);

/** vlan_stats_clear() - the part of stats_clear() that concerns VLANs */
int vlan_stats_clear(const struct xsw_switch_handle *sw, __u32 port);

/** vlan_stats_reset() - and of xsw_stats_reset() */
int vlan_stats_reset(const struct xsw_switch_handle *sw, __u32 port);
