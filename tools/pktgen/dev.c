// SPDX-License-Identifier: GPL-2.0
/* What all back ends share: facts about the device, its link, the choice. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/kernel/link.h"
#include "ctrl/port/port.h"
#include "tools/pktgen/dev.h"

#define FRAME_OVER_MTU (14 + 2 * 4) /* Ethernet header and two tags */

/* ---- slots */

void slot_fill(struct slot *s, const __u8 *frame, __u32 len)
{
	s->len = len;
	for (s->pieces = 0; len && s->pieces < SLOT_PIECES; s->pieces++) {
		__u32 n = len;

		if (n > SLOT_PIECE_LEN && s->piece[1].data)
			n = SLOT_PIECE_LEN;
		memcpy(s->piece[s->pieces].data, frame, n);
		s->piece[s->pieces].len = n;
		frame += n;
		len -= n;
	}
}

__u32 slot_copy(const struct slot *s, __u8 *buffer)
{
	__u32 len = 0;

	for (__u32 i = 0; i < s->pieces; i++) {
		memcpy(buffer + len, s->piece[i].data, s->piece[i].len);
		len += s->piece[i].len;
	}
	return len;
}

/* ---- the device */

void error_again(const struct xsw_error *error)
{
	xsw_fail(0, NULL, NULL, "%s", error->text);
	if (error->remedy[0])
		xsw_remedy("%s", error->remedy);
}

void dev_note(struct dev *dev, const char *fmt, ...)
{
	va_list args;

	if (dev->notes == NOTES_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(dev->note[dev->notes++], NOTE_LEN, fmt, args);
	va_end(args);
}

static int dev_ioctl(const char *ifname, unsigned long request, struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return -errno;
	strncpy(ifr->ifr_name, ifname, IFNAMSIZ - 1);
	if (ioctl(fd, request, ifr))
		err = -errno;
	close(fd);
	return err;
}

int link_up(const char *ifname)
{
	struct ifreq ifr = {};
	int err = dev_ioctl(ifname, SIOCGIFFLAGS, &ifr);

	ifr.ifr_flags |= IFF_UP;
	if (!err)
		err = dev_ioctl(ifname, SIOCSIFFLAGS, &ifr);
	return err ? xsw_fail(err, "device", ifname, "cannot set up: %s", strerror(-err)) : 0;
}

int link_set_mtu(const char *ifname, __u32 mtu)
{
	struct ifreq ifr = { .ifr_mtu = mtu };
	int err = dev_ioctl(ifname, SIOCSIFMTU, &ifr);

	return err ? xsw_fail(err, "device", ifname, "cannot set mtu %u: %s", mtu, strerror(-err)) :
		     0;
}

bool dev_gone(const struct dev *dev)
{
	struct ifreq ifr = {};

	return dev_ioctl(dev->conf->ifname, SIOCGIFINDEX, &ifr) ||
	       (__u32)ifr.ifr_ifindex != dev->ifindex;
}

static bool link_is_up(const struct dev *dev)
{
	struct ifreq ifr = {};

	return !dev_ioctl(dev->conf->ifname, SIOCGIFFLAGS, &ifr) && ifr.ifr_flags & IFF_UP &&
	       ifr.ifr_flags & IFF_RUNNING;
}

static int link_wait(const struct dev *dev)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	__u32 waited_ms = 0;

	while (!link_is_up(dev)) {
		if (waited_ms >= dev->conf->wait_link_s * 1000) {
			dev_fail(dev, ENETDOWN, "the link is down");
			xsw_remedy("set both ends up; -w SECONDS waits for it");
			return -ENETDOWN;
		}
		nanosleep(&pause, NULL);
		waited_ms += 10;
	}
	return 0;
}

