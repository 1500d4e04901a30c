// SPDX-License-Identifier: GPL-2.0
/* The parts of a port: each is a table, or part of one, in which the port's number is a key. A
 * new kind of thing that a port owns has its row here, and one in ctrl/config/parts.c if a
 * configuration file can hold it.
 */
#include "ctrl/port/parts.h"

#include <stddef.h>

#include "ctrl/copies/mirror.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/fdb/local.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/limits/bind.h"
#include "ctrl/limits/policer.h"
#include "ctrl/punt/lldp.h"
#include "ctrl/punt/punt.h"
#include "ctrl/stats/port_stats.h"

static void addresses_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	xsw_fdb_flush(sw, port, XSW_ANY_VLAN);
	xsw_fdb_flush_static(sw, port);
}

static void counters_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	stats_clear(sw, port);
}

static void (*const parts[])(const struct xsw_switch_handle *sw, __u32 port) = {
	addresses_clear, local_clear, policers_clear, binds_clear,	  punts_clear,
	lldp_clear,	 guard_clear, counters_clear, mirrors_port_clear,
};

void port_parts_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		parts[i](sw, port);
}
