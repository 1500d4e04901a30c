// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/device.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error_keep.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/tc_rules.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/fit.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/link.h"
#include "ctrl/port/napi.h"
#include "ctrl/port/path.h"
#include "ctrl/port/record.h"
#include "ctrl/port/work.h"
#include "ctrl/stats/event_write.h"
#include "maps/stats.h"

int port_device_get(const char *ifname, const char *switch_name, struct link_info *dev)
{
	int err = link_name_check("port", ifname);

	if (!err)
		err = link_get(ifname, dev);
	if (err == -ENODEV)
		return xsw_fail(err, "port", ifname, "no such device%s", link_name_remark(ifname));
	return err ? err : fit_check(dev, switch_name);
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
	if (!err && cpus)
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

/* ---- coming later ---- */

static int conf_device_set(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex,
			   __u32 flags)
{
	struct xsw_port conf;
	int err = conf_read(sw, port, &conf);

	if (err)
		return err;
	conf.ifindex = ifindex;
	conf.flags = (conf.flags & ~kinds_flags()) | flags;
	return table_swap(sw, port, &conf);
}

void port_device_lose(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port_record *was)
{
	struct xsw_port_record record = *was;
	struct netns_visit visit;
	struct xsw_switch conf = {};
	bool here;

	switch_read(sw, &conf);
	here = !netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie) &&
	       was->state == XSW_RECORD_ATTACHING && port_keeps_name(was);
	detach_tc(sw->dir, port, &record, here);
	port_device_leave(sw, port, &record, here);
	table_device_del(sw, port, record.ifindex);
	conf_device_set(sw, port, 0, 0);
	xsw_fdb_flush(sw, port, XSW_ANY_VLAN);
	record.state = XSW_RECORD_ACTIVE;
	record.ifindex = 0;
	record.saved = 0;
	record_reason_absent(&record);
	record_write(sw, port, &record);
	netns_visit_end(&visit);
}

/* The device of a host port is made with it. Another device of that name is somebody else's. */
static int attach_check_kind(const struct xsw_switch_handle *sw, __u32 port,
			     const struct xsw_port_record *record)
{
	struct xsw_port conf;

	if (conf_read(sw, port, &conf) || !kind_asked(conf.flags))
		return 0;
	xsw_fail(EINVAL, "port", record->ifname, "is a host port: its device is made with it");
	xsw_remedy("xsw port del %s; xsw port add %s switch %s host", record->ifname,
		   record->ifname, sw->name);
	return -EINVAL;
}

/* What can be refused, before anything changes: @dev is to be the device of @port. */
static int attach_check(struct xsw_switch_handle *sw, __u32 port,
			const struct xsw_port_record *record, struct link_info *dev)
{
	struct xsw_switch_handle other;
	int err = attach_check_kind(sw, port, record);

	if (!err)
		err = port_device_get(record->ifname, sw->name, dev);
	if (!err)
		err = port_link_check(dev, record);
	if (err)
		return err;
	if (port_search(FIND_IFINDEX, record->ifname, &other) < 0)
		return 0;
	xsw_fail(EEXIST, "port", record->ifname, "the device is a port of switch '%s' already",
		 other.name);
	xsw_switch_close(&other);
	return -EEXIST;
}

static int attach_device(struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
			 struct xsw_port_record *record)
{
	struct vlan_set cpus = {};
	int err;

	memcpy(&cpus, record->napi_cpus, sizeof(record->napi_cpus));
	record->state = XSW_RECORD_ATTACHING;
	record->ifindex = dev->ifindex;
	err = record_write(sw, port, record);
	if (!err)
		err = conf_device_set(sw, port, dev->ifindex, kind_of(dev)->flags);
	if (err)
		return xsw_fail(err, "port", record->ifname, "cannot write: %s", strerror(-err));
	err = port_device_enter(sw, port, dev, record, NULL);
	if (err)
		return err;
	if (port_napi_apply(sw, port, record, &cpus))
		xsw_error_clear(); /* it forwards without; a device that is down has no threads */
	record->state = XSW_RECORD_ACTIVE;
	return record_write(sw, port, record);
}

/* A failed attach says why; what undoing it might say does not matter. */
static int attach_undo(struct xsw_switch_handle *sw, __u32 port,
		       const struct xsw_port_record *record, int err)
{
	struct xsw_error why = *xsw_error_last();

	port_device_lose(sw, port, record);
	error_restore(&why);
	return err;
}

static int attach_here(struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record)
{
	struct link_info dev;
	int err;

	if (!port_absent(sw, port, record, &dev))
		return 0;
	err = attach_check(sw, port, record, &dev);
	if (err)
		return err;
	port_device_lose(sw, port, record);
	port_ifindex_take(sw, dev.ifindex);
	err = record_read(sw, port, record);
	if (!err)
		err = attach_device(sw, port, &dev, record);
	if (err)
		return attach_undo(sw, port, record, err);
	event_tell_name(sw, XSW_EVENT_PORT_CHANGED, port, record->ifname);
	xsw_ports_refresh(sw);
	return 0;
}

int xsw_port_attach(struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_port_record record;
	struct netns_visit visit;
	struct xsw_switch conf;
	int err;

	if (!slot_read(sw, port) || record_read(sw, port, &record) || switch_read(sw, &conf))
		return xsw_fail(ENOENT, "port", NULL, "switch '%s' has no port %u", sw->name, port);
	err = netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie);
	if (err)
		return xsw_fail(err, "port", record.ifname,
				"cannot find the network namespace of switch '%s'", sw->name);
	err = attach_here(sw, port, &record);
	netns_visit_end(&visit);
	return err;
}

void port_ifindex_take(struct xsw_switch_handle *sw, __u32 ifindex)
{
	__u32 port = XSW_SLOT_PORT(slot_of_ifindex(sw, ifindex));
	struct xsw_port_record record;

	if (port && !record_read(sw, port, &record))
		port_device_lose(sw, port, &record);
}