static int read_facts(struct dev *dev, struct link_info *info)
{
	struct ifreq ifr = {};
	int err = link_get(dev->conf->ifname, info);

	if (err)
		return err;
	if (!info->is_ethernet)
		return dev_fail(dev, EINVAL, "is no Ethernet device");
	err = dev_ioctl(dev->conf->ifname, SIOCGIFHWADDR, &ifr);
	if (err)
		return dev_fail(dev, err, "cannot read its address: %s", strerror(-err));
	memcpy(dev->mac, ifr.ifr_hwaddr.sa_data, 6);
	dev->ifindex = info->ifindex;
	dev->mtu = info->mtu;
	if (dev->sends && dev->conf->len > dev->mtu + FRAME_OVER_MTU)
		return dev_fail(dev, EMSGSIZE, "frames of %u bytes are too long for mtu %u",
				dev->conf->len, dev->mtu);
	return 0;
}

/* A NIC hands up frames for others only so; it ends with the process. */
static int promisc_begin(struct dev *dev)
{
	struct packet_mreq mreq = { .mr_ifindex = dev->ifindex, .mr_type = PACKET_MR_PROMISC };

	dev->promisc_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (dev->promisc_fd < 0 ||
	    setsockopt(dev->promisc_fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)))
		return dev_fail(dev, errno, "cannot make it promiscuous: %s", strerror(errno));
	return 0;
}

/* A tag that the other end of a veth leaves to offload is not in the bytes, where XDP looks. */
static void peer_vlan_off(struct dev *dev, const struct link_info *info)
{
	const __u32 features = LINK_FEAT_TXVLAN | LINK_FEAT_TXVLAN_STAG;
	struct link_info peer;

	if (info->kind != LINK_VETH)
		return;
	if (link_peer_get(info, &peer)) {
		dev_note(dev, "the other end is in a network namespace that cannot be found: "
			      "VLAN tags that it offloads are not seen");
		return;
	}
	for (__u32 bit = 1; bit; bit <<= 1)
		if (peer.features & features & bit && !link_peer_set_feature(info, bit, false))
			dev->peer_vlan |= bit;
	xsw_error_clear();
}

static void peer_vlan_restore(struct dev *dev)
{
	struct link_info info;

	if (!dev->peer_vlan || link_get(dev->conf->ifname, &info))
		return;
	for (__u32 bit = 1; bit; bit <<= 1)
		if (dev->peer_vlan & bit)
			link_peer_set_feature(&info, bit, true);
	xsw_error_clear();
}

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
	if (!err || wanted == BACKEND_AF_XDP || !afxdp_impossible(err) ||
	    dev->conf->mode == MODE_BUSY_POLL || dev->conf->binding != BIND_AUTO)
		return err;
	dev_note(dev, "AF_PACKET instead of AF_XDP: %s", xsw_error_last()->text);
	return queues_open(dev, &packet_ops);
}

static int tap_check(struct dev *dev)
{
	struct link_info info;
	int err = read_facts(dev, &info);

	return err ? err : link_wait(dev);
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
	int err = read_facts(dev, &info);

	if (!err && dev->receives)
		err = check_no_port(dev);
	if (!err)
		err = link_wait(dev);
	if (!err && dev->receives)
		err = promisc_begin(dev);
	if (err)
		return err;
	if (dev->receives)
		peer_vlan_off(dev, &info);
	err = netdev_open(dev);
	if (!err && dev->conf->mode == MODE_BUSY_POLL)
		dev_napi_take(dev);
	return err;
}

int dev_open(struct dev *dev, const struct config *conf)
{
	struct xsw_error why;
	int err;

	*dev = (struct dev){ .conf = conf, .promisc_fd = -1 };
	dev->sends = conf->function != FUNCTION_RX;
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
	peer_vlan_restore(dev);
	if (dev->promisc_fd >= 0)
		close(dev->promisc_fd);
	error_again(&why);
	return err;
}

void dev_close(struct dev *dev)
{
	queues_close(dev);
	dev_napi_restore(dev);
	peer_vlan_restore(dev);
	if (dev->promisc_fd >= 0)
		close(dev->promisc_fd);
}
