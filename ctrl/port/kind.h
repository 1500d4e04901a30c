/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kinds of ports. Each kind is a file kind_*.c with these operations, and
 * a row in kind.c; nothing else asks what kind a device is of.
 *
 *   tap, veth, virtio, nic, other	what a device is
 *   host				a veth pair that xsw makes: kind_host has what makes and
 *					removes it, kind_veth all else
 *
 * NULL means: nothing to do, or: not with this kind.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "ctrl/kernel/link.h"
#include "ctrl/port/check_rows.h"
#include "maps/port_record.h"

/* The device of a port of which something is to be changed. */
struct port_change {
	const struct xsw_switch_handle *sw;
	__u32 port;
	const struct link_info *dev;
	struct xsw_port_record *record;
};

struct port_kind {
	/* What tells it: rtnetlink's IFLA_INFO_KIND ("": none; NULL: no device is of this kind),
	 * a parent device, ethtool's driver (NULL: any).
	 */
	const char *rtnl;
	bool is_hardware;
	const char *driver;

	__u32 flags;		/* XSW_PORT_*: what the data path has to know of such a port */
	bool leads_out;		/* of the host */
	const char *no_carrier; /* why it has none; NULL: no more is known */

	/* ---- path: what is changed is noted in @c->record before */

	/* Why path auto takes path skb, or NULL: wants_xdp() says, and sets the record's reason. */
	const char *skb_reason;
	bool (*wants_xdp)(const struct link_info *dev, struct xsw_port_record *record);

	/* Prepare the device for native XDP. Return: 0, or -errno with the record's reason set. */
	int (*xdp_prepare)(const struct port_change *c);

	/* What path xdp costs there, told to a user who asks for it; NULL: nothing. */
	const char *xdp_costs;

	/* XDP is attached. */
	void (*xdp_attached)(const struct port_change *c);

	/* Why the driver refused to attach with -errno @err; NULL: for no reason of its own. */
	const char *(*xdp_refusal)(int err);

	/* Prepare the device for path skb. */
	void (*skb_prepare)(const struct port_change *c);

	/* Give the device back the settings that XSW_SAVED_* bits @saved name. */
	void (*restore)(const struct link_info *dev, __u32 saved);

	/* Can XDP redirect to the device? Asked before 6.3 only. NULL: while it has a program. */
	bool (*can_redirect)(const struct link_info *dev);

	/* The value of map xsw_peer, see maps/peer.h; 0: frames cannot be handed to the peer. */
	__u64 (*peer)(const struct link_info *dev);

	/* ---- link, as the guest sees it */

	bool (*link_is_up)(const struct link_info *dev);
	int (*link_set)(const struct link_info *dev, bool up); /* 0 or -errno; NULL: it has none */

	/* ---- what a user is told */

	/* A remedy for a device that is up and has no NAPI, by xsw_remedy() */
	void (*napi_remedy)(const struct link_info *dev);

	/* Rows of 'xsw check' */
	void (*check)(struct check_rows *rows, const struct link_info *dev,
		      const struct check_need *need);

	/* ---- a device that xsw makes, and that goes with the port */

	__u32 asked; /* XSW_PORT_* flag by which a user asks for it */
	__u32 made;  /* XSW_SAVED_* bit that says so in the record */

	/* Can the port be called @ifname, at all and now? Return: 0 or -errno, error set. */
	int (*name_check)(const char *ifname);
	int (*make_check)(const char *ifname);

	/* Make the device of port @record->ifname; what is under way is noted before it begins.
	 * @dev: result. Return: 0 or -errno, error set.
	 */
	int (*make)(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		    struct link_info *dev);

	/* Remove the device, or what of it was made when the command was killed. */
	void (*remove)(const struct xsw_port_record *record);

	/* Read the address that the host itself has behind the device. Return: 0; -ESRCH: it
	 * cannot be found. NULL: the host has none there.
	 */
	int (*host_mac)(const struct link_info *dev, __u8 *mac);

	/* Name of the device of port @record->ifname, XSW_NAME_LEN bytes; @guess: the way back */
	void (*device_name)(const char *ifname, char *name);
	void (*guess)(struct xsw_port_record *record);
};

extern const struct port_kind kind_tap;
extern const struct port_kind kind_veth;
extern const struct port_kind kind_nic;
extern const struct port_kind kind_virtio;
extern const struct port_kind kind_other;
extern const struct port_kind kind_host;

/** kind_of() - the kind of device @dev. What link_brief() read has no driver: virtio is a NIC. */
const struct port_kind *kind_of(const struct link_info *dev);

/** kinds_flags() - all XSW_PORT_* that tell the data path of a kind of device */
__u32 kinds_flags(void);

/** kind_asked() - the kind with a device to be made that XSW_PORT_* @flags ask for, or NULL */
const struct port_kind *kind_asked(__u32 flags);

/** kind_made() - the kind that made the device of @record, NULL: it was there before */
const struct port_kind *kind_made(const struct xsw_port_record *record);
