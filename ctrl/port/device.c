// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/device.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/tc_rules.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/link.h"
#include "ctrl/port/napi.h"
#include "ctrl/port/path.h"
#include "ctrl/port/record.h"
#include "ctrl/port/work.h"
#include "maps/stats.h"

int port_device_get(const char *ifname, struct link_info *dev)
{
	int err = link_get(ifname, dev);

	if (err == -ENODEV)
		return xsw_fail(err, "port", ifname, "no such device");
	if (err)
		return err;
	if (!dev->is_ethernet)
		return xsw_fail(EINVAL, "port", ifname, "not an Ethernet device");
	if (dev->has_master) {
		xsw_fail(EBUSY, "port", ifname, "belongs to a bridge, bond or other master");
		xsw_remedy("ip link set %s nomaster", ifname);
		return -EBUSY;
	}
	return 0;
}

/* ---- entering ---- */

static int promisc_enter(const struct xsw_switch_handle *sw, __u32 port,
			 const struct link_info *dev, struct xsw_port_record *record)
{
	if (dev->promisc)
		return 0;
	record_saved_note(sw, port, record, XSW_SAVED_PROMISC);
	return link_set_promisc(dev->ifindex, true);
}

static int tables_enter(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev)
{
	int egress = prog_get(sw->dir, "prog_egress"), err;

	if (egress < 0)
		return xsw_fail(egress, "port", dev->ifname, "no program: %s", strerror(-egress));
	err = table_device_add(sw, port, dev->ifindex, egress);
	close(egress);
	return err ? xsw_fail(err, "port", dev->ifname, "cannot enter the tables: %s",
			      strerror(-err)) :
		     0;
}

static int tc_enter(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
		    struct xsw_port_record *record)
{
	int tc = prog_get(sw->dir, "prog_tc"), err;
	struct tc_prefs prefs;

	if (tc < 0)
		return xsw_fail(tc, "port", dev->ifname, "no program: %s", strerror(-tc));
	err = attach_tc(sw->dir, port, dev->ifindex, tc, record);
	close(tc);
	if (!err)
		return 0;
	xsw_fail(err, "port", dev->ifname, "cannot attach to TC ingress: %s", strerror(-err));
	if (!record->tc_is_link && !tc_prefs_read(dev->ifindex, &prefs) && prefs.block)
		xsw_remedy(
			"block %u of its filters is shared with other devices; tc qdisc del dev %s "
			"clsact",
			prefs.block, dev->ifname);
	return err;
}

int port_device_enter(struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
		      struct xsw_port_record *record, const struct vlan_set *cpus)
{
	int err = promisc_enter(sw, port, dev, record);

	if (!err)
		err = tables_enter(sw, port, dev);
	if (err)
		return err;
	port_link_tell(sw, port, record);
	err = tc_enter(sw, port, dev, record);
	if (!err)
		err = path_take(sw, port, dev, record);
	if (!err)
		err = port_link_apply(sw, port, record);
	if (!err)
		err = port_napi_apply(sw, port, record, cpus);
	return err;
}

/* ---- leaving ---- */

void port_device_leave(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record, bool here)
{
	const struct port_kind *maker = kind_made(record);

	if (here)
		port_napi_restore(sw, port, record);
	path_leave(sw, port, record, here);
	if (here)
		port_link_restore(sw, port, record);
	if (here && record->saved & XSW_SAVED_PROMISC)
		link_set_promisc(record->ifindex, false);
	if (maker && (here || !record->ifindex))
		maker->remove(record);
}
