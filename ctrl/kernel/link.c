// SPDX-License-Identifier: GPL-2.0
/* Facts about network devices and the few settings a port changes. */
#include "ctrl/kernel/link.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/kernel/ethtool.h"
#include "ctrl/kernel/link_state.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/kernel/nl.h"

#ifndef IFF_LOWER_UP
#define IFF_LOWER_UP 0x10000
#endif

/* linux/netdev.h, which Debian 12 does not have yet */
#define NETDEV_CMD_DEV_GET 1
#define NETDEV_A_DEV_IFINDEX 1
#define NETDEV_A_DEV_XDP_FEATURES 3

static __u32 xdp_prog_id(const struct nlattr *xdp)
{
	const struct nlattr *a[IFLA_XDP_MAX + 1];

	if (!xdp)
		return 0;
	nl_parse(NL_DATA(xdp), NL_LEN(xdp), a, IFLA_XDP_MAX);
	if (a[IFLA_XDP_PROG_ID])
		return nl_u32(a[IFLA_XDP_PROG_ID]);
	if (a[IFLA_XDP_DRV_PROG_ID])
		return nl_u32(a[IFLA_XDP_DRV_PROG_ID]);
	return nl_u32(a[IFLA_XDP_SKB_PROG_ID]);
}

static enum link_kind kind_of(const struct link_info *info, bool has_parent)
{
	if (!strcmp(info->kind_text, "veth"))
		return LINK_VETH;
	if (!strcmp(info->kind_text, "tun") && info->is_ethernet)
		return LINK_TAP;
	return has_parent && !info->kind_text[0] ? LINK_NIC : LINK_OTHER;
}

static void link_reply(const struct nlmsghdr *h, void *arg)
{
	const struct nlattr *a[IFLA_PARENT_DEV_NAME + 1], *kind[IFLA_INFO_KIND + 1];
	const struct ifinfomsg *ifi = NLMSG_DATA(h);
	struct link_info *info = arg;

	nl_parse(IFLA_RTA(ifi), h->nlmsg_len - NLMSG_LENGTH(sizeof(*ifi)), a, IFLA_PARENT_DEV_NAME);
	strncpy(info->ifname, nl_str(a[IFLA_IFNAME]), sizeof(info->ifname) - 1);
	info->ifindex = ifi->ifi_index;
	info->mtu = nl_u32(a[IFLA_MTU]);
	info->up = ifi->ifi_flags & IFF_UP;
	info->running = ifi->ifi_flags & IFF_LOWER_UP;
	info->carrier = a[IFLA_CARRIER] && *(const __u8 *)NL_DATA(a[IFLA_CARRIER]);
	info->promisc = ifi->ifi_flags & IFF_PROMISC;
	if (a[IFLA_ADDRESS] && NL_LEN(a[IFLA_ADDRESS]) == sizeof(info->mac))
		memcpy(info->mac, NL_DATA(a[IFLA_ADDRESS]), sizeof(info->mac));
	info->is_ethernet = ifi->ifi_type == ARPHRD_ETHER;
	info->master = nl_u32(a[IFLA_MASTER]);
	info->has_master = info->master;
	info->rx_queues = nl_u32(a[IFLA_NUM_RX_QUEUES]);
	info->tx_queues = nl_u32(a[IFLA_NUM_TX_QUEUES]);
	info->xdp_prog_id = xdp_prog_id(a[IFLA_XDP]);
	if (a[IFLA_LINKINFO]) {
		nl_parse(NL_DATA(a[IFLA_LINKINFO]), NL_LEN(a[IFLA_LINKINFO]), kind, IFLA_INFO_KIND);
		strncpy(info->kind_text, nl_str(kind[IFLA_INFO_KIND]), sizeof(info->kind_text) - 1);
	}
	info->kind = kind_of(info, a[IFLA_PARENT_DEV_NAME]);
	info->peer_nsid = -1;
	if (info->kind == LINK_VETH) {
		info->peer_ifindex = nl_u32(a[IFLA_LINK]);
		if (a[IFLA_LINK_NETNSID])
			info->peer_nsid = nl_u32(a[IFLA_LINK_NETNSID]);
	}
}

int link_brief(const char *ifname, __u32 ifindex, struct link_info *info)
{
	struct ifinfomsg body = { .ifi_index = ifindex };
	__u32 mask = RTEXT_FILTER_SKIP_STATS;
	struct nl_req req;
	int err;

	memset(info, 0, sizeof(*info));
	nl_begin(&req, RTM_GETLINK, 0, &body, sizeof(body));
	if (ifname)
		nl_put(&req, IFLA_IFNAME, ifname, strlen(ifname) + 1);
	nl_put(&req, IFLA_EXT_MASK, &mask, sizeof(mask));
	err = nl_talk(NETLINK_ROUTE, &req, link_reply, info);
	if (!err && !info->ifindex)
		err = -ENODEV;
	return err;
}

struct xdp_features_ask {
	void (*each)(__u32 ifindex, __u32 features, void *arg);
	void *arg;
};

