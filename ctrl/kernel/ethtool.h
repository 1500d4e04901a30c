/* SPDX-License-Identifier: GPL-2.0 */
/* The ethtool ioctls that a port needs. Private to ctrl/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/** ethtool_driver() - driver name as `ethtool -i`, "" if the device has none */
void ethtool_driver(const char *ifname, char *driver, size_t size);

/** ethtool_features() - LINK_FEAT_* that are on, and that cannot be changed */
int ethtool_features(const char *ifname, __u32 *on, __u32 *fixed);

/**
 * ethtool_stats() - hand each figure of `ethtool -S` to @each
 * @name: not longer than ETH_GSTRING_LEN (32)
 *
 * Return: 0, or -errno: many devices have none (-EOPNOTSUPP).
 */
int ethtool_stats(const char *ifname, int (*each)(const char *name, __u64 value, void *arg),
		  void *arg);

/** ethtool_set_features() - ask for LINK_FEAT_* bits; whether it took is for the caller to see */
int ethtool_set_features(const char *ifname, __u32 features, bool on);
