// SPDX-License-Identifier: GPL-2.0
/* Facts about network devices and the few settings a port changes. */
#include "ctrl/kernel/link.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
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
#include "ctrl/kernel/link_data.h"
#include "ctrl/kernel/netdev.h"
#include "ctrl/kernel/netlink.h"
#include "ctrl/kernel/netns.h"

#ifndef IFF_LOWER_UP
#define IFF_LOWER_UP 0x10000
#endif

static void xdp_read(struct nlattr *xdp, struct link_info *info)
{
	static const struct nla_policy policy[IFLA_XDP_MAX + 1] = {
		[IFLA_XDP_ATTACHED] = { .type = NLA_U8 },
		[IFLA_XDP_PROG_ID] = { .type = NLA_U32 },
		[IFLA_XDP_DRV_PROG_ID] = { .type = NLA_U32 },
		[IFLA_XDP_SKB_PROG_ID] = { .type = NLA_U32 },
	};
	struct nlattr *a[IFLA_XDP_MAX + 1];

	if (!xdp || nla_parse_nested(a, IFLA_XDP_MAX, xdp, policy))
		return;
	if (a[IFLA_XDP_ATTACHED])
		info->xdp_attached = nla_get_u8(a[IFLA_XDP_ATTACHED]);
	if (a[IFLA_XDP_PROG_ID])
		info->xdp_prog_id = netlink_u32(a[IFLA_XDP_PROG_ID]);
	else if (a[IFLA_XDP_DRV_PROG_ID])
		info->xdp_prog_id = netlink_u32(a[IFLA_XDP_DRV_PROG_ID]);
	else
		info->xdp_prog_id = netlink_u32(a[IFLA_XDP_SKB_PROG_ID]);
}

static void kind_read(struct nlattr *linkinfo, struct link_info *info)
{
	static const struct nla_policy policy[IFLA_INFO_DATA + 1] = {
		[IFLA_INFO_KIND] = { .type = NLA_STRING },
	};
	struct nlattr *a[IFLA_INFO_DATA + 1];

	if (!linkinfo || nla_parse_nested(a, IFLA_INFO_DATA, linkinfo, policy))
		return;
	strncpy(info->kind_text, netlink_str(a[IFLA_INFO_KIND]), sizeof(info->kind_text) - 1);
	link_data_read(a[IFLA_INFO_DATA], info);
}

static bool is_veth(const struct link_info *info)
{
	return !strcmp(info->kind_text, "veth");
}

