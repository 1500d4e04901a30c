// SPDX-License-Identifier: GPL-2.0
/* The tap is not persistent: it goes with this process, however it ends. Of a
 * process that was killed an absent port stays, which the next port of that
 * name replaces, and `xsw port del` removes.
 */
#include <errno.h>
#include <net/if.h>

#include "ctrl/base/error.h"
#include "ctrl/port/port.h"
#include "ctrl/switch/lock.h"
#include "ctrl/switch/switch.h"
#include "tools/pktgen/swport.h"

int swport_check(const struct config *conf)
{
	struct xsw_switch_handle sw;
	int err = xsw_switch_open(conf->switch_name, &sw);

	if (err)
		return err;
	xsw_switch_close(&sw);
	if (!if_nametoindex(conf->ifname))
		return 0;
	xsw_fail(EEXIST, "port", conf->ifname, "cannot make it: there is a device of that name");
	xsw_remedy("-i tap:%s plays the guest of a tap that is there", conf->ifname);
	return -EEXIST;
}

int swport_add(const struct config *conf)
{
	struct xsw_switch_handle sw;
	int err = xsw_lock_and_repair();

	if (err)
		return err;
	err = xsw_switch_open(conf->switch_name, &sw);
	if (!err) {
		err = xsw_port_add(&sw, conf->ifname, &conf->port);
		xsw_switch_close(&sw);
	}
	xsw_unlock();
	return err;
}

int swport_del(const struct config *conf)
{
	struct xsw_switch_handle sw;
	int err = xsw_lock_and_repair(), port;

	if (err)
		return err;
	port = xsw_port_find(conf->ifname, &sw);
	if (port > 0) {
		err = xsw_port_del(&sw, port);
		xsw_switch_close(&sw);
	}
	xsw_unlock();
	return err; /* deleted meanwhile: good as well */
}
