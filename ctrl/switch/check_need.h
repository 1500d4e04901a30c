/* SPDX-License-Identifier: GPL-2.0 */
/* What the ports of a switch ask of each other: a check warns of what matters to them alone. */
#pragma once

#include "ctrl/base/vlan_set.h"
#include "ctrl/port/check_rows.h"
#include "ctrl/port/port.h"

/* A port as the others see it */
struct need_port {
	char ifname[XSW_NAME_LEN];
	__u32 port;
	__u32 mtu;
	__u32 flags; /* XSW_PORT_* */
	__u32 state; /* XSW_STATE_* */
	__u32 vlan_mode;
	__u32 tag;
	bool xdp;		 /* it is on another path than skb */
	bool tagged_in;		 /* dot1q-tunnel: what it takes may have a tag */
	struct vlan_set members; /* VLANs that leave here */
};

struct need_switch {
	struct need_port *port;
	int n;
};

/** need_read() - all ports whose devices are there; freed by need_free() */
void need_read(const struct xsw_switch_handle *sw, struct need_switch *all);
void need_free(struct need_switch *all);

/** need_find() - what matters at port @p */
void need_find(const struct need_switch *all, const struct xsw_port_info *p,
	       struct check_need *need);
