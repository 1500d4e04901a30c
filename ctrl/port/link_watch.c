// SPDX-License-Identifier: GPL-2.0
/* Carrier of the ports, by rtnetlink notifications. */
#include "ctrl/port/link_watch.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdlib.h>

#include "ctrl/bpffs/port_table.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/port.h"

#define ROOM (1024 * 1024) /* for notifications while nobody reads */

struct xsw_link_watch {
	struct nl_sock *sock;
	__u32 netns_ino; /* of the namespace in which the socket is */
	__u64 netns_cookie;
	const struct xsw_switch_handle *sw; /* while reading */
	void (*each)(__u32 port, __u32 state, void *arg);
	void *arg;
};

static int on_message(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *h = nlmsg_hdr(msg);
	struct xsw_link_watch *watch = arg;
	const struct ifinfomsg *link = nlmsg_data(h);
	__u32 slot, state;

	if ((h->nlmsg_type != RTM_NEWLINK && h->nlmsg_type != RTM_DELLINK) ||
	    !nlmsg_valid_hdr(h, sizeof(*link)) || link->ifi_family != AF_UNSPEC)
		return NL_OK;
	slot = slot_of_ifindex(watch->sw, link->ifi_index);
	if (!slot)
		return NL_OK;
	if (h->nlmsg_type == RTM_DELLINK)
		state = XSW_PORT_STATE_ABSENT;
	else if (link->ifi_flags & IFF_UP && link->ifi_flags & IFF_RUNNING)
		state = XSW_PORT_STATE_UP;
	else
		state = XSW_PORT_STATE_DOWN;
	watch->each(XSW_SLOT_PORT(slot), state, watch->arg);
	return NL_OK;
}

static int watch_dump(struct xsw_link_watch *watch)
{
	struct ifinfomsg all = { .ifi_family = AF_UNSPEC };

	if (nl_send_simple(watch->sock, RTM_GETLINK, NLM_F_DUMP, &all, sizeof(all)) < 0)
		return -EIO;
	return 0;
}

static int watch_connect(struct xsw_link_watch *watch)
{
	watch->sock = nl_socket_alloc();
	if (!watch->sock)
		return -ENOMEM;
	nl_socket_disable_seq_check(watch->sock);
	nl_socket_disable_auto_ack(watch->sock);
	if (nl_connect(watch->sock, NETLINK_ROUTE) ||
	    nl_socket_add_memberships(watch->sock, RTNLGRP_LINK, 0) ||
	    nl_socket_set_nonblocking(watch->sock))
		return -EIO;
	nl_socket_set_buffer_size(watch->sock, ROOM, 0); /* a wish */
	nl_socket_modify_cb(watch->sock, NL_CB_VALID, NL_CB_CUSTOM, on_message, watch);
	return watch_dump(watch);
}

int xsw_link_watch_open(const struct xsw_switch_handle *sw, struct xsw_link_watch **result)
{
	struct xsw_link_watch *watch;
	struct netns_visit visit;
	struct xsw_switch conf;
	int err;

	*result = NULL;
	err = switch_read(sw, &conf);
	if (!err && !conf.netns_ino)
		err = -ENOENT;
	if (err)
		return err;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return -ENOMEM;
	watch->netns_ino = conf.netns_ino;
	watch->netns_cookie = conf.netns_cookie;
	err = netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie);
	if (!err) {
		err = watch_connect(watch);
		netns_visit_end(&visit);
	}
	if (err)
		xsw_link_watch_close(watch);
	else
		*result = watch;
	return err;
}

void xsw_link_watch_close(struct xsw_link_watch *watch)
{
	if (!watch)
		return;
	nl_socket_free(watch->sock);
	free(watch);
}

bool xsw_link_watch_follows(const struct xsw_link_watch *watch, const struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;

	return switch_read(sw, &conf) || !conf.netns_ino ||
	       (conf.netns_ino == watch->netns_ino && conf.netns_cookie == watch->netns_cookie);
}

int xsw_link_watch_fd(const struct xsw_link_watch *watch)
{
	return nl_socket_get_fd(watch->sock);
}

int xsw_link_watch_read(struct xsw_link_watch *watch, const struct xsw_switch_handle *sw,
			void (*each)(__u32 port, __u32 state, void *arg), void *arg)
{
	int err;

	watch->sw = sw;
	watch->each = each;
	watch->arg = arg;
	do {
		err = nl_recvmsgs_default(watch->sock);
	} while (!err);
	if (err == -NLE_NOMEM) /* some were lost: ask for all */
		return watch_dump(watch);
	return err == -NLE_AGAIN || err == -NLE_INTR || err == -NLE_DUMP_INTR ? 0 : -EIO;
}
