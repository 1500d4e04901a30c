/* SPDX-License-Identifier: GPL-2.0 */
/* What protects a switch from one port: how many addresses may be learned there, and
 * which sources may speak.
 */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

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

/* Map xsw_bind, a hash: addresses that a port with XSW_PORT_SPOOF_MAC may send from. */
#define XSW_BINDS 65536

struct xsw_bind_key {
	__u8 mac[6];
	__u16 port;
} __attribute__((aligned(8)));

#define XSW_BIND_IP (1U << 0) /* xsw_bind_ip says which addresses of layer 3 it may use */

struct xsw_bind {
	__u32 flags;
	__u32 addresses; /* entries of xsw_bind_ip */
};

/* Map xsw_bind_ip, a hash with values of no meaning. An IPv4 address stands as
 * ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
 */
struct xsw_bind_ip_key {
	__u8 mac[6];
	__u16 port;
	__u8 ip[16];
} __attribute__((aligned(8)));

_Static_assert(sizeof(struct xsw_bind_key) == 8, "layout of xsw_bind_key");
_Static_assert(sizeof(struct xsw_bind_ip_key) == 24, "layout of xsw_bind_ip_key");
