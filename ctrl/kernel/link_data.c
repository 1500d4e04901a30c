// SPDX-License-Identifier: GPL-2.0
#include "ctrl/kernel/link_data.h"

#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <string.h>

#include "ctrl/kernel/netlink.h"

#define ATTRS_MAX 64	   /* more than any of these kinds has */
#define IFLA_NETKIT_MODE 5 /* of Linux 6.7 */

/* The attributes of a kind that are looked at; 0: it has none. */
static const struct link_data {
	const char *kind;
	int mode;	/* a number of 32 bits */
	int external;	/* a flag, or 8 bits: each frame brings its tunnel key */
	int lower;	/* ifindex of the device that it stands on; of others IFLA_LINK is that */
	int ip6[2];	/* there if what it sends goes by IPv6 */
	int tap_queues; /* a number of 32 bits */
} link_data[] = {
	{ "macvlan", .mode = IFLA_MACVLAN_MODE },
	{ "macvtap", .mode = IFLA_MACVLAN_MODE },
	{ "netkit", .mode = IFLA_NETKIT_MODE },
	{ "vxlan", .external = IFLA_VXLAN_COLLECT_METADATA, .lower = IFLA_VXLAN_LINK,
	  .ip6 = { IFLA_VXLAN_GROUP6, IFLA_VXLAN_LOCAL6 } },
	{ "geneve", .external = IFLA_GENEVE_COLLECT_METADATA },
	{ "gretap", .external = IFLA_GRE_COLLECT_METADATA },
	{ "ip6gretap", .external = IFLA_GRE_COLLECT_METADATA },
	{ "erspan", .external = IFLA_GRE_COLLECT_METADATA },
	{ "ip6erspan", .external = IFLA_GRE_COLLECT_METADATA },
	{ "tun", .tap_queues = IFLA_TUN_NUM_QUEUES },
};

static const struct link_data *data_of(const char *kind)
{
	for (size_t i = 0; i < sizeof(link_data) / sizeof(*link_data); i++)
		if (!strcmp(link_data[i].kind, kind))
			return &link_data[i];
	return NULL;
}

/* Of an attribute that may be too short: 0. */
static __u32 number(struct nlattr *const *a, int attr)
{
	return attr && a[attr] && nla_len(a[attr]) >= (int)sizeof(__u32) ? nla_get_u32(a[attr]) : 0;
}

static bool flag(struct nlattr *const *a, int attr)
{
	return attr && a[attr] && (!nla_len(a[attr]) || nla_get_u8(a[attr]));
}

void link_data_read(struct nlattr *data, struct link_info *info)
{
	const struct link_data *d = data_of(info->kind_text);
	struct nlattr *a[ATTRS_MAX + 1];

	if (!d || !data || nla_parse_nested(a, ATTRS_MAX, data, NULL))
		return;
	info->mode = number(a, d->mode);
	info->external = flag(a, d->external);
	if (d->lower)
		info->lower = number(a, d->lower);
	info->outer_ip6 = (d->ip6[0] && a[d->ip6[0]]) || (d->ip6[1] && a[d->ip6[1]]);
	info->tap_queues = number(a, d->tap_queues);
}

bool link_is_upper(const struct link_info *info)
{
	static const char *const kinds[] = { "vlan",   "macvlan", "macvtap", "ipvlan",
					     "ipvtap", "macsec",  "hsr" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(info->kind_text, kinds[i]))
			return true;
	return false;
}
