/* SPDX-License-Identifier: GPL-2.0 */
/* NAPI of a device, and its threads. In the caller's network namespace, whatever /sys is
 * mounted. Private to ctrl/.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <linux/types.h>

#include "ctrl/base/vlan_set.h"

/** napi_threaded_get() - 0, 1, or -errno: attribute "threaded" of the device */
int napi_threaded_get(const char *ifname);

/** napi_threaded_set() - Return: 0; -EOPNOTSUPP: the device has no NAPI; -errno */
int napi_threaded_set(const char *ifname, bool on);

/**
 * napi_cpus_set() - bind the threads that there are now
 * @cpus: empty: all CPUs
 *
 * Before Linux 6.8 threads are told by the name of the device alone, "napi/DEV-N".
 * Return: 0, -ESRCH if there are none, -errno.
 */
int napi_cpus_set(__u32 ifindex, const char *ifname, const struct vlan_set *cpus);

/**
 * napi_cpus_get() - where the threads that there are now may run, all together
 * @cpus: result; empty: anywhere
 *
 * Return: are any seen? Not of a device that is down, nor from a container.
 */
bool napi_cpus_get(__u32 ifindex, const char *ifname, struct vlan_set *cpus);
