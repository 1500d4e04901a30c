// SPDX-License-Identifier: GPL-2.0
/* Make, change and remove switches. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ctrl/switch/switch.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/base/version.h"
#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/load.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/fdb/table.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/work.h"
#include "maps/stats.h"

int xsw_switch_info(const struct xsw_switch_handle *sw, struct xsw_switch_info *info)
{
	int err = switch_read(sw, &info->settings.conf);

	if (err)
		return xsw_fail(err, "switch", sw->name, "cannot read: %s", strerror(-err));
	info->settings.given = 0;
	info->fdb_entries = fdb_alive(sw);
	return 0;
}

/* ---- settings ---- */

static int conf_write(const struct xsw_switch_handle *sw, const struct xsw_switch *conf)
{
	int err = switch_write(sw, conf);

	return err ? xsw_fail(err, "switch", sw->name, "cannot write: %s", strerror(-err)) : 0;
}

/* Write @next, whose fdb_max is another. */
static int fdb_resize(struct xsw_switch_handle *sw, struct xsw_switch *next)
{
	int err;

	err = fdb_hold(sw);
	if (!err)
		err = fdb_grow(sw, next->fdb_max);
	if (err)
		xsw_fail(err, "switch", sw->name, "cannot make room for %u addresses: %s",
			 next->fdb_max, strerror(-err));
	next->flags |= XSW_SWITCH_FDB_HOLD;
	if (!err)
		err = conf_write(sw, next);
	if (!err)
		fdb_shrink(sw, next->fdb_max);
	fdb_release(sw);
	return err;
}

int xsw_switch_set(struct xsw_switch_handle *sw, const struct xsw_switch_settings *want)
{
	struct xsw_switch now, next;
	int err = switch_read(sw, &now);

	if (err)
		return xsw_fail(err, "switch", sw->name, "cannot read: %s", strerror(-err));
	next = now;
	switch_settings_apply(want, &next);
	if (!memcmp(&now, &next, sizeof(now)))
		return 0;
	if (next.forward_reserved)
		err = features_need(sw, XSW_FEATURES_LAYOUT_2, "forward_reserved");
	if (err)
		return err;
	err = next.fdb_max != now.fdb_max ? fdb_resize(sw, &next) : conf_write(sw, &next);
	if ((now.flags ^ next.flags) & XSW_SWITCH_VLAN_STATS)
		decisions_void(sw); /* decisions know which counters they raise */
	return err;
}

/* ---- making ---- */

/* Give the switch whose maps are pinned in @folder its first values: @value has the settings. */
static int switch_init(const char *name, const char *folder, struct xsw_switch *value)
{
	struct xsw_switch_handle sw;
	int err;

	value->port_end = 1;
	value->netns_ino = netns_ino();
	value->netns_cookie = netns_cookie();
	value->layout = XSW_LAYOUT;
	strncpy(value->version, xsw_version, sizeof(value->version) - 1);
	strncpy(value->name, name, sizeof(value->name) - 1);
	err = switch_open_dir(name, folder, &sw);
	if (err)
		return err;
	features_note(sw.dir, value);
	err = switch_write(&sw, value);
	xsw_switch_close(&sw);
	return err;
}

static void folder_remove(const char *folder)
{
	char path[PIN_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", xsw_bpffs_root(), folder);
	pin_remove_dir(path);
}

int xsw_switch_add(const char *name, const struct xsw_switch_settings *want)
{
	char dir[PIN_PATH_MAX], building[XSW_NAME_LEN + 1];
	struct xsw_switch_settings first;
	int err = xsw_switch_name_check(name);

	if (err)
		return err;
	if (pin_exists(xsw_bpffs_root(), name))
		return view_taken(name);
	snprintf(building, sizeof(building), "+%s", name);
	err = switch_folder_make(building, dir, sizeof(dir));
	if (err) {
		pin_fail(err, dir);
		goto out;
	}
	opts_default(&switch_opts, &first);
	switch_settings_apply(want, &first.conf);
	err = load_new(name, dir, first.conf.fdb_max);
	if (err)
		goto out;
	err = switch_init(name, building, &first.conf);
	if (!err)
		err = pin_rename(xsw_bpffs_root(), building, name);
	if (!err)
		return 0;
	xsw_fail(err, "switch", name, "cannot set up its folder: %s", strerror(-err));
out:
	folder_remove(building);
	return err;
}

/* ---- removing ---- */

/* What is known of the ports of a switch that has lost xsw_meta. */
static void port_guess(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record)
{
	struct xsw_port conf;
	char pin[32];

	snprintf(pin, sizeof(pin), "port_%u_tc", port);
	if (conf_read(sw, port, &conf) || !if_indextoname(conf.ifindex, record->ifname))
		return;
	record->state = XSW_RECORD_DELETING;
	record->ifindex = conf.ifindex;
	record->tc_is_link = pin_exists(sw->dir, pin);
	if (kind_asked(conf.flags))
		kind_asked(conf.flags)->guess(record);
}

/* Return: how many elements, or -errno. */
static int records_guess(const struct xsw_switch_handle *sw, struct xsw_port_record **records)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);

	if (!err)
		err = netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie);
	if (err)
		return err;
	*records = calloc(XSW_MAX_PORTS, sizeof(**records));
	for (__u32 port = 1; *records && port < XSW_MAX_PORTS; port++)
		port_guess(sw, port, &(*records)[port]);
	netns_visit_end(&visit);
	return *records ? XSW_MAX_PORTS : -ENOMEM;
}

