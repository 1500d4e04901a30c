/* SPDX-License-Identifier: GPL-2.0 */
/* Is this device still in the network namespace of the switch? A device that is moved takes its
 * programs along, and its ifindex over there may be the number of a port here.
 */
#pragma once

#include "bpf/kernel.h"
#include "bpf/tables.h"

static __always_inline bool netns_has(const struct net_device *dev)
{
	const struct xsw_switch *sw = switch_get();

	return sw && dev && dev->nd_net.net->net_cookie == sw->netns_cookie;
}
