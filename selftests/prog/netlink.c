// SPDX-License-Identifier: GPL-2.0
/* ctrl/kernel/netlink.c with answers that the kernel gives seldom: netlink CASE. What libnl
 * receives passes through recvmsg() below. See netlink.t.
 */
#include "ctrl/kernel/netlink.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctrl/kernel/link.h"

static int interrupted; /* so many dumps yet end with the word that they were interrupted */
static int strange;	/* added to sequence numbers */
static bool unending;	/* names have no end */
static int dumps;	/* that ended */

static void spoil(struct nlmsghdr *h)
{
	struct rtattr *name = IFLA_RTA(NLMSG_DATA(h)); /* the first attribute of a link */

	h->nlmsg_seq += strange;
	dumps += h->nlmsg_type == NLMSG_DONE;
	if (h->nlmsg_type == RTM_NEWLINK && unending)
		memset(RTA_DATA(name), 'x', RTA_PAYLOAD(name));
	if (h->nlmsg_type == NLMSG_DONE && interrupted) {
		h->nlmsg_flags |= NLM_F_DUMP_INTR;
		interrupted--;
	}
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t n = syscall(SYS_recvmsg, fd, msg, flags), left = n;
	struct nlmsghdr *h = msg->msg_iov->iov_base;

	for (; left > 0 && NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
		spoil(h);
	return n;
}

static void count(struct nlmsghdr *h, void *arg)
{
	*(int *)arg += h->nlmsg_type == RTM_NEWLINK;
}

/* Return: how many devices a dump tells, or -errno. */
static int devices(void)
{
	struct ifinfomsg body = { .ifi_family = AF_UNSPEC };
	int n = 0, err;

	err = netlink_talk(NETLINK_ROUTE,
			   netlink_request(RTM_GETLINK, NLM_F_DUMP, &body, sizeof(body)), count,
			   &n);
	return err ? err : n;
}

static bool again(void)
{
	int n = devices();

	interrupted = 1;
	return n > 0 && devices() == n && dumps == 3;
}

static bool forever(void)
{
	int n = devices();

	interrupted = 1000;
	return n > 0 && devices() == n && dumps > 2 && interrupted > 0;
}

static bool other_sequence(void)
{
	strange = 1;
	return devices() == -EPROTO;
}

static bool no_end(void)
{
	struct link_info lo;
	bool before = !link_brief("lo", 0, &lo);

	unending = true;
	return before && link_brief("lo", 0, &lo) == -ENODEV;
}

static bool words(void)
{
	struct ifinfomsg body = {};
	struct nl_msg *msg = netlink_request(RTM_NEWLINK, NLM_F_CREATE, &body, sizeof(body));
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
	int err;

	nla_put_string(msg, IFLA_INFO_KIND, "nosuch");
	nla_nest_end(msg, info);
	err = netlink_talk(NETLINK_ROUTE, msg, NULL, NULL);
	puts(netlink_error(err));
	return err == -EOPNOTSUPP &&
	       !strcmp(netlink_error(err), "Operation not supported: Unknown device type") &&
	       !strcmp(netlink_error(-ENOENT), "No such file or directory") && devices() > 0 &&
	       !strcmp(netlink_error(-EOPNOTSUPP), "Operation not supported");
}

static const struct {
	const char *name;
	bool (*run)(void);
} cases[] = {
	{ "again", again },   { "forever", forever }, { "other-sequence", other_sequence },
	{ "no-end", no_end }, { "words", words },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(*cases); i++)
		if (!strcmp(argv[1], cases[i].name))
			return !cases[i].run();
	fprintf(stderr, "Usage: netlink CASE\n");
	return 2;
}
