// SPDX-License-Identifier: GPL-2.0
/* Run the programs of this version on the maps of a switch.
 *
 * A switch of another layout (ctrl/bpffs/layout.h) is built anew beside itself, in the folder
 * "~name": maps that are the same in both layouts have pins in both, the others are copied. When
 * all ports run the new programs the two folders change names in one step. A command killed before
 * leaves the switch as it was, one killed later as it is to be; the next one puts ports back that
 * were swapped, and removes "~name".
 */
#include "ctrl/switch/upgrade.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/base/version.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/load.h"
#include "ctrl/bpffs/members.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/copies/mirror.h"
#include "ctrl/fdb/copy.h"
#include "ctrl/fdb/table.h"
#include "ctrl/fdb/local.h"
#include "ctrl/port/work.h"
#include "ctrl/switch/switch.h"
#include "maps/stats.h"

/* Has the port been added, and is its device here? Programs and devmaps must not be given another's. */
static bool port_is_active(const struct xsw_switch_handle *sw, __u32 port,
			   const struct xsw_port_record *record)
{
	struct link_info dev;

	return record->state == XSW_RECORD_ACTIVE && !port_absent(sw, port, record, &dev);
}

/* Run programs @xdp and @tc on one port. */
static int port_swap(const struct xsw_switch_handle *sw, __u32 port,
		     const struct xsw_port_record *record, int xdp, int tc)
{
	int err = 0;

	if (record->use_path == XSW_PATH_XDP)
		err = attach_swap_xdp(sw->dir, port, xdp);
	if (!err)
		err = attach_swap_tc(sw->dir, port, tc, record);
	return err;
}

static int port_swap_egress(const struct xsw_switch_handle *sw, __u32 port,
			    const struct xsw_port_record *record, int flood, int unicast)
{
	int err = table_devmap(sw, port, record->ifindex, flood, unicast);

	if (record->tc_is_link && !attach_tc_is_on(sw->dir, port, record->ifindex))
		table_devmap_clear(sw, port); /* it has just gone, its number been given away */
	return err == -EINVAL || err == -ENODEV ? 0 : err; /* the device is gone */
}

/* Run the programs of @load on all ports. At egress last: a program of an earlier version
 * that still floods knows nothing of unicast without a program there. Return: 0, or -errno
 * and the port at which it failed.
 */
static int ports_swap_to(const struct xsw_switch_handle *sw, const struct xsw_port_record *records,
			 int n, const struct load *load, int *failed)
{
	int err = 0;

	for (int port = 1; port < n && !err; port++) {
		*failed = port;
		if (port_is_active(sw, port, &records[port]))
			err = port_swap(sw, port, &records[port], load->xdp, load->tc);
	}
	table_wait_for_readers(); /* polls that an earlier version began */
	for (int port = 1; port < n && !err; port++) {
		*failed = port;
		if (port_is_active(sw, port, &records[port]))
			err = port_swap_egress(sw, port, &records[port], load->egress, -1);
	}
	return err;
}

/* ... and those that are pinned, again: at egress first and for all frames, whatever
 * version they are of.
 */
static void ports_swap_back(const struct xsw_switch_handle *sw,
			    const struct xsw_port_record *records, int n)
{
	int xdp = prog_get(sw->dir, "prog_xdp"), tc = prog_get(sw->dir, "prog_tc");
	int egress = prog_get(sw->dir, "prog_egress");

	for (int port = 1; port < n; port++)
		if (port_is_active(sw, port, &records[port]))
			port_swap_egress(sw, port, &records[port], egress, egress);
	table_wait_for_readers(); /* bulks that unicast began without a program */
	for (int port = 1; port < n; port++)
		if (port_is_active(sw, port, &records[port]))
			port_swap(sw, port, &records[port], xdp, tc);
	close(xdp);
	close(tc);
	close(egress);
}

/* Run the programs of @load on all ports, NULL: those that are pinned. All ports or none. */
static int ports_swap(const struct xsw_switch_handle *sw, const struct load *load)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	struct xsw_port_record *records;
	int err = 0, n, failed;

	n = record_read_all(sw, &records);
	if (n < 0)
		return xsw_fail(n, "switch", sw->name, "cannot read: %s", strerror(-n));
	switch_read(sw, &conf);
	if (netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie)) {
		err = xsw_fail(ESRCH, "switch", sw->name,
			       "cannot find the network namespace of its ports");
		goto out;
	}
	if (load)
		err = ports_swap_to(sw, records, n, load, &failed);
	if (!load || err)
		ports_swap_back(sw, records, n);
	if (err)
		xsw_fail(err, "port", records[failed].ifname, "cannot swap its programs: %s",
			 strerror(-err));
	netns_visit_end(&visit);
