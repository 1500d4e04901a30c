/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes of a network device in sysfs. Private to ctrl/. */
#pragma once

/**
 * sys_net_get() - a number that stands there, of a device in the caller's network namespace
 *
 * Return: 0 or -errno. Needs CAP_SYS_ADMIN.
 */
int sys_net_get(const char *ifname, const char *attribute, long *value);

/** sys_net_set() - Return: 0 or -errno */
int sys_net_set(const char *ifname, const char *attribute, long value);

/** sys_net_uppers() - the devices that stand on @ifname, such as VLAN devices and bridges */
void sys_net_uppers(const char *ifname, void (*each)(const char *upper, void *arg), void *arg);
