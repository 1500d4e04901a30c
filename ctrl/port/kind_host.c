// SPDX-License-Identifier: GPL-2.0
/* Interfaces of the host: a veth pair that xsw makes. The port is known by the name of the host's
 * end, its device is the other end.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/kernel/link.h"
#include "ctrl/port/kind.h"
#include "maps/port.h"

#define SUFFIX "-sw"
#define NAME_MOST (XSW_NAME_LEN - 4) /* leaves room for it */

static void host_device_name(const char *ifname, char *name)
{
	snprintf(name, XSW_NAME_LEN, "%.*s" SUFFIX, NAME_MOST, ifname);
}

static void host_guess(struct xsw_port_record *record)
{
	char *end = strrchr(record->ifname, '-');

	if (!end || strcmp(end, SUFFIX))
		return;
	record->saved = XSW_SAVED_MADE;
	*end = '\0';
}

static int host_name_check(const char *ifname)
{
	if (*ifname && strlen(ifname) <= NAME_MOST && !strchr(ifname, '/'))
		return 0;
	return xsw_fail(EINVAL, "port", ifname,
			"the name of a host interface has 1 to %d characters", NAME_MOST);
}

static int host_make_check(const char *ifname)
{
	char name[XSW_NAME_LEN];
	struct link_info dev;
	int err = host_name_check(ifname);

	if (err)
		return err;
	host_device_name(ifname, name);
	if (!link_brief(ifname, 0, &dev))
		return xsw_fail(EEXIST, "port", ifname, "there is such a device already");
	if (!link_brief(name, 0, &dev))
		return xsw_fail(EEXIST, "port", ifname, "there is a device '%s' already", name);
	return 0;
}

static int host_make(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
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

static void host_remove(const struct xsw_port_record *record)
{
	char name[XSW_NAME_LEN];
	struct link_info dev;

	host_device_name(record->ifname, name);
	if (record->ifindex)
		link_del(record->ifindex);
	else if (!link_brief(name, 0, &dev))
		link_del(dev.ifindex);
}

static int host_mac(const struct link_info *dev, __u8 *mac)
{
	struct link_info peer;
	int err = link_peer_brief(dev, &peer);

	if (!err)
		memcpy(mac, peer.mac, sizeof(peer.mac));
	return err;
}

const struct port_kind kind_host = {
	.asked = XSW_PORT_HOST,
	.made = XSW_SAVED_MADE,
	.name_check = host_name_check,
	.make_check = host_make_check,
	.make = host_make,
	.remove = host_remove,
	.host_mac = host_mac,
	.device_name = host_device_name,
	.guess = host_guess,
};
