// SPDX-License-Identifier: GPL-2.0
/* /sys/class/net is that of the network namespace in which /sys was mounted: a
 * device of the same name there may be another one, told by its ifindex.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "ctrl/error.h"
#include "tools/pktgen/dev.h"
#include "tools/pktgen/napi.h"

#ifndef SO_PREFER_BUSY_POLL /* libc headers before 5.11 */
#define SO_PREFER_BUSY_POLL 69
#define SO_BUSY_POLL_BUDGET 70
#endif

#define BUSY_POLL_US	  20
#define BUSY_POLL_BUDGET  64
#define DEFER_HARD_IRQS	  2
#define GRO_FLUSH_TIMEOUT 200000 /* ns; when the poller has stopped, interrupts come back so late */

static bool sys_read(const struct dev *dev, const char *name, long *value)
{
	char path[96];
	FILE *f;
	bool good;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", dev->conf->ifname, name);
	f = fopen(path, "r");
	if (!f)
		return false;
	good = fscanf(f, "%ld", value) == 1;
	fclose(f);
	return good;
}

static bool sys_write(const struct dev *dev, const char *name, long value)
{
	char path[96];
	FILE *f;
	bool good;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", dev->conf->ifname, name);
	f = fopen(path, "w");
	if (!f)
		return false;
	good = fprintf(f, "%ld\n", value) > 0;
	return !fclose(f) && good;
}

void napi_take(struct dev *dev)
{
	struct napi_settings *n = &dev->napi;
	long ifindex;

	if (sys_read(dev, "ifindex", &ifindex) && ifindex == dev->ifindex &&
	    sys_read(dev, "napi_defer_hard_irqs", &n->defer_hard_irqs) &&
	    sys_read(dev, "gro_flush_timeout", &n->gro_flush_timeout) &&
	    sys_write(dev, "gro_flush_timeout", GRO_FLUSH_TIMEOUT)) {
		n->taken = true;
		if (sys_write(dev, "napi_defer_hard_irqs", DEFER_HARD_IRQS))
			return;
	}
	napi_restore(dev);
	dev_note(dev, "busy-poll without napi_defer_hard_irqs and gro_flush_timeout: cannot set "
		      "them in /sys");
}

void napi_restore(struct dev *dev)
{
	struct napi_settings *n = &dev->napi;

	if (!n->taken)
		return;
	sys_write(dev, "napi_defer_hard_irqs", n->defer_hard_irqs);
	sys_write(dev, "gro_flush_timeout", n->gro_flush_timeout);
	n->taken = false;
}

int napi_poll_begin(struct queue *q)
{
	int on = 1, us = BUSY_POLL_US, budget = BUSY_POLL_BUDGET;

	if (setsockopt(q->fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &on, sizeof(on)) ||
	    setsockopt(q->fd, SOL_SOCKET, SO_BUSY_POLL, &us, sizeof(us)) ||
	    setsockopt(q->fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof(budget)))
		return dev_fail(q->dev, errno, "busy-poll is not possible on this kernel: %s",
				strerror(errno));
	return 0;
}

bool napi_known(int fd)
{
	unsigned int id = 0;
	socklen_t len = sizeof(id);

	return !getsockopt(fd, SOL_SOCKET, SO_INCOMING_NAPI_ID, &id, &len) && id;
}

int napi_impossible(struct dev *dev)
{
	dev_fail(
		dev, EOPNOTSUPP,
		"busy-poll is not possible on this device: its driver names no NAPI for the queue");
	xsw_remedy("-m spin or -m adaptive");
	return -EOPNOTSUPP;
}
