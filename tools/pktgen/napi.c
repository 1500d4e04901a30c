// SPDX-License-Identifier: GPL-2.0
/* Busy poll of a device that packets are sent to and received from: what cannot be is said. */
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "tools/pktgen/dev.h"
#include "tools/pktgen/napi.h"

void dev_napi_take(struct dev *dev)
{
	if (!napi_take(dev->conf->ifname, dev->ifindex, &dev->napi))
		dev_note(dev, "busy-poll without napi_defer_hard_irqs and gro_flush_timeout: "
			      "cannot set them in /sys");
}

void dev_napi_restore(struct dev *dev)
{
	napi_restore(&dev->napi);
}

int queue_poll_begin(struct queue *q)
{
	int err = napi_poll_begin(q->fd);

	return err ? dev_fail(q->dev, err, "busy-poll is not possible on this kernel: %s",
			      strerror(-err)) :
		     0;
}

int napi_impossible(struct dev *dev)
{
	dev_fail(
		dev, EOPNOTSUPP,
		"busy-poll is not possible on this device: its driver names no NAPI for the queue");
	xsw_remedy("-m spin or -m adaptive");
	return -EOPNOTSUPP;
}
