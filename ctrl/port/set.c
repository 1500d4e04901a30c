// SPDX-License-Identifier: GPL-2.0
/* Change the settings of a port: what can be refused first, then the data path's settings
 * in one step, then what follows from them.
 */
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/error_keep.h"
#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/kept.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/fdb/local.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/fdb/table.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/device.h"
#include "ctrl/port/link.h"
#include "ctrl/port/napi.h"
#include "ctrl/port/path.h"
#include "ctrl/port/work.h"
#include "ctrl/stats/event_write.h"

void port_promisc_follow(const struct xsw_switch_handle *sw)
{
	struct xsw_switch sw_conf;
	struct xsw_port conf;

	if (switch_read(sw, &sw_conf) || !(sw_conf.flags & XSW_SWITCH_PROMISC))
		return;
	for (__u32 port = xsw_port_next(sw, 0); port; port = xsw_port_next(sw, port))
		if (!conf_read(sw, port, &conf) && conf.flags & XSW_PORT_PROMISC)
			return;
	switch_flags(sw, XSW_SWITCH_PROMISC, 0);
	decisions_void(sw);
}

int port_promisc_begin(const struct xsw_switch_handle *sw, const struct xsw_port *conf)
{
	return conf->flags & XSW_PORT_PROMISC ? switch_flags(sw, 0, XSW_SWITCH_PROMISC) : 0;
}

/* Options that programs of an earlier version would not know of, of those that few ports have */
static int rare_need(const struct xsw_switch_handle *sw, const struct xsw_port *conf)
{
	if (conf->rare & XSW_RARE_RA_GUARD)
		return features_need(sw, XSW_FEATURES_RA_GUARD, "ra_guard");
	if (conf->flags & XSW_PORT_RARE)
		return features_need(sw, XSW_FEATURES_LAYOUT_2, "dhcp_guard and default_pcp");
	return 0;
}

int port_guard_need(const struct xsw_switch_handle *sw, const struct xsw_port *conf)
{
	__u32 options = XSW_PORT_UPLINK_ONLY | XSW_PORT_PROMISC | XSW_PORT_SPOOF_MAC |
			XSW_PORT_SPOOF_VLAN | XSW_PORT_MAC_LIMIT;
	int err = conf->flags & XSW_PORT_AFXDP ? table_need(sw, sw->map.xsk, "path afxdp") : 0;

	if (!err && conf->flags & options)
		err = table_need(sw, sw->map.guard, "local, promisc, spoof_check and mac_limit");
	return err ? err : rare_need(sw, conf);
}

/* Does the change make what was learned here wrong? */
static bool conf_moves_vlans(const struct xsw_port *a, const struct xsw_port *b)
{
	return a->vlan_mode != b->vlan_mode || a->tag != b->tag || a->qinq_tpid != b->qinq_tpid ||
	       a->priority_tags != b->priority_tags ||
	       (a->flags ^ b->flags) & (XSW_PORT_ISOLATED | XSW_PORT_UPLINK_ONLY) ||
	       memcmp(a->trunks, b->trunks, sizeof(a->trunks)) ||
	       memcmp(a->cvlans, b->cvlans, sizeof(a->cvlans));
}

/* Another path: XDP comes or goes, TC stays. */
static int path_set(const struct xsw_switch_handle *sw, __u32 port, __u32 want_path,
		    struct xsw_port_record *record)
{
	struct xsw_port_record old = *record;
	struct link_info dev;
	int err;

