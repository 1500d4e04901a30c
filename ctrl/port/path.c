// SPDX-License-Identifier: GPL-2.0
/* Choose the path of a port and prepare its device: what would hide tags or
 * merge frames is turned off, and remembered in xsw_meta first.
 */
#include "ctrl/port/path.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/kernel/link_state.h"
#include "maps/stats.h"

#define FEAT_PEER_TXVLAN (LINK_FEAT_TXVLAN | LINK_FEAT_TXVLAN_STAG)

/* What a path needs of a device or of its veth peer, and the bit that remembers it. */
struct need {
	__u32 feature, bit;
	const char *name;
};

/* Tags in the bytes, where native XDP sees them, and one frame a buffer. */
static const struct need nic_off[] = {
	{ LINK_FEAT_RXVLAN, XSW_SAVED_RXVLAN, "rxvlan" },
	{ LINK_FEAT_RXVLAN_STAG, XSW_SAVED_RXVLAN_STAG, "rx-vlan-stag-hw-parse" },
	{ LINK_FEAT_LRO, XSW_SAVED_LRO, "lro" },
	{ LINK_FEAT_GRO_HW, XSW_SAVED_GRO_HW, "rx-gro-hw" },
};

static const struct need peer_off[] = {
	{ LINK_FEAT_TXVLAN, XSW_SAVED_PEER_TXVLAN, "txvlan" },
	{ LINK_FEAT_TXVLAN_STAG, XSW_SAVED_PEER_TXVLAN_STAG, "tx-vlan-stag-hw-insert" },
};

/* not of its path */
#define SAVED_OF_PORT                                                                              \
	(XSW_SAVED_PROMISC | XSW_SAVED_MADE | XSW_SAVED_LINK_UP | XSW_SAVED_LINK_DOWN |            \
	 XSW_SAVED_THREADED)
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

__attribute__((format(printf, 2, 3))) static void reason_set(struct xsw_port_record *record,
							     const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	memset(record->reason, 0, sizeof(record->reason));
	vsnprintf(record->reason, sizeof(record->reason), fmt, ap);
	va_end(ap);
}

static bool nic_takes_xdp(const struct link_info *dev)
{
	__u32 need = LINK_XDP_BASIC | LINK_XDP_REDIRECT;

	return !dev->xdp_known || (dev->xdp_features & need) == need; /* unknown: try */
}

/* Is XDP worth trying? Sets the reason for what is chosen. */
static bool path_wants_xdp(const struct link_info *dev, struct xsw_port_record *record)
{
	if (record->want_path != XSW_WANT_AUTO) {
		reason_set(record, "as configured");
		return record->want_path != XSW_WANT_SKB; /* XDP gives frames to sockets */
	}
	switch (dev->kind) {
	case LINK_VETH:
		reason_set(record, "veth: keeps TSO and checksum offloads on the skb path");
		return false;
	case LINK_TAP:
		reason_set(record, "tap: keeps GSO and checksum offloads on the skb path");
		return false;
	case LINK_VIRTIO:
		reason_set(record, "virtio: keeps guest offloads on the skb path");
		return false;
	case LINK_NIC:
		if (nic_takes_xdp(dev)) {
			reason_set(record, "driver %s has native XDP", dev->driver);
			return true;
		}
		reason_set(record, "driver %s has no native XDP redirect", dev->driver);
		return false;
	default:
		reason_set(record, "%s device: no native XDP",
			   dev->kind_text[0] ? dev->kind_text : "this");
		return false;
	}
}

/* Remember that we are about to change a setting. */
static void saved_note(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record, __u32 bit)
{
	record->saved |= bit;
	record_write(sw, port, record);
}

/* A tag that stands in skb->vlan_tci is invisible to native XDP: let the peer write tags out. */
static int veth_prepare(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
			struct xsw_port_record *record)
{
	struct link_info peer;
	int err;

	err = link_peer_get(dev, &peer);
	if (err) {
		reason_set(record, "the veth peer's txvlan cannot be turned off: it was not found");
		return err;
	}
	if (!(peer.features & FEAT_PEER_TXVLAN))
		return 0;
	for (size_t i = 0; i < COUNT(peer_off); i++)
		if (peer.features & peer_off[i].feature)
			saved_note(sw, port, record, peer_off[i].bit);
	err = link_peer_set_feature(dev, FEAT_PEER_TXVLAN, false);
	if (err)
		reason_set(record, "the veth peer's txvlan cannot be turned off");
	return err;
}

/* Redirects into a veth arrive only where its peer runs a NAPI, which GRO does,
 * and where the kernel has noted so in xdp_features (drivers/net/veth.c):
 * - GRO that was on before the peer was up has started no NAPI: turn it off first.
 * - While the peer is down a change of GRO is not noted, nor when it comes up. An
 *   XDP program that comes and goes is.
 */
static void veth_start_napi(const struct xsw_switch_handle *sw, __u32 port,
			    const struct link_info *dev, struct xsw_port_record *record)
{
	struct link_info peer;
	int prog;

	if (link_peer_get(dev, &peer) || peer.xdp_prog_id)
		return;
	if (!(peer.features & LINK_FEAT_GRO))
		saved_note(sw, port, record, XSW_SAVED_PEER_GRO);
	else if (peer.up)
		link_peer_set_feature(dev, LINK_FEAT_GRO, false);
	link_peer_set_feature(dev, LINK_FEAT_GRO, true);
	if (peer.up)
		return;
	prog = prog_get(sw->dir, "prog_xdp");
	link_peer_touch_xdp(dev, prog);
	close(prog);
}

