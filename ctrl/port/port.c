// SPDX-License-Identifier: GPL-2.0
/* Ports: add and del. The order of the steps is what makes a killed
 * command repairable: xsw_meta says what is under way before it begins.
 */
#include "ctrl/port/port.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error_keep.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/tc_rules.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/link_state.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/link.h"
#include "ctrl/port/napi.h"
#include "ctrl/port/parts.h"
#include "ctrl/port/path.h"
#include "ctrl/port/work.h"
#include "ctrl/stats/event_write.h"
#include "ctrl/stats/port_stats.h"
#include "maps/stats.h"

/* ---- taking apart ---- */

/* Is the device of the port here, to be given its settings back? A killed
 * command may have detached the link that port_defunct() asks. In a namespace that may be
 * another one, a device is ours if it has the name, too.
 */
static bool port_device_here(const struct xsw_switch_handle *sw, __u32 port,
			     const struct xsw_port_record *record, bool netns_known)
{
	struct link_info dev;

	if (record->state == XSW_RECORD_ACTIVE && port_absent(sw, port, record, &dev))
		return false;
	if (record->state == XSW_RECORD_ACTIVE && netns_known)
		return true;
	return !link_brief(NULL, record->ifindex, &dev) && port_device_is(record, dev.ifname);
}

int port_take_apart(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port_record *was)
{
	static const struct xsw_port_record free_meta;
	struct xsw_port_record record = *was;
	struct netns_visit visit;
	struct xsw_switch conf = {};
	bool known, here;

	known = !switch_read(sw, &conf);
	here = !netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie) &&
	       port_device_here(sw, port, was, known);
	record.state = XSW_RECORD_DELETING;
	record_write(sw, port, &record);
	detach_tc(sw->dir, port, &record, here);
	table_del(sw, port, record.ifindex);
	if (here)
		port_napi_restore(sw, port, &record);
	path_leave(sw, port, &record, here);
	if (here)
		port_link_restore(sw, port, &record);
	if (here && record.saved & XSW_SAVED_PROMISC)
		link_set_promisc(record.ifindex, false);
	if ((here || !record.ifindex) && record.saved & XSW_SAVED_MADE)
		port_host_remove(&record);
	port_parts_clear(sw, port);
	port_promisc_follow(sw);
	record_write(sw, port, &free_meta);
	if (was->state != XSW_RECORD_ADDING)
		event_tell_name(sw, XSW_EVENT_PORT_DELETED, port, was->ifname);
	netns_visit_end(&visit);
	port_end_lower(sw);
	return 0;
}

/* ---- adding ---- */

static int device_get(const char *ifname, struct link_info *dev)
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

/* Remove what is left of devices that are gone: of @ifname, or with the
 * ifindex that @ifname has now (0 of a host interface to be made).
 * Return: 0, or -EEXIST if it is a port.
 */
static int stale_remove(const char *ifname, __u32 ifindex)
{
	struct xsw_switch_handle other;
	struct xsw_port_record record;
	int port;

	port = port_search(ifindex ? FIND_IFINDEX : FIND_HOST, ifname, ifindex, &other);
	if (port > 0) {
		xsw_fail(EEXIST, "port", ifname, "is a port of switch '%s' already", other.name);
		xsw_switch_close(&other);
		return -EEXIST;
	}
	while ((port = port_search(FIND_ABSENT, ifname, 0, &other)) > 0) {
		if (!record_read(&other, port, &record))
			port_take_apart(&other, port, &record);
		xsw_switch_close(&other);
	}
	return 0;
}

/* A number of a device that is gone, whose ifindex now is @ifindex's. */
static void stale_ifindex_remove(struct xsw_switch_handle *sw, __u32 ifindex)
{
	__u32 port = XSW_SLOT_PORT(slot_of_ifindex(sw, ifindex));
	struct xsw_port_record record;

	if (port && !record_read(sw, port, &record))
		port_take_apart(sw, port, &record);
}

