/* SPDX-License-Identifier: GPL-2.0 */
/* Ports of a switch. All calls that change something run under xsw_lock_and_repair(). */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/base/vlan_set.h"
#include "ctrl/bpffs/handle.h"
#include "maps/mac_limit.h"
#include "maps/port_record.h"
#include "maps/port.h"

#define XSW_PORT_GIVEN_PATH (1U << 0)
#define XSW_PORT_GIVEN_MODE (1U << 1)
#define XSW_PORT_GIVEN_TAG (1U << 2)
#define XSW_PORT_GIVEN_TRUNKS (1U << 3)
#define XSW_PORT_GIVEN_CVLANS (1U << 4)
#define XSW_PORT_GIVEN_QINQ (1U << 5)
#define XSW_PORT_GIVEN_PRIO (1U << 6)
#define XSW_PORT_GIVEN_SPOOF (1U << 7)
#define XSW_PORT_GIVEN_MAC_LIMIT (1U << 8)
#define XSW_PORT_GIVEN_LIMIT_ACTION (1U << 9)
#define XSW_PORT_GIVEN_LINK (1U << 10)
#define XSW_PORT_GIVEN_THREADED (1U << 11)
#define XSW_PORT_GIVEN_NAPI_CPUS (1U << 12)
#define XSW_PORT_GIVEN_OWNER (1U << 13)

#define XSW_TAG_NONE 0xffff

#define XSW_LINK_AUTO 0
#define XSW_LINK_UP 1
#define XSW_LINK_DOWN 2

/* What a user asks of a port; what is not given keeps its value (add: the
 * default: path auto; vlan_mode access if tag is given, else trunk; trunks
 * and cvlans empty, which is all; qinq_ethtype 802.1ad; priority_tags never;
 * learning, flood, mcast_flood, bcast_flood, rx, tx, accept_*, local on;
 * isolated, locked, hairpin, promisc, peer_redirect, spoof_check off; no mac_limit, whose
 * action is drop; link auto; threaded off).
 */
struct xsw_port_conf {
	__u32 given;		   /* XSW_PORT_GIVEN_* */
	__u32 want_path;	   /* XSW_WANT_* */
	__u8 vlan_mode;		   /* XSW_MODE_* */
	__u8 priority_tags;	   /* XSW_PRIO_* */
	__u16 tag;		   /* 0 to 4094, 0 of access ports alone; or XSW_TAG_NONE */
	__u16 qinq_tpid;	   /* 0x8100 or 0x88a8, host order */
	__u32 flags;		   /* XSW_PORT_LEARNING ... XSW_PORT_MAC_SHUT: values */
	__u32 flags_given;	   /* which of them the user named */
	__u32 mac_limit;	   /* learned addresses at the most, 0: no limit */
	__u32 link;		   /* XSW_LINK_* */
	bool threaded;		   /* NAPI in threads */
	bool from_config;	   /* a configuration file asks: see XSW_GIVEN_CONFIG; add: false */
	struct vlan_set napi_cpus; /* where these may run; empty: anywhere */
	struct vlan_set trunks;
	struct vlan_set cvlans;
};

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
	__u32 mtu;	    /* 0 when absent */
	__u32 state;	    /* XSW_PORT_STATE_* */
	const char *unable; /* why the port cannot forward, NULL: it can */
	struct xsw_port conf;
	struct xsw_port_record record; /* use_path, reason: as they are now */
	struct xsw_guard guard;
	struct vlan_set napi_cpus; /* of the threads that there are now; empty: all, or none */
	bool shut;		   /* by mac_limit_action shutdown; @state is then not UP */
	double shut_s;		   /* how long ago */
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
		 const struct xsw_port_conf *conf);

/**
 * xsw_port_check() - could xsw_port_add() make a port of @ifname, or is it an absent one?
 * @host: as a host interface
 *
 * Return: 0, or -errno with the error set. What else may refuse it shows when it is done.
 */
int xsw_port_check(const char *ifname, bool host);

/** xsw_port_set() - change settings, atomically for every frame */
int xsw_port_set(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port_conf *conf);

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

/** xsw_port_next() - the next port number in use after @port, or 0 */
__u32 xsw_port_next(const struct xsw_switch_handle *sw, __u32 port);
