/* SPDX-License-Identifier: GPL-2.0 */
/* What the data path last saw of each port: can it forward, and since when is what was learned
 * there void? Map xsw_able, an array by port number. The programs alone write it (bpf/able.h);
 * commands and xsw-slowpath have them look (XSW_REQUEST_LOOK in maps/request.h), and read.
 */
#pragma once

#include <linux/types.h>

#include "maps/fdb.h"

#define XSW_ABLE_NOT (1U << 0)	/* the port cannot forward */
#define XSW_ABLE_SEEN (1U << 1) /* the port has been looked at: @carrier_downs means something */

/* @lost: the tick at which the port was last seen to have lost its addresses: learned entries
 * that spoke then or before are void. 0: no entry is, or those that were are deleted.
 * @swept: the value of @lost for which void entries are being deleted, or were.
 */
struct xsw_able {
	__u32 flags;	     /* XSW_ABLE_* */
	__u32 lost;	     /* tick, never 0 if there was a loss */
	__u32 carrier_downs; /* how often the device has lost its carrier */
	__u32 swept;	     /* tick */
};

_Static_assert(sizeof(struct xsw_able) == 16, "layout of xsw_able");

/* Has the port of learned entry @e lost its addresses since @e spoke? @a: of that port */
static inline __attribute__((always_inline)) int xsw_able_void(const struct xsw_able *a,
							       const struct xsw_fdb_entry *e)
{
	__u32 lost = *(const volatile __u32 *)&a->lost;

	return lost && !(e->flags & XSW_FDB_STATIC) && (__s32)(lost - e->seen) >= 0;
}
