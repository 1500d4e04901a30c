// SPDX-License-Identifier: GPL-2.0
/* Find ports, and tell all about one. A port's device may be gone, and its ifindex
 * another's by now.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/kept.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/socket_owner.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/napi.h"
#include "ctrl/port/work.h"
#include "maps/stats.h"

/* ---- absent devices ---- */

/* Is the device that has the port's ifindex here the port's? The kernel takes a device out of the
 * devmaps when it goes or leaves the namespace. One that has come back still has our program.
 */
static bool port_owns_ifindex(const struct xsw_switch_handle *sw, __u32 port,
			      const struct xsw_port_record *record)
{
	return !table_devmap_lacks(sw, port, record->ifindex) ||
	       (record->tc_is_link && attach_tc_is_on(sw->dir, port, record->ifindex));
}

/* Is the device gone for good? Its tcx link then belongs to no ifindex. Before 6.6 one that has
 * left the namespace is not known when it comes back.
 */
bool port_defunct(const struct xsw_switch_handle *sw, __u32 port,
		  const struct xsw_port_record *record)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	char name[32];
	int link, err;

	if (!record->tc_is_link)
		return table_devmap_lacks(sw, port, record->ifindex);
	snprintf(name, sizeof(name), "port_%u_tc", port);
	link = link_pin_get(sw->dir, name);
	if (link < 0)
		return false;
	err = bpf_obj_get_info_by_fd(link, &info, &len);
	close(link);
	return !err && !info.xdp.ifindex; /* tcx.ifindex has the same place */
}

/* Is there no such device in this namespace? Its ifindex may be another's by now. */
bool port_absent(const struct xsw_switch_handle *sw, __u32 port,
		 const struct xsw_port_record *record, struct link_info *dev)
{
	return !record->ifindex || link_brief(NULL, record->ifindex, dev) ||
	       !port_owns_ifindex(sw, port, record);
}

bool port_keeps_name(const struct xsw_port_record *record)
{
	const struct port_kind *maker = kind_made(record);
	char name[XSW_NAME_LEN];
	struct link_info dev;

	if (link_brief(NULL, record->ifindex, &dev))
		return false;
	snprintf(name, sizeof(name), "%.*s", XSW_NAME_LEN - 1, record->ifname);
	if (maker)
		maker->device_name(record->ifname, name);
	return !strcmp(name, dev.ifname);
}

/* ---- finding ---- */

static int find_ifindex(const struct xsw_switch_handle *sw, __u32 ifindex)
{
	__u32 port = ifindex ? XSW_SLOT_PORT(slot_of_ifindex(sw, ifindex)) : 0;
	struct xsw_port_record record;

	return port && !record_read(sw, port, &record) && port_owns_ifindex(sw, port, &record) ?
		       (int)port :
		       -ENOENT;
}

/* @here: this is the namespace of the switch. If that is gone, all its ports are absent. */
static int find_name(const struct xsw_switch_handle *sw, enum find_what what, const char *ifname,
		     bool here)
{
	struct xsw_port_record *records;
	struct link_info dev;
	int n = record_read_all(sw, &records), found = -ENOENT;

	for (int port = 1; port < n && found < 0; port++)
		if (records[port].state == XSW_RECORD_ACTIVE &&
		    (what == FIND_ABSENT || kind_made(&records[port])) &&
		    !strncmp(records[port].ifname, ifname, XSW_NAME_LEN) &&
		    (!here || port_absent(sw, port, &records[port], &dev)) == (what == FIND_ABSENT))
			found = port;
	if (n >= 0)
		free(records);
	return found;
}

/* Look in one switch, in its namespace. Return: port number, or -ENOENT. */
static int find_in(const struct xsw_switch_handle *sw, const struct xsw_switch *conf,
		   enum find_what what, const char *ifname)
{
	struct netns_visit visit;
	bool here = !netns_visit_begin(&visit, conf->netns_ino, conf->netns_cookie);
	int port = what == FIND_IFINDEX ? find_ifindex(sw, here ? link_index(ifname) : 0) :
					  find_name(sw, what, ifname, here);

	netns_visit_end(&visit);
	return port;
}

/* A switch that cannot be opened is gone since, another version's, or broken: it is passed over.
 * Return: 0, or -errno, error set.
 */
static int search_fail(int err)
{
	return err == -EPERM || err == -EACCES ? pin_fail(err, xsw_bpffs_root()) : 0;
}

