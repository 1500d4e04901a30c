/* SPDX-License-Identifier: GPL-2.0 */
/* How many addresses may be learned on a port, and how many are. */
#pragma once

#include <linux/types.h>

/* Value of map xsw_guard, an array by port number. @mac_limit is the controller's;
 * @learned follows the FDB, and is counted anew whenever XSW_SWITCH_FDB_HOLD is over.
 * @shut_ns is set by the data path when mac_limit_action shutdown strikes: from then on
 * the port neither sends nor receives, until the controller writes 0.
 */
struct xsw_guard {
	__u32 mac_limit;     /* 0: none */
	__s32 learned;	     /* learned entries that point to the port */
	__u64 shut_ns;	     /* CLOCK_BOOTTIME; 0: open */
	__u64 limit_told_ns; /* when an event last told that an address was refused, */
	__u64 storm_told_ns; /* ... that a storm was cut: once a second is often enough */
	__u64 pad[4];
};

_Static_assert(sizeof(struct xsw_guard) == 64, "layout of xsw_guard");
