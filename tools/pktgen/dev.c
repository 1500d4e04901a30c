// SPDX-License-Identifier: GPL-2.0
/* The device as the kernel has it: facts, link, settings. Back ends call this, backend.c opens. */
#include <errno.h>
#include <linux/if_packet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/kernel/link.h"
#include "tools/pktgen/dev.h"

#define FRAME_OVER_MTU (14 + 2 * 4) /* Ethernet header and two tags */

/* ---- slots */

void slot_cut(struct slot *s, __u32 len)
{
	s->len = len;
	for (s->pieces = 0; len && s->pieces < SLOT_PIECES; s->pieces++) {
		__u32 n = s->piece_room && s->piece_room < len ? s->piece_room : len;

		s->piece[s->pieces].len = n;
		len -= n;
	}
}

void slot_fill(struct slot *s, const __u8 *frame, __u32 len)
{
	slot_cut(s, len);
	for (__u32 i = 0; i < s->pieces; i++) {
		memcpy(s->piece[i].data, frame, s->piece[i].len);
		frame += s->piece[i].len;
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

int link_set_txqlen(const char *ifname, __u32 frames)
{
	struct ifreq ifr = { .ifr_qlen = frames };
	int err = dev_ioctl(ifname, SIOCSIFTXQLEN, &ifr);

	return err ? xsw_fail(err, "device", ifname, "cannot hold %u frames: %s", frames,
			      strerror(-err)) :
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

int dev_link_wait(const struct dev *dev)
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

int dev_facts(struct dev *dev, struct link_info *info)
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

int dev_promisc_begin(struct dev *dev)
{
	struct packet_mreq mreq = { .mr_ifindex = dev->ifindex, .mr_type = PACKET_MR_PROMISC };

	dev->promisc_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (dev->promisc_fd < 0 ||
	    setsockopt(dev->promisc_fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)))
		return dev_fail(dev, errno, "cannot make it promiscuous: %s", strerror(errno));
	return 0;
}

void dev_peer_vlan_off(struct dev *dev, const struct link_info *info)
{
	const __u32 features = LINK_FEAT_TXVLAN | LINK_FEAT_TXVLAN_STAG;
	struct link_info peer;

	if (!info->peer_ifindex)
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

void dev_peer_vlan_restore(struct dev *dev)
{
	struct link_info info;

	if (!dev->peer_vlan || link_get(dev->conf->ifname, &info))
		return;
	for (__u32 bit = 1; bit; bit <<= 1)
		if (dev->peer_vlan & bit)
			link_peer_set_feature(&info, bit, true);
	xsw_error_clear();
}
