// SPDX-License-Identifier: GPL-2.0
#include "ctrl/kernel/netdev.h"

#include <errno.h>
#include <netlink/genl/genl.h>

#include "ctrl/kernel/netlink.h"

/* linux/netdev.h, which Debian 12 does not have yet */
enum { DEV_GET = 1, QUEUE_GET = 10, NAPI_GET = 11 };
enum { DEV_IFINDEX = 1, DEV_XDP_FEATURES = 3 };
enum { QUEUE_IFINDEX = 2, QUEUE_TYPE = 3, QUEUE_NAPI_ID = 4 };
enum { NAPI_IFINDEX = 1, NAPI_PID = 4 };

#define QUEUE_TYPE_RX 0

/* @attr: of the command, for @ifindex; 0: of all devices */
static int netdev_ask(__u8 cmd, int flags, int attr, __u32 ifindex, netlink_reply reply, void *arg)
{
	static int family; /* the same in all namespaces */
	struct nl_msg *msg;

	if (!family)
		family = netlink_family("netdev");
	if (family < 0)
		return -EOPNOTSUPP;
	msg = nlmsg_alloc();
	if (msg)
		genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, cmd, 1);
	if (ifindex)
		netlink_put(msg, attr, &ifindex, sizeof(ifindex));
	return netlink_talk(NETLINK_GENERIC, msg, reply, arg);
}

struct xdp_ask {
	void (*each)(__u32 ifindex, __u32 features, void *arg);
	void *arg;
};

static void xdp_reply(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[DEV_XDP_FEATURES + 1] = {
		[DEV_IFINDEX] = { .type = NLA_U32 }, [DEV_XDP_FEATURES] = { .type = NLA_U64 }
	};
	struct nlattr *a[DEV_XDP_FEATURES + 1];
	struct xdp_ask *ask = arg;

	if (!genlmsg_parse(h, 0, a, DEV_XDP_FEATURES, policy))
		ask->each(netlink_u32(a[DEV_IFINDEX]), nla_get_u64(a[DEV_XDP_FEATURES]), ask->arg);
}

int netdev_xdp_features(__u32 ifindex, void (*each)(__u32 ifindex, __u32 features, void *arg),
			void *arg)
{
	struct xdp_ask ask = { .each = each, .arg = arg };

	return netdev_ask(DEV_GET, ifindex ? 0 : NLM_F_DUMP, DEV_IFINDEX, ifindex, xdp_reply, &ask);
}

struct napi_ask {
	pid_t *pids;
	int n;
};

static void napi_reply(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NAPI_PID + 1] = { [NAPI_PID] = { .type = NLA_U32 } };
	struct nlattr *a[NAPI_PID + 1];
	struct napi_ask *ask = arg;

	if (ask->n == NAPI_MAX || genlmsg_parse(h, 0, a, NAPI_PID, policy))
		return;
	if (ask->pids)
		ask->pids[ask->n] = netlink_u32(a[NAPI_PID]);
	ask->n++;
}

int netdev_napi_list(__u32 ifindex, pid_t *pids)
{
	struct napi_ask ask = { .pids = pids };
	int err = netdev_ask(NAPI_GET, NLM_F_DUMP, NAPI_IFINDEX, ifindex, napi_reply, &ask);

	return err ? err : ask.n;
}

static void queue_reply(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[QUEUE_NAPI_ID + 1] = {
		[QUEUE_TYPE] = { .type = NLA_U32 }, [QUEUE_NAPI_ID] = { .type = NLA_U32 }
	};
	struct nlattr *a[QUEUE_NAPI_ID + 1];
	int *n = arg;

	if (!genlmsg_parse(h, 0, a, QUEUE_NAPI_ID, policy))
		*n += netlink_u32(a[QUEUE_TYPE]) == QUEUE_TYPE_RX && netlink_u32(a[QUEUE_NAPI_ID]);
}

int netdev_napi_queues(__u32 ifindex)
{
	int n = 0;
	int err = netdev_ask(QUEUE_GET, NLM_F_DUMP, QUEUE_IFINDEX, ifindex, queue_reply, &n);

	return err ? err : n;
}
