// SPDX-License-Identifier: GPL-2.0
/* Switches and ports one after the other: what a command names, or all there are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error_keep.h"
#include "ctrl/port/local_follow.h"
#include "ctrl/switch/lock.h"
#include "tools/xsw/xsw.h"

/* A command that only shows what is there makes the addresses of host ports those that the
 * devices have now: if it may, and no other command is at work.
 */
static void locals_renew(const struct xsw_switch_handle *sw)
{
	if (!locals_are_old(sw))
		return;
	if (!xsw_lock_try())
		xsw_unlock(); /* who takes the lock has all addresses compared */
	xsw_error_clear();
}

int port_named(const char *ifname, const char *switch_name, struct xsw_switch_handle *sw)
{
	int port = xsw_port_find_on(switch_name, ifname, sw), err;

	if (port >= 0 && !xsw_lock_is_held())
		locals_renew(sw);
	if (port != -ENOENT || !switch_name)
		return port;
	err = xsw_switch_open(switch_name, sw); /* else that is what is wrong */
	if (err)
		return err;
	xsw_switch_close(sw);
	port = xsw_port_find(ifname, sw);
	if (port < 0 && port != -ENOTUNIQ)
		return port;
	if (port > 0)
		xsw_switch_close(sw);
	return xsw_fail(ENOENT, "port", ifname, "is not on switch '%s'", switch_name);
}

/* @listed: it may be gone since, which is no error */
static int one_switch(const char *name, bool listed, each_switch_fn each, void *arg)
{
	struct xsw_switch_handle sw;
	int err = xsw_switch_open(name, &sw);

	if (err)
		return listed && err == -ENOENT ? 0 : err;
	locals_renew(&sw);
	err = each(&sw, arg);
	xsw_switch_close(&sw);
	return err;
}

int each_switch(const char *name, each_switch_fn each, void *arg)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	struct xsw_error why;
	int n, err, broken = 0;

	if (name)
		return one_switch(name, false, each, arg);
	n = xsw_switch_list(&names);
	err = n < 0 ? n : 0;
	for (int i = 0; i < n && !err; i++) {
		err = one_switch(names[i], true, each, arg);
		if (err != -EUCLEAN)
			continue;
		if (!broken++)
			why = *xsw_error_last();
		err = 0; /* the others are as good as before */
	}
	free(names);
	if (err || !broken)
		return err;
	error_restore(&why);
	return -EUCLEAN;
}

int switch_check(const char *name)
{
	struct xsw_switch_handle sw;
	int err = name ? xsw_switch_open(name, &sw) : 0;

	if (name && !err)
		xsw_switch_close(&sw);
	return err;
}

struct ports {
	const char *ifname; /* those called so; NULL: all */
	each_port_fn each;
	void *arg;
	int n; /* called for */
};

static int ports_of(const struct xsw_switch_handle *sw, void *arg)
{
	struct ports *ports = arg;
	struct xsw_port_info info;
	int err = 0;

	for (__u32 p = xsw_port_next(sw, 0); p && !err; p = xsw_port_next(sw, p))
		if (!xsw_port_info(sw, p, &info) && /* else gone since */
		    (!ports->ifname || !strcmp(ports->ifname, info.ifname))) {
			err = ports->each(sw, &info, ports->arg);
			ports->n++;
		}
	return err;
}

int each_port(const char *ifname, const char *switch_name, each_port_fn each, void *arg)
{
	struct ports ports = { ifname, each, arg, 0 };
	struct xsw_switch_handle sw;
	struct xsw_port_info info;
	int port, err;

	if (!ifname || opt.all_netns) { /* every namespace may have a port of that name */
		err = each_switch(switch_name, ports_of, &ports);
		if (err || !ifname || ports.n)
			return err;
	}
	port = port_named(ifname, switch_name, &sw);
	if (port < 0)
		return port;
	err = xsw_port_info(&sw, port, &info);
	if (!err)
		err = each(&sw, &info, arg);
	xsw_switch_close(&sw);
	return err;
}

int show_ports(struct words *w, const char *object, each_port_fn each)
{
	const char *ifname = words_next(w);
	int err;

	if (ifname && !strcmp(ifname, "dev"))
		ifname = words_next(w);
	err = no_more(w, object, ifname);
	if (err)
		return err;
	out_begin();
	return out_end(each_port(ifname, NULL, each, NULL));
}

int change_port(const char *ifname, change_port_fn change, void *arg, int forgiven)
{
	struct xsw_switch_handle sw;
	int err = xsw_lock_and_repair(), port;

	if (err)
		return failed(err);
	port = xsw_port_find(ifname, &sw);
	if (port < 0)
		return done(port, forgiven);
	err = change(&sw, port, arg);
	xsw_switch_close(&sw);
	return done(err, forgiven);
}
