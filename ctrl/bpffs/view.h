/* SPDX-License-Identifier: GPL-2.0 */
/* Which switches a command sees: those of its own network namespace, or all (xsw_netns_all()).
 * The one place that decides; the rest of ctrl/ asks here. Private to ctrl/.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"
#include "maps/switch.h"

/**
 * xsw_netns_all() - see the switches of all network namespaces (--all-netns)
 *
 * Default: those that were made in the namespace of the caller. A switch that is not seen is
 * not listed, cannot be opened or removed, and its ports are not found.
 */
void xsw_netns_all(bool on);

/**
 * view_has() - does a command see the switch with these settings?
 *
 * A switch that an earlier version made, and that has no port yet, has no namespace: every
 * command sees it, until its first port or an upgrade gives it the namespace of that command.
 */
bool view_has(const struct xsw_switch *conf);

/** view_has_all() - does a command see the switches of all namespaces? */
bool view_has_all(void);

/** view_read() - the settings of a switch, and nothing more of it. Return: 0, -ENOENT, -errno. */
int view_read(const char *name, struct xsw_switch *conf);

/**
 * view_check() - may a command name this switch?
 *
 * Return: 0, or -EXDEV, and the error says which namespace the switch @name is in.
 */
int view_check(const char *name, const struct xsw_switch *conf);

/**
 * view_has_name(), view_check_name() - the same by name, of a switch that need not be whole
 *
 * Where its namespace cannot be read it is seen: commands that need more say what is wrong.
 */
bool view_has_name(const char *name);
int view_check_name(const char *name);

/**
 * view_taken() - the error of `add`: there is a switch @name already
 *
 * Return: -EEXIST if a command sees it, else -EXDEV; the error says which namespace it is in.
 */
int view_taken(const char *name);

/** view_elsewhere() - the error of a port that another namespace's switch has. Return: -ENOENT. */
int view_elsewhere(const char *ifname, const struct xsw_switch *conf);

/** view_name() - note in the handle what its namespace is called */
void view_name(struct xsw_switch_handle *sw, const struct xsw_switch *conf);
