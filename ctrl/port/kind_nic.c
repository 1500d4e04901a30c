// SPDX-License-Identifier: GPL-2.0
/* NICs: devices with hardware, or a guest's part of it, behind them. */
#include "ctrl/port/kind.h"
#include "ctrl/port/offload.h"
#include "ctrl/port/record.h"

static bool nic_wants_xdp(const struct link_info *dev, struct xsw_port_record *record)
{
	__u32 need = LINK_XDP_BASIC | LINK_XDP_REDIRECT;

	if (!dev->xdp_known || (dev->xdp_features & need) == need) { /* unknown: try */
		record_reason(record, "driver %s has native XDP", dev->driver);
		return true;
	}
	record_reason(record, "driver %s has no native XDP redirect", dev->driver);
	return false;
}

static void nic_check(struct check_rows *rows, const struct link_info *l,
		      const struct check_need *need)
{
	__u32 hides = l->features & (LINK_FEAT_RXVLAN | LINK_FEAT_RXVLAN_STAG);
	__u32 merges = l->features & (LINK_FEAT_LRO | LINK_FEAT_GRO_HW);

	if (!need->uses_xdp)
		return;
	check_say(rows, "rxvlan", !hides, XSW_CHECK_FAIL,
		  hides ? "the NIC hides VLAN tags from XDP" : "tags are left in the frame");
	check_remedy(rows, "ethtool -K %s%s%s", l->ifname,
		     hides & LINK_FEAT_RXVLAN ? " rxvlan off" : "",
		     hides & LINK_FEAT_RXVLAN_STAG ? " rx-vlan-stag-hw-parse off" : "");
	check_say(rows, "lro", !merges, XSW_CHECK_FAIL,
		  merges ? "the NIC merges frames" : "frames come unmerged");
	check_remedy(rows, "ethtool -K %s%s%s", l->ifname, merges & LINK_FEAT_LRO ? " lro off" : "",
		     merges & LINK_FEAT_GRO_HW ? " rx-gro-hw off" : "");
	offload_check_gro(rows, l, need);
}

const struct port_kind kind_nic = {
	.rtnl = "",
	.is_hardware = true,
	.leads_out = true,
	.wants_xdp = nic_wants_xdp,
	.xdp_prepare = offload_xdp_off,
	.skb_prepare = offload_lro_off,
	.restore = offload_restore,
	.check = nic_check,
};