	record->want_path = want_path;
	if (link_get_index(record->ifindex, &dev)) /* absent: for when it is added again */
		return 0;
	err = path_take(sw, port, &dev, record);
	if (err) {
		old.saved = record->saved;
		*record = old;
		record_write(sw, port, record);
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
	if (guard.learned > (__s32)mac_limit)
		xsw_fdb_flush(sw, port, XSW_ANY_VLAN);
}

/* A port that mac_limit shuts no more is open. */
static void shut_end(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *conf)
{
	__u32 both = XSW_PORT_MAC_LIMIT | XSW_PORT_MAC_SHUT;

	if ((conf->flags & both) != both)
		guard_open(sw, port);
}

/* What follows from new settings that are in force. */
static void conf_changed(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *next,
			 bool moves_vlans)
{
	port_promisc_follow(sw);
	shut_end(sw, port, next);
	if (!moves_vlans)
		return;
	xsw_fdb_flush(sw, port, XSW_ANY_VLAN);
	local_forget(sw, port);
}

/* @may_wait: nothing else of this command needs the settings in force */
static int conf_change(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *now,
		       const struct xsw_port *next, bool may_wait)
{
	bool moves_vlans = conf_moves_vlans(now, next);
	struct kept_late late = {};
	int err;

	if (!memcmp(now, next, sizeof(*next)))
		return 0;
	err = port_promisc_begin(sw, next);
	if (err)
		return err;
	if (may_wait && sw->kept && !table_slot_is_free(sw, port))
		return kept_late_put(sw->kept, port, next, moves_vlans);
	kept_late_take(sw->kept, port, &late);
	err = table_swap(sw, port, next);
	if (!err)
		conf_changed(sw, port, next, moves_vlans || late.moves_vlans);
	return err;
}

/* The settings that kept_late_put() has noted: one wait for all ports. */
static int late_write(struct xsw_switch_handle *sw)
{
	struct kept_late late;
	bool waited = false;
	int err = 0;

	for (__u32 port = 1; port < XSW_MAX_PORTS; port++) {
		int one;

		if (!kept_late_take(sw->kept, port, &late))
			continue;
		if (!waited)
			table_slots_wait(sw);
		waited = true;
		one = table_swap(sw, port, &late.next);
		if (one)
			err = xsw_fail(one, "switch", sw->name, "cannot write port %u: %s", port,
				       strerror(-one));
		else
			conf_changed(sw, port, &late.next, late.moves_vlans);
	}
	return err;
}

int xsw_ports_write_late(void)
{
	struct xsw_switch_handle sw;
	int err = 0, one;

	for (struct xsw_kept *kept = kept_next(NULL); kept; kept = kept_next(kept)) {
		one = kept_get(kept->sw.name, &sw) ? late_write(&sw) : 0;
		err = one ? one : err;
	}
	return err;
}

int xsw_ports_settle(void)
{
	struct xsw_switch_handle sw;
	int err = xsw_ports_write_late();

	for (struct xsw_kept *kept = kept_next(NULL); kept; kept = kept_next(kept)) {
		if (kept->refresh && kept_get(kept->sw.name, &sw))
			xsw_ports_refresh(&sw);
		kept->refresh = false;
	}
	return err;
}

static int write_fail(const struct xsw_port_record *record, int err)
{
	return xsw_fail(err, "port", record->ifname, "cannot write: %s", strerror(-err));
}

/* What can be refused, before anything changes. */
static int change_check(const struct xsw_switch_handle *sw, const struct xsw_port *next,
			const struct xsw_port_record *record)
{
	struct link_info dev;
	int err = port_guard_need(sw, next);

	if (err || !(record->given & (XSW_GIVEN_LINK_UP | XSW_GIVEN_LINK_DOWN)) ||
	    link_brief(NULL, record->ifindex, &dev))
		return err; /* absent: for when it is added again */
	return port_link_check(&dev, record);
}

/* Another path, threads or no threads. A veth has other NAPIs, or none, when XDP comes or
 * goes: their threads go before. If it is refused all is as it was.
 */
static int device_change(const struct xsw_switch_handle *sw, __u32 port,
			 const struct xsw_port_settings *want, const struct xsw_port_record *was,
			 struct xsw_port_record *record)
{
	bool path = port_given(want, path) && path_changes(record, want->path);
	struct vlan_set old, cpus;
	struct link_info dev;
	struct xsw_error why;
	int err = 0;

