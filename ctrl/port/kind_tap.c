// SPDX-License-Identifier: GPL-2.0
/* Taps of guests. A tap has carrier while a program has it open, and a carrier to set. */
#include <errno.h>

#include "ctrl/port/kind.h"
#include "maps/port.h"

static bool tap_can_redirect(const struct link_info *dev)
{
	return true;
}

static bool tap_link_is_up(const struct link_info *dev)
{
	return dev->carrier;
}

/* A tap that no process has open has no carrier, and gets it with the process. */
static int tap_link_set(const struct link_info *dev, bool up)
{
	int err = link_set_carrier(dev->ifindex, up);

	return err == -EPERM && up ? 0 : err;
}

const struct port_kind kind_tap = {
	.rtnl = "tun",
	.flags = XSW_PORT_CSUM_CHECK | XSW_PORT_TAP,
	.no_carrier = "no carrier: no program has the tap open, or its carrier is off",
	.skb_reason = "tap: keeps GSO and checksum offloads on the skb path",
	.can_redirect = tap_can_redirect,
	.link_is_up = tap_link_is_up,
	.link_set = tap_link_set,
};
