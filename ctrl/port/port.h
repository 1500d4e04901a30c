/* SPDX-License-Identifier: GPL-2.0 */
/* Ports of a switch. All calls that change something run under xsw_lock_and_repair(). */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "ctrl/port/settings.h"
#include "maps/mac_limit.h"

#define XSW_PORT_STATE_UP 0
#define XSW_PORT_STATE_DOWN 1
#define XSW_PORT_STATE_ABSENT 2

/** xsw_port_state_text() - the word for XSW_PORT_STATE_* */
const char *xsw_port_state_text(__u32 state);

struct xsw_port_info {
	char ifname[XSW_NAME_LEN]; /* the device's name now; when absent, as it was */
	char switch_name[XSW_NAME_LEN];
	char netns[XSW_NETNS_LEN]; /* of the switch, see struct xsw_switch_handle */
	__u16 port;
	__u32 mtu;		/* 0 when absent */
	__u32 state;		/* XSW_PORT_STATE_* */
	const char *unable;	/* why the port cannot forward, NULL: it can */
	const char *path_costs; /* what the path costs that was asked for, NULL: nothing */
	struct xsw_port_settings settings; /* napi_cpus: of the threads that there are now */
	struct xsw_port_record record;	   /* use_path, reason: as they are now */
	struct xsw_guard guard;
	bool shut;     /* by mac_limit_action shutdown; @state is then not UP */
	double shut_s; /* how long ago */
};

/**
 * xsw_port_add() - make device @ifname, of the switch's network namespace, a port
 *
 * A port of that name whose device is gone is removed first, so a restarted
 * VM's device is added as if it were new. Return: 0, -ENODEV, -EEXIST (it is
 * a port already, of whatever switch), -EINVAL (settings that contradict each
 * other), -ENOSPC, or what the kernel said. On error nothing has changed.
 *
 * With XSW_PORT_HOST there must be no such device: a veth pair is made, of which
 * @ifname is the host's end and the other the port. The port is known by
 * @ifname all the same, and the pair goes with the port.
 */
int xsw_port_add(struct xsw_switch_handle *sw, const char *ifname,
		 const struct xsw_port_settings *want);

/**
 * xsw_port_add_absent() - as xsw_port_add(), for a device that is to come
 *
 * The port has its number, settings and all that belongs to a port from now on, and is absent until
 * xsw_port_attach(). @want->port.flags have no XSW_PORT_HOST. Return: as xsw_port_add(); -EEXIST
 * also if there is such a device.
 */
int xsw_port_add_absent(struct xsw_switch_handle *sw, const char *ifname,
			const struct xsw_port_settings *want);

/**
 * xsw_port_attach() - give an absent port the device that has its name now
 *
 * The port keeps its number, settings, counters, static addresses, policers, binds and rules.
 * Nothing happens to a port that is not absent. Return: 0; -ENODEV: there is no such device; -EEXIST:
 * it is another port; -EINVAL, -EBUSY: it cannot be a port; or what the kernel said. On error the
 * port is as absent as before.
 */
int xsw_port_attach(struct xsw_switch_handle *sw, __u32 port);

/**
 * xsw_port_check() - could @ifname be a port, now or when a device of that name comes?
 * @host: as a host interface
 *
 * Return: 0, or -errno with the error set. What else may refuse it shows when it is done.
 */
int xsw_port_check(const char *ifname, bool host);

/** xsw_port_set() - change settings, atomically for every frame */
int xsw_port_set(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port_settings *want);

/**
 * xsw_ports_write_late() - write settings that xsw_port_set() has put off
 * xsw_ports_settle() - the same, and ask the devices again as each command does at its end
 *
 * In a switch that is kept open (ctrl/bpffs/kept.h) xsw_port_set() puts off what programs could
 * not tell from what they still read. Return: 0 or -errno with the error set.
 */
int xsw_ports_write_late(void);
int xsw_ports_settle(void);

/** xsw_port_reopen() - let a port that mac_limit_action shutdown has shut go on; others do */
int xsw_port_reopen(struct xsw_switch_handle *sw, __u32 port);

/** xsw_port_del() - take the port out; the device gets its old settings back */
int xsw_port_del(struct xsw_switch_handle *sw, __u32 port);

/**
 * xsw_port_find() - which switch and port is device @ifname?
 * xsw_port_find_on() - the same on one switch; @switch_name NULL: on any
 * @sw: opened on success; the caller closes it
 *
 * Looks among the switches that are seen (see xsw_netns_all()), each in its own network
 * namespace: first by ifindex, then by the name of host interfaces, wherever their host end is,
 * then by the stored name of absent ports.
 * Return: port number; -ENOENT; -ENOTUNIQ: several namespaces have one; the error is set.
 */
int xsw_port_find_on(const char *switch_name, const char *ifname, struct xsw_switch_handle *sw);
int xsw_port_find(const char *ifname, struct xsw_switch_handle *sw);

/** xsw_port_info() - all about one port. Return: 0, or -ENOENT if there is none. */
int xsw_port_info(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_info *info);

/**
 * xsw_port_mtu() - MTU of the port's device, 0 if there is none
 *
 * Asked once of a switch that is kept open (ctrl/bpffs/kept.h): to warn, not to decide.
 */
__u32 xsw_port_mtu(const struct xsw_switch_handle *sw, __u32 port);

/** xsw_port_next() - the next port number in use after @port, or 0 */
__u32 xsw_port_next(const struct xsw_switch_handle *sw, __u32 port);
