// SPDX-License-Identifier: GPL-2.0
/* Veths of guests and containers. The other end may be in another network namespace. It has
 * carrier while the port's end is up.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/base/shell_word.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/offload.h"
#include "ctrl/port/record.h"
#include "maps/peer.h"
#include "maps/port.h"

#define FEAT_PEER_TXVLAN (LINK_FEAT_TXVLAN | LINK_FEAT_TXVLAN_STAG)
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Features that have to be off at the other end, and the bits that remember that they were on. */
static const struct {
	__u32 feature, bit;
} peer_off[] = {
	{ LINK_FEAT_TXVLAN, XSW_SAVED_PEER_TXVLAN },
	{ LINK_FEAT_TXVLAN_STAG, XSW_SAVED_PEER_TXVLAN_STAG },
};

/* ---- path */

/* A tag that stands in skb->vlan_tci is invisible to native XDP: let the peer write tags out. */
static int veth_xdp_prepare(const struct port_change *c)
{
	struct link_info peer;
	int err;

	err = link_peer_get(c->dev, &peer);
	if (err) {
		record_reason(c->record,
			      "the veth peer's txvlan cannot be turned off: it was not found");
		return err;
	}
	if (!(peer.features & FEAT_PEER_TXVLAN))
		return 0;
	for (size_t i = 0; i < COUNT(peer_off); i++)
		if (peer.features & peer_off[i].feature)
			record_saved_note(c->sw, c->port, c->record, peer_off[i].bit);
	err = link_peer_set_feature(c->dev, FEAT_PEER_TXVLAN, false);
	if (err)
		record_reason(c->record, "the veth peer's txvlan cannot be turned off");
	return err;
}

/* Redirects into a veth arrive only where its peer runs a NAPI, which GRO does,
 * and where the kernel has noted so in xdp_features (drivers/net/veth.c):
 * - GRO that was on before the peer was up has started no NAPI: turn it off first.
 * - While the peer is down a change of GRO is not noted, nor when it comes up. An
 *   XDP program that comes and goes is.
 */
static void veth_reached(const struct port_change *c)
{
	struct link_info peer;
	int prog;

	if (link_peer_get(c->dev, &peer) || peer.xdp_prog_id)
		return;
	if (!(peer.features & LINK_FEAT_GRO))
		record_saved_note(c->sw, c->port, c->record, XSW_SAVED_PEER_GRO);
	else if (peer.up)
		link_peer_set_feature(c->dev, LINK_FEAT_GRO, false);
	link_peer_set_feature(c->dev, LINK_FEAT_GRO, true);
	if (peer.up)
		return;
	prog = prog_get(c->sw->dir, "prog_xdp");
	link_peer_touch_xdp(c->dev, prog);
	close(prog);
}

/* The peer has lost its TSO to the program and cuts what TCP sends. Most of it has partial checksums,
 * goes by TC therefore, and GRO joins it again on the way.
 */
static void veth_merges(const struct port_change *c)
{
	if (c->dev->features & LINK_FEAT_GRO)
		return;
	record_saved_note(c->sw, c->port, c->record, XSW_SAVED_GRO);
	link_set_feature(c->dev->ifindex, LINK_FEAT_GRO, true);
}

/* Source: tools/bench/figures/containers.md */
static const char xdp_costs[] = "TCP of a container carries 0.4 of what it does on path skb";

static void veth_xdp_attached(const struct port_change *c)
{
	veth_reached(c);
	veth_merges(c);
	if (c->record->want_path == XSW_WANT_XDP)
		record_reason(c->record, "as configured; %s", xdp_costs);
}

/* Source: drivers/net/veth.c, veth_xdp_set() */
static const char *veth_xdp_refusal(int err)
{
	return err == -ENOSPC ? "the peer has more tx queues than this end rx queues" :
	       err == -ERANGE ? "the peer's mtu is too large for XDP" :
				NULL;
}

static void veth_restore(const struct link_info *dev, __u32 saved)
{
	if (saved & XSW_SAVED_GRO)
		link_set_feature(dev->ifindex, LINK_FEAT_GRO, false);
	if (saved & XSW_SAVED_PEER_GRO)
		link_peer_set_feature(dev, LINK_FEAT_GRO, false);
	for (size_t i = 0; i < COUNT(peer_off); i++)
		if (saved & peer_off[i].bit)
			link_peer_set_feature(dev, peer_off[i].feature, true);
}

static bool veth_can_redirect(const struct link_info *dev)
{
	struct link_info peer;

	return !link_peer_get(dev, &peer) && (peer.features & LINK_FEAT_GRO || peer.xdp_prog_id);
}

/* What of the veth's other end xsw_peer is to hold; 0 unless the kernel can hand frames to it
 * (it has to be up, in another network namespace) and nothing there wants to see them first.
 * Nor if the port's own device is down: the kernel would hand them on all the same.
 */
static __u64 veth_peer(const struct link_info *dev)
{
	struct link_info peer;
	__u64 value = 0;

	if (dev->peer_nsid < 0 || !dev->up || link_peer_get(dev, &peer) || !peer.up ||
	    peer.xdp_prog_id)
		return 0;
	memcpy(&value, peer.mac, sizeof(peer.mac));
	return value | XSW_PEER_VALID;
}

