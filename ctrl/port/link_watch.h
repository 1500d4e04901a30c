/* SPDX-License-Identifier: GPL-2.0 */
/* Which ports' devices have a carrier, told by the kernel (rtnetlink) as it changes. */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"

struct xsw_link_watch;

/**
 * xsw_link_watch_open() - watch the devices in the network namespace of a switch
 * @watch: result, for xsw_link_watch_close()
 *
 * Return: 0; -ENOENT if the switch has no ports yet, so belongs to no namespace;
 * -ESRCH if that is not found; -errno. Sets no error text.
 */
int xsw_link_watch_open(const struct xsw_switch_handle *sw, struct xsw_link_watch **watch);
void xsw_link_watch_close(struct xsw_link_watch *watch);

/**
 * xsw_link_watch_follows() - is the switch still where it was when the watch was opened?
 *
 * A switch that has lost its last port may get the next one in another namespace. While
 * it has none it is nowhere, and the watch is as good as any.
 */
bool xsw_link_watch_follows(const struct xsw_link_watch *watch, const struct xsw_switch_handle *sw);

/** xsw_link_watch_fd() - for poll(2) */
int xsw_link_watch_fd(const struct xsw_link_watch *watch);

/**
 * xsw_link_watch_read() - call @each for every message that is there
 * @each: @state of @port: XSW_PORT_STATE_*, changed or not; devices that are no
 * ports are left out
 *
 * The first calls tell the state of all. Does not wait. Return: 0 or -errno.
 */
int xsw_link_watch_read(struct xsw_link_watch *watch, const struct xsw_switch_handle *sw,
			void (*each)(__u32 port, __u32 state, void *arg), void *arg);
