/* SPDX-License-Identifier: GPL-2.0 */
/* What port.c shares with the repair of half-done work. Private to ctrl/. */
#pragma once

#include "ctrl/kernel/link.h"
#include "ctrl/port/port.h"
#include "ctrl/bpffs/handle.h"
#include "maps/port_record.h"

/**
 * port_take_apart() - finish or undo a port in any state: programs, tables, device settings
 *
 * Visits the device's namespace if need be; where that cannot be found only
 * the device keeps its settings. Afterwards the number is free.
 */
int port_take_apart(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port_record *record);

/** port_defunct() - is the device gone for good, by what its tcx link says? */
bool port_defunct(const struct xsw_switch_handle *sw, __u32 port,
		  const struct xsw_port_record *record);

/** port_absent() - has it no device in this namespace (yet)? @dev: result, if it has one */
bool port_absent(const struct xsw_switch_handle *sw, __u32 port,
		 const struct xsw_port_record *record, struct link_info *dev);

/* What is called @ifname: a device, a port with a device that xsw made, or an absent port */
enum find_what { FIND_IFINDEX, FIND_MADE, FIND_ABSENT };

/**
 * port_search() - look in all switches of the caller's namespace, whatever else commands see;
 * @sw is open on success
 *
 * Return: port number, or -ENOENT, -errno.
 */
int port_search(enum find_what what, const char *ifname, struct xsw_switch_handle *sw);

/**
 * port_keeps_name() - has the device that has the port's ifindex here the name, too?
 *
 * Tells a device from another one where no link of the port can be asked.
 */
bool port_keeps_name(const struct xsw_port_record *record);

/**
 * port_promisc_begin() - before @conf is in force
 * port_promisc_follow() - after it, or after a port is gone
 *
 * XSW_SWITCH_PROMISC spares the data path a look at all ports: it is set before the first
 * port is promiscuous, and cleared after the last one was.
 */
int port_promisc_begin(const struct xsw_switch_handle *sw, const struct xsw_port *conf);
void port_promisc_follow(const struct xsw_switch_handle *sw);

/** port_guard_need() - has the switch what @conf asks? Earlier versions had not. Error set. */
int port_guard_need(const struct xsw_switch_handle *sw, const struct xsw_port *conf);

/**
 * xsw_ports_refresh() - ask again which devices XDP can redirect to
 *
 * Called by every command that changes the switch: a veth peer may have gained
 * or lost GRO, or its namespace, meanwhile.
 */
void xsw_ports_refresh(const struct xsw_switch_handle *sw);

/**
 * ports_refresh_hold() - many ports change: ask once, when all have
 * ports_refresh_release() - ask now; @sw NULL: nothing has changed
 *
 * Until then XDP hands what it has for a new port to TC.
 */
void ports_refresh_hold(void);
void ports_refresh_release(const struct xsw_switch_handle *sw);
