// SPDX-License-Identifier: GPL-2.0
/* /sys/class/net is that of the network namespace in which /sys was mounted: a
 * device of the same name there may be another one, told by its ifindex.
 */
#include "ctrl/napi.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#ifndef SO_PREFER_BUSY_POLL /* libc headers before 5.11 */
#define SO_PREFER_BUSY_POLL 69
#define SO_BUSY_POLL_BUDGET 70
#endif

#define BUSY_POLL_US	  20
#define BUSY_POLL_BUDGET  64
#define DEFER_HARD_IRQS	  2
#define GRO_FLUSH_TIMEOUT 200000 /* ns; when the poller has stopped, interrupts come back so late */

static bool sys_read(const char *ifname, const char *name, long *value)
{
	char path[96];
	FILE *f;
	bool good;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", ifname, name);
	f = fopen(path, "r");
	if (!f)
		return false;
	good = fscanf(f, "%ld", value) == 1;
	fclose(f);
	return good;
}

static bool sys_write(const char *ifname, const char *name, long value)
{
	char path[96];
	FILE *f;
	bool good;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", ifname, name);
	f = fopen(path, "w");
	if (!f)
		return false;
	good = fprintf(f, "%ld\n", value) > 0;
	return !fclose(f) && good;
}

bool napi_take(const char *ifname, __u32 ifindex, struct napi_settings *n)
{
	long here;

	if (sys_read(ifname, "ifindex", &here) && here == ifindex &&
	    sys_read(ifname, "napi_defer_hard_irqs", &n->defer_hard_irqs) &&
	    sys_read(ifname, "gro_flush_timeout", &n->gro_flush_timeout) &&
	    sys_write(ifname, "gro_flush_timeout", GRO_FLUSH_TIMEOUT)) {
		n->taken = true;
		if (sys_write(ifname, "napi_defer_hard_irqs", DEFER_HARD_IRQS))
			return true;
	}
	napi_restore(ifname, n);
	return false;
}

void napi_restore(const char *ifname, struct napi_settings *n)
{
	if (!n->taken)
		return;
	sys_write(ifname, "napi_defer_hard_irqs", n->defer_hard_irqs);
	sys_write(ifname, "gro_flush_timeout", n->gro_flush_timeout);
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
