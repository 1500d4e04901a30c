/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of the host's own interfaces, which no frame teaches and no time ages. */
#pragma once

#include <linux/types.h>

#define XSW_LOCAL_PORTS 4 /* host ports that may have one address, in VLANs of their own */

/* Value of map xsw_local, a hash; its key is a struct xsw_fdb_key of VLAN 0. Written by the
 * controller, read by all programs where the FDB has no entry. @port: numbers of host ports
 * whose own interface has the address, the lowest first, 0: no more. In a VLAN of several of
 * them the first has the address.
 */
struct xsw_local {
	__u16 port[XSW_LOCAL_PORTS];
};

_Static_assert(sizeof(struct xsw_local) == 8, "layout of xsw_local");