static const struct nla_policy link_policy[IFLA_PARENT_DEV_NAME + 1] = {
	[IFLA_IFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
	[IFLA_MTU] = { .type = NLA_U32 },
	[IFLA_LINK] = { .type = NLA_U32 },
	[IFLA_LINK_NETNSID] = { .type = NLA_U32 },
	[IFLA_MASTER] = { .type = NLA_U32 },
	[IFLA_LINKINFO] = { .type = NLA_NESTED },
	[IFLA_NUM_RX_QUEUES] = { .type = NLA_U32 },
	[IFLA_NUM_TX_QUEUES] = { .type = NLA_U32 },
	[IFLA_CARRIER] = { .type = NLA_U8 },
	[IFLA_XDP] = { .type = NLA_NESTED },
	[IFLA_MAX_MTU] = { .type = NLA_U32 },
};

static void link_reply(struct nlmsghdr *h, void *arg)
{
	struct nlattr *a[IFLA_PARENT_DEV_NAME + 1];
	const struct ifinfomsg *ifi = nlmsg_data(h);
	struct link_info *info = arg;

	if (nlmsg_parse(h, sizeof(*ifi), a, IFLA_PARENT_DEV_NAME, link_policy))
		return;
	strncpy(info->ifname, netlink_str(a[IFLA_IFNAME]), sizeof(info->ifname) - 1);
	info->ifindex = ifi->ifi_index;
	info->mtu = netlink_u32(a[IFLA_MTU]);
	info->max_mtu = netlink_u32(a[IFLA_MAX_MTU]);
	info->up = ifi->ifi_flags & IFF_UP;
	info->running = ifi->ifi_flags & IFF_LOWER_UP;
	info->carrier = a[IFLA_CARRIER] && nla_get_u8(a[IFLA_CARRIER]);
	info->promisc = ifi->ifi_flags & IFF_PROMISC;
	if (a[IFLA_ADDRESS] && nla_len(a[IFLA_ADDRESS]) == sizeof(info->mac))
		nla_memcpy(info->mac, a[IFLA_ADDRESS], sizeof(info->mac));
	info->is_ethernet = ifi->ifi_type == ARPHRD_ETHER;
	info->master = netlink_u32(a[IFLA_MASTER]);
	info->has_master = info->master;
	info->rx_queues = netlink_u32(a[IFLA_NUM_RX_QUEUES]);
	info->tx_queues = netlink_u32(a[IFLA_NUM_TX_QUEUES]);
	xdp_read(a[IFLA_XDP], info);
	kind_read(a[IFLA_LINKINFO], info);
	info->has_parent = a[IFLA_PARENT_DEV_NAME];
	info->peer_nsid = -1;
	if (is_veth(info)) {
		info->peer_ifindex = netlink_u32(a[IFLA_LINK]);
		if (a[IFLA_LINK_NETNSID])
			info->peer_nsid = netlink_u32(a[IFLA_LINK_NETNSID]);
	} else if (a[IFLA_LINK] && !a[IFLA_LINK_NETNSID]) {
		info->lower = netlink_u32(a[IFLA_LINK]);
	}
}

int link_brief(const char *ifname, __u32 ifindex, struct link_info *info)
{
	struct ifinfomsg body = { .ifi_index = ifindex };
	struct nl_msg *msg = netlink_request(RTM_GETLINK, 0, &body, sizeof(body));
	__u32 mask = RTEXT_FILTER_SKIP_STATS;
	int err;

	memset(info, 0, sizeof(*info));
	if (ifname)
		netlink_put(msg, strlen(ifname) < XSW_NAME_LEN ? IFLA_IFNAME : IFLA_ALT_IFNAME,
			    ifname, strlen(ifname) + 1);
	netlink_put(msg, IFLA_EXT_MASK, &mask, sizeof(mask));
	err = netlink_talk(NETLINK_ROUTE, msg, link_reply, info);
	if (!err && !info->ifindex)
		err = -ENODEV;
	return err;
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
	ethtool_driver(info->ifname, info->driver, sizeof(info->driver));
	ethtool_features(info->ifname, &info->features, &info->features_fixed);
	netdev_xdp_features(info->ifindex, xdp_features_one, info);
}

int link_name_check(const char *kind, const char *name)
{
	size_t len = strlen(name);
	bool good = len && strcmp(name, ".") && strcmp(name, "..");

	for (const char *c = name; *c; c++)
		good &= *c != '/' && *c != ':' && !isspace((unsigned char)*c);
	if (!good)
		return xsw_fail(EINVAL, kind, name, "no name of a device");
	if (len > LINK_ALTNAME_MAX)
		return xsw_fail(EINVAL, kind, name,
				"a name has 1 to 15 characters, an alternative name 1 to %d",
				LINK_ALTNAME_MAX);
	return 0;
}

const char *link_name_remark(const char *name)
{
	return strlen(name) < XSW_NAME_LEN ? "" :
					     "; names have 1 to 15 characters, and no device has "
					     "this alternative name";
}

__u32 link_index(const char *name)
{
	struct link_info info;

	if (strlen(name) < XSW_NAME_LEN)
		return if_nametoindex(name); /* the kernel knows alternative names here, too */
	return link_name_check("device", name) || link_brief(name, 0, &info) ? 0 : info.ifindex;
}

int link_get(const char *ifname, struct link_info *info)
{
	int err;

	memset(info, 0, sizeof(*info));
	err = link_name_check("device", ifname);
	if (err)
		return err;
	err = link_brief(ifname, 0, info);
	if (err == -ENODEV)
		return xsw_fail(err, "device", ifname, "no such device");
	if (err)
		return xsw_fail(err, "device", ifname, "%s", netlink_error(err));
	link_details(info);
	return 0;
}

int link_get_index(__u32 ifindex, struct link_info *info)
{
	int err = link_brief(NULL, ifindex, info);

	if (err)
		return xsw_fail(err, "device", NULL, "ifindex %u: %s", ifindex, netlink_error(err));
	link_details(info);
	return 0;
}

int link_add_veth(const char *ifname, const char *peer)
{
	struct ifinfomsg body = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP }, peer_body = {};
	struct nl_msg *msg =
		netlink_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof(body));
	struct nlattr *info, *data, *other;
	int err;

	if (!msg)
		return xsw_fail(ENOMEM, "device", peer, "%s", strerror(ENOMEM));
	nla_put_string(msg, IFLA_IFNAME, ifname);
	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, "veth");
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	other = nla_nest_start(msg, VETH_INFO_PEER);
	nlmsg_append(msg, &peer_body, sizeof(peer_body), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, peer);
	nla_nest_end(msg, other);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	err = netlink_talk(NETLINK_ROUTE, msg, NULL, NULL);
	if (err)
		return xsw_fail(err, "device", peer, "cannot make it: %s", netlink_error(err));
	return 0;
}

