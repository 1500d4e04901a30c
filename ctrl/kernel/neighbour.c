// SPDX-License-Identifier: GPL-2.0
#include "ctrl/kernel/neighbour.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "ctrl/kernel/netlink.h"

/* States in which the kernel believes the address. */
#define NEIGHBOUR_KNOWN (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

struct asked {
	const struct in6_addr *ip;
	__u8 *mac;
	bool found;
};

static bool is_asked(const struct in6_addr *ip, int family, const struct nlattr *dst)
{
	if (family == AF_INET)
		return IN6_IS_ADDR_V4MAPPED(ip) && nla_len(dst) == 4 &&
		       !memcmp(nla_data(dst), &ip->s6_addr[12], 4);
	return family == AF_INET6 && nla_len(dst) == 16 && !memcmp(nla_data(dst), ip, 16);
}

static void neighbour_read(struct nlmsghdr *h, void *arg)
{
	struct nlattr *a[NDA_MAX + 1];
	const struct ndmsg *nd = nlmsg_data(h);
	struct asked *asked = arg;

	if (h->nlmsg_type != RTM_NEWNEIGH || nlmsg_parse(h, sizeof(*nd), a, NDA_MAX, NULL) ||
	    !a[NDA_DST] || !a[NDA_LLADDR] || nla_len(a[NDA_LLADDR]) != 6 ||
	    !(nd->ndm_state & NEIGHBOUR_KNOWN) || !is_asked(asked->ip, nd->ndm_family, a[NDA_DST]))
		return;
	memcpy(asked->mac, nla_data(a[NDA_LLADDR]), 6);
	asked->found = true;
}

int neighbour_mac(const struct in6_addr *ip, __u8 *mac)
{
	const struct ndmsg nd = { .ndm_family = IN6_IS_ADDR_V4MAPPED(ip) ? AF_INET : AF_INET6 };
	struct asked asked = { ip, mac, false };
	int err = netlink_talk(NETLINK_ROUTE,
			       netlink_request(RTM_GETNEIGH, NLM_F_DUMP, &nd, sizeof(nd)),
			       neighbour_read, &asked);

	return err ? err : asked.found ? 0 : -ENOENT;
}
