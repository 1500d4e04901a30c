/* SPDX-License-Identifier: GPL-2.0 */
/* Which entries of the FDB count, as the data path decides it. Private to ctrl/. */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"
#include "maps/able.h"

/** fdb_tick() - the clock of xsw_fdb_entry.seen */
__u32 fdb_tick(void);

struct fdb_life {
	__u32 now; /* tick */
	__u32 ageing_ticks;
	struct xsw_able able[XSW_MAX_PORTS];
};

/**
 * fdb_life_read() - have the programs look at all ports now, and read what they saw
 *
 * Programs of an earlier version know nothing of ports that cannot forward. Return: 0 or -errno.
 */
int fdb_life_read(const struct xsw_switch_handle *sw, struct fdb_life *life);

/** fdb_counts() - is @e an entry, neither expired nor void nor being deleted? */
bool fdb_counts(const struct fdb_life *life, const struct xsw_fdb_entry *e);
