// SPDX-License-Identifier: GPL-2.0
/* Ports: add, set, del, find. The order of the steps is what makes a killed
 * command repairable: xsw_meta says what is under way before it begins.
 */
#include "ctrl/port.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/attach.h"
#include "ctrl/bind_table.h"
#include "ctrl/error_keep.h"
#include "ctrl/event_write.h"
#include "ctrl/fdb.h"
#include "ctrl/fdb_table.h"
#include "ctrl/guard.h"
#include "ctrl/link.h"
#include "ctrl/link_state.h"
#include "ctrl/netns.h"
#include "ctrl/path.h"
#include "ctrl/pin.h"
#include "ctrl/policer_table.h"
#include "ctrl/port_link.h"
#include "ctrl/port_work.h"
#include "ctrl/stats_table.h"
#include "ctrl/table.h"
#include "maps/stats.h"

/* ---- absent devices ---- */

/* Is the device gone for good? Its tcx link then belongs to no ifindex. */
static bool port_defunct(const struct xsw_switch_handle *sw, __u32 port,
			 const struct xsw_meta *meta)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	char name[32];
	int link, err;

	if (!meta->tc_is_link)
		return false;
	snprintf(name, sizeof(name), "port_%u_tc", port);
	link = pin_get(sw->dir, name);
	if (link < 0)
		return false;
	err = bpf_obj_get_info_by_fd(link, &info, &len);
	close(link);
	return !err && !info.xdp.ifindex; /* tcx.ifindex has the same place */
}

/* Is there no such device in this namespace? Its ifindex may be another's by now. */
static bool port_absent(const struct xsw_switch_handle *sw, __u32 port,
			const struct xsw_meta *meta, struct link_info *dev)
{
	return link_brief(NULL, meta->ifindex, dev) || port_defunct(sw, port, meta);
}

/* ---- taking apart ---- */

/* Is the device of the port here, to be given its settings back? A killed
 * command may have detached the link that port_defunct() asks.
 */
static bool port_device_here(const struct xsw_switch_handle *sw, __u32 port,
			     const struct xsw_meta *meta)
{
	struct link_info dev;

	if (meta->state == XSW_META_ACTIVE)
		return !port_absent(sw, port, meta, &dev);
	return !link_brief(NULL, meta->ifindex, &dev) &&
	       !strncmp(dev.ifname, meta->ifname, XSW_NAME_LEN);
}

/* The port's end of the veth pair behind host interface @ifname. */
static void host_device_name(const char *ifname, char *name)
{
	snprintf(name, XSW_NAME_LEN, "%.*s-sw", XSW_NAME_LEN - 4, ifname);
}

/* Remove the pair that we made, or were about to make when we were killed. */
static void host_device_remove(const struct xsw_meta *meta)
{
	char name[XSW_NAME_LEN];
	struct link_info dev;

	host_device_name(meta->ifname, name);
	if (meta->ifindex)
		link_del(meta->ifindex);
	else if (!link_brief(name, 0, &dev))
		link_del(dev.ifindex);
}

/* XSW_SWITCH_PROMISC spares the data path a look at all ports: it is set before the first
 * port is promiscuous, and cleared after the last one was.
 */
static void promisc_follow(const struct xsw_switch_handle *sw)
{
	struct xsw_switch sw_conf;
	struct xsw_port conf;

	if (switch_read(sw, &sw_conf) || !(sw_conf.flags & XSW_SWITCH_PROMISC))
		return;
	for (__u32 port = xsw_port_next(sw, 0); port; port = xsw_port_next(sw, port))
		if (!conf_read(sw, port, &conf) && conf.flags & XSW_PORT_PROMISC)
			return;
	sw_conf.flags &= ~XSW_SWITCH_PROMISC;
	switch_write(sw, &sw_conf);
	fdb_changed(sw, 0);
}

static int promisc_begin(const struct xsw_switch_handle *sw, const struct xsw_port *conf)
{
	struct xsw_switch sw_conf;
	int err;

	if (!(conf->flags & XSW_PORT_PROMISC))
		return 0;
	err = switch_read(sw, &sw_conf);
	if (err || sw_conf.flags & XSW_SWITCH_PROMISC)
		return err;
	sw_conf.flags |= XSW_SWITCH_PROMISC;
	return switch_write(sw, &sw_conf);
}

