/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of the FDB (maps/fdb.h): make it, add to it. Private to ctrl/. */
#pragma once

#include <linux/types.h>

/**
 * segments_begin() - an empty FDB with room for @entries, and a secret of its own
 * @fdb, @count: descriptors of xsw_fdb and xsw_fdb_count
 *
 * Return: 0 or -errno.
 */
int segments_begin(int fdb, int count, __u32 entries);

/**
 * segments_grow() - room for @entries
 *
 * Programs use it from then on. What is there already stays, also if there are fewer entries now.
 * Return: 0 or -errno: -E2BIG if a table cannot be as large.
 * Context: under the lock of writers.
 */
int segments_grow(int fdb, int count, __u32 entries);
