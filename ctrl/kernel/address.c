// SPDX-License-Identifier: GPL-2.0
#include "ctrl/kernel/address.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "ctrl/kernel/netlink.h"

struct addresses {
	__u32 ifindex;
	char *first;
	int n;
};

static void address_seen(struct nlmsghdr *h, void *arg)
{
	const struct ifaddrmsg *ifa = nlmsg_data(h);
	struct nlattr *a[IFA_MAX + 1], *address;
	struct addresses *list = arg;
	char text[INET6_ADDRSTRLEN];

	if (h->nlmsg_type != RTM_NEWADDR || ifa->ifa_index != list->ifindex ||
	    ifa->ifa_scope >= RT_SCOPE_LINK || nlmsg_parse(h, sizeof(*ifa), a, IFA_MAX, NULL))
		return;
	/* of a point-to-point device IFA_ADDRESS is the other end's */
	address = a[IFA_LOCAL] ?: a[IFA_ADDRESS];
	if (!address || nla_len(address) < (ifa->ifa_family == AF_INET ? 4 : 16) || list->n++ ||
	    !inet_ntop(ifa->ifa_family, nla_data(address), text, sizeof(text)))
		return;
	snprintf(list->first, ADDRESS_TEXT_LEN, "%s/%u", text, ifa->ifa_prefixlen);
}

int address_list(__u32 ifindex, char *first)
{
	struct ifaddrmsg body = { .ifa_family = AF_UNSPEC, .ifa_index = ifindex };
	struct addresses list = { .ifindex = ifindex, .first = first };

	first[0] = '\0';
	netlink_talk(NETLINK_ROUTE, netlink_request(RTM_GETADDR, NLM_F_DUMP, &body, sizeof(body)),
		     address_seen, &list);
	return list.n;
}