static void xdp_features_reply(const struct nlmsghdr *h, void *arg)
{
	const struct nlattr *a[NETDEV_A_DEV_XDP_FEATURES + 1];
	int len = h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	struct xdp_features_ask *ask = arg;
	__u64 features = 0;

	nl_parse((char *)NLMSG_DATA(h) + GENL_HDRLEN, len, a, NETDEV_A_DEV_XDP_FEATURES);
	if (a[NETDEV_A_DEV_XDP_FEATURES])
		memcpy(&features, NL_DATA(a[NETDEV_A_DEV_XDP_FEATURES]), sizeof(features));
	ask->each(nl_u32(a[NETDEV_A_DEV_IFINDEX]), features, ask->arg);
}

static int netdev_ask(__u32 ifindex, struct xdp_features_ask *ask)
{
	struct genlmsghdr body = { .cmd = NETDEV_CMD_DEV_GET, .version = 1 };
	static int family; /* the same in all namespaces */
	struct nl_req req;

	if (!family)
		family = nl_genl_family("netdev");
	if (family < 0)
		return -ENOENT;
	nl_begin(&req, family, ifindex ? 0 : NLM_F_DUMP, &body, sizeof(body));
	if (ifindex)
		nl_put(&req, NETDEV_A_DEV_IFINDEX, &ifindex, sizeof(ifindex));
	return nl_talk(NETLINK_GENERIC, &req, xdp_features_reply, ask);
}

int link_xdp_features_all(void (*each)(__u32 ifindex, __u32 features, void *arg), void *arg)
{
	struct xdp_features_ask ask = { .each = each, .arg = arg };

	return netdev_ask(0, &ask);
}

static void xdp_features_one(__u32 ifindex, __u32 features, void *arg)
{
	struct link_info *info = arg;

	(void)ifindex;
	info->xdp_known = true;
	info->xdp_features = features;
}

/* Add to link_brief() what other families know. A device without ethtool is none the worse. */
static void link_details(struct link_info *info)
{
	struct xdp_features_ask ask = { .each = xdp_features_one, .arg = info };

	ethtool_driver(info->ifname, info->driver, sizeof(info->driver));
	ethtool_features(info->ifname, &info->features, &info->features_fixed);
	netdev_ask(info->ifindex, &ask);
	if (info->kind == LINK_NIC && !strcmp(info->driver, "virtio_net"))
		info->kind = LINK_VIRTIO;
}

int link_get(const char *ifname, struct link_info *info)
{
	int err;

	memset(info, 0, sizeof(*info));
	if (!*ifname || strlen(ifname) >= XSW_NAME_LEN)
		return xsw_fail(EINVAL, "device", ifname, "a name has 1 to 15 characters");
	err = link_brief(ifname, 0, info);
	if (err == -ENODEV)
		return xsw_fail(err, "device", ifname, "no such device");
	if (err)
		return xsw_fail(err, "device", ifname, "%s", strerror(-err));
	link_details(info);
	return 0;
}

int link_get_index(__u32 ifindex, struct link_info *info)
{
	int err = link_brief(NULL, ifindex, info);

	if (err)
		return xsw_fail(err, "device", NULL, "ifindex %u: %s", ifindex, strerror(-err));
	link_details(info);
	return 0;
}

int link_add_veth(const char *ifname, const char *peer)
{
	struct ifinfomsg body = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP }, peer_body = {};
	struct nlattr *info, *data, *other;
	struct nl_req req;
	int err;

	nl_begin(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof(body));
	nl_put(&req, IFLA_IFNAME, ifname, strlen(ifname) + 1);
	info = nl_nest(&req, IFLA_LINKINFO, NULL, 0);
	nl_put(&req, IFLA_INFO_KIND, "veth", strlen("veth"));
	data = nl_nest(&req, IFLA_INFO_DATA, NULL, 0);
	other = nl_nest(&req, VETH_INFO_PEER, &peer_body, sizeof(peer_body));
	nl_put(&req, IFLA_IFNAME, peer, strlen(peer) + 1);
	nl_nest_end(&req, other);
	nl_nest_end(&req, data);
	nl_nest_end(&req, info);
	err = nl_talk(NETLINK_ROUTE, &req, NULL, NULL);
	if (err)
		return xsw_fail(err, "device", peer, "cannot make it: %s", strerror(-err));
	return 0;
}

int link_del(__u32 ifindex)
{
	struct ifinfomsg body = { .ifi_index = ifindex };
	struct nl_req req;

	nl_begin(&req, RTM_DELLINK, 0, &body, sizeof(body));
	return nl_talk(NETLINK_ROUTE, &req, NULL, NULL);
}

static int link_set_flag(__u32 ifindex, __u32 flag, bool on)
{
	struct ifinfomsg body = {
		.ifi_index = ifindex,
		.ifi_flags = on ? flag : 0,
		.ifi_change = flag,
	};
	struct nl_req req;

	nl_begin(&req, RTM_NEWLINK, 0, &body, sizeof(body));
	return nl_talk(NETLINK_ROUTE, &req, NULL, NULL);
}

