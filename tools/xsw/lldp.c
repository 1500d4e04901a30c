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

static struct json_object *enabled_json(__u16 enabled)
{
	struct json_object *array = json_object_new_array();

	for (int i = 0; capabilities[i]; i++)
		if (enabled >> i & 1)
			json_object_array_add(array, json_object_new_string(capabilities[i]));
	return array;
}

static struct json_object *row_json(const struct xsw_lldp_row *row,
				    const struct xsw_port_info *info)
{
	struct json_object *o = json_object_new_object();
	const struct xsw_lldp *n = &row->lldp;

	json_add_port(o, info);
	json_add_string(o, "chassis_id", n->chassis_id);
	json_add_string(o, "chassis_id_type", subtype_of(chassis_subtypes, n->chassis_subtype));
	json_add_string(o, "port_id", n->port_id);
	json_add_string(o, "port_id_type", subtype_of(port_subtypes, n->port_subtype));
	json_add_string(o, "port_description", n->port_descr);
	json_add_string(o, "system_name", n->sys_name);
	json_add_string(o, "system_description", n->sys_descr);
	json_add_string(o, "management_address", n->address);
	json_object_object_add(o, "capabilities", enabled_json(n->enabled));
	json_add_int(o, "ttl", n->ttl_s);
	json_add_int(o, "age_s", row->age_s);
	return o;
}

static void row_print(const struct xsw_lldp_row *row, const struct xsw_port_info *info)
{
	const struct xsw_lldp *n = &row->lldp;

	printf("%s: switch %s%s chassis %s port %s ttl %u age %u\n", info->ifname,
	       info->switch_name, netns_words(info->netns), n->chassis_id, n->port_id, n->ttl_s,
	       row->age_s);
	if (n->sys_name[0])
		printf("    system %s: %s\n", n->sys_name, n->sys_descr);
	if (n->port_descr[0])
		printf("    port is %s\n", n->port_descr);
	if (n->address[0])
		printf("    managed at %s\n", n->address);
	if (!n->enabled)
		return;
	printf("    is a");
	for (int i = 0; capabilities[i]; i++)
		if (n->enabled >> i & 1)
			printf(" %s", capabilities[i]);
	printf("\n");
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *array)
{
	struct xsw_lldp_row *rows;
	int n = xsw_lldp_list(sw, info->port, &rows);

	for (int i = 0; i < n; i++) {
		if (opt.json)
			json_object_array_add(array, row_json(&rows[i], info));
		else
			row_print(&rows[i], info);
	}
	free(rows);
	return n < 0 ? n : 0;
}

static int lldp_show(struct words *w)
{
	return show_ports(w, "lldp", show_port);
}

static const struct command commands[] = {
	{ "show", lldp_show },
	{ "list", lldp_show },
	{ NULL, NULL },
};

const struct object object_lldp = { "lldp", help_text, .commands = commands, .fallback = "show" };