/* What a command calls a port, and what was found. */
struct quest {
	const char *ifname;
	const char *switch_name; /* on this switch only; NULL: on any that is seen */
	bool elsewhere;		 /* ... or rather not seen, and the first is enough */
	bool here;		 /* in the caller's namespace only, seen or not */
	int port;
	struct xsw_switch_handle *sw;
	struct xsw_switch conf; /* of *sw */
};

static bool quest_concerns(const struct quest *q, const struct xsw_switch *conf)
{
	if (q->switch_name && strncmp(q->switch_name, conf->name, XSW_NAME_LEN))
		return false;
	if (q->here)
		return netns_is_here(conf->netns_ino, conf->netns_cookie);
	return view_has(conf) != q->elsewhere;
}

static bool same_netns(const struct xsw_switch *a, const struct xsw_switch *b)
{
	return a->netns_ino == b->netns_ino && a->netns_cookie == b->netns_cookie;
}

static int ambiguous(const struct quest *q, const struct xsw_switch *other)
{
	xsw_fail(ENOTUNIQ, "port", q->ifname,
		 "several network namespaces have one, of switch '%s' and of '%s'", q->conf.name,
		 other->name);
	xsw_remedy("say which: xsw -n NAME ...");
	return -ENOTUNIQ;
}

/* Look in one switch. Return: 0, or -errno if nothing more is to be looked for. */
static int quest_look(struct quest *q, const char *name, enum find_what what)
{
	struct xsw_switch_handle sw;
	struct xsw_switch conf;
	int err = view_read(name, &conf), port;

	if (!err && !quest_concerns(q, &conf))
		return 0;
	if (!err)
		err = switch_open_dir(name, name, &sw);
	if (err)
		return search_fail(err);
	port = find_in(&sw, &conf, what, q->ifname);
	if (port < 0 || (q->port > 0 && same_netns(&q->conf, &conf))) {
		xsw_switch_close(&sw);
		return 0;
	}
	if (q->port > 0) {
		xsw_switch_close(&sw);
		return ambiguous(q, &conf);
	}
	q->port = port;
	q->conf = conf;
	*q->sw = sw;
	return 0;
}

/* A device that is here goes before an absent one of its name, also of another switch. */
static int quest_run(struct quest *q, int first, int last)
{
	bool one = q->here || q->elsewhere || !view_has_all(); /* only the first one counts */
	char(*names)[XSW_NAME_LEN];
	int n = switch_list_all(&names), err = 0;

	if (n < 0)
		return n;
	q->port = -ENOENT;
	for (int what = first; what <= last && !err; what++)
		for (int i = 0; i < n && !err && !(one && q->port > 0); i++)
			err = quest_look(q, names[i], what);
	free(names);
	if (err && q->port > 0)
		xsw_switch_close(q->sw);
	return err ? err : q->port;
}

int port_search(enum find_what what, const char *ifname, struct xsw_switch_handle *sw)
{
	struct quest q = { .ifname = ifname, .here = true, .sw = sw };

	return quest_run(&q, what, what);
}

/* It may be a port of a switch that cannot be read. Return: -EUCLEAN with the error set, or 0. */
static int broken_switch(void)
{
	struct xsw_switch_handle sw;
	char(*names)[XSW_NAME_LEN];
	int n = xsw_switch_list(&names), err = 0;

	for (int i = 0; i < n && err != -EUCLEAN; i++) {
		err = xsw_switch_open(names[i], &sw);
		if (!err)
			xsw_switch_close(&sw);
	}
	if (n >= 0)
		free(names);
	return err == -EUCLEAN ? err : 0;
}

/* There is no such port: perhaps another namespace has one? */
static int quest_fail(const char *ifname)
{
	struct xsw_switch_handle sw;
	struct quest q = { .ifname = ifname, .elsewhere = true, .sw = &sw };

	if (!view_has_all() && quest_run(&q, FIND_IFINDEX, FIND_ABSENT) > 0) {
		xsw_switch_close(&sw);
		return view_elsewhere(ifname, &q.conf);
	}
	if (broken_switch())
		return -EUCLEAN;
	if (link_index(ifname))
		return xsw_fail(ENOENT, "port", ifname, "not a port of any switch");
	return xsw_fail(ENOENT, "port", ifname, "no such port%s", link_name_remark(ifname));
}

/* A device that is here is a port of one switch: if that is kept open no other need be asked.
 * Return: port number or -ENOENT.
 */