/* A switch is gone, but not all that it had changed on devices could be put right, for @pin was
 * missing or another's. @names: of its ports, as far as they are known
 */
static int remains_fail(const char *name, const char *pin, const char *names)
{
	xsw_fail(EUCLEAN, "switch", name,
		 "removed, but its pin %s was no longer what xsw pinned there: devices keep what "
		 "the switch set%s",
		 pin, names);
	xsw_remedy("look at promiscuous mode, carrier and offloads (rxvlan, lro; txvlan, gro of a "
		   "veth's other end): ip link set DEV promisc off, ethtool -K");
	return -EUCLEAN;
}

/* Are there attachments of ports in @dir? They go with their pins. */
static bool has_port_pins(const char *dir)
{
	bool has = false;
	struct dirent *d;
	DIR *stream;

	stream = opendir(dir);
	if (!stream)
		return false;
	while (!has && (d = readdir(stream)))
		has = !strncmp(d->d_name, "port_", 5);
	closedir(stream);
	return has;
}

static void (*progress)(const char *name, int done, int of);

void xsw_switch_progress(void (*tell)(const char *name, int done, int of))
{
	progress = tell;
}

static int records_left(const struct xsw_port_record *records, int n)
{
	int left = 0;

	for (int i = 0; i < n; i++)
		left += records[i].state != XSW_RECORD_FREE;
	return left;
}

int switch_remove(const char *name, const char *folder)
{
	char names[160] = "";
	const char *lost = NULL;
	struct xsw_switch_handle sw;
	struct xsw_switch conf;
	struct xsw_port_record *records;
	int n, ports = 0;
	bool known;

	switch_open_rest(name, folder, &sw);
	known = !switch_read(&sw, &conf); /* and with it where the devices are */
	n = record_read_all(&sw, &records);
	if (n < 0 && has_port_pins(sw.dir)) {
		lost = "xsw_meta";
		n = records_guess(&sw, &records);
	}
	for (int port = 1; port < n; port++) {
		if (records[port].state == XSW_RECORD_FREE)
			continue;
		if (!known && !port_keeps_name(&records[port]))
			lost = "xsw_switch";
		if (strlen(names) + XSW_NAME_LEN + 8 < sizeof(names))
			sprintf(names + strlen(names), "%s%.15s", ports ? ", " : ": ",
				records[port].ifname);
		port_take_apart(&sw, port, &records[port]);
		ports++;
		if (progress)
			progress(name, ports,
				 ports + records_left(records + port + 1, n - port - 1));
	}
	if (n >= 0)
		free(records);
	xsw_switch_close(&sw);
	folder_remove(folder);
	return lost ? remains_fail(name, lost, names) : 0;
}

int xsw_switch_del(const char *name)
{
	char leaving[XSW_NAME_LEN + 1];
	int err;

	if (!switch_name_is_good(name) || !pin_exists(xsw_bpffs_root(), name))
		return pin_hidden() ? pin_fail(ENOENT, xsw_bpffs_root()) :
				      xsw_fail(ENOENT, "switch", name, "no such switch");
	err = view_check_name(name);
	if (err)
		return err;
	snprintf(leaving, sizeof(leaving), "+%s", name);
	err = pin_rename(xsw_bpffs_root(), name, leaving);
	if (err)
		return xsw_fail(err, "switch", name, "cannot remove: %s", strerror(-err));
	return switch_remove(name, leaving);
}
