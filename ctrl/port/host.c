// SPDX-License-Identifier: GPL-2.0
/* Interfaces of the host: a veth pair of our own, of which one end is the port. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/kernel/link_state.h"
#include "ctrl/port/work.h"

/* The port's end of the veth pair behind host interface @ifname. */
static void host_device_name(const char *ifname, char *name)
{
	snprintf(name, XSW_NAME_LEN, "%.*s-sw", XSW_NAME_LEN - 4, ifname);
}

bool port_device_is(const struct xsw_port_record *record, const char *ifname)
{
	char name[XSW_NAME_LEN];

	if (record->saved & XSW_SAVED_MADE)
		host_device_name(record->ifname, name);
	else
		snprintf(name, sizeof(name), "%.*s", XSW_NAME_LEN - 1, record->ifname);
	return !strcmp(name, ifname);
}

/* Remove the pair that we made, or were about to make when we were killed. */
void port_host_remove(const struct xsw_port_record *record)
{
	char name[XSW_NAME_LEN];
	struct link_info dev;

	host_device_name(record->ifname, name);
	if (record->ifindex)
		link_del(record->ifindex);
	else if (!link_brief(name, 0, &dev))
		link_del(dev.ifindex);
}

int port_host_length_check(const char *ifname)
{
	if (*ifname && strlen(ifname) <= XSW_NAME_LEN - 4 && !strchr(ifname, '/'))
		return 0;
	return xsw_fail(EINVAL, "port", ifname,
			"the name of a host interface has 1 to %d characters", XSW_NAME_LEN - 4);
}

/* Can a host interface be called @ifname? */
int port_host_check(const char *ifname)
{
	char name[XSW_NAME_LEN];
	struct link_info dev;

	int err = port_host_length_check(ifname);

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
int port_host_make(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		   struct link_info *dev)
{
	char name[XSW_NAME_LEN];
	int err;

	host_device_name(record->ifname, name);
	record->state = XSW_RECORD_ADDING;
	record->saved = XSW_SAVED_MADE;
	err = record_write(sw, port, record);
	if (err)
		return xsw_fail(err, "port", record->ifname, "cannot write: %s", strerror(-err));
	err = link_add_veth(name, record->ifname);
	if (err) {
		record->saved = 0; /* what has that name is not ours */
		record_write(sw, port, record);
		return err;
	}
	return link_get(name, dev);
}