/* ---- link */

static bool veth_link_is_up(const struct link_info *dev)
{
	return dev->up;
}

static int veth_link_set(const struct link_info *dev, bool up)
{
	return link_set_up(dev->ifindex, up);
}

/* ---- what a user is told */

static void veth_napi_remedy(const struct link_info *dev)
{
	xsw_remedy("a veth has NAPI with path xdp, or after 'ethtool -K %s gro on'", dev->ifname);
}

/* What of the other end a check needs */
struct veth_peer {
	struct link_info link;
	char in[NETNS_PREFIX_LEN]; /* see link_peer_prefix() */
};

/* Redirects arrive only where the peer runs a NAPI, see veth_xdp_attached(). The device itself
 * tells of it from Linux 6.3 on; the switch looks with each command.
 */
static void check_target(struct check_rows *rows, const struct link_info *l,
			 const struct veth_peer *peer, bool seen)
{
	bool napi = l->xdp_known ? l->xdp_features & LINK_XDP_NDO_XMIT :
				   peer->link.features & LINK_FEAT_GRO || peer->link.xdp_prog_id;
	const char *end = shell_word(peer->link.ifname, XSW_NAME_LEN);

	check_say(rows, "redirect-target", napi && seen, seen ? XSW_CHECK_FAIL : XSW_CHECK_WARN,
		  napi && seen ? "XDP can redirect to it" :
		  napi	       ? "XDP could redirect to it, which the switch has not seen yet" :
		  seen	       ? "its peer's GRO went: frames that XDP sends to it are lost" :
				 "the peer has neither GRO nor XDP: XDP hands its frames to TC");
	if (napi)
		check_remedy(rows, "xsw port set %s", l->ifname);
	else
		check_remedy(rows,
			     "%sip link set %s up; %sethtool -K %s gro off; %sethtool -K %s gro "
			     "on; xsw port set %s",
			     peer->in, end, peer->in, end, peer->in, end, l->ifname);
}

static void check_tags(struct check_rows *rows, const struct veth_peer *peer)
{
	__u32 hides = peer->link.features & FEAT_PEER_TXVLAN;

	check_say(rows, "txvlan", !hides, XSW_CHECK_FAIL,
		  hides ? "the peer hides VLAN tags from XDP" : "the peer shows its VLAN tags");
	check_remedy(rows, "%sethtool -K %s%s%s", peer->in,
		     shell_word(peer->link.ifname, XSW_NAME_LEN),
		     hides & LINK_FEAT_TXVLAN ? " txvlan off" : "",
		     hides & LINK_FEAT_TXVLAN_STAG ? " tx-vlan-stag-hw-insert off" : "");
}

/* netif_receive_generic_xdp() lets by what was redirected, and __bpf_tx_skb() of net/core/filter.c
 * marks it so from Linux 6.4 on. Nothing but the version tells; no more hangs on it than advice.
 */
static bool kernel_skips_generic(void)
{
	unsigned int major, minor;
	struct utsname uts;

	return !uname(&uts) && sscanf(uts.release, "%u.%u", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 4));
}

static void check_program(struct check_rows *rows, const struct veth_peer *peer)
{
	if (peer->link.xdp_attached != XDP_ATTACHED_SKB || !kernel_skips_generic())
		return;
	check_say(rows, "peer-program", false, XSW_CHECK_WARN,
		  "the generic XDP program %u of the peer %s does not see what TC sends to it",
		  peer->link.xdp_prog_id, peer->link.ifname);
	check_remedy(rows, "%sip link set %s xdpgeneric off # and attach it again as xdpdrv",
		     peer->in, shell_word(peer->link.ifname, XSW_NAME_LEN));
}

static void veth_check(struct check_rows *rows, const struct link_info *l,
		       const struct check_need *need)
{
	struct veth_peer peer;

	if (link_peer_get(l, &peer.link)) {
		if (!need->uses_xdp && !need->from_xdp)
			return;
		check_say(rows, "peer", false, need->uses_xdp ? XSW_CHECK_FAIL : XSW_CHECK_WARN,
			  "the other end of the veth cannot be examined");
		check_remedy(rows, "ip netns attach NAME PID # of its network namespace");
		return;
	}
	link_peer_prefix(l, peer.in);
	if (need->from_xdp)
		check_target(rows, l, &peer, need->xdp_out);
	if (need->from_skb)
		check_program(rows, &peer);
	if (need->uses_xdp) {
		check_tags(rows, &peer);
		check_say(rows, "tcp", true, XSW_CHECK_OK, "%s", xdp_costs);
	}
	offload_check_gro(rows, l, need);
}

const struct port_kind kind_veth = {
	.rtnl = "veth",
	.flags = XSW_PORT_CSUM_CHECK,
	.skb_reason = "veth: keeps TSO and checksum offloads on the skb path",
	.xdp_prepare = veth_xdp_prepare,
	.xdp_costs = xdp_costs,
	.xdp_attached = veth_xdp_attached,
	.xdp_refusal = veth_xdp_refusal,
	.restore = veth_restore,
	.can_redirect = veth_can_redirect,
	.peer = veth_peer,
	.link_is_up = veth_link_is_up,
	.link_set = veth_link_set,
	.napi_remedy = veth_napi_remedy,
	.check = veth_check,
};