int port_take_apart(struct xsw_switch_handle *sw, __u32 port, const struct xsw_meta *was)
{
	static const struct xsw_meta free_meta;
	struct xsw_meta meta = *was;
	struct netns_visit visit;
	struct xsw_switch conf = {};
	bool here;

	switch_read(sw, &conf);
	here = !netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie) && port_device_here(sw, port, was);
	meta.state = XSW_META_DELETING;
	meta_write(sw, port, &meta);
	detach_tc(sw->dir, port, &meta, here);
	table_del(sw, port, meta.ifindex);
	path_leave(sw, port, &meta, here);
	if (here)
		port_link_restore(sw, port, &meta);
	if (here && meta.saved & XSW_SAVED_PROMISC)
		link_set_promisc(meta.ifindex, false);
	if ((here || !meta.ifindex) && meta.saved & XSW_SAVED_MADE)
		host_device_remove(&meta);
	xsw_fdb_flush(sw, port, XSW_ANY_VLAN);
	xsw_fdb_flush_static(sw, port);
	policers_clear(sw, port);
	binds_clear(sw, port);
	guard_clear(sw, port);
	stats_clear(sw, port);
	promisc_follow(sw);
	meta_write(sw, port, &free_meta);
	if (was->state != XSW_META_ADDING)
		event_tell_name(sw, XSW_EVENT_PORT_DELETED, port, was->ifname);
	netns_visit_end(&visit);
	port_end_lower(sw);
	return 0;
}

/* ---- finding ---- */

/* What to look for */
enum find_what { FIND_IFINDEX, FIND_HOST, FIND_ABSENT };

/* Look for device @ifindex, for the host interface or for the absent port
 * called @ifname, in one switch. Return: port number, or -ENOENT.
 */
static int find_in(const struct xsw_switch_handle *sw, enum find_what what, const char *ifname,
		   __u32 ifindex)
{
	struct link_info dev;
	struct xsw_meta *metas, meta;
	int n, found = -ENOENT;
	__u32 slot;

	if (what == FIND_IFINDEX) {
		slot = XSW_SLOT_PORT(slot_of_ifindex(sw, ifindex));
		if (slot && !meta_read(sw, slot, &meta) && !port_defunct(sw, slot, &meta))
			return slot;
		return -ENOENT;
	}
	n = meta_read_all(sw, &metas);
	for (int port = 1; port < n && found < 0; port++)
		if (metas[port].state == XSW_META_ACTIVE &&
		    (what == FIND_ABSENT || metas[port].saved & XSW_SAVED_MADE) &&
		    !strncmp(metas[port].ifname, ifname, XSW_NAME_LEN) &&
		    port_absent(sw, port, &metas[port], &dev) == (what == FIND_ABSENT))
			found = port;
	if (n >= 0)
		free(metas);
	return found;
}

/* The same in all switches of this namespace; @sw is open on success. */
static int find(enum find_what what, const char *ifname, __u32 ifindex,
		struct xsw_switch_handle *sw)
{
	char (*names)[XSW_NAME_LEN];
	struct xsw_switch conf;
	int n, port = -ENOENT;

	n = xsw_switch_list(&names);
	if (n < 0)
		return n;
	for (int i = 0; i < n && port == -ENOENT; i++) {
		int err = switch_open_dir(names[i], names[i], sw);

		if (err == -EPERM || err == -EACCES)
			port = pin_fail(err, xsw_bpffs_root());
		if (err)
			continue; /* gone since, or another version's */
		if (!switch_read(sw, &conf) && netns_is_here(conf.netns_ino, conf.netns_cookie))
			port = find_in(sw, what, ifname, ifindex);
		if (port < 0)
			xsw_switch_close(sw);
	}
	free(names);
	return port;
}

int xsw_port_find(const char *ifname, struct xsw_switch_handle *sw)
{
	__u32 ifindex = if_nametoindex(ifname);
	int port = -ENOENT;

	memset(sw, 0, sizeof(*sw));
	memset(&sw->map, 0xff, sizeof(sw->map));
	if (ifindex)
		port = find(FIND_IFINDEX, ifname, ifindex, sw);
	if (port == -ENOENT && ifindex)
		port = find(FIND_HOST, ifname, 0, sw);
	if (port == -ENOENT)
		port = find(FIND_ABSENT, ifname, 0, sw);
	if (port == -ENOENT)
		return xsw_fail(ENOENT, "port", ifname,
				ifindex ? "not a port of any switch" : "no such port");
	return port;
}

