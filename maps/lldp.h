/* SPDX-License-Identifier: GPL-2.0 */
/* Neighbours that LLDP has told of (IEEE 802.1AB-2016): map xsw_lldp, a hash. Written by
 * `xsw-punt lldp`, read by the controller; the programs never look at it. So neighbours
 * outlive the process that heard them, each as long as it said.
 */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

#define XSW_LLDP_NEIGHBOURS 2048
#define XSW_LLDP_PORT_MAX 16 /* of one port: more are refused */
/* When there are so many, a port that has one gets no other: what guests say leaves room
 * for the first neighbour of every port.
 */
#define XSW_LLDP_MANY (XSW_LLDP_NEIGHBOURS - XSW_MAX_PORTS)
#define XSW_LLDP_TEXT 256 /* with the final NUL; printable ASCII, else '?' */

struct xsw_lldp_key {
	__u16 port;
	__u16 pad[3];
	__u64 msap; /* of chassis ID and port ID, which make a neighbour: a hash */
};

/* Subtypes, bits of capabilities: 802.1AB-2016, tables 8-2, 8-3, 8-4. */
struct xsw_lldp {
	__u64 heard_ns; /* CLOCK_BOOTTIME */
	__u16 ttl_s;	/* 0 is never here: the neighbour is gone then */
	__u8 chassis_subtype;
	__u8 port_subtype;
	__u16 can;     /* system capabilities */
	__u16 enabled; /* of which are enabled */
	char chassis_id[XSW_LLDP_TEXT];
	char port_id[XSW_LLDP_TEXT];
	char port_descr[XSW_LLDP_TEXT];
	char sys_name[XSW_LLDP_TEXT];
	char sys_descr[XSW_LLDP_TEXT];
	char address[XSW_LLDP_TEXT]; /* the first management address */
};

_Static_assert(sizeof(struct xsw_lldp_key) == 16, "layout of xsw_lldp_key");
_Static_assert(sizeof(struct xsw_lldp) == 16 + 6 * XSW_LLDP_TEXT, "layout of xsw_lldp");
