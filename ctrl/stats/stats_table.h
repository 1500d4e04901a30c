/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include <stddef.h>

#include "ctrl/switch/switch.h"
#include "maps/stats.h"

/** stats_clear() - zero all counters of a number that a new port gets */
int stats_clear(const struct xsw_switch_handle *sw, __u32 port);

/**
 * stats_sums() - elements 0 to @n - 1 of a per-CPU array, summed over CPUs
 * @map: read access is enough
 * @size: of an element, all of it __u64
 * @sums: result, @n elements
 *
 * A few system calls for all where the kernel has them. Return: 0 or -errno.
 */
int stats_sums(int map, __u32 n, size_t size, void *sums);

/** stats_sum() - the same for element @key */
int stats_sum(int map, __u32 key, size_t size, void *sum);

/** stats_zero() - set element @key of a per-CPU array to zero on all CPUs */
int stats_zero(int map, __u32 key, size_t size);

/** vlan_stats_clear() - the part of stats_clear() that concerns VLANs */
int vlan_stats_clear(const struct xsw_switch_handle *sw, __u32 port);

/** vlan_stats_reset() - and of xsw_stats_reset() */
int vlan_stats_reset(const struct xsw_switch_handle *sw, __u32 port);
