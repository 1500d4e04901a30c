// SPDX-License-Identifier: GPL-2.0
/* Taps of guests. A tap has carrier while a program has it open, and a carrier to set. */
#include <errno.h>
#include <stdio.h>

#include "ctrl/kernel/holder.h"
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

/* ---- what a user is told */

#define BPF_PROG "anon_inode:bpf[-_]prog"
#define IS_FILTER "prog_type:\t1" /* BPF_PROG_TYPE_SOCKET_FILTER: those of TUNSETSTEERINGEBPF are */

/* The kernel does not tell the steering program of a tap (TUNSETSTEERINGEBPF), but it has to be a
 * socket filter, and a process that has the tap open keeps the program it has loaded for it, as QEMU
 * does with rss=on. Return: its number, 0: there is none, or it cannot be found.
 */
static __u32 steering_find(const struct link_info *dev, struct holder *holder)
{
	char iff[XSW_NAME_LEN + 8];
	const struct held held[] = { { "/dev/net/tun", iff }, { BPF_PROG, IS_FILTER } };
	long id;

	snprintf(iff, sizeof(iff), "iff:\t%s", dev->ifname);
	if (!holder_find(held, 2, holder))
		return 0;
	id = holder_number(holder->pid, &held[1], "prog_id:");
	return id > 0 ? id : 0;
}

/* Source: drivers/net/tun.c: tun_xdp_xmit() asks no steering program, tun_select_queue() does */
static void tap_check(struct check_rows *rows, const struct link_info *dev,
		      const struct check_need *need)
{
	struct holder holder;
	__u32 id;

	if (!need->from_xdp || dev->tap_queues < 2)
		return;
	id = steering_find(dev, &holder);
	if (!id)
		return;
	check_say(rows, "steering", false, XSW_CHECK_WARN,
		  "what XDP sends goes to queues by CPU, not by the program %u of process %d, %s",
		  id, holder.pid, holder.comm);
	check_remedy(rows, "%s",
		     need->to_skb[0] ? need->to_skb : "xsw port set DEV path skb # of all ports");
}

const struct port_kind kind_tap = {
	.rtnl = "tun",
	.flags = XSW_PORT_CSUM_CHECK | XSW_PORT_TAP,
	.no_carrier = "no carrier: no program has the tap open, or its carrier is off",
	.skb_reason = "tap: keeps GSO and checksum offloads on the skb path",
	.can_redirect = tap_can_redirect,
	.link_is_up = tap_link_is_up,
	.link_set = tap_link_set,
	.check = tap_check,
};
