// SPDX-License-Identifier: GPL-2.0
#include "ctrl/fdb/life.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "ctrl/base/clock.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/request.h"

__u32 fdb_tick(void)
{
	return clock_ns(CLOCK_MONOTONIC_COARSE) >> XSW_TICK_SHIFT;
}

static int able_read(const struct xsw_switch_handle *sw, struct xsw_able *able)
{
	__u32 keys[XSW_MAX_PORTS], out, count = XSW_MAX_PORTS;

	memset(able, 0, XSW_MAX_PORTS * sizeof(*able));
	if (sw->map.able < 0)
		return 0;
	ports_look(sw);
	if (bpf_map_lookup_batch(sw->map.able, NULL, &out, keys, able, &count, NULL) &&
	    errno != ENOENT)
		return -errno;
	return 0;
}

int fdb_life_read(const struct xsw_switch_handle *sw, struct fdb_life *life)
{
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);

	if (err)
		return err;
	life->ageing_ticks = conf.ageing_ticks;
	life->now = fdb_tick();
	return able_read(sw, life->able);
}

bool fdb_counts(const struct fdb_life *life, const struct xsw_fdb_entry *e)
{
	return e->port && !xsw_fdb_expired(e, life->now, life->ageing_ticks) &&
	       !xsw_able_void(&life->able[e->port & (XSW_MAX_PORTS - 1)], e);
}
