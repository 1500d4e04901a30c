/* SPDX-License-Identifier: GPL-2.0 */
/* Which ports may be members of a VLAN, for frames that go to more than one port. Map xsw_members
 * is an array of XSW_MEMBER_WORDS elements: bit N % 64 of vlan[V] in element N / 64 is set if port
 * number N is a member of VLAN V by its settings (xsw_port_has_vlan()).
 *
 * Written by the controller, read by all programs that flood. They ask the settings of each port
 * whose bit is set: one bit too many costs time, one too few costs frames. So a bit is set before
 * the settings that want it are in use, and cleared when they are no longer; a command that is
 * killed leaves too many.
 */
#pragma once

#include <linux/types.h>

#include "maps/limits.h"

#define XSW_MEMBER_WORDS (XSW_MAX_PORTS / 64)
#define XSW_MEMBER_VLANS 4096

struct xsw_members {
	__u64 vlan[XSW_MEMBER_VLANS];
};

_Static_assert(sizeof(struct xsw_members) == 32768, "layout of xsw_members");
