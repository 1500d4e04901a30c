// SPDX-License-Identifier: GPL-2.0
/* Run the programs of this version on the maps of a switch. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/base/version.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/load.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/shards.h"
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
	err = ports_swap_to(sw, records, n, load, &failed);
	if (err) {
		ports_swap_back(sw, records, n);
		xsw_fail(err, "port", records[failed].ifname, "cannot swap its programs: %s",
			 strerror(-err));
	}
	netns_visit_end(&visit);
out:
	free(records);
	return err;
}

/* The ports run the new programs: make them what the switch consists of. The loss programs
 * hand over: see loss_counts() in bpf/hook_loss.c.
 */
static int upgrade_finish(const struct xsw_switch_handle *sw, const struct load *load)
{
	int err = load_commit(sw->name, sw->dir, load);
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
	conf.tracer = load->tracer;
	if (!conf.netns_ino) { /* an earlier version made it, and it has no port */
		conf.netns_ino = netns_ino();
		conf.netns_cookie = netns_cookie();
	}
	err = switch_write(sw, &conf);
	if (!err)
		load_tracers_remove(sw->dir, !load->tracer);
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
	xsw_ports_refresh(&sw);
	xsw_switch_close(&sw);
}

int xsw_switch_upgrade(const char *name)
{
	struct xsw_switch_handle sw;
	struct xsw_switch conf;
	struct load load;
	int err;

	err = xsw_switch_open(name, &sw);
	if (err)
		return err;
	err = switch_read(&sw, &conf);
	if (!err)
		err = load_upgrade(name, sw.dir, conf.tracer, &load);
	if (err)
		goto out;
	if (sw.map.local < 0)
		locals_clear(&sw);
	err = ports_swap(&sw, &load);
	if (err) {
		load_abort(sw.dir, &load);
		goto out;
	}
	err = upgrade_finish(&sw, &load);
	load_free(&load);
	if (!err)
		upgrade_complete(name);
out:
	xsw_switch_close(&sw);
	return err;
}