out:
	free(records);
	return err;
}

/* What an earlier version did not keep: the number of addresses of each port, those of the host's
 * own interfaces, what the programs are to know of ports (XSW_STATE_*).
 */
static void upgrade_complete(const char *name)
{
	struct xsw_switch_handle sw;

	if (switch_open_dir(name, name, &sw))
		return;
	if (!fdb_hold(&sw))
		fdb_release(&sw);
	mirrors_follow(&sw);
	xsw_ports_refresh(&sw);
	xsw_switch_close(&sw);
}

/* ---- another layout */

static void beside_name(const char *name, char *beside)
{
	snprintf(beside, XSW_NAME_LEN + 1, "~%s", name);
}

/* The attachments of ports have pins in both folders, so that neither loses them with the other. */
static int links_pin(const char *from, const char *to)
{
	struct dirent *d;
	DIR *stream;
	int err = 0;

	stream = opendir(from);
	if (!stream)
		return -errno;
	while (!err && (d = readdir(stream))) {
		int fd = strncmp(d->d_name, "port_", 5) ? -1 : link_pin_get(from, d->d_name);

		if (fd < 0)
			continue; /* an attachment that is missing is told of when it is swapped */
		err = pin_put(fd, to, d->d_name);
		close(fd);
	}
	closedir(stream);
	return err;
}

/* Make the folder where the switch is built anew. @to: result, PIN_PATH_MAX bytes */
static int beside_make(const struct xsw_switch_handle *sw, char *to)
{
	char beside[XSW_NAME_LEN + 1];
	int err;

	beside_name(sw->name, beside);
	err = switch_folder_make(beside, to, PIN_PATH_MAX);
	if (!err)
		err = links_pin(sw->dir, to);
	return err ? pin_fail(err, to) : 0;
}

static void beside_remove(const char *name)
{
	char beside[XSW_NAME_LEN + 1];

	beside_name(name, beside);
	pin_remove(xsw_bpffs_root(), beside);
}

/* What was built beside @sw takes its place: from here on the switch is of this layout. */
static int beside_commit(const struct xsw_switch_handle *sw, const struct xsw_switch *conf)
{
	char beside[XSW_NAME_LEN + 1];
	struct xsw_switch_handle next;
	int err;

	beside_name(sw->name, beside);
	err = switch_open_dir(sw->name, beside, &next);
	if (err)
		return err;
	err = switch_write(&next, conf);
	xsw_switch_close(&next);
	if (!err)
		err = pin_exchange(xsw_bpffs_root(), beside, sw->name);
	return err ? xsw_fail(err, "switch", sw->name, "cannot change its layout: %s",
			      strerror(-err)) :
		     0;
}

/* Both layouts may share the map xsw_switch, and beside_commit() names the new loss programs there: the
 * set that is pinned counts again. The programs told it what they counted until now.
 */
static void tracer_undo(const struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;

	if (switch_read(sw, &conf) || load_tracers_there(sw->dir, conf.tracer) ||
	    !load_tracers_there(sw->dir, !conf.tracer))
		return;
	conf.tracer = !conf.tracer;
	conf.flags &= ~(XSW_SWITCH_HANDS_OVER | XSW_SWITCH_HANDS_OVER << 1);
	switch_write(sw, &conf);
}

/* Back to what is pinned in the folder of @sw, of another layout. The numbers of learned addresses are
 * counted anew, because programs of both layouts have changed them.
 */
static void beside_undo(const struct xsw_switch_handle *sw)
{
	tracer_undo(sw);
	ports_swap(sw, NULL);
	load_timer_restart(sw->dir);
	if (!fdb_hold(sw))
		fdb_release(sw);
}

void upgrade_repair(const char *name)
{
	char beside[XSW_NAME_LEN + 1];
	struct xsw_switch_handle sw;

	beside_name(name, beside);
	if (!pin_exists(xsw_bpffs_root(), name)) { /* removed by an earlier version */
		switch_remove(name, beside);
		return;
	}
	if (!switch_open_dir(name, name, &sw)) {
		if (sw.layout < XSW_LAYOUT)
			beside_undo(&sw);
		else
			upgrade_complete(name);
		xsw_switch_close(&sw);
	}
	beside_remove(name);
}