__u32 xsw_port_next(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_switch conf;

	if (switch_read(sw, &conf))
		return 0;
	for (port++; port < conf.port_end; port++)
		if (slot_read(sw, port))
			return port;
	return 0;
}

static void guard_info(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_info *info)
{
	struct timespec now;

	guard_read(sw, port, &info->guard);
	info->shut = info->conf.flags & XSW_PORT_MAC_SHUT && info->guard.shut_ns;
	if (!info->shut)
		return;
	clock_gettime(CLOCK_BOOTTIME, &now);
	info->shut_s = now.tv_sec + now.tv_nsec / 1e9 - info->guard.shut_ns / 1e9;
}

int xsw_port_info(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_info *info)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	struct link_info dev;

	memset(info, 0, sizeof(*info));
	if (conf_read(sw, port, &info->conf) || meta_read(sw, port, &info->meta) ||
	    switch_read(sw, &conf))
		return xsw_fail(ENOENT, "port", NULL, "switch '%s' has no port %u", sw->name, port);
	memcpy(info->switch_name, sw->name, sizeof(info->switch_name));
	memcpy(info->ifname, info->meta.ifname, sizeof(info->ifname));
	info->port = port;
	info->state = XSW_PORT_STATE_ABSENT;
	guard_info(sw, port, info);
	if (netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie))
		return 0;
	if (!port_absent(sw, port, &info->meta, &dev)) {
		if (!(info->meta.saved & XSW_SAVED_MADE))
			memcpy(info->ifname, dev.ifname, sizeof(info->ifname));
		info->mtu = dev.mtu;
		info->state = dev.up && dev.running && !info->shut ? XSW_PORT_STATE_UP :
								     XSW_PORT_STATE_DOWN;
	}
	netns_visit_end(&visit);
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
	struct xsw_meta meta;
	int port;

	port = find(ifindex ? FIND_IFINDEX : FIND_HOST, ifname, ifindex, &other);
	if (port > 0) {
		xsw_fail(EEXIST, "port", ifname, "is a port of switch '%s' already", other.name);
		xsw_switch_close(&other);
		return -EEXIST;
	}
	while ((port = find(FIND_ABSENT, ifname, 0, &other)) > 0) {
		if (!meta_read(&other, port, &meta))
			port_take_apart(&other, port, &meta);
		xsw_switch_close(&other);
	}
	return 0;
}

static int host_length_check(const char *ifname)
{
	if (*ifname && strlen(ifname) <= XSW_NAME_LEN - 4 && !strchr(ifname, '/'))
		return 0;
	return xsw_fail(EINVAL, "port", ifname,
			"the name of a host interface has 1 to %d characters", XSW_NAME_LEN - 4);
}

/* Can a host interface be called @ifname? */
static int host_name_check(const char *ifname)
{
	char name[XSW_NAME_LEN];
	struct link_info dev;

	int err = host_length_check(ifname);

	if (err)
		return err;
	host_device_name(ifname, name);
	if (!link_brief(ifname, 0, &dev))
		return xsw_fail(EEXIST, "port", ifname, "there is such a device already");
	if (!link_brief(name, 0, &dev))
		return xsw_fail(EEXIST, "port", ifname, "there is a device '%s' already", name);
	return 0;
}

/* Make the pair; what is under way is noted before it begins. */
static int host_device_make(const struct xsw_switch_handle *sw, __u32 port, struct xsw_meta *meta,
			    struct link_info *dev)
{
	char name[XSW_NAME_LEN];
	int err;

	host_device_name(meta->ifname, name);
	meta->state = XSW_META_ADDING;
	meta->saved = XSW_SAVED_MADE;
	err = meta_write(sw, port, meta);
	if (err)
		return xsw_fail(err, "port", meta->ifname, "cannot write: %s", strerror(-err));
	err = link_add_veth(name, meta->ifname);
	if (err) {
		meta->saved = 0; /* what has that name is not ours */
		meta_write(sw, port, meta);
		return err;
	}
	return link_get(name, dev);
}

/* A number of a device that is gone, whose ifindex now is @ifindex's. */
static void stale_ifindex_remove(struct xsw_switch_handle *sw, __u32 ifindex)
{
	__u32 port = XSW_SLOT_PORT(slot_of_ifindex(sw, ifindex));
	struct xsw_meta meta;

	if (port && !meta_read(sw, port, &meta) && port_defunct(sw, port, &meta))
		port_take_apart(sw, port, &meta);
}

