/* SPDX-License-Identifier: GPL-2.0 */
/* Which sources may speak on a port. */
#pragma once

#include <linux/types.h>

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