/* A switch that an earlier version made gets its namespace with its first port: all ports of a
 * switch are in one, because ifindex numbers are its keys.
 */
static int netns_claim(struct xsw_switch_handle *sw, const char *ifname)
{
	struct xsw_switch conf;
	int err;

	err = switch_read(sw, &conf);
	if (err)
		return xsw_fail(err, "switch", sw->name, "cannot read: %s", strerror(-err));
	if (conf.netns_ino)
		return 0;
	conf.netns_ino = netns_ino();
	conf.netns_cookie = netns_cookie();
	if (!conf.netns_ino)
		return xsw_fail(EIO, "port", ifname, "cannot tell the network namespace");
	err = switch_write(sw, &conf);
	return err ? xsw_fail(err, "switch", sw->name, "cannot write: %s", strerror(-err)) : 0;
}

/* The lowest free number. Return: it, or -ENOSPC. */
static int number_take(const struct xsw_switch_handle *sw, const char *ifname)
{
	struct xsw_port_record *records;
	int n, port;

	n = record_read_all(sw, &records);
	if (n < 0)
		return xsw_fail(n, "switch", sw->name, "cannot read: %s", strerror(-n));
	for (port = 1; port < n && records[port].state != XSW_RECORD_FREE; port++)
		;
	free(records);
	if (port >= XSW_MAX_PORTS)
		return xsw_fail(ENOSPC, "port", ifname, "switch '%s' has %d ports, no more fit",
				sw->name, XSW_MAX_PORTS - 1);
	return port;
}

static __u32 kind_flags(enum link_kind kind)
{
	switch (kind) {
	case LINK_TAP:
		return XSW_PORT_CSUM_CHECK | XSW_PORT_TAP;
	case LINK_VETH:
		return XSW_PORT_CSUM_CHECK;
	default: /* virtio: while XDP is attached its guest offloads are off */
		return 0;
	}
}

static int device_prepare(const struct xsw_switch_handle *sw, __u32 port,
			  const struct link_info *dev, struct xsw_port_record *record)
{
	if (dev->promisc)
		return 0;
	record->saved |= XSW_SAVED_PROMISC;
	record_write(sw, port, record);
	return link_set_promisc(dev->ifindex, true);
}