/* Are all ports dead, with their namespace? Then remove them. */
static bool netns_is_gone(struct xsw_switch_handle *sw)
{
	struct xsw_meta *metas;
	bool gone = true;
	int n;

	n = meta_read_all(sw, &metas);
	if (n < 0)
		return false;
	for (int port = 1; port < n && gone; port++)
		gone = metas[port].state == XSW_META_FREE || port_defunct(sw, port, &metas[port]);
	for (int port = 1; port < n && gone; port++)
		if (metas[port].state != XSW_META_FREE)
			port_take_apart(sw, port, &metas[port]);
	free(metas);
	return gone;
}

/* All ports of a switch are in one namespace: ifindex numbers are its keys. */
static int netns_claim(struct xsw_switch_handle *sw, const char *ifname)
{
	__u32 here = netns_ino();
	struct xsw_switch conf;
	int err;

	err = switch_read(sw, &conf);
	if (err)
		return xsw_fail(err, "switch", sw->name, "cannot read: %s", strerror(-err));
	if (!here)
		return xsw_fail(EIO, "port", ifname, "cannot tell the network namespace");
	if (netns_is_here(conf.netns_ino, conf.netns_cookie))
		return 0;
	if (conf.netns_ino && !netns_is_gone(sw))
		return xsw_fail(EXDEV, "port", ifname,
				"the ports of switch '%s' are in another network namespace",
				sw->name);
	err = switch_read(sw, &conf);
	conf.netns_ino = here;
	conf.netns_cookie = netns_cookie();
	if (!err)
		err = switch_write(sw, &conf);
	return err ? xsw_fail(err, "switch", sw->name, "cannot write: %s", strerror(-err)) : 0;
}

/* The lowest free number. Return: it, or -ENOSPC. */
static int number_take(const struct xsw_switch_handle *sw, const char *ifname)
{
	struct xsw_meta *metas;
	int n, port;

	n = meta_read_all(sw, &metas);
	if (n < 0)
		return xsw_fail(n, "switch", sw->name, "cannot read: %s", strerror(-n));
	for (port = 1; port < n && metas[port].state != XSW_META_FREE; port++)
		;
	free(metas);
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
	case LINK_VIRTIO:
		return XSW_PORT_CSUM_CHECK;
	default:
		return 0;
	}
}

static int device_prepare(const struct xsw_switch_handle *sw, __u32 port,
			  const struct link_info *dev, struct xsw_meta *meta)
{
	if (dev->promisc)
		return 0;
	meta->saved |= XSW_SAVED_PROMISC;
	meta_write(sw, port, meta);
	return link_set_promisc(dev->ifindex, true);
}

static int tables_enter(const struct xsw_switch_handle *sw, __u32 port, const char *ifname,
			const struct xsw_port *conf)
{
	int egress = pin_get(sw->dir, "prog_egress"), err;

	if (egress < 0)
		return xsw_fail(egress, "port", ifname, "no program: %s", strerror(-egress));
	err = table_add(sw, port, conf, egress);
	close(egress);
	return err ? xsw_fail(err, "port", ifname, "cannot enter the tables: %s", strerror(-err)) :
		     0;
}

static int tc_enter(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
		    struct xsw_meta *meta)
{
	int tc = pin_get(sw->dir, "prog_tc"), err;

	if (tc < 0)
		return xsw_fail(tc, "port", dev->ifname, "no program: %s", strerror(-tc));
	err = attach_tc(sw->dir, port, dev->ifindex, tc, meta);
	close(tc);
	if (err)
		return xsw_fail(err, "port", dev->ifname, "cannot attach to TC ingress: %s",
				strerror(-err));
	return 0;
}

static int port_build(struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
		      const struct xsw_port *conf, struct xsw_meta *meta)
{
	int err;

	meta->state = XSW_META_ADDING;
	err = meta_write(sw, port, meta);
	if (!err)
		err = stats_clear(sw, port);
	if (!err)
		err = promisc_begin(sw, conf);
	if (err)
		return xsw_fail(err, "port", dev->ifname, "cannot write: %s", strerror(-err));
	err = device_prepare(sw, port, dev, meta);
	if (err)
		return err;
	err = tables_enter(sw, port, dev->ifname, conf);
	if (err)
		return err;
	err = tc_enter(sw, port, dev, meta);
	if (err)
		return err;
	err = path_take(sw, port, dev, meta);
	if (!err)
		err = port_link_apply(sw, port, meta);
	if (err)
		return err;
	err = meta_write(sw, port, meta);
	if (err)
		return xsw_fail(err, "port", dev->ifname, "cannot write: %s", strerror(-err));
	xsw_ports_refresh(sw);
	meta->state = XSW_META_ACTIVE;
	return meta_write(sw, port, meta);
}

