/* SPDX-License-Identifier: GPL-2.0 */
/* Neighbours heard by LLDP, in the switch's table: see maps/lldp.h. */
#pragma once

#include <stddef.h>
#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "maps/lldp.h"

struct xsw_lldp_row {
	__u32 port;
	__u32 age_s; /* since it was heard */
	struct xsw_lldp lldp;
};

/**
 * xsw_lldp_heard() - keep what a frame on @port told, or forget the neighbour if it says so
 * @ifindex: of the device where it came in
 * @data: the frame, from the Ethernet header on
 *
 * Return: 0; -EPROTO: no LLDP, or bad; -ENOSPC: the port has as many neighbours as it may
 * (XSW_LLDP_PORT_MAX, or one when there are XSW_LLDP_MANY in all);
 * -ENODEV: the port has gone since, or its number to another device; -EOPNOTSUPP: the switch
 * runs an earlier version; -errno.
 */
int xsw_lldp_heard(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex, const void *data,
		   size_t len);

/**
 * xsw_lldp_list() - neighbours of @port (or XSW_ANY_PORT) that are alive, by port and chassis
 * @rows: freed by the caller with free()
 *
 * Return: how many, or -errno with the error set.
 */
int xsw_lldp_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_lldp_row **rows);

/** xsw_lldp_expire() - remove those whose time has passed; nobody is shown them anyway */
void xsw_lldp_expire(const struct xsw_switch_handle *sw);

/** lldp_clear() - forget the neighbours of a port that is gone */
void lldp_clear(const struct xsw_switch_handle *sw, __u32 port);
