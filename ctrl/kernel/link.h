/* SPDX-License-Identifier: GPL-2.0 */
/* Facts about network devices and the few settings a port changes, through
 * rtnetlink, ethtool and the netdev generic netlink family. Nothing here
 * knows of switches.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "maps/limits.h"

/* Features, as ethtool names them. */
#define LINK_FEAT_RXVLAN (1U << 0)	/* rx-vlan-hw-parse */
#define LINK_FEAT_TXVLAN (1U << 1)	/* tx-vlan-hw-insert */
#define LINK_FEAT_LRO (1U << 2)		/* rx-lro */
#define LINK_FEAT_GRO_HW (1U << 3)	/* rx-gro-hw */
#define LINK_FEAT_GRO (1U << 4)		/* rx-gro */
#define LINK_FEAT_TSO (1U << 5)		/* tx-tcp-segmentation */
#define LINK_FEAT_TXCSUM (1U << 6)	/* any of tx-checksum-* */
#define LINK_FEAT_TXVLAN_STAG (1U << 7) /* tx-vlan-stag-hw-insert */
#define LINK_FEAT_RXVLAN_STAG (1U << 8) /* rx-vlan-stag-hw-parse */

/* What the netdev family says (kernel 6.3+); 0 and !xdp_known before. */
#define LINK_XDP_BASIC (1U << 0)
#define LINK_XDP_REDIRECT (1U << 1)
#define LINK_XDP_NDO_XMIT (1U << 2)
#define LINK_XDP_ZEROCOPY (1U << 3) /* of AF_XDP sockets */
#define LINK_XDP_RX_SG (1U << 5)
#define LINK_XDP_NDO_XMIT_SG (1U << 6)

#define LINK_NETKIT_L3 1 /* link_info.mode: NETKIT_L3 of Linux 6.7 */

struct link_info {
	char ifname[XSW_NAME_LEN];
	__u32 ifindex;
	__u32 mtu;
	__u32 max_mtu;	  /* what the driver takes at the most, 0: it does not tell */
	bool up;	  /* IFF_UP */
	bool running;	  /* IFF_RUNNING: has carrier */
	bool carrier;	  /* IFLA_CARRIER: the same, also of a device that is not up */
	bool promisc;	  /* IFF_PROMISC set by an administrator */
	bool is_ethernet; /* ARPHRD_ETHER */
	bool has_master;  /* enslaved to a bridge, bond, ... */
	__u32 master;
	bool has_parent;    /* hardware, or a guest's part of it, stands behind the device */
	char kind_text[16]; /* rtnetlink's IFLA_INFO_KIND, or "" */
	__u32 lower;	    /* ifindex of the device that it stands on, 0: none, or elsewhere */
	bool outer_ip6;	    /* vxlan: its packets go by IPv6 */
	bool external;	    /* a tunnel that sends only what has a tunnel key (`external`) */
	__u32 mode;	    /* of macvlan, macvtap, netkit: MACVLAN_MODE_*, LINK_NETKIT_*; else 0 */
	__u32 tap_queues;   /* of a tap: those that processes have open */
	char driver[32];    /* ethtool -i, or "" */
	__u32 rx_queues;
	__u32 tx_queues;
	__u32 features;	      /* LINK_FEAT_*, those on now */
	__u32 features_fixed; /* LINK_FEAT_*, those that cannot be changed */
	bool xdp_known;
	__u32 xdp_features; /* LINK_XDP_* */
	__u32 xdp_prog_id;  /* of a program attached by anyone, 0: none */
	__u8 xdp_attached;  /* XDP_ATTACHED_* of linux/if_link.h: how it is attached */
	__u8 mac[6];
	__u32 peer_ifindex; /* veth: the other end, 0: unknown */
	int peer_nsid;	    /* veth: -1 same namespace, else the nsid */
};

/** link_get() - read all about @ifname. Return: 0, -ENODEV, -errno; the error is set. */
int link_get(const char *ifname, struct link_info *info);
int link_get_index(__u32 ifindex, struct link_info *info);

#define LINK_ALTNAME_MAX 127 /* ALTIFNAMSIZ of linux/if.h - 1 */

/**
 * link_name_check() - can a device be called so, by its name or an alternative one?
 * @kind: begins the error
 *
 * As dev_valid_name() of net/core/dev.c has it, for names of both lengths. Return: 0 or -EINVAL
 * with the error set.
 */
int link_name_check(const char *kind, const char *name);

/** link_name_remark() - what to say behind "no such device" of @name: "" or why it is none */
const char *link_name_remark(const char *name);

/** link_index() - ifindex of the device with this name or alternative name, 0: none here */
__u32 link_index(const char *name);

/**
 * link_brief() - what rtnetlink alone knows: no driver, features, xdp_features; cheaper
 *
 * Return: 0, -ENODEV, -errno. Sets no error text.
 */
int link_brief(const char *ifname, __u32 ifindex, struct link_info *info);

/** link_is_upper() - does it take the frames of the device on which it stands? See link_brief(). */
bool link_is_upper(const struct link_info *info);

/** link_add_veth() - make a veth pair; @ifname is up. Return: 0 or -errno with the error set. */
int link_add_veth(const char *ifname, const char *peer);

/** link_del() - remove a virtual device, with its peer */
int link_del(__u32 ifindex);

int link_set_promisc(__u32 ifindex, bool on);

/**
 * link_set_up() - as `ip link set up|down`
 * link_set_carrier() - as `ip link set carrier on|off`, where the driver has it
 *
 * Return: 0 or -errno without an error text; carrier: -EOPNOTSUPP, -EPERM from a tap that
 * nobody has open.
 */
int link_set_up(__u32 ifindex, bool up);
int link_set_carrier(__u32 ifindex, bool on);

/** link_set_feature() - turn LINK_FEAT_* bits on or off. Return: 0, -EOPNOTSUPP if it kept it. */
int link_set_feature(__u32 ifindex, __u32 feature, bool on);

/**
 * link_peer_get() - facts about the other end of a veth, wherever it lives
 *
 * Searches /run/netns and /proc/<pid>/ns/net for the peer's namespace. Return: 0, -ESRCH if that
 * namespace cannot be found, -errno.
 */
int link_peer_get(const struct link_info *veth, struct link_info *peer);

/** link_peer_brief() - as link_brief(), of the other end of a veth. Return: 0, -ESRCH. */
int link_peer_brief(const struct link_info *veth, struct link_info *peer);

/**
 * link_peer_prefix() - what to write before a command that is about the other end of a veth
 * @text: result, see netns_prefix(); "" if it is in the caller's namespace
 */
void link_peer_prefix(const struct link_info *veth, char *text);

/** link_peer_set_feature() - as link_set_feature() for the other end of a veth */
int link_peer_set_feature(const struct link_info *veth, __u32 feature, bool on);

/** link_peer_touch_xdp() - attach XDP program @prog to the other end of a veth and detach it */
int link_peer_touch_xdp(const struct link_info *veth, int prog);
