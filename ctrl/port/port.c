// SPDX-License-Identifier: GPL-2.0
/* Ports: add and del. The order of the steps is what makes a killed
 * command repairable: xsw_meta says what is under way before it begins.
 */
#include "ctrl/port/port.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error_keep.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/copies/mirror.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/device.h"
#include "ctrl/port/fit.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/link.h"
#include "ctrl/port/napi.h"
#include "ctrl/port/parts.h"
#include "ctrl/port/path.h"
#include "ctrl/port/record.h"
#include "ctrl/port/work.h"
#include "ctrl/stats/event_write.h"
#include "ctrl/stats/port_stats.h"
#include "maps/stats.h"

/* ---- taking apart ---- */

/* Can the device of the port be given its settings back? A killed command may have detached the
 * link that port_defunct() asks. In a namespace that may be another one, a device is ours if it
 * has the name, too.
 */
static bool device_restorable(const struct xsw_switch_handle *sw, __u32 port,
			      const struct xsw_port_record *record, bool netns_known)
{
	struct link_info dev;

	if (record->state == XSW_RECORD_ACTIVE && port_absent(sw, port, record, &dev))
		return false;
	if (record->state == XSW_RECORD_ACTIVE && netns_known)
		return true;
	return port_keeps_name(record);
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
	       device_restorable(sw, port, was, known);
	record.state = XSW_RECORD_DELETING;
	record_write(sw, port, &record);
	detach_tc(sw->dir, port, &record, here);
	table_del(sw, port, record.ifindex);
	port_device_leave(sw, port, &record, here);
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

/* Remove what is left of ports called @ifname whose devices are gone.
 * Return: 0, or -EEXIST if @ifname is a port, or the device that it names.
 */
static int stale_remove(const char *ifname, bool made)
{
	struct xsw_switch_handle other;
	struct xsw_port_record record;
	int port;

	port = port_search(made ? FIND_MADE : FIND_IFINDEX, ifname, &other);
	if (port > 0) {
		xsw_fail(EEXIST, "port", ifname, "is a port of switch '%s' already", other.name);
		xsw_switch_close(&other);
		return -EEXIST;
	}
	while ((port = port_search(FIND_ABSENT, ifname, &other)) > 0) {
		if (!record_read(&other, port, &record))
			port_take_apart(&other, port, &record);
		xsw_switch_close(&other);
	}
	return 0;
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

/* A port that is being added, in the namespace of its device. */
struct adding {
	struct xsw_switch_handle *sw;
	const char *ifname;
	const struct xsw_port_settings *want;
	const struct port_kind *maker; /* of the device; NULL: it is there, or to come */
	bool later;		       /* it is to come */
	__u32 port;
	struct link_info dev;
	struct xsw_port conf;
	struct xsw_port_record record;
};

static int write_fail(const struct adding *a, int err)
{
	return err ? xsw_fail(err, "port", a->dev.ifname, "cannot write: %s", strerror(-err)) : 0;
}

/* Note what is under way, and begin with nothing of an earlier port of this number. */
static int port_begin(struct adding *a)
{
	int err;

	a->record.state = XSW_RECORD_ADDING;
	err = record_write(a->sw, a->port, &a->record);
	if (!err)
		err = stats_clear(a->sw, a->port);
	if (!err)
		err = port_promisc_begin(a->sw, &a->conf);
	return write_fail(a, err);
}

static int port_build(struct adding *a)
{
	struct xsw_switch_handle *sw = a->sw;
	int err = port_begin(a);

	if (!err)
		err = write_fail(a, table_add(sw, a->port, &a->conf));
	if (!err && a->later)
		err = port_napi_apply(sw, a->port, &a->record, &a->want->napi_cpus);
	else if (!err)
		err = port_device_enter(sw, a->port, &a->dev, &a->record, &a->want->napi_cpus);
	if (!err)
		err = write_fail(a, record_write(sw, a->port, &a->record));
	if (err)
		return err;
	if (!a->later)
		xsw_ports_refresh(sw);
	a->record.state = XSW_RECORD_ACTIVE;
	return record_write(sw, a->port, &a->record);
}

/* A failed add says why; what undoing it might say does not matter. */
static void port_undo(struct xsw_switch_handle *sw, __u32 port,
		      const struct xsw_port_record *record)
{
	struct xsw_error why = *xsw_error_last();

	port_take_apart(sw, port, record);
	error_restore(&why);
}

/* Of a device that need not be there: it may have an alternative name when it is. */
static int name_check(const char *ifname)
{
	int err = link_name_check("port", ifname);

	if (!err && strlen(ifname) >= XSW_NAME_LEN)
		err = xsw_fail(EINVAL, "port", ifname,
			       "a name has 1 to 15 characters, and no device has this alternative "
			       "name");
	return err;
}

int xsw_port_check(const char *ifname, bool host)
{
	struct link_info dev;

	if (host)
		return kind_host.name_check(ifname);
	return link_index(ifname) ? port_device_get(ifname, "SWITCH", &dev) : name_check(ifname);
}

/* Is there the device that is to be there, and none that is not? */
static int add_check_device(struct adding *a)
{
	int err;

	if (a->maker)
		return 0;
	if (!a->later)
		return port_device_get(a->ifname, a->sw->name, &a->dev);
	err = name_check(a->ifname);
	if (!err && link_index(a->ifname))
		err = xsw_fail(EEXIST, "port", a->ifname, "there is such a device");
	return err;
}

/* A file may be written for a host where it is so; a command may cut off the user who typed it. */
static int addresses_check(const struct adding *a)
{
	if (a->want->keep_addresses || a->want->owner == XSW_OWNER_CONFIG)
		return 0;
	return fit_addresses(&a->dev, a->sw->name, a->conf.tag);
}

/* Everything that can be refused before something changes. */
static int add_check(struct adding *a)
{
	static const struct xsw_port none;
	bool here = !a->maker && !a->later;
	int err = add_check_device(a);

	if (!err && here)
		a->ifname = a->dev.ifname; /* it may have been an alternative name */
	if (!err)
		err = port_settings_apply(a->ifname, &none, &a->record, a->want, &a->conf);
	snprintf(a->record.ifname, sizeof(a->record.ifname), "%s",
		 here ? a->dev.ifname : a->ifname);
	if (!err)
		err = port_guard_need(a->sw, &a->conf);
	if (!err && here)
		err = port_link_check(&a->dev, &a->record);
	if (!err && here)
		err = addresses_check(a);
	if (!err)
		err = stale_remove(a->ifname, a->maker);
	if (!err && a->maker)
		err = a->maker->make_check(a->ifname);
	if (!err)
		err = netns_claim(a->sw, a->ifname);
	if (!err && here)
		port_ifindex_take(a->sw, a->dev.ifindex);
	return err;
}

static int add_device(struct adding *a)
{
	int err = a->maker ? a->maker->make(a->sw, a->port, &a->record, &a->dev) : 0;

	if (err)
		return err;
	if (a->later)
		record_reason_absent(&a->record);
	else
		a->conf.flags |= kind_of(&a->dev)->flags;
	a->conf.ifindex = a->record.ifindex = a->dev.ifindex;
	a->conf.port = a->port;
	mirrors_hint(a->sw, &a->conf);
	a->record.want_path = a->want->path;
	return 0;
}

static int add_here(struct adding *a)
{
	int err = add_check(a), port;

	if (err)
		return err;
	port = number_take(a->sw, a->ifname);
	if (port < 0)
		return port;
	a->port = port;
	guard_clear(a->sw, port);
	guard_limit_set(a->sw, port, a->want->mac_limit);
	err = add_device(a);
	if (!err)
		err = port_build(a);
	if (err)
		port_undo(a->sw, port, &a->record);
	else
		event_tell_name(a->sw, XSW_EVENT_PORT_ADDED, port, a->record.ifname);
	return err;
}

static int add(struct adding *a)
{
	struct xsw_switch_handle *sw = a->sw;
	struct netns_visit visit;
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);

	if (err)
		return xsw_fail(err, "switch", sw->name, "cannot read: %s", strerror(-err));
	err = netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie);
	if (err)
		return xsw_fail(err, "port", a->ifname,
				"cannot find the network namespace of switch '%s'", sw->name);
	a->record.use_path = XSW_PATH_SKB;
	err = add_here(a);
	netns_visit_end(&visit);
	return err;
}

int xsw_port_add(struct xsw_switch_handle *sw, const char *ifname,
		 const struct xsw_port_settings *want)
{
	return add(&(struct adding){ sw, ifname, want, .maker = kind_asked(want->port.flags) });
}

int xsw_port_add_absent(struct xsw_switch_handle *sw, const char *ifname,
			const struct xsw_port_settings *want)
{
	return add(&(struct adding){ sw, ifname, want, .later = true });
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
