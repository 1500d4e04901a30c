// SPDX-License-Identifier: GPL-2.0
/* Threaded NAPI of a port's device: frames that come in are handled by threads, which the
 * scheduler places, instead of softirqs. The CPUs are those of the threads; those that the user
 * named stand in the record, too, for a device that is to come or has no threads now.
 */
#include "ctrl/port/napi.h"

#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/napi_threads.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/record.h"

static int threaded_fail(const struct link_info *dev, int err)
{
	if (err != -EOPNOTSUPP)
		return xsw_fail(err, "port", dev->ifname, "threaded: %s", strerror(-err));
	xsw_fail(EOPNOTSUPP, "port", dev->ifname,
		 "threaded: the device has no NAPI, its frames are handled where they are sent");
	if (!dev->up)
		xsw_remedy("ip link set %s up", dev->ifname);
	else if (kind_of(dev)->napi_remedy)
		kind_of(dev)->napi_remedy(dev);
	return -EOPNOTSUPP;
}

static int threaded_begin(const struct xsw_switch_handle *sw, __u32 port,
			  struct xsw_port_record *record, const struct link_info *dev)
{
	bool noted = record->saved & XSW_SAVED_THREADED;
	int err;

	if (!noted && napi_threaded_get(dev->ifname) == 0)
		record_saved_note(sw, port, record, XSW_SAVED_THREADED);
	err = napi_threaded_set(dev->ifname, true);
	if (!err)
		return 0;
	if (!noted)
		record_saved_drop(sw, port, record, XSW_SAVED_THREADED);
	return threaded_fail(dev, err);
}

int port_napi_apply(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		    const struct vlan_set *cpus)
{
	struct link_info dev;
	int err;

	memcpy(record->napi_cpus, cpus, sizeof(record->napi_cpus));
	if (!(record->given & XSW_GIVEN_THREADED)) {
		port_napi_restore(sw, port, record);
		return 0;
	}
	if (link_brief(NULL, record->ifindex, &dev))
		return 0; /* absent: for when it is added again */
	err = threaded_begin(sw, port, record, &dev);
	if (err)
		return err;
	err = napi_cpus_set(dev.ifindex, dev.ifname, cpus);
	if (err == -ESRCH && vlan_set_empty(cpus))
		return 0; /* down, or /proc is that of a container: threads are not seen */
	if (err == -ESRCH)
		return xsw_fail(ESRCH, "port", dev.ifname,
				"napi_cpus: no thread of it is seen in /proc; is it up?");
	return err ? xsw_fail(err, "port", dev.ifname, "napi_cpus: %s", strerror(-err)) : 0;
}

void port_napi_restore(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record)
{
	static const struct vlan_set anywhere;
	struct link_info dev;

	if (!(record->saved & XSW_SAVED_THREADED))
		return;
	if (!link_brief(NULL, record->ifindex, &dev)) {
		napi_cpus_set(dev.ifindex, dev.ifname,
			      &anywhere); /* some kernels keep the threads */
		napi_threaded_set(dev.ifname, false);
	}
	record_saved_drop(sw, port, record, XSW_SAVED_THREADED);
}

void port_napi_cpus(const struct xsw_port_record *record, bool here, struct vlan_set *cpus)
{
	struct link_info dev;

	memset(cpus, 0, sizeof(*cpus));
	if (!(record->given & XSW_GIVEN_THREADED))
		return;
	if (!here || link_brief(NULL, record->ifindex, &dev) ||
	    !napi_cpus_get(dev.ifindex, dev.ifname, cpus))
		memcpy(cpus, record->napi_cpus, sizeof(record->napi_cpus));
}
