// SPDX-License-Identifier: GPL-2.0
/* A killed writer leaves a folder "+name", of a switch half built or half
 * removed, or "~name", of one half upgraded to another layout, or a port in state
 * ADDING or DELETING. All of them go. A port in state ATTACHING waits for its device again.
 */
#include "ctrl/switch/repair.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/load.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/table.h"
#include "ctrl/port/device.h"
#include "ctrl/port/local_follow.h"
#include "ctrl/port/work.h"
#include "ctrl/switch/switch.h"
#include "ctrl/switch/upgrade.h"

static void folders_repair(void)
{
	struct dirent *d;
	DIR *stream;

	stream = opendir(xsw_bpffs_root());
	if (!stream)
		return;
	while ((d = readdir(stream)))
		if (d->d_name[0] == '+')
			switch_remove(d->d_name + 1, d->d_name);
		else if (d->d_name[0] == '~' && switch_name_is_good(d->d_name + 1))
			upgrade_repair(d->d_name + 1);
	closedir(stream);
}

static void ports_repair(struct xsw_switch_handle *sw)
{
	struct xsw_port_record *records;
	int n;

	n = record_read_all(sw, &records);
	if (n < 0)
		return;
	for (int port = 1; port < n; port++)
		if (records[port].state == XSW_RECORD_ATTACHING)
			port_device_lose(sw, port, &records[port]);
		else if (records[port].state == XSW_RECORD_ADDING ||
			 records[port].state == XSW_RECORD_DELETING)
			port_take_apart(sw, port, &records[port]);
	free(records);
}

/* A command killed while it moved the FDB: learning goes on. */
static void fdb_repair(const struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;

	if (!switch_read(sw, &conf) && conf.flags & XSW_SWITCH_FDB_HOLD)
		fdb_release(sw);
}

/* An upgrade killed half-way has left the loss programs that do not count, and those that do
 * tell them what they counted.
 */
static void tracers_repair(const struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;

	if (switch_read(sw, &conf))
		return;
	if (conf.flags & XSW_SWITCH_HANDS_OVER << conf.tracer)
		switch_flags(sw, XSW_SWITCH_HANDS_OVER << conf.tracer, 0);
	load_tracers_remove(sw->dir, !conf.tracer);
}

void repair_all(void)
{
	struct xsw_switch_handle sw;
	char(*names)[XSW_NAME_LEN];
	int n;

	folders_repair();
	n = switch_list_all(&names);
	for (int i = 0; i < n; i++) {
		if (switch_open_dir(names[i], names[i], &sw))
			continue;
		ports_repair(&sw);
		tracers_repair(&sw);
		fdb_repair(&sw);
		locals_repair(&sw);
		xsw_switch_close(&sw);
	}
	if (n >= 0)
		free(names);
	xsw_error_clear();
}
