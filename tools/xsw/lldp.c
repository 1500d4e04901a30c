// SPDX-License-Identifier: GPL-2.0
/* xsw lldp: the neighbours that `xsw-punt lldp` has heard. */
#include <stdio.h>
#include <stdlib.h>

#include "ctrl/punt/lldp.h"
#include "tools/xsw/xsw.h"

static const char help_text[] = "Usage: xsw lldp show [ DEV ]\n";

/* IEEE 802.1AB-2016, table 8-4, from bit 0 on */
static const char *const capabilities[] = { "other",  "repeater", "bridge", "wlan-ap",
					    "router", "phone",	  "docsis", "station",
					    "c-vlan", "s-vlan",	  "tpmr",   NULL };

static const char *const chassis_subtypes[] = { "reserved", "component", "alias",     "port",
						"mac",	    "address",	 "interface", "local" };
static const char *const port_subtypes[] = { "reserved", "alias",     "component", "mac",
					     "address",	 "interface", "circuit",   "local" };

static const char *subtype_of(const char *const *words, __u8 subtype)
{
	return subtype < 8 ? words[subtype] : "reserved";
}

static void capabilities_show(__u16 enabled)
{
	if (enabled)
		out_text("    is a");
	out_list("capabilities");
	for (int i = 0; capabilities[i]; i++)
		if (enabled >> i & 1)
			out_item(" ", capabilities[i]);
	out_close();
	if (enabled)
		out_text("\n");
}

/* "p1  switch7  swp3": the port, the neighbour by its name or chassis, the neighbour's port */
static void brief_show(const struct xsw_lldp *n, const struct xsw_port_info *info)
{
	out_column("ifname", 16, info->ifname);
	out_column(NULL, 24, n->sys_name[0] ? n->sys_name : n->chassis_id);
	out_column(NULL, 0, n->port_id);
	out_row_end(info->netns);
}

static void row_show(const struct xsw_lldp_row *row, const struct xsw_port_info *info)
{
	const struct xsw_lldp *n = &row->lldp;

	if (out_brief()) {
		brief_show(n, info);
		return;
	}
	out_object(NULL);
	out_port(info);
	out_string("chassis_id", " chassis ", n->chassis_id);
	out_string("chassis_id_type", NULL, subtype_of(chassis_subtypes, n->chassis_subtype));
	out_string("port_id", " port ", n->port_id);
	out_string("port_id_type", NULL, subtype_of(port_subtypes, n->port_subtype));
	out_text(" ttl %u age %u\n", n->ttl_s, row->age_s);
	if (n->sys_name[0])
		out_text("    system %s: %s\n", n->sys_name, n->sys_descr);
	if (n->port_descr[0])
		out_text("    port is %s\n", n->port_descr);
	if (n->address[0])
		out_text("    managed at %s\n", n->address);
	out_string("port_description", NULL, n->port_descr);
	out_string("system_name", NULL, n->sys_name);
	out_string("system_description", NULL, n->sys_descr);
	out_string("management_address", NULL, n->address);
	capabilities_show(n->enabled);
	out_int("ttl", NULL, n->ttl_s);
	out_int("age_s", NULL, row->age_s);
	out_close();
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *arg)
{
	struct xsw_lldp_row *rows;
	int n = xsw_lldp_list(sw, info->port, &rows);

	for (int i = 0; i < n; i++)
		row_show(&rows[i], info);
	free(rows);
	return n < 0 ? n : 0;
}

const struct object object_lldp = { "lldp", help_text, .show = show_port };
