// SPDX-License-Identifier: GPL-2.0
/* Open a device by the back end that the user chose, or the best there is, and close it. */
#include "tools/pktgen/backend.h"

#include <errno.h>
#include <unistd.h>

#include "ctrl/base/error_keep.h"
#include "ctrl/kernel/link.h"
#include "ctrl/port/port.h"

static void queues_close(struct dev *dev)
{
	for (unsigned int i = 0; i < dev->queues; i++)
		if (dev->queue[i].fd >= 0)
			dev->ops->queue_close(&dev->queue[i]);
	dev->queues = 0;
	dev->ops->close(dev);
}

static int queues_open(struct dev *dev, const struct dev_ops *ops)
{
	int err;

	dev->ops = ops;
	dev->queues = 0;
	err = ops->open(dev);
	if (err) {
		dev->queues = 0;
		return err;
	}
	for (unsigned int i = 0; i < dev->queues; i++)
		dev->queue[i] = (struct queue){ .dev = dev, .index = i, .fd = -1 };
	for (unsigned int i = 0; i < dev->queues; i++) {
		err = ops->queue_open(&dev->queue[i]);
		if (err)
			break;
	}
	if (err != -ENOSPC || dev->queue[dev->conf->threads - 1].fd < 0) {
		if (err)
			queues_close(dev);
		return err;
	}
	while (dev->queue[dev->queues - 1].fd < 0) /* those that are not in use */
		dev->queues--;
	return 0;
}

/* Impossible here, as against wrong, busy or gone? */
static bool afxdp_impossible(int err)
{
	return err == -EOPNOTSUPP || err == -EAFNOSUPPORT || err == -EINVAL || err == -ENOSYS;
}

static int netdev_open(struct dev *dev)
{
	enum backend wanted = dev->conf->backend;
	int err;

	if (wanted == BACKEND_PACKET)
		return queues_open(dev, &packet_ops);
	err = queues_open(dev, &afxdp_ops);
	if (!err || wanted == BACKEND_AF_XDP || !afxdp_impossible(err) || dev->conf->piece_len ||
	    dev->conf->tx_slots || dev->conf->rx_slots || dev->conf->mode == MODE_BUSY_POLL ||
	    dev->conf->binding != BIND_AUTO)
		return err;
	dev_note(dev, "AF_PACKET instead of AF_XDP: %s", xsw_error_last()->text);
	return queues_open(dev, &packet_ops);
}

static int tap_check(struct dev *dev)
{
	struct link_info info;
	int err = dev_facts(dev, &info);

	return err ? err : dev_link_wait(dev);
}

/* Our program would take all frames of a port on path skb away from its switch. */
static int check_no_port(const struct dev *dev)
{
	struct xsw_switch_handle sw;
	int err;

	if (xsw_port_find(dev->conf->ifname, &sw) < 0) {
		xsw_error_clear();
		return 0;
	}
	err = dev_fail(dev, EBUSY, "is a port of switch '%s', which receives there", sw.name);
	xsw_remedy("receive at the other end of a veth, as tap:NAME, or as SWITCH:NAME");
	xsw_switch_close(&sw);
	return err;
}

static int netdev_begin(struct dev *dev)
{
	struct link_info info;
	int err = dev_facts(dev, &info);

	if (!err && dev->receives)
		err = check_no_port(dev);
	if (!err)
		err = dev_link_wait(dev);
	if (!err && dev->receives)
		err = dev_promisc_begin(dev);
	if (err)
		return err;
	if (dev->receives)
		dev_peer_vlan_off(dev, &info);
	err = netdev_open(dev);
	if (!err && dev->conf->mode == MODE_BUSY_POLL)
		dev_napi_take(dev);
	return err;
}

int backend_open(struct dev *dev, const struct config *conf)
{
	struct xsw_error why;
	int err;

	*dev = (struct dev){ .conf = conf, .promisc_fd = -1 };
	dev->sends = conf->function != FUNCTION_RX || conf->announce;
	dev->receives = conf->function != FUNCTION_TX;
	if (conf->backend == BACKEND_TAP) {
		err = queues_open(dev, &tap_ops);
		if (!err)
			err = tap_check(dev);
		if (err && dev->queues)
			queues_close(dev);
		return err;
	}
	err = netdev_begin(dev);
	if (!err)
		return 0;
	why = *xsw_error_last();
	dev_peer_vlan_restore(dev);
	if (dev->promisc_fd >= 0)
		close(dev->promisc_fd);
	error_restore(&why);
	return err;
}

void backend_close(struct dev *dev)
{
	queues_close(dev);
	dev_napi_restore(dev);
	dev_peer_vlan_restore(dev);
	if (dev->promisc_fd >= 0)
		close(dev->promisc_fd);
}
