// SPDX-License-Identifier: GPL-2.0
/* virtio-net, the NIC of a guest that runs xsw itself. While XDP is attached its guest offloads
 * are off, so that no frame comes in with a partial checksum.
 */
#include "ctrl/port/kind.h"
#include "ctrl/port/offload.h"

const struct port_kind kind_virtio = {
	.rtnl = "",
	.is_hardware = true,
	.driver = "virtio_net",
	.leads_out = true,
	.skb_reason = "virtio: keeps guest offloads on the skb path",
	.xdp_prepare = offload_xdp_off,
	.skb_prepare = offload_lro_off,
	.restore = offload_restore,
	.check = offload_check_gro,
};