static int kept_find(const char *switch_name, const char *ifname, struct xsw_switch_handle *sw)
{
	const struct xsw_kept *kept = view_has_all() ? NULL : kept_next(NULL);
	__u32 ifindex = kept ? link_index(ifname) : 0;
	int port = -ENOENT;

	for (; kept && port < 0; kept = kept_next(kept)) {
		if ((switch_name && strcmp(switch_name, kept->sw.name)) ||
		    !xsw_switch_is_here(&kept->sw) || !kept_get(kept->sw.name, sw))
			continue;
		port = find_ifindex(sw, ifindex);
	}
	return port;
}

int xsw_port_find_on(const char *switch_name, const char *ifname, struct xsw_switch_handle *sw)
{
	struct quest q = { .ifname = ifname, .switch_name = switch_name, .sw = sw };
	int port = kept_find(switch_name, ifname, sw);

	if (port > 0)
		return port;
	if (link_name_check("port", ifname))
		return -EINVAL;
	memset(sw, 0, sizeof(*sw));
	memset(&sw->map, 0xff, sizeof(sw->map));
	port = quest_run(&q, FIND_IFINDEX, FIND_ABSENT);
	if (port == -ENOENT)
		return quest_fail(ifname);
	if (port > 0)
		switch_opened(sw, &q.conf);
	return port;
}

int xsw_port_find(const char *ifname, struct xsw_switch_handle *sw)
{
	return xsw_port_find_on(NULL, ifname, sw);
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
	__u32 flags = info->settings.port.flags;

	guard_read(sw, port, &info->guard);
	if (flags & XSW_PORT_MAC_LIMIT) /* the flag is what counts */
		info->settings.mac_limit = info->guard.mac_limit;
	info->shut = flags & XSW_PORT_MAC_SHUT && info->guard.shut_ns;
	if (!info->shut)
		return;
	info->shut_s = boot_ns() / 1e9 - info->guard.shut_ns / 1e9;
}

const char *xsw_port_state_text(__u32 state)
{
	static const char *const texts[] = { "up", "down", "absent" };

	return texts[state];
}

/* Why the port cannot forward, NULL if it can: what bpf/able_look.h asks the kernel. */
static const char *port_unable(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
			       const struct link_info *dev)
{
	if (info->record.given & XSW_GIVEN_LINK_DOWN)
		return "link down is set";
	if (info->shut)
		return "shut down by mac_limit";
	if (!dev->up)
		return "the device is down";
	if (!dev->carrier)
		return kind_of(dev)->no_carrier ?: "no carrier";
	if (table_devmap_lacks(sw, info->port, info->record.ifindex))
		return "the device was in another network namespace";
	return NULL;
}

int xsw_port_info(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_info *info)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	struct link_info dev;
	struct xsw_port now;

	memset(info, 0, sizeof(*info));
	if (conf_read(sw, port, &now) || record_read(sw, port, &info->record) ||
	    switch_read(sw, &conf))
		return xsw_fail(ENOENT, "port", NULL, "switch '%s' has no port %u", sw->name, port);
	memcpy(info->switch_name, sw->name, sizeof(info->switch_name));
	memcpy(info->netns, sw->netns, sizeof(info->netns));
	memcpy(info->ifname, info->record.ifname, sizeof(info->ifname));
	info->port = port;
	info->state = XSW_PORT_STATE_ABSENT;
	info->unable = "the device is gone";
	port_settings_read(&now, &info->record, &info->settings);
	guard_info(sw, port, info);
	xsk_path(sw, port, &info->record);
	port_napi_cpus(&info->record, false, &info->settings.napi_cpus);
	if (netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie))
		return 0;
	if (!port_absent(sw, port, &info->record, &dev)) {
		if (!kind_made(&info->record))
			memcpy(info->ifname, dev.ifname, sizeof(info->ifname));
		info->mtu = dev.mtu;
		if (info->record.want_path == XSW_WANT_XDP && info->record.use_path == XSW_PATH_XDP)
			info->path_costs = kind_of(&dev)->xdp_costs;
		info->unable = port_unable(sw, info, &dev);
		info->state = dev.up && dev.running && !info->unable ? XSW_PORT_STATE_UP :
								       XSW_PORT_STATE_DOWN;
		port_napi_cpus(&info->record, true, &info->settings.napi_cpus);
	}
	netns_visit_end(&visit);
	return 0;
}

__u32 xsw_port_mtu(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_port_info info;
	__u32 mtu = sw->kept ? sw->kept->mtu[port] : 0;

	if (!mtu && !xsw_port_info(sw, port, &info))
		mtu = info.mtu;
	if (sw->kept)
		sw->kept->mtu[port] = mtu;
	return mtu;
}