/* A request about one device, without attributes. */
static struct nl_msg *link_request(int type, __u32 ifindex, __u32 flag, bool on)
{
	struct ifinfomsg body = {
		.ifi_index = ifindex,
		.ifi_flags = on ? flag : 0,
		.ifi_change = flag,
	};

	return netlink_request(type, 0, &body, sizeof(body));
}

int link_del(__u32 ifindex)
{
	return netlink_talk(NETLINK_ROUTE, link_request(RTM_DELLINK, ifindex, 0, false), NULL,
			    NULL);
}

static int link_set_flag(__u32 ifindex, __u32 flag, bool on)
{
	return netlink_talk(NETLINK_ROUTE, link_request(RTM_NEWLINK, ifindex, flag, on), NULL,
			    NULL);
}

int link_set_promisc(__u32 ifindex, bool on)
{
	int err = link_set_flag(ifindex, IFF_PROMISC, on);

	if (err)
		return xsw_fail(err, "device", NULL, "ifindex %u: cannot set promisc %s: %s",
				ifindex, on ? "on" : "off", netlink_error(err));
	return 0;
}

int link_set_up(__u32 ifindex, bool up)
{
	return link_set_flag(ifindex, IFF_UP, up);
}

int link_set_carrier(__u32 ifindex, bool on)
{
	struct nl_msg *msg = link_request(RTM_NEWLINK, ifindex, 0, false);
	__u8 carrier = on;

	netlink_put(msg, IFLA_CARRIER, &carrier, sizeof(carrier));
	return netlink_talk(NETLINK_ROUTE, msg, NULL, NULL);
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

static void nsid_reply(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NETNSA_NSID + 1] = {
		[NETNSA_NSID] = { .type = NLA_U32 },
	};
	struct nlattr *a[NETNSA_NSID + 1];

	if (!nlmsg_parse(h, sizeof(struct rtgenmsg), a, NETNSA_NSID, policy) && a[NETNSA_NSID])
		*(int *)arg = netlink_u32(a[NETNSA_NSID]);
}

static bool match_nsid(int fd, __u32 ino, void *arg)
{
	struct rtgenmsg body = { .rtgen_family = AF_UNSPEC };
	struct nl_msg *msg = netlink_request(RTM_GETNSID, 0, &body, sizeof(body));
	__u32 nsfd = fd;
	int nsid = -1;

	(void)ino;
	netlink_put(msg, NETNSA_FD, &nsfd, sizeof(nsfd));
	netlink_talk(NETLINK_ROUTE, msg, nsid_reply, &nsid);
	return nsid >= 0 && nsid == *(int *)arg;
}

/* Go where the other end of @veth lives. Return: 0, -ESRCH. */
static int peer_visit(const struct link_info *veth, struct netns_visit *visit)
{
	int nsid = veth->peer_nsid, fd;

	visit->saved = -1;
	if (!is_veth(veth) || !veth->peer_ifindex)
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
	if (!err && !is_veth(peer))
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
	return err || !is_veth(peer) ? -ESRCH : 0;
}

void link_peer_prefix(const struct link_info *veth, char *text)
{
	struct netns_visit visit;

	text[0] = '\0';
	if (peer_visit(veth, &visit))
		return;
	if (visit.saved >= 0)
		netns_prefix(text);
	netns_visit_end(&visit);
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