	if (!path && !port_given(want, threaded) && !port_given(want, napi_cpus))
		return 0;
	port_napi_cpus(was, !port_absent(sw, port, was, &dev), &old);
	cpus = port_given(want, napi_cpus) ? want->napi_cpus : old;
	if (path) {
		port_napi_restore(sw, port, record);
		err = path_set(sw, port, want->path, record);
	}
	if (!err)
		err = port_napi_apply(sw, port, record, &cpus);
	if (!err)
		return 0;
	why = *xsw_error_last();
	record->given = was->given;
	if (path && record->want_path != was->want_path)
		path_set(sw, port, was->want_path, record);
	port_napi_apply(sw, port, record, &old);
	record_write(sw, port, record);
	error_restore(&why);
	return err;
}

static int port_change(struct xsw_switch_handle *sw, __u32 port,
		       const struct xsw_port_settings *want, const struct xsw_port *now,
		       struct xsw_port_record *record)
{
	struct xsw_port_record was = *record;
	struct xsw_port next;
	int err;

	err = port_settings_apply(record->ifname, now, record, want, &next);
	if (!err)
		err = change_check(sw, &next, record);
	if (err)
		return err;
	err = device_change(sw, port, want, &was, record);
	if (err)
		return err;
	if (port_given(want, mac_limit) && want->mac_limit)
		limit_set(sw, port, want->mac_limit);
	err = conf_change(sw, port, now, &next,
			  !memcmp(&was, record, sizeof(was)) && !port_given(want, mac_limit));
	if (err)
		return write_fail(record, err);
	if (port_given(want, mac_limit) && want->mac_limit) {
		table_wait_for_readers(); /* who saw no limit may have learned meanwhile */
		limit_set(sw, port, want->mac_limit);
	}
	if (now->flags & ~next.flags & XSW_PORT_MAC_LIMIT) /* not before: 0 would refuse all */
		guard_limit_set(sw, port, 0);
	if (port_given(want, link)) {
		err = port_link_apply(sw, port, record);
		if (err)
			return err;
	}
	if (!memcmp(&was, record, sizeof(was)))
		return 0;
	err = record_write(sw, port, record);
	return err ? write_fail(record, err) : 0;
}

/* Is the device gone, and another one has its number by now? That one must not be changed. */
static bool number_is_taken(const struct xsw_switch_handle *sw, __u32 port,
			    const struct xsw_port_record *record)
{
	struct link_info dev;

	return record->ifindex && !link_brief(NULL, record->ifindex, &dev) &&
	       port_absent(sw, port, record, &dev);
}

int xsw_port_set(struct xsw_switch_handle *sw, __u32 port, const struct xsw_port_settings *want)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	struct xsw_port_record record;
	struct xsw_port now;
	int err;

	if (conf_read(sw, port, &now) || record_read(sw, port, &record) || switch_read(sw, &conf))
		return xsw_fail(ENOENT, "port", NULL, "switch '%s' has no port %u", sw->name, port);
	err = netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie);
	if (err)
		return xsw_fail(err, "port", record.ifname, "cannot find its network namespace");
	if (number_is_taken(sw, port, &record)) {
		port_device_lose(sw, port, &record);
		err = conf_read(sw, port, &now) ?: record_read(sw, port, &record);
	}
	if (!err)
		err = port_change(sw, port, want, &now, &record);
	if (!err)
		event_tell_name(sw, XSW_EVENT_PORT_CHANGED, port, record.ifname);
	if (!err && sw->kept)
		sw->kept->refresh = true;
	else if (!err)
		xsw_ports_refresh(sw);
	netns_visit_end(&visit);
	return err;
}

int xsw_port_reopen(struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_port_record record;
	int err = table_need(sw, sw->map.guard, "mac_limit");

	if (err)
		return err;
	guard_open(sw, port);
	if (!record_read(sw, port, &record))
		event_tell_name(sw, XSW_EVENT_PORT_CHANGED, port, record.ifname);
	err = decisions_void(sw);
	return err ? xsw_fail(err, "switch", sw->name, "cannot write: %s", strerror(-err)) : 0;
}