/* A failed add says why; what undoing it might say does not matter. */
static void port_undo(struct xsw_switch_handle *sw, __u32 port, const struct xsw_meta *meta)
{
	struct xsw_error why = *xsw_error_last();

	port_take_apart(sw, port, meta);
	error_restore(&why);
}

int xsw_port_check(const char *ifname, bool host)
{
	struct xsw_switch_handle sw;
	struct link_info dev;
	int port;

	if (host)
		return host_length_check(ifname);
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
		err = host_name_check(ifname);
	if (!err)
		err = netns_claim(sw, ifname);
	if (err)
		return err;
	if (!host)
		stale_ifindex_remove(sw, dev->ifindex);
	return netns_claim(sw, ifname); /* the stale port may have been the last */
}

/* Options that programs of an earlier version would not know of */
static int guard_need(const struct xsw_switch_handle *sw, const struct xsw_port *conf)
{
	__u32 options = XSW_PORT_UPLINK_ONLY | XSW_PORT_PROMISC | XSW_PORT_SPOOF_MAC |
			XSW_PORT_SPOOF_VLAN | XSW_PORT_MAC_LIMIT;

	return conf->flags & options ? table_need(sw, sw->map.guard,
						  "local, promisc, spoof_check and mac_limit") :
				       0;
}

int xsw_port_add(struct xsw_switch_handle *sw, const char *ifname,
		 const struct xsw_port_conf *want)
{
	static const struct xsw_port none;
	struct xsw_meta meta = { .use_path = XSW_PATH_SKB };
	bool host = want->flags_given & want->flags & XSW_PORT_HOST;
	struct link_info dev = {};
	struct xsw_port conf;
	int err, port;

	err = host ? 0 : device_get(ifname, &dev);
	if (!err)
		err = port_conf_make(ifname, &none, &meta, want, &conf);
	memcpy(meta.ifname, host ? ifname : dev.ifname, strlen(host ? ifname : dev.ifname));
	if (!err)
		err = guard_need(sw, &conf);
	if (!err && !host)
		err = port_link_check(&dev, &meta);
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
		err = host_device_make(sw, port, &meta, &dev);
	if (!err) {
		conf.ifindex = dev.ifindex;
		conf.port = port;
		conf.flags |= kind_flags(dev.kind);
		meta.ifindex = dev.ifindex;
		meta.want_path = want->given & XSW_PORT_GIVEN_PATH ? want->want_path :
								     XSW_WANT_AUTO;
		err = port_build(sw, port, &dev, &conf, &meta);
	}
	if (err)
		port_undo(sw, port, &meta);
	else
		event_tell_name(sw, XSW_EVENT_PORT_ADDED, port, meta.ifname);
	return err;
}

/* ---- changing ---- */

/* Does the change make what was learned here wrong? */
static bool conf_moves_vlans(const struct xsw_port *a, const struct xsw_port *b)
{
	return a->vlan_mode != b->vlan_mode || a->tag != b->tag || a->qinq_tpid != b->qinq_tpid ||
	       (a->flags ^ b->flags) & (XSW_PORT_ISOLATED | XSW_PORT_UPLINK_ONLY) ||
	       memcmp(a->trunks, b->trunks, sizeof(a->trunks)) ||
	       memcmp(a->cvlans, b->cvlans, sizeof(a->cvlans));
}

/* Another path: XDP comes or goes, TC stays. */
static int path_set(const struct xsw_switch_handle *sw, __u32 port, __u32 want_path,
		    struct xsw_meta *meta)
{
	struct xsw_meta old = *meta;
	struct link_info dev;
	int err;

	meta->want_path = want_path;
	if (link_get_index(meta->ifindex, &dev)) /* absent: for when it is added again */
		return 0;
	err = path_take(sw, port, &dev, meta);
	if (err) {
		old.saved = meta->saved;
		*meta = old;
		meta_write(sw, port, meta);
	}
	return err;
}

