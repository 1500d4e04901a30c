// SPDX-License-Identifier: GPL-2.0
/* Devices without native XDP: VLAN devices, bonds, dummies and the like. */
#include "ctrl/port/kind.h"
#include "ctrl/port/offload.h"
#include "ctrl/port/record.h"

static bool other_wants_xdp(const struct link_info *dev, struct xsw_port_record *record)
{
	record_reason(record, "%s device: no native XDP",
		      dev->kind_text[0] ? dev->kind_text : "this");
	return false;
}

const struct port_kind kind_other = {
	.leads_out = true,
	.wants_xdp = other_wants_xdp,
	.xdp_prepare = offload_xdp_off,
	.skb_prepare = offload_lro_off,
	.restore = offload_restore,
	.check = offload_check_gro,
};
