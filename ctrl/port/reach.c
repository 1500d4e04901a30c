// SPDX-License-Identifier: GPL-2.0
/* Which devices XDP can redirect to, which merge TCP: it changes without us, so
 * every writing command asks again. One request for all devices where the kernel
 * has it.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/request.h"
#include "ctrl/fdb/table.h"
#include "ctrl/kernel/ethtool.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/netdev.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/link.h"
#include "ctrl/port/local_follow.h"
#include "ctrl/port/work.h"
#include "maps/peer.h"
#include "maps/stats.h"

static unsigned int held; /* see ports_refresh_hold() */

struct refresh {
	const struct xsw_switch_handle *sw;
	bool reach[XSW_MAX_PORTS];
};

static void reach_note(__u32 ifindex, __u32 features, void *arg)
{
	struct refresh *r = arg;
	__u32 slot;

	if (!(features & LINK_XDP_NDO_XMIT))
		return;
	slot = slot_of_ifindex(r->sw, ifindex);
	if (slot)
		r->reach[XSW_SLOT_PORT(slot)] = true;
}

/* Before 6.3: deduce it from what the drivers are known to need. */
static bool reach_guess(__u32 ifindex)
{
	const struct port_kind *kind;
	struct link_info dev;

	if (link_get_index(ifindex, &dev))
		return false;
	kind = kind_of(&dev);
	return kind->can_redirect ? kind->can_redirect(&dev) : dev.xdp_prog_id;
}

/* Does the device merge what XDP passes on? */
static bool device_has_gro(__u32 ifindex)
{
	char ifname[IF_NAMESIZE];
	__u32 on, fixed;

	return if_indextoname(ifindex, ifname) && !ethtool_features(ifname, &on, &fixed) &&
	       on & LINK_FEAT_GRO;
}

/* What of the device's other end xsw_peer is to hold, 0: nothing. */
static __u64 peer_value(__u32 ifindex)
{
	struct link_info dev;

	if (link_brief(NULL, ifindex, &dev) || !kind_of(&dev)->peer)
		return 0;
	return kind_of(&dev)->peer(&dev);
}

static void peer_write(const struct xsw_switch_handle *sw, __u32 port,
		       const struct xsw_port_record *record)
{
	struct xsw_port conf;
	__u64 now, next;

	if (sw->map.peer < 0 || conf_read(sw, port, &conf) ||
	    bpf_map_lookup_elem(sw->map.peer, &port, &now))
		return;
	next = conf.flags & XSW_PORT_PEER ? peer_value(record->ifindex) : 0;
	if (now == next)
		return;
	bpf_map_update_elem(sw->map.peer, &port, &next, BPF_ANY);
	decisions_void(sw);
}

static void state_write(const struct xsw_switch_handle *sw, __u32 port,
			const struct xsw_port_record *record, bool reach)
{
	struct xsw_state now = {}, next = {};
	struct xsw_port conf;

	next.flags = (reach ? XSW_STATE_XDP_OUT : 0) | port_link_state(record);
	if (record->use_path == XSW_PATH_XDP) {
		if (device_has_gro(record->ifindex))
			next.flags |= XSW_STATE_GRO;
	} else if (!conf_read(sw, port, &conf) && conf.flags & XSW_PORT_TAP) {
		next.flags |= XSW_STATE_GSO;
	}
	if (bpf_map_lookup_elem(sw->map.state, &port, &now) || now.flags == next.flags)
		return;
	next.afxdp = now.afxdp;
	bpf_map_update_elem(sw->map.state, &port, &next, BPF_ANY);
	decisions_void(sw);
	if ((now.flags ^ next.flags) & XSW_STATE_LINK_DOWN)
		ports_look(sw);
}

/* Nothing is sent to a device that has been in another namespace, until it is entered again. Its
 * number may be another's by now, or a moment later: a link to the device tells, and before 6.6
 * there is none.
 */
static void return_mend(const struct xsw_switch_handle *sw, __u32 port,
			const struct xsw_port_record *record)
{
	struct link_info dev;

	if (!table_devmap_lacks(sw, port, record->ifindex) || port_absent(sw, port, record, &dev))
		return;
	table_devmap_mend(sw, port, record->ifindex);
	if (!attach_tc_is_on(sw->dir, port, record->ifindex))
		table_devmap_clear(sw, port);
}

void xsw_ports_refresh(const struct xsw_switch_handle *sw)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	struct xsw_port_record *records;
	struct refresh *r;
	bool known;
	int n;

	if (held || switch_read(sw, &conf) ||
	    netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie))
		return;
	r = calloc(1, sizeof(*r));
	n = r ? record_read_all(sw, &records) : -1;
	if (n < 0)
		goto out;
	r->sw = sw;
	known = !netdev_xdp_features(0, reach_note, r);
	for (int port = 1; port < n; port++)
		if (records[port].state == XSW_RECORD_ACTIVE ||
		    records[port].state == XSW_RECORD_ADDING) {
			state_write(sw, port, &records[port],
				    known ? r->reach[port] : reach_guess(records[port].ifindex));
			peer_write(sw, port, &records[port]);
			if (records[port].state == XSW_RECORD_ACTIVE)
				return_mend(sw, port, &records[port]);
		}
	locals_follow(sw, records, n);
	free(records);
out:
	free(r);
	netns_visit_end(&visit);
}

void ports_refresh_hold(void)
{
	held++;
}

void ports_refresh_release(const struct xsw_switch_handle *sw)
{
	held--;
	if (sw)
		xsw_ports_refresh(sw);
}
