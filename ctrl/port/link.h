/* SPDX-License-Identifier: GPL-2.0 */
/* The link option of a port: what its guest sees as the cable. Private to ctrl/. All calls
 * run in the device's namespace.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/kernel/link.h"
#include "ctrl/bpffs/handle.h"
#include "maps/port_record.h"

/** port_link_check() - can the link of this device be set as @record->given says? */
int port_link_check(const struct link_info *dev, const struct xsw_port_record *record);

/**
 * port_link_apply() - bring the link up or down as @record->given says; auto: as it was
 *
 * With `link down` the data path lets nothing through, whatever becomes of the device's link.
 * What it was is noted in @record->saved first. Return: 0 or -errno with the error set; 0 if
 * there is no such device.
 */
int port_link_apply(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record);

/**
 * port_link_differs() - has a port with link auto to be changed so that it follows uplinks?
 * @up: are they up?
 */
bool port_link_differs(const struct link_info *dev, const struct xsw_port_record *record, bool up);

/** port_link_follow() - take its link down, or bring it up if it was taken down */
int port_link_follow(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		     bool up);

/**
 * port_link_tell() - let the data path know of `link down`
 *
 * The device's link alone will not do: a tap has carrier again with the next program that opens it.
 */
void port_link_tell(const struct xsw_switch_handle *sw, __u32 port,
		    const struct xsw_port_record *record);

/** port_link_state() - XSW_STATE_LINK_DOWN if @record says so, else 0 */
__u32 port_link_state(const struct xsw_port_record *record);

/** port_link_restore() - as it was before; for a port that goes */
void port_link_restore(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record);
