// SPDX-License-Identifier: GPL-2.0
/* Busy poll: what it needs of a device and of a socket. */
#include "ctrl/kernel/napi.h"

#include <errno.h>
#include <net/if.h>
#include <sys/socket.h>

#include "ctrl/kernel/sysfs.h"

#ifndef SO_PREFER_BUSY_POLL /* libc headers before 5.11 */
#define SO_PREFER_BUSY_POLL 69
#define SO_BUSY_POLL_BUDGET 70
#endif

#define BUSY_POLL_US 20
#define BUSY_POLL_BUDGET 64
#define DEFER_HARD_IRQS 2
#define GRO_FLUSH_TIMEOUT 200000 /* ns; when the poller has stopped, interrupts come back so late */

/* What one that was killed has left is not what the user had set. */
static void leftovers_forget(struct napi_settings *n)
{
	if (n->defer_hard_irqs != DEFER_HARD_IRQS || n->gro_flush_timeout != GRO_FLUSH_TIMEOUT)
		return;
	n->defer_hard_irqs = 0;
	n->gro_flush_timeout = 0;
}

bool napi_take(const char *ifname, __u32 ifindex, struct napi_settings *n)
{
	long here;

	if (!sys_net_get(ifname, "ifindex", &here) && here == ifindex &&
	    !sys_net_get(ifname, "napi_defer_hard_irqs", &n->defer_hard_irqs) &&
	    !sys_net_get(ifname, "gro_flush_timeout", &n->gro_flush_timeout) &&
	    !sys_net_set(ifname, "gro_flush_timeout", GRO_FLUSH_TIMEOUT)) {
		leftovers_forget(n);
		n->ifindex = ifindex;
		n->taken = true;
		if (!sys_net_set(ifname, "napi_defer_hard_irqs", DEFER_HARD_IRQS))
			return true;
	}
	napi_restore(n);
	return false;
}

void napi_restore(struct napi_settings *n)
{
	char ifname[IF_NAMESIZE]; /* it may have got another */

	if (n->taken && if_indextoname(n->ifindex, ifname)) {
		sys_net_set(ifname, "napi_defer_hard_irqs", n->defer_hard_irqs);
		sys_net_set(ifname, "gro_flush_timeout", n->gro_flush_timeout);
	}
	n->taken = false;
}

int napi_poll_begin(int fd)
{
	int on = 1, us = BUSY_POLL_US, budget = BUSY_POLL_BUDGET;

	if (setsockopt(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &us, sizeof(us)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof(budget)))
		return -errno;
	return 0;
}

bool napi_known(int fd)
{
	unsigned int id = 0;
	socklen_t len = sizeof(id);

	return !getsockopt(fd, SOL_SOCKET, SO_INCOMING_NAPI_ID, &id, &len) && id;
}