/* Addresses above a new limit would stay: then all that was learned here goes, and what
 * speaks is learned again up to the limit.
 */
static void limit_set(struct xsw_switch_handle *sw, __u32 port, __u32 mac_limit)
{
	struct xsw_guard guard;

	guard_limit_set(sw, port, mac_limit);
	guard_read(sw, port, &guard);
	if (mac_limit && guard.learned > (__s32)mac_limit)
		xsw_fdb_flush(sw, port, XSW_ANY_VLAN);
}

/* A port that mac_limit shuts no more is open. */
static void shut_end(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *conf)
{
	__u32 both = XSW_PORT_MAC_LIMIT | XSW_PORT_MAC_SHUT;

	if ((conf->flags & both) != both)
		guard_open(sw, port);
}

static int conf_change(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *now,
		       const struct xsw_port *next)
{
	int err;

	if (!memcmp(now, next, sizeof(*next)))
		return 0;
	err = promisc_begin(sw, next);
	if (!err)
		err = table_swap(sw, port, next);
	if (err)
		return err;
	promisc_follow(sw);
	shut_end(sw, port, next);
	if (conf_moves_vlans(now, next))
		xsw_fdb_flush(sw, port, XSW_ANY_VLAN);
	return 0;
}

static int write_fail(const struct xsw_meta *meta, int err)
{
	return xsw_fail(err, "port", meta->ifname, "cannot write: %s", strerror(-err));
}

/* What can be refused, before anything changes. */
static int change_check(const struct xsw_switch_handle *sw, const struct xsw_port *next,
			const struct xsw_meta *meta)
{
	struct link_info dev;
	int err = guard_need(sw, next);

	if (err || link_brief(NULL, meta->ifindex, &dev))
		return err; /* absent: for when it is added again */
	return port_link_check(&dev, meta);
}

static int port_change(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port_conf *want,
		       const struct xsw_port *now, struct xsw_meta *meta)
{
	struct xsw_meta was = *meta;
	struct xsw_port next;
	int err;

	err = port_conf_make(meta->ifname, now, meta, want, &next);
	if (!err)
		err = change_check(sw, &next, meta);
	if (err)
		return err;
	if (want->given & XSW_PORT_GIVEN_PATH && path_changes(meta, want->want_path)) {
		err = path_set(sw, port, want->want_path, meta);
		if (err)
			return err;
	}
	if (want->given & XSW_PORT_GIVEN_MAC_LIMIT)
		limit_set(sw, port, want->mac_limit);
	err = conf_change(sw, port, now, &next);
	if (err)
		return write_fail(meta, err);
	if (want->given & XSW_PORT_GIVEN_LINK) {
		err = port_link_apply(sw, port, meta);
		if (err)
			return err;
	}
	if (!memcmp(&was, meta, sizeof(was)))
		return 0;
	err = meta_write(sw, port, meta);
	return err ? write_fail(meta, err) : 0;
}

int xsw_port_set(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port_conf *want)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	struct xsw_meta meta;
	struct xsw_port now;
	int err;

	if (conf_read(sw, port, &now) || meta_read(sw, port, &meta) || switch_read(sw, &conf))
		return xsw_fail(ENOENT, "port", NULL, "switch '%s' has no port %u", sw->name, port);
	err = netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie);
	if (err)
		return xsw_fail(err, "port", meta.ifname, "cannot find its network namespace");
	err = port_change(sw, port, want, &now, &meta);
	if (!err)
		event_tell_name(sw, XSW_EVENT_PORT_CHANGED, port, meta.ifname);
	if (!err)
		xsw_ports_refresh(sw);
	netns_visit_end(&visit);
	return err;
}

int xsw_port_reopen(struct xsw_switch_handle *sw, __u32 port)
{
	int err = table_need(sw, sw->map.guard, "mac_limit");

	if (err)
		return err;
	guard_open(sw, port);
	err = fdb_changed(sw, 0);
	return err ? xsw_fail(err, "switch", sw->name, "cannot write: %s", strerror(-err)) : 0;
}

int xsw_port_del(struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_meta meta;
	int err;

	if (!slot_read(sw, port) || meta_read(sw, port, &meta))
		return xsw_fail(ENOENT, "port", NULL, "switch '%s' has no port %u", sw->name, port);
	err = port_take_apart(sw, port, &meta);
	if (!err)
		xsw_ports_refresh(sw);
	return err;
}