/* ---- any layout */

/* The ports run the new programs: make them what the switch consists of. The loss programs hand
 * over, see loss_counts() in bpf/hook_loss.c: while those that counted until now leave notes, the
 * new ones count what they find no note of, even with a table xsw_switch of their own.
 * @to: as for load_upgrade()
 */
static int upgrade_finish(const struct xsw_switch_handle *sw, const char *to,
			  const struct load *load)
{
	int err = load_commit(sw->name, to, load);
	struct xsw_switch conf;

	if (!err)
		err = switch_flags(sw, XSW_SWITCH_HANDS_OVER << load->tracer,
				   XSW_SWITCH_HANDS_OVER << !load->tracer);
	if (!err)
		err = switch_read(sw, &conf);
	if (err)
		return err;
	table_wait_for_readers();
	strncpy(conf.version, xsw_version, sizeof(conf.version) - 1);
	features_note(to, &conf);
	conf.tracer = load->tracer;
	if (sw->map.mirror < 0) /* a version without mirrors has given port numbers away since */
		conf.mirrors = 0;
	conf.layout = XSW_LAYOUT;
	if (!conf.netns_ino) { /* an earlier version made it, and it has no port */
		conf.netns_ino = netns_ino();
		conf.netns_cookie = netns_cookie();
	}
	err = sw->layout < XSW_LAYOUT ? beside_commit(sw, &conf) : switch_write(sw, &conf);
	if (!err)
		load_tracers_remove(sw->dir, !load->tracer);
	return err;
}

/* Where the programs that run do not know which ports are members of a VLAN, nobody has kept it. */
static int members_make(const struct xsw_switch_handle *sw, const struct load *load)
{
	struct xsw_port conf;
	int err;

	if (sw->map.members >= 0)
		return 0;
	err = members_clear(load->members);
	for (__u32 port = 1; port < XSW_MAX_PORTS && !err; port++)
		if (!conf_read(sw, port, &conf))
			err = members_set(load->members, port, &conf);
	return err ? xsw_fail(err, "switch", sw->name, "cannot note the members of its VLANs: %s",
			      strerror(-err)) :
		     0;
}

/* Take the entries of an earlier layout's FDB over, if there are programs with another. */
static int upgrade_fdb(const struct xsw_switch_handle *sw, const struct load *load)
{
	int err = layout_has_shards(sw->layout) ? fdb_copy(sw, load->user) : 0;

	return err ? xsw_fail(err, "switch", sw->name, "cannot copy its forwarding database: %s",
			      strerror(-err)) :
		     0;
}

/* @to: as for load_upgrade() */
static int upgrade(struct xsw_switch_handle *sw, const char *to)
{
	struct xsw_switch conf;
	struct load load;
	int err;

	err = switch_read(sw, &conf);
	if (!err)
		err = load_upgrade(sw->name, sw->dir, to, fdb_room_for(sw, conf.fdb_max),
				   conf.tracer, &load);
	if (err)
		return err;
	if (sw->map.local < 0)
		locals_clear(sw);
	err = members_make(sw, &load);
	if (!err)
		err = upgrade_fdb(sw, &load);
	if (!err)
		err = ports_swap(sw, &load);
	if (err) {
		load_abort(sw->dir, to, &load);
		return err;
	}
	upgrade_fdb(sw, &load); /* what the earlier programs learned until they were swapped */
	err = upgrade_finish(sw, to, &load);
	if (err && sw->layout < XSW_LAYOUT)
		beside_undo(sw);
	load_free(&load);
	return err;
}

int xsw_switch_upgrade(const char *name)
{
	struct xsw_switch_handle sw;
	char to[PIN_PATH_MAX];
	bool beside;
	int err;

	err = xsw_switch_open(name, &sw);
	if (err)
		return err;
	beside = sw.layout < XSW_LAYOUT;
	if (beside)
		err = beside_make(&sw, to);
	if (!err)
		err = upgrade(&sw, beside ? to : sw.dir);
	if (beside)
		beside_remove(name); /* what was not finished, or what was before */
	if (!err)
		upgrade_complete(name);
	xsw_switch_close(&sw);
	return err;
}
