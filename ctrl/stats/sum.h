/* SPDX-License-Identifier: GPL-2.0 */
/* Per-CPU arrays of counters, summed over CPUs. Private to ctrl/. */
#pragma once

#include <stddef.h>
#include <linux/types.h>

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
