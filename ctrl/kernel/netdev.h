/* SPDX-License-Identifier: GPL-2.0 */
/* What the generic netlink family netdev tells of devices: XDP, NAPI, queues. Private to ctrl/. */
#pragma once

#include <sys/types.h>
#include <linux/types.h>

#define NAPI_MAX 256 /* of one device, that are looked at */

/**
 * netdev_xdp_features() - call @each with what the driver can do, LINK_XDP_*
 * @ifindex: 0: of all devices
 *
 * Return: 0, or -errno: -EOPNOTSUPP before Linux 6.3.
 */
int netdev_xdp_features(__u32 ifindex, void (*each)(__u32 ifindex, __u32 features, void *arg),
			void *arg);

/**
 * netdev_napi_list() - the NAPI instances of a device that is up
 * @pids: room for NAPI_MAX threads of theirs, 0 for those without; may be NULL
 *
 * Return: how many; -EOPNOTSUPP before Linux 6.8; -errno.
 */
int netdev_napi_list(__u32 ifindex, pid_t *pids);

/** netdev_napi_queues() - how many receive queues name their NAPI, as busy poll needs; -errno */
int netdev_napi_queues(__u32 ifindex);