static int nic_feature_off(const struct xsw_switch_handle *sw, __u32 port,
			   const struct link_info *dev, struct xsw_port_record *record,
			   const struct need *need)
{
	int err;

	if (!(dev->features & need->feature))
		return 0;
	saved_note(sw, port, record, need->bit);
	err = link_set_feature(dev->ifindex, need->feature, false);
	if (err)
		reason_set(record, "%s cannot be turned off", need->name);
	return err;
}

static int nic_prepare(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
		       struct xsw_port_record *record)
{
	int err = 0;

	for (size_t i = 0; i < COUNT(nic_off) && !err; i++)
		err = nic_feature_off(sw, port, dev, record, &nic_off[i]);
	return err;
}

/* What LRO has merged cannot be taken apart again: it is off wherever frames
 * are forwarded, as it is below a bridge (net/core/dev.c, dev_disable_lro()).
 */
static void skb_prepare(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
			struct xsw_port_record *record)
{
	static const struct need lro = { LINK_FEAT_LRO, XSW_SAVED_LRO, "lro" };
	struct link_info now; /* @dev may be older than what path_leave() did */

	if (dev->kind != LINK_VETH && dev->kind != LINK_TAP && !link_get_index(dev->ifindex, &now))
		nic_feature_off(sw, port, &now, record, &lro);
}

static void device_restore(const struct link_info *dev, __u32 saved)
{
	if (saved & XSW_SAVED_PEER_GRO)
		link_peer_set_feature(dev, LINK_FEAT_GRO, false);
	for (size_t i = 0; i < COUNT(peer_off); i++)
		if (saved & peer_off[i].bit)
			link_peer_set_feature(dev, peer_off[i].feature, true);
	for (size_t i = 0; i < COUNT(nic_off); i++)
		if (saved & nic_off[i].bit)
			link_set_feature(dev->ifindex, nic_off[i].feature, true);
}

void path_leave(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		bool here)
{
	__u32 mine = record->saved & ~SAVED_OF_PORT;
	struct link_info dev;

	detach_xdp(sw->dir, port);
	if (mine && here && !link_brief(NULL, record->ifindex, &dev))
		device_restore(&dev, mine);
	record->saved &= ~mine;
	record->use_path = XSW_PATH_SKB;
	record_write(sw, port, record);
}

static int xdp_attach(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
		      struct xsw_port_record *record)
{
	int prog, err;

	prog = prog_get(sw->dir, "prog_xdp");
	if (prog < 0) {
		reason_set(record, "no XDP program: %s", strerror(-prog));
		return prog;
	}
	err = attach_xdp(sw->dir, port, dev->ifindex, prog);
	close(prog);
	if (err == -EBUSY)
		reason_set(record, "another XDP program is attached");
	else if (err == -EOPNOTSUPP)
		reason_set(record,
			   dev->driver[0] ? "driver %s has no native XDP" :
					    "the device has no native XDP%s",
			   dev->driver);
	else if (err == -ENOSPC && dev->kind == LINK_VETH) /* drivers/net/veth.c, veth_xdp_set() */
		reason_set(record, "the peer has more tx queues than this end rx queues");
	else if (err == -ERANGE && dev->kind == LINK_VETH)
		reason_set(record, "the peer's mtu is too large for XDP");
	else if (err)
		reason_set(record, "native XDP refused: %s", strerror(-err));
	return err;
}

static int path_take_xdp(const struct xsw_switch_handle *sw, __u32 port,
			 const struct link_info *dev, struct xsw_port_record *record)
{
	int err;

	detach_xdp(sw->dir, port); /* what a killed command may have left */
	err = dev->kind == LINK_VETH ? veth_prepare(sw, port, dev, record) :
	      dev->kind == LINK_TAP  ? 0 :
				       nic_prepare(sw, port, dev, record);
	if (!err)
		err = xdp_attach(sw, port, dev, record);
	if (!err) {
		record->use_path = XSW_PATH_XDP;
		if (dev->kind == LINK_VETH)
			veth_start_napi(sw, port, dev, record);
		return 0;
	}
	path_leave(sw, port, record, true);
	skb_prepare(sw, port, dev, record);
	if (err == -EBUSY && record->want_path != XSW_WANT_AUTO)
		return xsw_fail(EBUSY, "port", dev->ifname, "another XDP program is attached");
	return 0;
}

int path_take(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
	      struct xsw_port_record *record)
{
	int err = 0;

	if (!path_wants_xdp(dev, record)) {
		if (record->use_path == XSW_PATH_XDP ||
		    record->saved & ~(SAVED_OF_PORT | XSW_SAVED_LRO))
			path_leave(sw, port, record, true);
		skb_prepare(sw, port, dev, record);
	} else if (record->use_path != XSW_PATH_XDP) {
		err = path_take_xdp(sw, port, dev, record);
	}
	return err;
}

bool path_changes(const struct xsw_port_record *record, __u32 want_path)
{
	return want_path != record->want_path ||
	       ((want_path == XSW_WANT_XDP || want_path == XSW_WANT_AFXDP) &&
		record->use_path != XSW_PATH_XDP);
}