static int tables_enter(const struct xsw_switch_handle *sw, __u32 port, const char *ifname,
			const struct xsw_port *conf)
{
	int egress = prog_get(sw->dir, "prog_egress"), err;

	if (egress < 0)
		return xsw_fail(egress, "port", ifname, "no program: %s", strerror(-egress));
	err = table_add(sw, port, conf, egress);
	close(egress);
	return err ? xsw_fail(err, "port", ifname, "cannot enter the tables: %s", strerror(-err)) :
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

static int port_build(struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
		      const struct xsw_port *conf, const struct vlan_set *napi_cpus,
		      struct xsw_port_record *record)
{
	int err;

	record->state = XSW_RECORD_ADDING;
	err = record_write(sw, port, record);
	if (!err)
		err = stats_clear(sw, port);
	if (!err)
		err = port_promisc_begin(sw, conf);
	if (err)
		return xsw_fail(err, "port", dev->ifname, "cannot write: %s", strerror(-err));
	err = device_prepare(sw, port, dev, record);
	if (err)
		return err;
	err = tables_enter(sw, port, dev->ifname, conf);
	if (err)
		return err;
	port_link_tell(sw, port, record);
	err = tc_enter(sw, port, dev, record);
	if (err)
		return err;
	err = path_take(sw, port, dev, record);
	if (!err)
		err = port_link_apply(sw, port, record);
	if (!err)
		err = port_napi_apply(sw, port, record, napi_cpus);
	if (err)
		return err;
	err = record_write(sw, port, record);
	if (err)
		return xsw_fail(err, "port", dev->ifname, "cannot write: %s", strerror(-err));
	xsw_ports_refresh(sw);
	record->state = XSW_RECORD_ACTIVE;
	return record_write(sw, port, record);
}

/* A failed add says why; what undoing it might say does not matter. */
static void port_undo(struct xsw_switch_handle *sw, __u32 port,
		      const struct xsw_port_record *record)
{
	struct xsw_error why = *xsw_error_last();

	port_take_apart(sw, port, record);
	error_restore(&why);
}

int xsw_port_check(const char *ifname, bool host)
{
	struct xsw_switch_handle sw;
	struct link_info dev;
	int port;

	if (host)
		return port_host_length_check(ifname);
	if (if_nametoindex(ifname))
		return device_get(ifname, &dev);
	port = xsw_port_find(ifname, &sw); /* a port whose device is gone may stay one */
	if (port < 0)
		return xsw_fail(ENODEV, "port", ifname, "no such device");
	xsw_switch_close(&sw);
	return 0;
}

/* Everything that can be refused before something changes. */
static int add_check(struct xsw_switch_handle *sw, const char *ifname, bool host,
		     struct link_info *dev)
{
	int err;

	err = stale_remove(ifname, dev->ifindex);
	if (!err && host)
		err = port_host_check(ifname);
	if (!err)
		err = netns_claim(sw, ifname);
	if (err)
		return err;
	if (!host)
		stale_ifindex_remove(sw, dev->ifindex);
	return 0;
}

/* ... in the namespace where we are */
static int add_here(struct xsw_switch_handle *sw, const char *ifname,
		    const struct xsw_port_settings *want)
{
	static const struct xsw_port none;
	struct xsw_port_record record = { .use_path = XSW_PATH_SKB };
	bool host = want->flags & XSW_PORT_HOST;
	struct link_info dev = {};
	struct xsw_port conf;
	int err, port;

	err = host ? 0 : device_get(ifname, &dev);
	if (!err)
		err = port_settings_apply(ifname, &none, &record, want, &conf);
	memcpy(record.ifname, host ? ifname : dev.ifname, strlen(host ? ifname : dev.ifname));
	if (!err)
		err = port_guard_need(sw, &conf);
	if (!err && !host)
		err = port_link_check(&dev, &record);
	if (!err)
		err = add_check(sw, ifname, host, &dev);
	if (err)
		return err;
	port = number_take(sw, ifname);
	if (port < 0)
		return port;
	guard_clear(sw, port);
	guard_limit_set(sw, port, want->mac_limit);
	if (host)
		err = port_host_make(sw, port, &record, &dev);
	if (!err) {
		conf.ifindex = dev.ifindex;
		conf.port = port;
		conf.flags |= kind_flags(dev.kind);
		record.ifindex = dev.ifindex;
		record.want_path = want->path;
		err = port_build(sw, port, &dev, &conf, &want->napi_cpus, &record);
	}
	if (err)
		port_undo(sw, port, &record);
	else
		event_tell_name(sw, XSW_EVENT_PORT_ADDED, port, record.ifname);
	return err;
}

int xsw_port_add(struct xsw_switch_handle *sw, const char *ifname,
		 const struct xsw_port_settings *want)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);

	if (err)
		return xsw_fail(err, "switch", sw->name, "cannot read: %s", strerror(-err));
	err = netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie);
	if (err)
		return xsw_fail(err, "port", ifname,
				"cannot find the network namespace of switch '%s'", sw->name);
	err = add_here(sw, ifname, want);
	netns_visit_end(&visit);
	return err;
}

int xsw_port_del(struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_port_record record;
	int err;

	if (!slot_read(sw, port) || record_read(sw, port, &record))
		return xsw_fail(ENOENT, "port", NULL, "switch '%s' has no port %u", sw->name, port);
	err = port_take_apart(sw, port, &record);
	if (!err)
		xsw_ports_refresh(sw);
	return err;
}
