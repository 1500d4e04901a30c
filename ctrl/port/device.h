/* SPDX-License-Identifier: GPL-2.0 */
/* A port and its device: how it enters the data path, leaves it, and comes later. Private to
 * ctrl/port and the repair of half-done work.
 */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "ctrl/kernel/link.h"
#include "ctrl/port/settings.h"
#include "maps/port_record.h"

/**
 * port_device_get() - read the device that port @ifname is to have
 * @switch_name: of its switch, for a remedy
 *
 * Return: 0; -ENODEV; what fit_check() says of it; the error is set.
 */
int port_device_get(const char *ifname, const char *switch_name, struct link_info *dev);

/**
 * port_device_enter() - let @dev send and receive for @port
 * @record: what is changed at the device is noted there first; complete on success
 * @cpus: option napi_cpus; NULL: leave the device's threads alone
 *
 * The settings of the port stand in the tables already. Runs in the device's namespace.
 * Return: 0 or -errno, error set; then port_device_leave() undoes what was done.
 */
int port_device_enter(struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
		      struct xsw_port_record *record, const struct vlan_set *cpus);

/**
 * port_device_leave() - detach what is left of @port; the device, if @here, gets its settings back
 *
 * A device that xsw made goes.
 */
void port_device_leave(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record, bool here);

/**
 * port_device_lose() - make a port whose device is gone one that waits for its device
 *
 * It keeps its number, settings, counters and static addresses, and gives up the number of the
 * device, which may be another's. Also undoes an attach that was killed: @record then is in state
 * XSW_RECORD_ATTACHING, and the device gets its settings back.
 */
void port_device_lose(struct xsw_switch_handle *sw, __u32 port,
		      const struct xsw_port_record *record);

/** port_ifindex_take() - a device has number @ifindex: if a port had it, its device is gone */
void port_ifindex_take(struct xsw_switch_handle *sw, __u32 ifindex);
