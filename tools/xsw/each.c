// SPDX-License-Identifier: GPL-2.0
/* Ports one after the other: of one device, or of all switches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/xsw/xsw.h"

typedef int (*each_fn)(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		       struct json_object *array);

static int each_of_switch(const char *name, each_fn each, struct json_object *array)
{
	struct xsw_switch_handle sw;
	struct xsw_port_info info;
	int err = xsw_switch_open(name, &sw);

	if (err)
		return err == -ENOENT ? 0 : err; /* gone since it was listed */
	for (__u32 p = xsw_port_next(&sw, 0); p && !err; p = xsw_port_next(&sw, p))
		if (!xsw_port_info(&sw, p, &info))
			err = each(&sw, &info, array);
	xsw_switch_close(&sw);
	return err;
}

int each_port(const char *ifname, each_fn each, struct json_object *array)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	struct xsw_switch_handle sw;
	struct xsw_port_info info;
	int n, err;

	if (ifname) {
		n = xsw_port_find(ifname, &sw);
		if (n < 0)
			return n;
		err = xsw_port_info(&sw, n, &info);
		if (!err)
			err = each(&sw, &info, array);
		xsw_switch_close(&sw);
		return err;
	}
	n = xsw_switch_list(&names);
	err = n < 0 ? n : 0;
	for (int i = 0; i < n && !err; i++)
		err = each_of_switch(names[i], each, array);
	free(names);
	return err;
}

int show_ports(struct words *w, const char *object, each_fn each)
{
	const char *ifname = words_next(w);
	struct json_object *array;
	int err;

	if (ifname && !strcmp(ifname, "dev"))
		ifname = words_next(w);
	err = no_more(w, object, ifname);
	if (err)
		return err;
	array = json_object_new_array();
	err = each_port(ifname, each, array);
	return out_array(array, err);
}