int link_set_promisc(__u32 ifindex, bool on)
{
	int err = link_set_flag(ifindex, IFF_PROMISC, on);

	if (err)
		return xsw_fail(err, "device", NULL, "ifindex %u: cannot set promisc %s: %s",
				ifindex, on ? "on" : "off", strerror(-err));
	return 0;
}

int link_set_up(__u32 ifindex, bool up)
{
	return link_set_flag(ifindex, IFF_UP, up);
}

int link_set_carrier(__u32 ifindex, bool on)
{
	struct ifinfomsg body = { .ifi_index = ifindex };
	__u8 carrier = on;
	struct nl_req req;

	nl_begin(&req, RTM_NEWLINK, 0, &body, sizeof(body));
	nl_put(&req, IFLA_CARRIER, &carrier, sizeof(carrier));
	return nl_talk(NETLINK_ROUTE, &req, NULL, NULL);
}

int link_set_feature(__u32 ifindex, __u32 feature, bool on)
{
	char ifname[IF_NAMESIZE];
	__u32 now, fixed;
	int err;

	if (!if_indextoname(ifindex, ifname))
		return xsw_fail(ENODEV, "device", NULL, "ifindex %u: no such device", ifindex);
	err = ethtool_set_features(ifname, feature, on);
	if (!err)
		err = ethtool_features(ifname, &now, &fixed);
	if (err)
		return xsw_fail(err, "device", ifname, "cannot change offloads: %s",
				strerror(-err));
	if (on ? (now & feature) != feature : now & feature)
		return xsw_fail(EOPNOTSUPP, "device", ifname, "an offload cannot be turned %s",
				on ? "on" : "off");
	return 0;
}

static void nsid_reply(const struct nlmsghdr *h, void *arg)
{
	const struct nlattr *a[NETNSA_FD + 1];
	const struct rtgenmsg *body = NLMSG_DATA(h);

	nl_parse((const char *)body + NLMSG_ALIGN(sizeof(*body)),
		 h->nlmsg_len - NLMSG_LENGTH(NLMSG_ALIGN(sizeof(*body))), a, NETNSA_FD);
	*(int *)arg = a[NETNSA_NSID] ? (int)nl_u32(a[NETNSA_NSID]) : -1;
}

static bool match_nsid(int fd, __u32 ino, void *arg)
{
	struct rtgenmsg body = { .rtgen_family = AF_UNSPEC };
	struct nl_req req;
	__u32 nsfd = fd;
	int nsid = -1;

	(void)ino;
	nl_begin(&req, RTM_GETNSID, 0, &body, sizeof(body));
	nl_put(&req, NETNSA_FD, &nsfd, sizeof(nsfd));
	nl_talk(NETLINK_ROUTE, &req, nsid_reply, &nsid);
	return nsid >= 0 && nsid == *(int *)arg;
}

/* Go where the other end of @veth lives. Return: 0, -ESRCH. */
static int peer_visit(const struct link_info *veth, struct netns_visit *visit)
{
	int nsid = veth->peer_nsid, fd;

	visit->saved = -1;
	if (veth->kind != LINK_VETH || !veth->peer_ifindex)
		return -ESRCH;
	if (nsid < 0)
		return 0;
	fd = netns_find(match_nsid, &nsid);
	if (fd < 0)
		return fd;
	visit->saved = netns_push(fd);
	close(fd);
	if (visit->saved >= 0)
		return 0;
	visit->saved = -1;
	return -ESRCH;
}

int link_peer_get(const struct link_info *veth, struct link_info *peer)
{
	struct netns_visit visit;
	int err = peer_visit(veth, &visit);

	if (err)
		return xsw_fail(err, "device", veth->ifname,
				"cannot find the network namespace of its veth peer");
	err = link_get_index(veth->peer_ifindex, peer);
	if (!err && peer->kind != LINK_VETH)
		err = xsw_fail(ESRCH, "device", veth->ifname, "cannot find its veth peer");
	netns_visit_end(&visit);
	return err;
}

int link_peer_brief(const struct link_info *veth, struct link_info *peer)
{
	struct netns_visit visit;
	int err = peer_visit(veth, &visit);

	if (err)
		return -ESRCH;
	err = link_brief(NULL, veth->peer_ifindex, peer);
	netns_visit_end(&visit);
	return err || peer->kind != LINK_VETH ? -ESRCH : 0;
}

int link_peer_set_feature(const struct link_info *veth, __u32 feature, bool on)
{
	struct netns_visit visit;
	int err = peer_visit(veth, &visit);

	if (err)
		return xsw_fail(err, "device", veth->ifname,
				"cannot find the network namespace of its veth peer");
	err = link_set_feature(veth->peer_ifindex, feature, on);
	netns_visit_end(&visit);
	return err;
}

int link_peer_touch_xdp(const struct link_info *veth, int prog)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);
	struct netns_visit visit;
	int err = peer_visit(veth, &visit), link;

	if (err)
		return err;
	link = bpf_link_create(prog, veth->peer_ifindex, BPF_XDP, &opts);
	err = link < 0 ? -errno : 0;
	if (!err) {
		bpf_link_detach(link);
		close(link);
	}
	netns_visit_end(&visit);
	return err;
}
