// SPDX-License-Identifier: GPL-2.0
/* The link of a port: what it was is noted, set, and given back. */
#include "ctrl/port/link.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/fdb/request.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/netlink.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/record.h"
#include "maps/port.h"

#define SAVED_LINK (XSW_SAVED_LINK_UP | XSW_SAVED_LINK_DOWN)
#define GIVEN_LINK (XSW_GIVEN_LINK_UP | XSW_GIVEN_LINK_DOWN)

static bool link_has(const struct link_info *dev)
{
	return kind_of(dev)->link_set;
}

static bool link_is_up(const struct link_info *dev)
{
	return kind_of(dev)->link_is_up(dev);
}

int port_link_check(const struct link_info *dev, const struct xsw_port_record *record)
{
	if (!(record->given & GIVEN_LINK) || link_has(dev))
		return 0;
	return xsw_fail(EOPNOTSUPP, "port", record->ifname,
			"link: only that of taps and veths can be set");
}

static int link_set(const struct link_info *dev, bool up)
{
	int err = kind_of(dev)->link_set(dev, up);

	return err ? xsw_fail(err, "port", dev->ifname, "cannot set its link %s: %s",
			      up ? "up" : "down", netlink_error(err)) :
		     0;
}

/* Another state than the one it had is noted before the change, that one after it. */
static int link_change(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record, bool up)
{
	__u32 back = up ? XSW_SAVED_LINK_UP : XSW_SAVED_LINK_DOWN;
	struct link_info dev;
	int err;

	if (link_brief(NULL, record->ifindex, &dev) || !link_has(&dev))
		return 0;
	if (link_is_up(&dev) != up && !(record->saved & SAVED_LINK))
		record_saved_note(sw, port, record, up ? XSW_SAVED_LINK_DOWN : XSW_SAVED_LINK_UP);
	err = link_is_up(&dev) == up ? 0 : link_set(&dev, up);
	if (!err && record->saved & back)
		record_saved_drop(sw, port, record, back);
	return err;
}

void port_link_restore(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record)
{
	if (!(record->saved & SAVED_LINK))
		return;
	link_change(sw, port, record, record->saved & XSW_SAVED_LINK_UP);
	record_saved_drop(sw, port, record, SAVED_LINK);
}

__u32 port_link_state(const struct xsw_port_record *record)
{
	return record->given & XSW_GIVEN_LINK_DOWN ? XSW_STATE_LINK_DOWN : 0;
}

void port_link_tell(const struct xsw_switch_handle *sw, __u32 port,
		    const struct xsw_port_record *record)
{
	struct xsw_state state;
	__u32 was;

	if (bpf_map_lookup_elem(sw->map.state, &port, &state))
		return;
	was = state.flags;
	state.flags = (was & ~XSW_STATE_LINK_DOWN) | port_link_state(record);
	if (state.flags == was)
		return;
	bpf_map_update_elem(sw->map.state, &port, &state, BPF_ANY);
	ports_look(sw);
}

int port_link_apply(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record)
{
	port_link_tell(sw, port, record);
	if (record->given & GIVEN_LINK)
		return link_change(sw, port, record, record->given & XSW_GIVEN_LINK_UP);
	port_link_restore(sw, port, record);
	return 0;
}

bool port_link_differs(const struct link_info *dev, const struct xsw_port_record *record, bool up)
{
	if (record->given & GIVEN_LINK || !link_has(dev))
		return false;
	return up ? record->saved & SAVED_LINK : link_is_up(dev);
}

int port_link_follow(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		     bool up)
{
	if (record->given & GIVEN_LINK)
		return 0;
	if (!up)
		return link_change(sw, port, record, false);
	port_link_restore(sw, port, record);
	return 0;
}
